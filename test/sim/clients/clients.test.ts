import { describe, expect, it } from 'vitest';
import { KeeperError } from '../../../protocol/client/index.ts';
import { ErrorCode, OpCode } from '../../../protocol/txn.ts';
import { catalog as standard } from '../../../scenarios/catalog.ts';
import { LAN, QUICK, SETTLE } from '../../../scenarios/settings.ts';
import type { Catalog, ClientActor } from '../../../sim/catalog.ts';
import { type ProgramDefinition, programActor } from '../../../sim/clients/index.ts';
import type { Workload } from '../../../sim/clients/workload.ts';
import { numberIn, optional } from '../../../sim/shape.ts';
import { Simulation } from '../../../sim/simulation.ts';
import { type Json, RUN_FORMAT, type RunSpec } from '../../../sim/spec.ts';
import type { SimEvent, SimEventKind } from '../../../sim/world-event.ts';

/** Asks for its session, writes in rounds, watches its own node. */
const rounds: ProgramDefinition = {
  members: { count: optional(numberIn(1, 100, true)) },
  make: (params, settings) => {
    const count = (params as { count?: number }).count ?? 5;
    return function* (zk) {
      yield* zk.event();
      const path = yield* zk.create('/r', 'x', { mode: 3 });
      for (let round = 0; round < count && (yield* zk.now()) < settings.stopAt; round++) {
        try {
          yield* zk.getData(path, true);
          yield* zk.setData(path, `${yield* zk.random()}`);
          const event = yield* zk.event(path, 1000);
          yield* zk.tell('rounds', 'done', { path, token: event?.zxid ?? 0 });
        } catch (error) {
          if (!(error instanceof KeeperError)) throw error;
        }
        yield* zk.sleep(50);
      }
    };
  },
};

const catalog: Catalog = {
  ...standard,
  programs: { ...standard.programs, rounds: programActor(rounds) },
};

function spec(name: string, params: Json, parts: Partial<RunSpec> = {}): RunSpec {
  return {
    format: RUN_FORMAT,
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [{ program: { name, params } }],
    faults: [],
    end: { at: 6000 },
    expectations: [],
    ...parts,
  };
}

function played(run: RunSpec) {
  const seen: { readonly at: number; readonly event: SimEvent }[] = [];
  const simulation: Simulation = new Simulation(run, catalog, {
    listener: {
      onEvent: () => {},
      onProbe: (event) => seen.push({ at: simulation.now, event: { ...event } }),
    },
  });
  simulation.run();
  const client = simulation.world.machines.get(1001)!.actor as ClientActor;
  function of<K extends SimEventKind>(kind: K) {
    return seen.filter(({ event }) => event.kind === kind) as {
      readonly at: number;
      readonly event: Extract<SimEvent, { kind: K }>;
    }[];
  }
  return { client, of, result: simulation.result() };
}

const HEALED = { at: 2000 + SETTLE, healedAt: 2000 };

describe('mix', () => {
  it('connects when it is to begin, stops asking in time and keeps its session', () => {
    const run = spec('mix', { rate: 40, from: 1500, sessionTimeout: 800 }, { end: HEALED });
    const { of, client, result } = played(run);
    expect(result.violations).toEqual([]);
    expect(of('clientState')[0]!.at).toBe(1500);
    const last = of('invoked').at(-1)!.at;
    const { stopAt } = (client as unknown as Workload).settings;
    expect(stopAt).toBeLessThan(HEALED.at);
    expect(last).toBeLessThanOrEqual(stopAt);
    expect(last).toBeGreaterThan(stopAt - 1000);
    expect(of('expired')).toEqual([]);
    expect(of('clientState').map(({ event }) => event.state)).toEqual(['CONNECTING', 'CONNECTED']);
    const { started, ok, errors, lost, connects } = client.counters;
    const failed = Object.values(errors).reduce((sum, count) => sum + count, 0);
    expect([started, connects, lost]).toEqual([ok + failed, 1, 0]);
    expect(ok).toBeGreaterThan(50);
  });

  it('asks several times a millisecond where it is told to, and time goes on', () => {
    const rate = 8000;
    const params = { rate, from: 1500, until: 1800, outstanding: 10_000 };
    const { of, result } = played(spec('mix', params, { end: { at: 2500, maxEvents: 200_000 } }));
    expect(result.violations).toEqual([]);
    expect(result.virtualMs).toBe(2500);
    const asked = of('invoked').map(({ at }) => at);
    const seconds = (asked.at(-1)! - asked[0]!) / 1000;
    expect(seconds).toBeGreaterThan(0.2);
    expect(asked.length / seconds).toBeGreaterThan(0.9 * rate);
    expect(asked.length / seconds).toBeLessThan(1.1 * rate);
  });

  it('opens a new session where one has expired, and goes on counting its operations', () => {
    const program = { name: 'mix', params: { rate: 40, sessionTimeout: 800 } };
    const { of, client, result } = played(
      spec(
        'mix',
        {},
        {
          clients: [{ program, servers: [1] }],
          faults: [
            { at: 2000, kind: 'crash', server: 1 },
            { at: 4000, kind: 'restart', server: 1 },
          ],
        },
      ),
    );
    expect(result.violations).toEqual([]);
    const states = of('clientState').map(({ event }) => event.state);
    expect(states).toEqual([
      ...['CONNECTING', 'CONNECTED', 'CONNECTING', 'EXPIRED'],
      ...states.slice(4, -2).map((_, i) => (i % 2 === 0 ? 'CONNECTING' : 'EXPIRED')),
      ...['CONNECTING', 'CONNECTED'],
    ]);
    const sessions = new Set(of('sessionOpened').map(({ event }) => event.session));
    expect(sessions.size).toBe(2);
    const tickets = of('invoked').map(({ event }) => event.ticket);
    expect(tickets).toEqual(tickets.map((_, i) => i + 1));
    expect(client.counters.connects).toBe(2);
  });
});

