/**
 * Flink's high availability: JobManagers elect a leader by Curator's LeaderLatch; the leader publishes its address and its fencing
 * token as `connection_info`, TaskManagers look there and heed nobody with another token. The pointer to the last completed
 * checkpoint is replaced under the version it was read with (ZooKeeperStateHandleStore.replace).
 *
 * As in Curator a leader steps down when its connection is suspended, and takes a new place in line when it is back, though its
 * session lives on: so it may still have a checkpoint under way that was begun as leader.
 *
 * Flink draws its tokens at random and keeps a node per checkpoint; here a token is the czxid of the latch's node, and one
 * pointer stands for the last of the checkpoints.
 */
import type { Step, Zk } from '../../../protocol/client/api.ts';
import {
  createProtected,
  ensurePath,
  isError,
  isLoss,
  type OwnNode,
  repeat,
  settle,
} from '../../../protocol/client/recipes/index.ts';
import { readText } from '../../../protocol/client/recipes/text.ts';
import { awaitEvent, inSequence, remove } from '../../../protocol/client/recipes/znode.ts';
import { CreateFlag } from '../../../protocol/request.ts';
import { childPath, nameOf } from '../../../protocol/tree/path.ts';
import { ErrorCode } from '../../../protocol/txn.ts';
import { field, numberIn, text } from '../../shape.ts';
import { claim } from './ephemeral.ts';
import { type Part, send } from './process.ts';
import { begin, SPAN_MEMBERS, type SpanParams } from './span.ts';

interface ManagerParams extends SpanParams {
  readonly name: string;
  /** Place of the TaskManager's endpoint among the run's clients. */
  readonly tasks: number;
}
interface JobManagerParams extends ManagerParams {
  /** How long it takes to write a checkpoint, ms. */
  readonly upload: number;
}

const LATCH = '/flink/lab/leader/latch';
const DISPATCHER = '/flink/lab/leader/dispatcher';
const INFO = `${DISPATCHER}/connection_info`;
const JOB = '/flink/lab/jobs/wordcount';
const POINTER = `${JOB}/checkpoints`;
const SYSTEM = 'flink';
/** Between two heartbeats, ms. */
const HEARTBEAT_MS = 200;

/** What a leader publishes. */
interface LeaderInfo {
  readonly leader: string;
  readonly token: number;
}
/** The last completed checkpoint. */
interface Pointer {
  readonly checkpoint: number;
  /** The one it continues. */
  readonly after: number;
}

export const flinkTaskExecutor: Part = {
  system: SYSTEM,
  members: {},
  judge(memory, order) {
    const known = (memory.get('token') as number | undefined) ?? 0;
    if (order.order === 'leader') {
      if (order.token <= known) return { accepted: false, action: '' };
      memory.set('token', order.token);
      return { accepted: true, action: 'registered at' };
    }
    const accepted = order.token === known;
    // Told once for each leader that asks, as long as it is registered at the same one.
    const verdict = `${known} judged ${order.token}`;
    const told = memory.has(verdict);
    memory.set(verdict, 1);
    return { accepted, action: told ? '' : accepted ? 'heeded' : 'refused' };
  },
};

export const flinkTaskManager: Part = {
  system: SYSTEM,
  members: { ...SPAN_MEMBERS, name: field(text), tasks: field(numberIn(1, 1e6, true)) },
  program(raw, settings) {
    const params = raw as unknown as ManagerParams;
    return function* (zk) {
      const until = yield* begin(zk, params, settings);
      for (;;) {
        yield* zk.forgetEvents(INFO);
        const info = (yield* repeat(zk, () => zk.exists(INFO, true))) === null ? null : yield* leaderInfo(zk);
        if (info !== null) {
          const { leader: from, token } = info;
          yield* send(zk, params.tasks, { order: 'leader', about: '', token, from });
        }
        const left = until - (yield* zk.now());
        if (left <= 0 || (yield* zk.event(INFO, left)) === null) return;
      }
    };
  },
};

function* leaderInfo(zk: Zk): Step<LeaderInfo | null> {
  try {
    return JSON.parse(readText((yield* repeat(zk, () => zk.getData(INFO))).data)) as LeaderInfo;
  } catch (error) {
    if (!isError(error, ErrorCode.NONODE)) throw error;
    return null;
  }
}

