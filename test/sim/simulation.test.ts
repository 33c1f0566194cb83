import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { describe, expect, test } from 'vitest';
import { Duration, exponential } from '../../sim/distribution.ts';
import { byChoice } from '../../sim/queue.ts';
import { RandomStream } from '../../sim/random.ts';
import { Simulation, simulate } from '../../sim/simulation.ts';
import { TraceRecorder } from '../../sim/trace.ts';
import { catalog, Recorder, Sender, sending, spec } from './actors.ts';

const busy = spec({
  world: { network: { latency: { lognormal: { median: 1, sigma: 0.5 } } } },
  faults: [
    { at: 50, kind: 'pause', server: 2, for: 30 },
    { at: 200, kind: 'crash', server: 2 },
    { at: 220, kind: 'restart', server: 2 },
  ],
  end: { at: 400 },
});

describe('determinism', () => {
  test('the same run has the same hash, another seed another', () => {
    expect(simulate(busy, sending)).toEqual(simulate(busy, sending));
    expect(simulate({ ...busy, seed: 2 }, sending).traceHash).not.toBe(simulate(busy, sending).traceHash);
    expect(simulate(busy, sending).traceHash).toMatch(/^[0-9a-f]{16}$/);
  });

  test('a run restored from a snapshot anywhere goes on alike', () => {
    const whole = simulate(busy, sending);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.events }), fc.nat(200), (at, more) => {
        const simulation = new Simulation(busy, sending).runTo(at);
        const snapshot = simulation.snapshot();
        const state = simulation.stateHash();
        simulation.runTo(at + more);
        simulation.restore(snapshot);
        expect(simulation.stateHash()).toBe(state);
        expect(simulation.run().result()).toEqual(whole);
        simulation.restore(snapshot);
        expect(simulation.run().result()).toEqual(whole);
      }),
      { numRuns: 40, seed: 11 },
    );
  });

  test('the ladder keeps at most 1,024 rungs, evenly spaced', () => {
    const { ladder, events } = simulate({ ...busy, end: { at: 3000 } }, sending);
    expect(ladder.rungs.length).toBeLessThanOrEqual(1024);
    expect(ladder.rungs.length).toBe(Math.floor(events / ladder.every));
  });

  test('a closure in the state is refused by name', () => {
    class Closure extends Recorder {
      readonly later = () => this.id;
    }
    const simulation = new Simulation(
      spec(),
      catalog((host, id) => new Closure(host, id)),
    ).runTo(3);
    expect(() => simulation.snapshot()).toThrow('Closure.later is a function');
  });

  test('streams are alea', () => {
    const alea = seedrandom.alea('x');
    const stream = new RandomStream('x');
    for (let i = 0; i < 1000; i++) expect(stream.next()).toBe(alea());
  });

  test('distributions draw what they say', () => {
    const stream = new RandomStream('d');
    const draws = Array.from({ length: 20_000 }, () =>
      new Duration({ lognormal: { median: 5, sigma: 0.8 } }).draw(stream),
    );
    draws.sort((a, b) => a - b);
    expect(draws[10_000]! / 5000).toBeCloseTo(1, 1);
    expect(draws[16_827]! / 5000).toBeCloseTo(Math.exp(0.8), 1);
    for (const x of [-30, -1, 0, 0.3, 5, 20]) expect(exponential(x) / Math.exp(x)).toBeCloseTo(1, 12);
    const uniform = Array.from({ length: 1000 }, () => new Duration({ uniform: [1, 1.002] }).draw(stream));
    expect(new Set(uniform)).toEqual(new Set([1000, 1001, 1002]));
  });
});

