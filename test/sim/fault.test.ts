import { describe, expect, test } from 'vitest';
import type { Host } from '../../protocol/host.ts';
import type { ClientActor, ClientCounters, ClientSettings } from '../../sim/catalog.ts';
import { Simulation } from '../../sim/simulation.ts';
import type { Fault, RunSpec } from '../../sim/spec.ts';
import type { SimEvent } from '../../sim/world-event.ts';
import { Recorder, spec } from './actors.ts';

/** Listens at the client port and answers each number. */
class Echo extends Recorder {
  override start(): void {
    this.host.listen('client', true);
  }
  override onMessage(channel: number, message: { kind: string }): void {
    this.got.push((message as unknown as { n: number }).n);
    this.host.send(channel, message);
  }
}

/** Sends 1, 2, 3, … to the first server it may, one per 10 ms; dials again at once where it is cut off. */
class Counter extends Recorder implements ClientActor {
  readonly counters: ClientCounters = { started: 0, ok: 0, errors: {}, lost: 0, connects: 0 };
  readonly server: number;
  channel = 0;

  constructor(host: Host, id: number, server: number) {
    super(host, id);
    this.server = server;
  }
  override start(): void {
    this.note('start');
    this.dial();
    this.host.setTimer(10, 'send', 0);
  }
  dial(): void {
    this.channel = this.host.dial({ server: this.server, port: 'client' });
  }
  override onTimer(): void {
    this.host.send(this.channel, { kind: 'number', n: ++this.counters.started } as { kind: string });
    this.host.setTimer(10, 'send', 0);
  }
  override onMessage(_channel: number, message: { kind: string }): void {
    this.got.push((message as unknown as { n: number }).n);
  }
  override onClosed(channel: number, reason: 'closed' | 'reset' | 'refused'): void {
    super.onClosed(channel, reason);
    this.dial();
  }
}

function run(faults: readonly Fault[], parts: Partial<RunSpec> = {}) {
  const seen: string[] = [];
  const simulation = new Simulation(
    spec({ faults, clients: [{ program: { name: 'counter' }, servers: [2] }], ...parts }),
    {
      server: (host, id) => new Echo(host, id),
      programs: {
        counter: (host, id, _params, settings: ClientSettings) => new Counter(host, id, settings.servers[0]!),
      },
      monitors: () => [],
      variants: {},
    },
    {
      listener: {
        onEvent: () => {},
        onProbe: (event: SimEvent) => {
          if (event.kind.startsWith('client')) seen.push(`${simulation.now} ${event.kind} ${event.server}`);
        },
      },
    },
  );
  simulation.run();
  expect(simulation.result().violations).toEqual([]);
  const server = simulation.world.machines.get(2)!.actor as Echo;
  return { client: simulation.world.machines.get(1001)!.actor as Counter | null, server, seen };
}

describe('faults of clients', () => {
  test('a killed client is gone; its server gets what was sent, then a reset', () => {
    const { client, server, seen } = run([{ at: 105, kind: 'clientCrash', client: 1 }]);
    expect(client).toBe(null);
    expect(server.got.at(-1)).toBe(10);
    expect(server.calls.at(-1)).toBe('106 reset');
    expect(seen).toEqual(['0 clientStarted 0', '105 clientCrashed 0']);
  });

  test('a restarted client begins its program anew; a running one goes on', () => {
    const { client, server, seen } = run([
      { at: 50, kind: 'clientRestart', client: 1 },
      { at: 105, kind: 'clientCrash', client: 1 },
      { at: 205, kind: 'clientRestart', client: 'all' },
    ]);
    expect(client!.calls[0]).toBe('205 start');
    expect(server.got.slice(8, 12)).toEqual([9, 10, 1, 2]);
    expect(seen).toEqual(['0 clientStarted 0', '105 clientCrashed 0', '205 clientStarted 0']);
  });

  test('a paused client stands still and then catches up in order', () => {
    const { client, server, seen } = run([{ at: 105, kind: 'clientPause', client: 1, for: 300 }]);
    expect(seen.slice(1)).toEqual(['105 clientPaused 0', '405 clientResumed 0']);
    expect(client!.got).toEqual(client!.got.map((_, i) => i + 1));
    // One timer was due during the pause; those after it count from its end.
    expect(server.got.length).toBeGreaterThan(65);
    expect(server.got.length).toBeLessThan(72);
  });

  test('a disconnected client is reset at once, its server too, and may dial again', () => {
    const { client, server, seen } = run([{ at: 105, kind: 'clientDisconnect', client: 1 }]);
    expect(client!.calls.slice(0, 4)).toEqual(['0 start', '2 connected', '105 reset', '107 connected']);
    expect(server.calls).toEqual(['1 accept', '106 reset', '106 accept']);
    expect(seen.slice(1)).toEqual(['105 clientDisconnected 0']);
    expect(client!.got.length).toBeGreaterThan(90);
  });

  test.each([2, 'connected', 'all'] as const)('nothing passes between a client and %s until heal', (to) => {
    const { client, server, seen } = run([
      { at: 105, kind: 'clientCut', client: 1, to },
      { at: 605, kind: 'heal' },
    ]);
    expect(seen.slice(1)).toEqual([`105 clientCut ${to === 'all' ? 0 : 2}`]);
    const pause = client!.got.length;
    expect(pause).toBeGreaterThan(90);
    expect(server.got).toEqual(server.got.map((_, i) => i + 1));
    expect(client!.calls).toEqual(['0 start', '2 connected']);
  });

  test('a cut from a server that the client does not talk to changes nothing', () => {
    const { client } = run([{ at: 105, kind: 'clientCut', client: 1, to: 3 }]);
    expect(client!.got.length).toBeGreaterThan(95);
  });

  test('nothing arrives while a client is cut off', () => {
    const { server } = run([{ at: 105, kind: 'clientCut', client: 1, to: 'all' }]);
    expect(server.got.length).toBe(10);
  });

  test('`it` is the client of the triggering probe', () => {
    const when = { on: 'clientDisconnected', where: { client: 1002 } };
    const { seen } = run(
      [
        { at: 20, kind: 'clientDisconnect', client: 1 },
        { at: 30, kind: 'clientDisconnect', client: 2 },
        { when, delay: 5, kind: 'clientCrash', client: 'it' },
      ],
      { clients: [1, 2].map(() => ({ program: { name: 'counter' }, servers: [2] })) },
    );
    expect(seen.slice(2)).toEqual([
      '20 clientDisconnected 0',
      '30 clientDisconnected 0',
      '35 clientCrashed 0',
    ]);
  });

  test('`it` of a probe without a client is no client', () => {
    const { seen } = run([{ when: { on: 'restarted' }, kind: 'clientCrash', client: 'it' }]);
    expect(seen).toEqual(['0 clientStarted 0']);
  });

  test('after the healing a predicate stops no client any more', () => {
    const { seen } = run(
      [{ when: { on: 'clientStarted' }, delay: 10, kind: 'clientPause', client: 1, for: 50 }],
      { end: { at: 1000, healedAt: 40 } },
    );
    expect(seen).toEqual(['0 clientStarted 0']);
  });
});