export const flinkJobManager: Part = {
  system: SYSTEM,
  members: {
    ...SPAN_MEMBERS,
    name: field(text),
    tasks: field(numberIn(1, 1e6, true)),
    upload: field(numberIn(1, 1e9)),
  },
  program(raw, settings) {
    const params = raw as unknown as JobManagerParams;
    return function* (zk) {
      const until = yield* begin(zk, params, settings);
      for (const path of [LATCH, DISPATCHER, POINTER]) yield* ensurePath(zk, path);
      while ((yield* zk.now()) < until) {
        const mode = CreateFlag.EPHEMERAL_SEQUENTIAL;
        const place = yield* createProtected(zk, LATCH, 'latch-', params.name, mode);
        if (yield* awaitTurn(zk, place, until)) yield* lead(zk, params, place, until);
        else return;
        yield* remove(zk, place.path);
      }
    };
  },
};

/** Waits until its place is the first. False: the time is over. */
function* awaitTurn(zk: Zk, place: OwnNode, until: number): Step<boolean> {
  for (;;) {
    const names = inSequence(yield* repeat(zk, () => zk.getChildren(LATCH)));
    const ahead = names[names.indexOf(nameOf(place.path)) - 1];
    if (ahead === undefined) return true;
    const path = childPath(LATCH, ahead);
    yield* zk.forgetEvents(path);
    const there = (yield* repeat(zk, () => zk.exists(path, true))) !== null;
    if (there && !(yield* awaitEvent(zk, path, until))) return false;
  }
}

/** A term of office. */
class Office {
  /** The connection was suspended: it leads no more, though it may have a checkpoint to finish. */
  revoked = false;
}

/** Leads until it is suspended, or finds that the pointer was moved by another. */
function* lead(zk: Zk, params: JobManagerParams, place: OwnNode, until: number): Step<void> {
  const { name } = params;
  const token = place.czxid;
  const office = new Office();
  yield* zk.forgetEvents('');
  yield* publish(zk, { leader: name, token });
  yield* zk.tell(SYSTEM, 'leader', { path: INFO, token, holder: name });
  let { pointer, version } = yield* readPointer(zk);
  while (!office.revoked && (yield* zk.now()) < until) {
    const next: Pointer = { checkpoint: pointer.checkpoint + 1, after: pointer.checkpoint };
    yield* zk.tell(SYSTEM, 'began checkpoint', { token: next.checkpoint, holder: name });
    yield* upload(zk, params, place, office);
    const moved = yield* replace(zk, next, version);
    const about = { path: POINTER, token: next.checkpoint, holder: name };
    if (moved === null) {
      yield* zk.tell(SYSTEM, 'gave up checkpoint', about);
      return;
    }
    yield* zk.tell(SYSTEM, 'completed checkpoint', about);
    pointer = next;
    version = moved;
  }
}

/** Makes `connection_info` its own: an earlier leader that is still there has left its node. */
function* publish(zk: Zk, info: LeaderInfo): Step<void> {
  const data = JSON.stringify(info);
  while ((yield* claim(zk, INFO, data)) === null) yield* remove(zk, INFO);
  yield* repeat(zk, () => zk.setData(INFO, data));
}

/** Takes its time to write a checkpoint, with a heartbeat to the TaskManager now and then. */
function* upload(zk: Zk, params: JobManagerParams, place: OwnNode, office: Office): Step<void> {
  const done = (yield* zk.now()) + params.upload;
  while ((yield* zk.now()) < done) {
    yield* send(
      zk,
      params.tasks,
      { order: 'heartbeat', about: '', token: place.czxid, from: params.name },
      100,
    );
    const event = yield* zk.event('', HEARTBEAT_MS);
    if (event?.state === 'CONNECTING' && !office.revoked) {
      office.revoked = true;
      yield* zk.tell(SYSTEM, 'suspended', { token: place.czxid, holder: params.name });
    } else if (event?.state === 'CONNECTED') {
      // LeaderLatch.reset: the place is given up as soon as it can be.
      yield* remove(zk, place.path);
    }
  }
}

function* readPointer(zk: Zk): Step<{ pointer: Pointer; version: number }> {
  const { data, stat } = yield* repeat(zk, () => zk.getData(POINTER));
  const written = readText(data);
  const pointer = written === '' ? { checkpoint: 0, after: 0 } : (JSON.parse(written) as Pointer);
  return { pointer, version: stat.version };
}

/** The pointer's new version; null: another has moved it. */
function* replace(zk: Zk, next: Pointer, version: number): Step<number | null> {
  const data = JSON.stringify({ ...next, by: (yield* zk.session()).id });
  for (;;) {
    try {
      return (yield* zk.setData(POINTER, data, version)).version;
    } catch (error) {
      if (isError(error, ErrorCode.BADVERSION)) return null;
      if (!isLoss(error)) throw error;
    }
    yield* settle(zk);
    const found = yield* repeat(zk, () => zk.getData(POINTER));
    if (found.stat.version === version + 1 && readText(found.data) === data) return version + 1;
  }
}
