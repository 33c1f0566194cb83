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
      "sead: is no field here (did you mean "seed"?); allowed: one of format, title, seed, ensemble, world, clients, faults, variant, end, expectations",
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
