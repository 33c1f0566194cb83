import { describe, expect, test } from 'vitest';
import { OpCode } from '../../../protocol/txn.ts';
import { catalog } from '../../../scenarios/index.ts';
import { Simulation } from '../../../sim/simulation.ts';
import type { Fault, Json, RunSpec } from '../../../sim/spec.ts';
import type { SimEvent } from '../../../sim/world-event.ts';
import { spec } from '../actors.ts';

interface Settings {
  readonly params?: { readonly [name: string]: Json };
  readonly faults?: readonly Fault[];
  readonly parts?: Partial<RunSpec>;
}

function run({ params = {}, faults = [], parts = {} }: Settings) {
  const seen: (SimEvent & { readonly time: number })[] = [];
  const simulation: Simulation = new Simulation(
    spec({
      ensemble: { participants: 3, tickTime: 100, initLimit: 10, syncLimit: 5, extendedTypes: true },
      clients: [1, 2, 3].map(() => ({
        program: { name: 'service', params: { rate: 200, keys: 2, ...params } },
      })),
      faults,
      end: { at: 6000 },
      ...parts,
    }),
    catalog,
    {
      listener: {
        onEvent: () => {},
        onProbe: (event: SimEvent) => seen.push({ ...event, time: simulation.now }),
      },
    },
  );
  simulation.run();
  const of = <K extends SimEvent['kind']>(kind: K) =>
    seen.filter((event): event is Extract<SimEvent, { kind: K }> & { time: number } => event.kind === kind);
  return { simulation, seen, of, result: simulation.result() };
}

describe('the workload service', () => {
  const everything = run({
    params: { acl: 0.2, expiring: 0.3, quota: 0.02, invalid: 0.05, churn: 0.02, sessionTimeout: 1000 },
  });

  test('asks for every operation, and each succeeds and fails', () => {
    const good = new Set<number>();
    const bad = new Set<number>();
    for (const { op, err } of everything.of('answered')) (err === 0 ? good : bad).add(op);
    for (const name of [
      'create',
      'create2',
      'createContainer',
      'createTTL',
      'delete',
      'setData',
      'setACL',
      'multi',
      'exists',
      'getData',
      'getACL',
      'getChildren',
      'getChildren2',
      'getAllChildrenNumber',
      'removeWatches',
      'multiRead',
    ] as const) {
      expect([name, good.has(OpCode[name])]).toEqual([name, true]);
      if (name !== 'multi') expect([name, bad.has(OpCode[name])]).toEqual([name, true]);
    }
    for (const name of ['sync', 'getEphemerals', 'whoAmI', 'addWatch', 'closeSession'] as const)
      expect([name, good.has(OpCode[name])]).toEqual([name, true]);
    for (const name of ['check', 'reconfig'] as const)
      expect([name, bad.has(OpCode[name])]).toEqual([name, true]);
    expect(everything.result.violations).toEqual([]);
  });

  test('closes its session now and then and opens another; its tickets go on', () => {
    for (const client of [1001, 1002, 1003]) {
      const sessions = new Set(
        everything
          .of('clientState')
          .filter((e) => e.client === client)
          .map((e) => e.session),
      );
      expect(sessions.size).toBeGreaterThan(2);
      const tickets = everything
        .of('invoked')
        .filter((e) => e.client === client)
        .map((e) => e.ticket);
      expect(tickets).toEqual(tickets.map((_, i) => i + 1));
    }
  });

  test('every operation gets one answer', () => {
    const open = new Set<string>();
    for (const { client, ticket } of everything.of('invoked')) open.add(`${client} ${ticket}`);
    for (const { client, ticket } of everything.of('answered'))
      expect(open.delete(`${client} ${ticket}`)).toBe(true);
    expect(open.size).toBeLessThan(25);
  });

  test('has no more under way than it may', () => {
    const { seen } = run({ params: { outstanding: 2, rate: 2000 } });
    const open = new Map<number, number>();
    let most = 0;
    for (const event of seen) {
      if (event.kind !== 'invoked' && event.kind !== 'answered') continue;
      const { kind, client } = event;
      open.set(client, (open.get(client) ?? 0) + (kind === 'invoked' ? 1 : -1));
      most = Math.max(most, open.get(client)!);
    }
    expect(most).toBe(2);
  });

  test('asks for nothing once the healed ensemble is to become quiet, and stays connected', () => {
    const { of, simulation } = run({
      params: { churn: 0, invalid: 0 },
      parts: { end: { at: 6000, healedAt: 1000, electWithin: 1000, commitWithin: 1500 } },
    });
    expect(Math.max(...of('invoked').map(({ time }) => time))).toBeLessThan(2500);
    expect(Math.max(...of('invoked').map(({ time }) => time))).toBeGreaterThan(2400);
    for (const client of [1001, 1002, 1003]) {
      const last = of('clientState')
        .filter((event) => event.client === client)
        .at(-1);
      expect(last?.state).toBe('CONNECTED');
    }
    expect(simulation.result().verdicts['LIVE-CONVERGES']).toBe('holds');
  });

  test('goes on exactly as before from a copy of its state', () => {
    const settings = { parts: { end: { at: 2500 } }, params: { churn: 0.05, acl: 0.2 } };
    const { simulation, result } = run(settings);
    const again = new Simulation(simulation.spec, catalog);
    again.runTo(Math.floor(result.events / 2));
    const middle = again.snapshot();
    again.run();
    again.restore(middle);
    expect(again.run().result().traceHash).toBe(result.traceHash);
  });

  test('parameters that are none are refused', () => {
    expect(() => run({ params: { readds: 1 } })).toThrow(/readds: is no field here/);
    expect(() => run({ params: { churn: 2 } })).toThrow(/churn: is 2; allowed: a number from 0 to 1/);
  });
});