describe('script', () => {
  it('takes its steps in order, with every operation it knows', () => {
    const steps: Json = [
      { op: 'create', path: '/a', data: 'ä' },
      { op: 'get', path: '/a', watch: true },
      { op: 'set', path: '/a', data: 'b', version: 0 },
      { op: 'create', path: '/a/s-', mode: 'ephemeral-sequential' },
      { op: 'create', path: '/a/q-', mode: 'persistent-sequential' },
      { op: 'create', path: '/c', mode: 'container' },
      { op: 'children', path: '/a' },
      { op: 'exists', path: '/none', watch: true },
      { op: 'setAcl', path: '/c', acl: [{ perms: 31, scheme: 'world', id: 'anyone' }] },
      { op: 'getAcl', path: '/c' },
      {
        op: 'multi',
        ops: [
          { op: 'check', path: '/a', version: 1 },
          { op: 'create', path: '/none' },
        ],
      },
      { op: 'sync', path: '/a' },
      { op: 'delete', path: '/none', version: 5 },
      { at: 3000, op: 'close' },
      { op: 'get', path: '/a' },
    ];
    const { of, result, client } = played(spec('script', { steps, connectAt: 1500 }));
    expect(result.violations).toEqual([]);
    expect(of('clientState')[0]!.at).toBe(1500);
    const answered = of('answered').map(({ event }) => event);
    expect(answered.map(({ op, err }) => [op, err])).toEqual([
      [OpCode.create, 0],
      [OpCode.getData, 0],
      [OpCode.setData, 0],
      [OpCode.create, 0],
      [OpCode.create, 0],
      [OpCode.createContainer, 0],
      [OpCode.getChildren, 0],
      [OpCode.exists, ErrorCode.NONODE],
      [OpCode.setACL, 0],
      [OpCode.getACL, 0],
      [OpCode.multi, 0],
      [OpCode.sync, 0],
      [OpCode.delete, ErrorCode.BADVERSION],
      [OpCode.closeSession, 0],
      [OpCode.getData, ErrorCode.SESSIONEXPIRED],
    ]);
    expect(answered[1]!.result.data).toEqual(Uint8Array.of(0xc3, 0xa4));
    expect(answered[6]!.result.children).toEqual(['q-0000000001', 's-0000000000']);
    expect(of('notified').map(({ event }) => [event.type, event.path])).toEqual([
      [3, '/a'],
      [1, '/none'],
    ]);
    expect(client.counters).toMatchObject({ started: 15, ok: 12, lost: 1, connects: 1 });
  });

  it('goes on behind a step that was lost, or sends it again where that is asked for', () => {
    for (const lost of ['skip', 'retry']) {
      const steps: Json = [
        { at: 1500, op: 'create', path: '/a', lost },
        { op: 'exists', path: '/a' },
      ];
      const { of, result } = played(
        spec(
          'script',
          {},
          {
            clients: [{ servers: [1, 2], program: { name: 'script', params: { steps } } }],
            faults: [{ when: { on: 'request', where: { op: OpCode.create } }, kind: 'crash', server: 1 }],
          },
        ),
      );
      expect(result.violations).toEqual([]);
      const ops = of('answered').map(({ event }) => [event.op, event.err === ErrorCode.CONNECTIONLOSS]);
      expect(ops).toEqual([
        [OpCode.create, true],
        ...(lost === 'retry' ? [[OpCode.create, false]] : []),
        [OpCode.exists, false],
      ]);
    }
  });

  it('wants a path where an operation needs one', () => {
    for (const step of [{ op: 'get' }, { op: 'multi', ops: [{ op: 'set' }] }] as Json[]) {
      expect(() => new Simulation(spec('script', { steps: [step] }), catalog)).toThrow('path');
    }
  });
});

describe('a generator program', () => {
  it('runs in a simulation, its parameters checked with those of all clients', () => {
    const { of, client, result } = played(spec('rounds', { count: 3, sessionTimeout: 2000 }));
    expect(result.violations).toEqual([]);
    expect(of('told').map(({ event }) => event.action)).toEqual(['done', 'done', 'done']);
    expect(client.counters).toMatchObject({ started: 7, ok: 7, connects: 1 });
    expect(() => new Simulation(spec('rounds', { count: 0 }), catalog)).toThrow('params.count');
    expect(() => new Simulation(spec('rounds', { counts: 1 }), catalog)).toThrow('did you mean "count"');
  });

  it('goes on the same from a snapshot taken anywhere', () => {
    const run = spec('rounds', { count: 20 });
    const whole = new Simulation(run, catalog).run();
    for (const events of [100, 300, 500, 700, 900]) {
      const simulation = new Simulation(run, catalog).runTo(events);
      const snapshot = simulation.snapshot();
      const state = simulation.stateHash();
      simulation.run();
      simulation.restore(snapshot);
      expect(simulation.stateHash()).toBe(state);
      simulation.run();
      expect(simulation.result()).toEqual(whole.result());
      expect(simulation.stateHash()).toBe(whole.stateHash());
    }
  });
});
