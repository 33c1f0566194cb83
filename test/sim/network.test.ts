import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Simulation } from '../../sim/simulation.ts';
import type { Fault, RunSpec } from '../../sim/spec.ts';
import { catalog, Recorder, Sender, sending, spec } from './actors.ts';

function run(parts: Partial<RunSpec>) {
  const simulation = new Simulation(spec(parts), sending).run();
  const actor = (id: number) => simulation.world.machines.get(id)!.actor as Recorder;
  return { simulation, sender: actor(1) as Sender, receiver: actor(2) };
}

function isPrefix(got: readonly number[]): boolean {
  return got.every((n, i) => n === i + 1);
}

const faults: fc.Arbitrary<Fault> = fc
  .tuple(
    fc.integer({ min: 0, max: 800 }),
    fc.constantFrom<object>(
      { kind: 'crash', server: 1 },
      { kind: 'crash', server: 2 },
      { kind: 'powerLoss', server: 1 },
      { kind: 'powerLoss', server: 2 },
      { kind: 'restart', server: 'all' },
      { kind: 'pause', server: 2, for: 50 },
      { kind: 'pause', server: 1, for: 50 },
      { kind: 'partition', groups: [[1], [2, 3]] },
      { kind: 'cut', from: 1, to: 2 },
      { kind: 'cut', from: 2, to: 1 },
      { kind: 'heal', speed: true },
      { kind: 'heal' },
      { kind: 'heal' },
      { kind: 'drop', from: 1, to: 2 },
      { kind: 'slow', from: 1, to: 2, by: 30 },
    ),
  )
  .map(([at, fault]) => ({ at, ...fault }) as Fault);

