import { describe, expect, it } from 'vitest';
import { catalog } from '../../../scenarios/index.ts';
import { plan } from '../../../sim/fuzz/plan.ts';
import { type Listener, type RunSpec, type SimEvent, Simulation } from '../../../sim/index.ts';

const RUNS = 90;

/** ms by which the network heals later than planned: a server waits 2 s before it becomes read-only. */
const LONGER = 3500;

/** A plan in which one server is cut off for so long that it becomes read-only, and a client that has only that one. */
function cutOff(seed: number): RunSpec {
  const spec = plan(`read-only/${seed}`);
  const { participants } = spec.ensemble;
  const others = Array.from({ length: (participants as number) - 1 }, (_, i) => i + 2);
  const params = {
    rate: 40,
    reads: 0.7,
    watches: 0.3,
    readOnly: true,
    sessionTimeout: 1500,
    reconnectDelay: 50,
  };
  const healedAt = (spec.end.healedAt as number) + LONGER;
  return {
    ...spec,
    ensemble: { ...spec.ensemble, readOnlyMode: true },
    end: { ...spec.end, at: spec.end.at + LONGER, healedAt },
    clients: [...spec.clients, { program: { name: 'service', params }, servers: [1] }],
    faults: [
      { at: 500, kind: 'partition', groups: [[1], others] },
      ...spec.faults.filter(({ kind }) => kind === 'loss' || kind.startsWith('client') || kind === 'restart'),
      ...spec.faults
        .filter(({ kind, at }) => kind === 'heal' && at === spec.end.healedAt)
        .map((heal) => ({ ...heal, at: healedAt })),
    ],
  };
}

class Reads implements Listener {
  private readonly cutOff = new Set<number>();
  served = 0;
  answered = 0;

  onEvent(): void {
    // Only what is reported counts.
  }

  onProbe(event: SimEvent): void {
    if (event.kind === 'clientState') {
      if (event.state === 'CONNECTEDREADONLY') {
        this.served++;
        this.cutOff.add(event.client);
      } else this.cutOff.delete(event.client);
    }
    if (event.kind === 'answered' && event.zxid >= 0 && this.cutOff.has(event.client)) this.answered++;
  }
}

describe('SVC-6 a server that is cut off', () => {
  it(`serves reads of some logged history to those who accept that, in ${RUNS} drawn runs`, () => {
    const listener = new Reads();
    for (let seed = 1; seed <= RUNS; seed++) {
      const run = new Simulation(cutOff(seed), catalog, { listener, hash: false }).run();
      expect(run.result().violations, `seed ${seed}`).toEqual([]);
    }
    console.log(`${listener.served} connections, ${listener.answered} answers`);
    expect(listener.served).toBeGreaterThan(RUNS / 5);
    expect(listener.answered).toBeGreaterThan(2 * RUNS);
  });
});
