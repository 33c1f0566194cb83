/** Recipes with the mistakes that are often made in them, under the names of the programs that make none. */
import type { Step, Zk } from '../../protocol/client/api.ts';
import {
  createProtected,
  ensurePath,
  isError,
  type OwnNode,
  repeat,
} from '../../protocol/client/recipes/index.ts';
import { readText } from '../../protocol/client/recipes/text.ts';
import { CreateFlag } from '../../protocol/request.ts';
import { childPath } from '../../protocol/tree/path.ts';
import { ErrorCode } from '../../protocol/txn.ts';
import { catalog } from '../../scenarios/index.ts';
import { type ProgramDefinition, programActor } from '../../sim/clients/index.ts';
import { counter } from '../../sim/clients/recipes/counter.ts';
import { doubleBarrier } from '../../sim/clients/recipes/double-barrier.ts';
import { leader } from '../../sim/clients/recipes/leader.ts';
import { queue } from '../../sim/clients/recipes/queue.ts';
import { type RoundParams, rounds } from '../../sim/clients/recipes/rounds.ts';
import { uniqueNames } from '../../sim/clients/recipes/unique-names.ts';
import { resource } from '../../sim/clients/resource.ts';
import type { Catalog, ClientProgramFactory } from '../../sim/index.ts';
import { type Json, RUN_FORMAT, type RunSpec } from '../../sim/spec.ts';

/** Three servers, and clients of one recipe; the first client loses its connection once and later sleeps. */
export function recipeRun(
  seed: number,
  clients: readonly (readonly [name: string, params: Json])[],
): RunSpec {
  return {
    format: RUN_FORMAT,
    seed,
    ensemble: { participants: 3, tickTime: 100, initLimit: 10, syncLimit: 5 },
    world: { network: { latency: { uniform: [0.1, 5] } }, disk: { flush: { uniform: [0.1, 2] } } },
    clients: clients.map(([name, params]) => ({ program: { name, params } })),
    faults: [
      { at: 1500, kind: 'clientDisconnect', client: 1 },
      { at: 2500, kind: 'clientPause', client: 1, for: 2000 },
    ],
    end: { at: 8000 },
    expectations: [],
  };
}

/** The catalog with another program under the name of one. */
function mistaken(name: string, program: ClientProgramFactory): Catalog {
  return { ...catalog, programs: { ...catalog.programs, [name]: program } };
}

/** The program with other rounds. */
function withRounds(
  { members }: ProgramDefinition,
  round: (zk: Zk, number: number) => Step<void>,
): ClientProgramFactory {
  return programActor({
    members,
    make: (params, settings) =>
      function* (zk) {
        yield* rounds(zk, params as RoundParams, settings, (number) => round(zk, number));
      },
  });
}

/** What a lock guards believes whoever says that it holds the lock. */
export const unfencedResource = mistaken('resource', (host, id, _params, settings) =>
  resource(host, id, { fenced: false }, settings),
);

/** Whoever stands looks who is first, and takes that candidate's node for its own. */
export const firstIsOwn = mistaken(
  'leader',
  withRounds(leader, function* (zk) {
    yield* enter(zk, '/election', 'candidate-');
    const first = (yield* repeat(zk, () => zk.getChildren('/election')))[0]!;
    const stat = yield* repeat(zk, () => zk.exists(childPath('/election', first)));
    if (stat !== null) yield* zk.tell('leader', 'elected', { path: first, token: stat.czxid });
  }),
);

/** An item counts as taken once it was read; that another may have removed it goes unnoticed. */
export const takenOnceRead = mistaken(
  'queue',
  withRounds(queue, function* (zk, number) {
    const items = '/queue/items';
    yield* ensurePath(zk, items);
    yield* zk.create(childPath(items, 'item-'), `${number}`, { mode: CreateFlag.PERSISTENT_SEQUENTIAL });
    const first = (yield* zk.getChildren(items))[0];
    if (first === undefined) return;
    const path = childPath(items, first);
    try {
      yield* zk.getData(path);
      yield* zk.delete(path);
    } catch (error) {
      if (!isError(error, ErrorCode.NONODE)) throw error;
    }
    yield* zk.tell('queue', 'taken', { path });
  }),
);

/** Each counts itself and all it sees, itself among them. */
export const countsItselfTwice = mistaken(
  'doubleBarrier',
  withRounds(doubleBarrier, function* (zk, number) {
    const path = `/double-barrier/${number}`;
    const count = 3;
    const { path: own } = yield* enter(zk, path, 'member');
    const holder = own.slice(path.length + 1);
    yield* zk.tell('doubleBarrier', 'arrived', { path, token: count, holder });
    for (;;) {
      const others = yield* repeat(zk, () => zk.getChildren(path));
      if (others.length + 1 >= count) break;
      yield* zk.sleep(20);
    }
    yield* zk.tell('doubleBarrier', 'entered', { path, token: count, holder });
  }),
);

/** It sets the sum whatever the counter has become since it was read. */
export const setsAnyVersion = mistaken(
  'counter',
  withRounds(counter, function* (zk) {
    const path = '/counter';
    yield* ensurePath(zk, path);
    yield* zk.tell('counter', 'incrementing', { path, token: 1 });
    const { data } = yield* repeat(zk, () => zk.getData(path));
    const value = Number(readText(data)) + 1;
    yield* repeat(zk, () => zk.setData(path, String(value)));
    yield* zk.tell('counter', 'incremented', { path, token: value });
  }),
);

/** The number is how many nodes there are, not the one in the name of the node. */
export const numbersByCount = mistaken(
  'uniqueNames',
  withRounds(uniqueNames, function* (zk) {
    const path = '/names';
    yield* enter(zk, path, 'name-');
    const token = (yield* repeat(zk, () => zk.exists(path)))!.numChildren;
    yield* zk.tell('names', 'given', { path, token });
  }),
);

function* enter(zk: Zk, dir: string, label: string): Step<OwnNode> {
  yield* ensurePath(zk, dir);
  return yield* createProtected(zk, dir, label, '', CreateFlag.EPHEMERAL_SEQUENTIAL);
}
