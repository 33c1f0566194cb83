/**
 * Random and mutated frames against a gateway, with what it does to memory: `npm run fuzz:frames -- [frames] [seed]`.
 * Exit code 1 where a server failed, the client beside them was disturbed, or memory grew.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { serve } from '../../live/gateway/gateway.ts';
import { catalog } from '../../scenarios/catalog.ts';
import { RUN_FORMAT } from '../../sim/spec.ts';
import { fuzzFrames } from './frame-fuzz.ts';

const [frames = 1_000_000, seed = 1] = process.argv.slice(2).map(Number);
const MB = 1 << 20;
/** By this much the heap may be larger at the end than after a tenth of the way. */
const MOST_GROWTH = 16 * MB;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const heap = (): number => {
  collect();
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
};

let failed: string | null = null;
const gateway = await serve({
  catalog,
  run: {
    format: RUN_FORMAT,
    seed,
    ensemble: {
      participants: 3,
      tickTime: 500,
      snapCount: 1000,
      maxClientCnxns: 0,
      fourLetterWords: ['*'],
      sessionlessTimeout: 1000,
      initialWallClock: Date.now(),
    },
    world: { network: { latency: 0 }, disk: { flush: 0 }, step: 0 },
    clients: [],
    faults: [],
    end: { at: 1e12, maxEvents: 1e12 },
    expectations: [],
  },
  clientPort: 0,
  recordLimit: 0,
  onEvent: (event) => {
    if (event.kind === 'failed') failed = event.reason;
  },
});
await gateway.serving();
const since = performance.now();
let first = 0;
let tenths = 0;
const result = await fuzzFrames({
  ports: gateway.ports,
  frames,
  seed,
  connections: 24,
  onProgress: (sent) => {
    if (failed !== null) throw new Error(failed);
    if (Math.floor((10 * sent) / frames) === tenths) return;
    tenths = Math.floor((10 * sent) / frames);
    const used = heap();
    if (first === 0) first = used;
    const memory = `heap ${(used / MB).toFixed(1)} MB, RSS ${(process.memoryUsage().rss / MB).toFixed(0)} MB`;
    const nodes = `${gateway.simulation.events} events, ${gateway.simulation.world.queue.size} pending`;
    process.stdout.write(
      `${sent} frames in ${((performance.now() - since) / 1000).toFixed(0)} s: ${memory}; ${nodes}\n`,
    );
  },
});
const growth = heap() - first;
await gateway.close();
process.stdout.write(`${JSON.stringify({ ...result, growthMB: Math.round(growth / MB), failed })}\n`);
if (failed !== null || growth > MOST_GROWTH) process.exitCode = 1;