describe('faults by predicate and event', () => {
  test('a predicate strikes right after its event, before the next', () => {
    const trace = new TraceRecorder();
    const parts = spec({
      faults: [{ when: { on: 'committed', where: { server: 2 }, nth: 10 }, kind: 'crash', server: 'it' }],
      expectations: [
        { text: 'ten arrive', probe: { on: 'committed' }, atLeast: 10, atMost: 10 },
        { text: 'server 2 is down', end: { running: [1, 3], leader: null } },
        { text: 'eleven arrive', probe: { on: 'committed', nth: 11 } },
      ],
    });
    const result = new Simulation(parts, sending, { listener: trace }).run().result();
    const entry = trace.entries.find((e) => e.probes.some((probe) => probe.kind === 'crashed'))!;
    expect(entry.probes.map((probe) => probe.kind)).toEqual(['committed', 'faulted', 'crashed']);
    expect(result.expectations.map((e) => e.holds)).toEqual([true, true, false]);
    expect(trace.entries[entry.cause - 1]!.index).toBeLessThan(entry.index);
  });

  test('afterEvent strikes after that event; a delay puts it off', () => {
    const at = (trigger: object) => {
      const trace = new TraceRecorder();
      new Simulation(spec({ faults: [{ ...trigger, kind: 'crash', server: 3 }] }), sending, {
        listener: trace,
      }).run();
      return trace.entries.find((e) => e.probes.some((probe) => probe.kind === 'crashed'))!;
    };
    expect(at({ afterEvent: 20 }).index).toBe(20);
    const delayed = at({ when: { on: 'committed' }, delay: 5 });
    expect(delayed.kind).toBe('fault');
    expect(delayed.time).toBe(13);
  });

  test('crashing what is down and starting what runs do nothing', () => {
    const kinds: string[] = [];
    const listener = { onEvent() {}, onProbe: (event: { kind: string }) => kinds.push(event.kind) };
    const faults = [
      { at: 1, kind: 'restart', server: 3 },
      { at: 2, kind: 'crash', server: 3 },
      { at: 3, kind: 'crash', server: 3 },
    ] as const;
    new Simulation(spec({ faults, end: { at: 4 } }), sending, { listener }).run();
    expect(kinds.filter((kind) => kind === 'crashed')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'restarted')).toHaveLength(3);
  });

  test('swizzle isolates and rejoins each server', () => {
    const kinds: string[] = [];
    const listener = {
      onEvent() {},
      onProbe: (event: { kind: string; server: number }) => kinds.push(`${event.kind} ${event.server}`),
    };
    const faults = [{ at: 1, kind: 'swizzle', servers: [1, 2], step: 10 }] as const;
    const quiet = catalog((host, id) => new Recorder(host, id));
    new Simulation(spec({ faults, end: { at: 100 } }), quiet, { listener }).run();
    const seen = kinds.filter((kind) => /^(partitioned|healed)/.test(kind));
    expect([...seen].sort()).toEqual(['healed 1', 'healed 2', 'partitioned 1', 'partitioned 2']);
  });
});

describe('the loop', () => {
  test('a throw ends the run as NO-CRASH, naming server and message', () => {
    class Fragile extends Recorder {
      override onMessage(): void {
        throw new Error('boom');
      }
    }
    const world = catalog((host, id) => (id === 1 ? new Sender(host, id) : new Fragile(host, id)));
    const simulation = new Simulation(spec(), world).run();
    const result = simulation.result();
    expect(result.verdicts['NO-CRASH']).toBe('violated');
    expect(result.violations[0]!.text).toBe('server 2 threw while handling message number: boom');
    expect(simulation.failure!.message).toBe('boom');
  });

  test('any choice of the next event keeps channels in order', () => {
    const stream = new RandomStream('choice');
    const policy = byChoice((pending) => pending[stream.below(pending.length)]!.seq);
    const parts = spec({
      end: { at: 1e9, maxEvents: 400 },
      world: { network: { latency: { uniform: [1, 50] } } },
    });
    const simulation = new Simulation(parts, sending, { policy }).run();
    const got = (simulation.world.machines.get(2)!.actor as Recorder).got;
    expect(got.length).toBeGreaterThan(10);
    expect(got).toEqual(got.map((_, i) => i + 1));
  });

  test('service time makes a server slow, bandwidth a link', () => {
    const got = (cost: object) => {
      const simulation = new Simulation(spec({ world: { cost } }), sending).run();
      return (simulation.world.machines.get(2)!.actor as Recorder).got.length;
    };
    expect(got({ service: { '*': 5 } })).toBeGreaterThan(190);
    expect(got({ service: { number: 5 } })).toBeLessThan(201);
    expect(got({ bandwidth: 1 })).toBeLessThan(60);
  });
});
