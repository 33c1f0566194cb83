import { expect, test } from 'vitest';
import { parseRunSpec } from '../../sim/validate.ts';
import { spec } from './actors.ts';

function complaint(parts: object): string {
  try {
    parseRunSpec(JSON.parse(JSON.stringify({ ...spec(), ...parts })));
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}

test('a run that says what it should is accepted', () => {
  expect(complaint({})).toBe('accepted');
  const when = { on: 'role', where: { role: 'LEADING' }, nth: 2 };
  expect(complaint({ faults: [{ when, delay: 3, kind: 'crash', server: 'it' }] })).toBe('accepted');
});

test('faults of clients and the settings of the service are accepted', () => {
  const clients = [{ program: { name: 'mix', params: { rate: 1 } } }];
  const faults = [
    { at: 1, kind: 'clientCrash', client: 1 },
    { at: 1, kind: 'clientRestart', client: 'all' },
    {
      when: { on: 'told', where: { recipe: 'lock', client: 1001 } },
      kind: 'clientPause',
      client: 'it',
      for: 5,
    },
    { at: 1, kind: 'clientDisconnect', client: 'random' },
    { at: 1, kind: 'clientCut', client: 1, to: 'connected' },
  ];
  const ensemble = {
    participants: [1, 2, 254],
    minSessionTimeout: 100,
    maxSessionTimeout: -1,
    localSessions: true,
    localSessionsUpgrading: true,
    readOnlyMode: true,
    extendedTypes: true,
    containerCheckInterval: 200,
    containerMaxPerMinute: 60,
    enforceQuota: true,
    maxBuffer: 4096,
    superDigest: 'super:x',
  };
  expect(complaint({ clients, faults, ensemble })).toBe('accepted');
});

test('what is wrong with faults of clients and settings of the service is named', () => {
  const clients = [{ program: { name: 'mix', params: { rate: 1 } } }];
  const fault = (parts: object, list: object[] = clients) =>
    complaint({ clients: list, faults: [{ at: 1, kind: 'clientCrash', ...parts }] });
  const settings = (parts: object) => complaint({ ensemble: { participants: 3, ...parts } });
  expect([
    fault({ client: 2 }),
    fault({ client: 1 }, []),
    fault({ client: 0 }),
    fault({ client: 'al' }),
    fault({ kind: 'clientCut', client: 1, to: 'it' }),
    fault({ kind: 'clientCut', client: 1, to: 9 }),
    settings({ participants: [1, 255] }),
    settings({ minSessionTimeout: 0 }),
    settings({ minSessionTimeout: 500, maxSessionTimeout: 400 }),
    settings({ tickTime: 1000, maxSessionTimeout: 400 }),
    settings({ localSessions: 1 }),
    settings({ maxBuffer: 3 }),
  ]).toMatchInlineSnapshot(`
    [
      "faults[0].client: is 2, which is no client here; allowed: a number from 1 to 1",
      "faults[0].client: is 1, which is no client here; allowed: none: the run has no clients",
      "faults[0].client: is 0; allowed: a whole number from 1 to 10000",
      "faults[0].client: is "al"; allowed: one of random, it",
      "faults[0].to: is "it"; allowed: one of leader, follower, observer, random, connected, all",
      "faults[0].to: is 9, which is no server here; allowed: one of 1, 2, 3",
      "ensemble.participants[1]: is 255; allowed: a whole number from 1 to 254",
      "ensemble.minSessionTimeout: is 0; allowed: a whole number from 1 to 1000000000",
      "ensemble.minSessionTimeout: makes sessions last from 500 to 400 ms; allowed: a least timeout that does not exceed the largest",
      "ensemble.maxSessionTimeout: makes sessions last from 2000 to 400 ms; allowed: a least timeout that does not exceed the largest",
      "ensemble.localSessions: is 1; allowed: true or false",
      "ensemble.maxBuffer: is 3; allowed: a whole number from 64 to 2147483647",
    ]
  `);
});

test('complaints name the place, the problem and what is allowed', () => {
  const fault = (parts: object) => complaint({ faults: [{ at: 1, kind: 'crash', server: 1, ...parts }] });
  expect(
    [
      complaint({ format: 'zab-lab/run@2' }),
      complaint({ sead: 1 }),
      complaint({ seed: null }),
      complaint({ end: {} }),
      complaint({ ensemble: { participants: 14 } }),
      complaint({ ensemble: { participants: [2, 1] } }),
      complaint({ world: { network: { dropRate: 2 } } }),
      complaint({ world: { network: { latency: { uniform: [3, 1] } } } }),
      complaint({ world: { network: { links: { '1-2': 3 } } } }),
      fault({ kind: 'crahs' }),
      fault({ server: 'leadr' }),
      fault({ server: 9 }),
      fault({ afterEvent: 3 }),
      fault({ at: undefined }),
      fault({ at: undefined, when: { on: 'comitted' } }),
      fault({ at: undefined, when: { on: 'committed', where: { zixd: 1 } } }),
    ].map((line) => line.slice(0, 170)),
  ).toMatchInlineSnapshot(`
    [
      "format: is "zab-lab/run@2"; allowed: "zab-lab/run@1"",
      "sead: is no field here (did you mean "seed"?); allowed: one of format, title, seed, ensemble, world, clients, faults, outside, variant, end, expectations",
      "seed: is null; allowed: a number from -9007199254740991 to 9007199254740991",
      "end.at: is missing; allowed: it must be given",
      "ensemble.participants: is 14; allowed: a whole number from 1 to 13",
      "ensemble.participants: is [2, 1]; allowed: server ids in ascending order, each once",
      "world.network.dropRate: is 2; allowed: a number from 0 to 1",
      "world.network.latency.uniform: is [3, 1]; allowed: [min, max] with min ≤ max",
      "world.network.links.1-2: is no link; allowed: "1>2", "1>*" or "*>2"",
      "faults[0].kind: is "crahs"; allowed: one of crash, powerLoss, restart, pause, partition, cut, isolate, bridge, swizzle, heal, drop, slow, loss, diskStall, diskFull, diskF",
      "faults[0].server: is "leadr" (did you mean "leader"?); allowed: one of leader, follower, observer, random, it",
      "faults[0].server: is 9, which is no server here; allowed: one of 1, 2, 3",
      "faults[0]: has at and afterEvent; allowed: exactly one of at, when, afterEvent",
      "faults[0]: has no trigger; allowed: exactly one of at, when, afterEvent",
      "faults[0].when.on: is "comitted" (did you mean "committed"?); allowed: one of loaded, refused, exited, role, phase, round, voted, elected, acceptedEpoch, currentEpoch, ep",
      "faults[0].when.where, field of "committed": is "zixd"; allowed: one of server, zxid",
    ]
  `);
});
