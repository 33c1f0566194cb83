import { describe, expect, it } from 'vitest';
import type { FileContent, Host, Store } from '../../protocol/host.ts';
import { defaultRules } from '../../protocol/rules.ts';
import { decodeRecord, encodeRecord } from '../../protocol/wire/store.ts';
import { catalog, scenarios } from '../../scenarios/index.ts';
import { plan } from '../../sim/fuzz/plan.ts';
import { type Listener, RUN_FORMAT, type RunSpec, Simulation, simulate } from '../../sim/index.ts';
import type { QueuedEvent } from '../../sim/queue.ts';
import { broken, Through } from './breakages.ts';

let decoded = 0;

/** A host whose store hands out what its bytes say, not the values that were written. */
class ThroughBytes extends Through {
  override get store(): Store {
    const inner = this.inner.store;
    return {
      list: () => inner.list(),
      size: (file) => inner.size(file),
      append: (file, record) => inner.append(file, record),
      flush: (file, token) => inner.flush(file, token),
      truncate: (file, count, token) => inner.truncate(file, count, token),
      remove: (file, token) => inner.remove(file, token),
      readValue: (name) => inner.readValue(name),
      writeValue: (name, value, token) => inner.writeValue(name, value, token),
      read: (file): FileContent => {
        const { records, tail } = inner.read(file);
        decoded += records.length;
        return { records: records.map((record) => decodeRecord(encodeRecord(record))), tail };
      },
    };
  }
}

describe('WIRE-9 a stored record is its bytes', () => {
  it('the trace hash is the same whether the store keeps values or bytes', () => {
    const bytes = broken(defaultRules, (host: Host) => new ThroughBytes(host));
    for (let seed = 1; seed <= 25; seed++) {
      const spec = plan(seed);
      expect(simulate(spec, bytes).traceHash).toBe(simulate(spec, catalog).traceHash);
    }
    expect(decoded).toBeGreaterThan(4_000);
  });
});

/** The run with messages that travel as bytes, or as values. */
function travelling(spec: RunSpec, wire: 'values' | 'bytes'): RunSpec {
  return { ...spec, world: { ...spec.world, wire } };
}

/** Notes what travels as bytes. */
class Carried implements Listener {
  readonly kinds = new Set<string>();
  count = 0;

  onEvent({ message, bytes }: QueuedEvent): void {
    if (message === null || bytes === null) return;
    this.kinds.add(message.kind);
    this.count++;
  }

  onProbe(): void {
    // Only what travels counts.
  }
}

describe('WIRE-32 a message is its bytes', () => {
  it('WIRE-32 the trace hash is the same whether messages travel as values or as bytes', () => {
    const carried = new Carried();
    for (let seed = 1; seed <= 40; seed++) {
      const spec = plan(seed);
      const result = simulate(travelling(spec, 'bytes'), catalog, { listener: carried });
      expect([seed, result.traceHash]).toEqual([
        seed,
        simulate(travelling(spec, 'values'), catalog).traceHash,
      ]);
    }
    expect(carried.count).toBeGreaterThan(20_000);
    expect([...carried.kinds].sort()).toEqual(KINDS);
  });

  it('WIRE-32 also when a client of a read-only server looks for one that writes', () => {
    const params = { readOnly: true, rate: 10, sessionTimeout: 4000, reconnectDelay: 50 };
    const spec: RunSpec = {
      format: RUN_FORMAT,
      seed: 1,
      ensemble: { participants: 5, readOnlyMode: true, localSessions: true, tickTime: 500 },
      world: {},
      clients: [{ program: { name: 'service', params }, servers: [1, 2] }],
      faults: [
        { at: 1, kind: 'crash', server: 2 },
        { at: 1, kind: 'partition', groups: [[1], [2, 3, 4, 5]] },
        { at: 5000, kind: 'restart', server: 2 },
      ],
      end: { at: 15_000 },
      expectations: [],
    };
    const listener = new Carried();
    const result = simulate(travelling(spec, 'bytes'), catalog, { listener });
    expect(result.traceHash).toBe(simulate(spec, catalog).traceHash);
    expect([...listener.kinds]).toEqual(expect.arrayContaining(['isro', 'isroAnswer']));
  });

  it.each(Object.keys(catalog.variants))('WIRE-32 with the variant %s too', (name) => {
    for (let seed = 1; seed <= 2; seed++) {
      const spec = { ...plan(`${name}/${seed}`), variant: { name } };
      const hash = simulate(travelling(spec, 'bytes'), catalog).traceHash;
      expect(hash).toBe(simulate(travelling(spec, 'values'), catalog).traceHash);
    }
  });

  it('WIRE-32 in every third scenario', () => {
    for (const { id, run } of scenarios.filter((_, i) => i % 3 === 0)) {
      const result = simulate(travelling(run, 'bytes'), catalog);
      expect([id, result.traceHash]).toEqual([id, simulate(travelling(run, 'values'), catalog).traceHash]);
    }
  });

  it('WIRE-32 a run goes on from a snapshot with its messages under way', () => {
    const spec = travelling(plan(3), 'bytes');
    const run = new Simulation(spec, catalog);
    const whole = new Simulation(spec, catalog).run().result();
    for (const events of [500, 1500, 3000]) {
      const snapshot = run.runTo(events).snapshot();
      run.run();
      expect(run.result().traceHash).toBe(whole.traceHash);
      run.restore(snapshot);
    }
  });

  it('WIRE-32 some of the drawn runs have it', () => {
    const drawn = Array.from({ length: 200 }, (_, seed) => plan(seed).world.wire);
    const bytes = drawn.filter((wire) => wire === 'bytes').length;
    expect(bytes).toBeGreaterThan(3);
    expect(bytes).toBeLessThan(40);
  });
});

/** All that travels between ZooKeeper's servers and clients. */
const KINDS = [
  'ACK',
  'ACKEPOCH',
  'COMMIT',
  'DIFF',
  'FOLLOWERINFO',
  'INFORM',
  'LEADERINFO',
  'NEWLEADER',
  'OBSERVERINFO',
  'PING',
  'PROPOSAL',
  'REQUEST',
  'REVALIDATE',
  'SNAP',
  'SYNC',
  'TRUNC',
  'UPTODATE',
  'connect',
  'connected',
  'electionHello',
  'notification',
  'reply',
  'request',
  'snapEnd',
  'snapHeader',
  'snapNode',
  'watchEvent',
];
