import { expect, it } from 'vitest';
import { serve } from '../../live/gateway/gateway.ts';
import { catalog } from '../../scenarios/catalog.ts';
import { RUN_FORMAT } from '../../sim/spec.ts';
import { fuzzFrames } from './frame-fuzz.ts';

it('WIRE-31, WIRE-34 random and mutated frames end no server and disturb nobody else', async () => {
  const gateway = await serve({
    catalog,
    run: {
      format: RUN_FORMAT,
      seed: 1,
      ensemble: { participants: 3, tickTime: 500, snapCount: 500, maxClientCnxns: 0, fourLetterWords: ['*'] },
      world: { network: { latency: 0 }, disk: { flush: 0 }, step: 0 },
      clients: [],
      faults: [],
      end: { at: 1e12, maxEvents: 1e12 },
      expectations: [],
    },
    clientPort: 0,
    recordLimit: 0,
  });
  await gateway.serving();
  const { ports } = gateway;
  // Throws where the client beside them is answered anything but what it should be.
  const result = await fuzzFrames({ ports, frames: 10_000, seed: 3, connections: 12 });
  expect(result.endedByServer).toBeGreaterThan(20);
  expect(result.steadyWrites).toBeGreaterThan(5);
  expect(gateway.simulation.failure).toBe(null);
  await gateway.close();
}, 30_000);