describe('channels', () => {
  test('each end gets a prefix of what was sent, in order, under any faults', () => {
    // Every channel is told apart by its number on the receiving machine.
    class Keyed extends Recorder {
      readonly perChannel = new Map<number, number[]>();
      override onMessage(channel: number, message: { kind: string }): void {
        const list = this.perChannel.get(channel) ?? [];
        list.push((message as unknown as { n: number }).n);
        this.perChannel.set(channel, list);
        if (!isPrefix(list)) throw new Error(`not a prefix: ${list}`);
      }
    }
    // Dials again after each end, so that whatever comes early does not end the trial; numbers start anew.
    class Redialer extends Sender {
      override onClosed(): void {
        this.sent = 0;
        this.channel = this.host.dial({ server: 2, port: 'quorum' });
      }
    }
    const keyed = catalog((host, id) => (id === 1 ? new Redialer(host, id) : new Keyed(host, id)));
    fc.assert(
      fc.property(
        fc.array(faults, { maxLength: 20, size: 'max' }),
        fc.nat(1e6),
        fc.boolean(),
        (list, seed, lossy) => {
          const network = { latency: { uniform: [0.1, 20] as const }, dropRate: lossy ? 0.002 : 0 };
          const parts = { seed, faults: list, world: { network } };
          expect(new Simulation(spec(parts), keyed).run().result().violations).toEqual([]);
        },
      ),
      { numRuns: 300, seed: 7 },
    );
  });

  test('a partition holds messages and passes them on, in order, on heal', () => {
    const { receiver } = run({
      faults: [
        { at: 100, kind: 'partition', groups: [[1], [2, 3]] },
        { at: 500, kind: 'heal' },
      ],
      world: { network: { window: 10_000 } },
    });
    expect(isPrefix(receiver.got)).toBe(true);
    expect(receiver.got.length).toBeGreaterThan(950);
    expect(receiver.calls.filter((call) => call.includes('reset'))).toEqual([]);
  });

  test('nothing crosses a partition', () => {
    const { receiver } = run({ faults: [{ at: 100, kind: 'isolate', server: 2 }] });
    expect(receiver.got.length).toBeLessThan(100);
  });

  test('a one-way cut stops one direction only', () => {
    expect(run({ faults: [{ at: 100, kind: 'cut', from: 2, to: 1 }] }).receiver.got.length).toBeGreaterThan(
      900,
    );
    expect(run({ faults: [{ at: 100, kind: 'cut', from: 1, to: 2 }] }).receiver.got.length).toBeLessThan(100);
  });

  test('a drop cuts the stream: the rest vanishes, both ends are reset within the limit', () => {
    const { sender, receiver } = run({
      faults: [{ at: 100, kind: 'drop', from: 1, to: 2 }],
      world: { network: { retransmissionLimit: 200 } },
    });
    expect(isPrefix(receiver.got)).toBe(true);
    expect(receiver.got.length).toBeLessThan(100);
    const reset = sender.calls.find((call) => call.includes('reset'))!;
    expect(Number.parseInt(reset, 10)).toBeLessThanOrEqual(302);
    expect(receiver.calls.some((call) => call.includes('reset'))).toBe(true);
  });

  test('a killed process: its peer gets what was under way, then a reset', () => {
    const { receiver } = run({ faults: [{ at: 100.5, kind: 'crash', server: 1 }] });
    expect(receiver.got.at(-1)).toBe(96);
    expect(receiver.calls.at(-1)).toBe('101 reset');
  });

  test('power loss is silent until the machine is back or retransmission gives up', () => {
    const limit = { network: { retransmissionLimit: 300 } };
    const reset = (parts: Partial<RunSpec>) =>
      run({ world: limit, ...parts }).sender.calls.find((c) => c.includes('reset'));
    const down: Fault = { at: 100, kind: 'powerLoss', server: 2 };
    expect(reset({ faults: [down] })).toMatch(/^40\d reset/);
    expect(reset({ faults: [down, { at: 200, kind: 'restart', server: 2 }] })).toMatch(/^20\d reset/);
  });

  test('dialling a dead process is refused, dialling into a partition waits for the heal', () => {
    expect(run({ ensemble: { participants: 3, down: [2] } }).sender.calls[0]).toBe('7 refused');
    const healed = run({
      faults: [
        { at: 0, kind: 'isolate', server: 2 },
        { at: 300, kind: 'heal' },
      ],
    });
    expect(healed.sender.calls[0]).toBe('302 connected');
    expect(healed.receiver.got.length).toBeGreaterThan(900);
  });

  test('a full window is told and drained', () => {
    const { sender } = run({
      world: { network: { window: 8 } },
      faults: [{ at: 100, kind: 'pause', server: 2, for: 100 }],
    });
    expect(sender.full).toBeGreaterThan(50);
    expect(sender.calls.filter((call) => call.endsWith('drained')).length).toBeGreaterThan(0);
  });

  test('election messages vanish singly', () => {
    class Voter extends Sender {
      override onTimer(name: string): void {
        if (name === 'dial') this.channel = this.host.dial({ server: 2, port: 'election' });
        this.host.send(this.channel, { kind: 'number', n: ++this.sent } as { kind: string });
        this.host.setTimer(1, 'send', 0);
      }
    }
    const world = catalog((host, id) => (id === 1 ? new Voter(host, id) : new Recorder(host, id)));
    const parts = spec({ world: { network: { electionLossRate: 0.2 } } });
    const got = (new Simulation(parts, world).run().world.machines.get(2)!.actor as Recorder).got;
    expect(isPrefix(got)).toBe(false);
    expect(got.length).toBeGreaterThan(700);
    expect(got.length).toBeLessThan(900);
    expect(got).toEqual([...got].sort((a, b) => a - b));
  });

  test('an orderly close arrives after the data', () => {
    class Closer extends Recorder {
      override start(): void {
        const channel = this.host.dial({ server: 2, port: 'quorum' });
        for (let n = 1; n <= 3; n++) this.host.send(channel, { kind: 'number', n } as { kind: string });
        this.host.close(channel);
      }
    }
    const world = catalog((host, id) => (id === 1 ? new Closer(host, id) : new Recorder(host, id)));
    const actor = new Simulation(spec(), world).run().world.machines.get(2)!.actor as Recorder;
    expect(actor.got).toEqual([1, 2, 3]);
    expect(actor.calls).toEqual(['1 accept', '3 closed']);
  });
});

test('what is held back stays ahead of what was still under way at the heal', () => {
  const { receiver } = run({
    world: { network: { links: { '1>2': { uniform: [5, 40] } } } },
    faults: [
      { at: 100, kind: 'isolate', server: 2 },
      { at: 104, kind: 'heal' },
    ],
  });
  expect(isPrefix(receiver.got)).toBe(true);
  expect(receiver.got.length).toBeGreaterThan(900);
});

describe('pause and clocks', () => {
  test('a paused server catches up in order', () => {
    const { receiver } = run({ faults: [{ at: 100, kind: 'pause', server: 2, for: 300 }], world: {} });
    expect(isPrefix(receiver.got)).toBe(true);
    expect(receiver.got.length).toBeGreaterThan(950);
  });

  test('a fast clock runs ahead and its timers fire early in virtual time', () => {
    const { simulation, sender } = run({ world: { clocks: { 1: { drift: 0.1, offset: 500 } } } });
    const machine = simulation.world.machines.get(1)!;
    expect(machine.now()).toBe(1100);
    expect(machine.wallClock() - simulation.world.machines.get(2)!.wallClock()).toBe(600);
    expect(sender.sent).toBeGreaterThan(1080);
  });

  test('a clock jump moves the wall clock only', () => {
    const { simulation } = run({ faults: [{ at: 10, kind: 'clockJump', server: 2, by: -7000 }] });
    const [a, b] = [simulation.world.machines.get(1)!, simulation.world.machines.get(2)!];
    expect(a.wallClock() - b.wallClock()).toBe(7000);
    expect(a.now()).toBe(b.now());
  });
});