describe('what faults do to sessions', () => {
  const quiet = { rate: 20, churn: 0, invalid: 0, sessionTimeout: 500 };

  test('the session of a killed client expires, and not before its time', () => {
    const { of, result } = run({ params: quiet, faults: [{ at: 3000, kind: 'clientCrash', client: 1 }] });
    const session = of('clientState')
      .filter(({ client }) => client === 1001)
      .at(-1)!.session;
    const [expired, ...more] = of('expired');
    expect(more).toEqual([]);
    expect(expired!.session).toBe(session);
    expect(expired!.time).toBeGreaterThan(3300);
    expect(expired!.time).toBeLessThan(3800);
    expect(result.violations).toEqual([]);
  });

  test('a client that stands still for longer than its session finds it gone and opens another', () => {
    const { of } = run({ params: quiet, faults: [{ at: 3000, kind: 'clientPause', client: 1, for: 1500 }] });
    expect(of('expired')).toHaveLength(1);
    const states = of('clientState').filter(({ client, time }) => client === 1001 && time > 3000);
    expect(states.map(({ state }) => state)).toContain('EXPIRED');
    expect(states.at(-1)!.state).toBe('CONNECTED');
    expect(states.at(-1)!.session).not.toBe(of('expired')[0]!.session);
  });

  test('a client whose connection is reset goes on with its session', () => {
    const { of } = run({ params: quiet, faults: [{ at: 3000, kind: 'clientDisconnect', client: 1 }] });
    expect(of('expired')).toEqual([]);
    const [lost, back] = of('clientState').filter(({ client, time }) => client === 1001 && time >= 3000);
    expect([lost!.state, back!.state, lost!.session === back!.session]).toEqual([
      'CONNECTING',
      'CONNECTED',
      true,
    ]);
  });

  test('a client that is cut off from its server moves to another one with its session', () => {
    const { of } = run({
      params: { ...quiet, sessionTimeout: 2000 },
      faults: [{ at: 3000, kind: 'clientCut', client: 1, to: 'connected' }],
    });
    expect(of('expired')).toEqual([]);
    const before = of('clientState')
      .filter(({ client, time }) => client === 1001 && time < 3000)
      .at(-1)!;
    const after = of('clientState')
      .filter(({ client }) => client === 1001)
      .at(-1)!;
    expect(after).toMatchObject({ state: 'CONNECTED', session: before.session });
    expect(after.server).not.toBe(before.server);
  });

  test('a client that starts again has a session of its own', () => {
    const { of } = run({
      params: quiet,
      faults: [
        { at: 3000, kind: 'clientCrash', client: 1 },
        { at: 3050, kind: 'clientRestart', client: 1 },
      ],
    });
    expect(of('expired')).toHaveLength(1);
    const after = of('clientState')
      .filter(({ client }) => client === 1001)
      .at(-1)!;
    expect(after.state).toBe('CONNECTED');
    expect(after.session).not.toBe(of('expired')[0]!.session);
  });
});
