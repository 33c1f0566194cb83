/**
 * Users of Curator's InterProcessMutex and LeaderLatch: both stand in line with a protected node, whose name begins with a GUID, so
 * that a client that has lost an answer finds its node again instead of making a second one.
 */
import type { Step, Zk } from '../../../protocol/client/api.ts';
import {
  acquireLock,
  campaign,
  releaseLock,
  repeat,
  resign,
} from '../../../protocol/client/recipes/index.ts';
import { nameOf } from '../../../protocol/tree/path.ts';
import { field, numberIn, oneOf, text } from '../../shape.ts';
import type { Part } from './process.ts';
import { begin, SPAN_MEMBERS, type SpanParams } from './span.ts';

interface UserParams extends SpanParams {
  readonly name: string;
  readonly recipe: 'mutex' | 'latch';
  /** How long it keeps what it has, ms. */
  readonly hold: number;
}

const MUTEX = '/curator/mutex';
const LATCH = '/curator/latch';
const SYSTEM = 'curator';
/** `_c_`, 32 digits and a dash. */
const GUID_LENGTH = 36;

export const curatorUser: Part = {
  system: SYSTEM,
  members: {
    ...SPAN_MEMBERS,
    name: field(text),
    recipe: field(oneOf(['mutex', 'latch'])),
    hold: field(numberIn(1, 1e9)),
  },
  program(raw, settings) {
    const params = raw as unknown as UserParams;
    return function* (zk) {
      const until = yield* begin(zk, params, settings);
      while ((yield* zk.now()) < until) {
        if (params.recipe === 'mutex') yield* underMutex(zk, params);
        else yield* asLeader(zk, params);
      }
    };
  },
};

function* underMutex(zk: Zk, { name, hold }: UserParams): Step<void> {
  const lock = (yield* acquireLock(zk, MUTEX, { holder: name }))!;
  yield* tellNodes(zk, MUTEX, lock.path, name);
  yield* zk.sleep(hold);
  yield* releaseLock(zk, lock);
}

function* asLeader(zk: Zk, { name, hold }: UserParams): Step<void> {
  const leadership = (yield* campaign(zk, LATCH, name))!;
  yield* tellNodes(zk, LATCH, leadership.path, name);
  yield* zk.sleep(hold);
  yield* resign(zk, leadership);
}

/** How many nodes stand in line under its GUID. */
function* tellNodes(zk: Zk, line: string, path: string, holder: string): Step<void> {
  const guid = nameOf(path).slice(0, GUID_LENGTH);
  const own = (yield* repeat(zk, () => zk.getChildren(line))).filter((child) => child.startsWith(guid));
  yield* zk.tell(SYSTEM, 'own nodes', { path: line, token: own.length, holder });
}
