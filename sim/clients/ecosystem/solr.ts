/**
 * SolrCloud: the replicas of a shard stand in line below `leader_elect/shard1/election`. The first becomes leader by a multi that
 * checks its place, makes the ephemeral `leaders/shard1/leader` and raises the version of `leaders/shard1`
 * (ShardLeaderElectionContextBase); what it writes later as leader checks that version. It tells the overseer through the queue;
 * the overseer, elected likewise, takes one message after the other into `state.json`, each time under the version it has read
 * (ZkStateWriter).
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
import { awaitRemoval, inSequence, remove } from '../../../protocol/client/recipes/znode.ts';
import { createRequest } from '../../../protocol/client/zk.ts';
import { CreateFlag, type MultiOp } from '../../../protocol/request.ts';
import { childPath, nameOf } from '../../../protocol/tree/path.ts';
import { ErrorCode, OpCode } from '../../../protocol/txn.ts';
import { arrayOf, field, numberIn, text } from '../../shape.ts';
import { claim } from './ephemeral.ts';
import { type Part, send } from './process.ts';
import { begin, SPAN_MEMBERS, type SpanParams } from './span.ts';

interface OverseerParams extends SpanParams {
  readonly name: string;
}
interface ReplicaParams extends OverseerParams {
  /** Places of all replicas among the run's clients, its own too. */
  readonly replicas: readonly number[];
}

const SHARD = 'shard1';
const COLLECTION = '/collections/books';
const ELECTION = `${COLLECTION}/leader_elect/${SHARD}/election`;
const LEADERS = `${COLLECTION}/leaders/${SHARD}`;
const LEADER = `${LEADERS}/leader`;
/** Replicas that their leader could not reach, in Solr's words: leader-initiated recovery. */
const RECOVERY = `${COLLECTION}/leader_initiated_recovery/${SHARD}`;
const STATE = `${COLLECTION}/state.json`;
const QUEUE = '/overseer/queue';
const OVERSEERS = '/overseer_elect/election';
const OVERSEER = '/overseer_elect/leader';
const SYSTEM = 'solr';
/** Pause between two updates, and before a leader's node is tried again, ms. */
const UPDATE_MS = 500;
const AGAIN_MS = 200;

/** A shard's leader as `state.json` and the messages in the queue name it. */
interface LeaderRecord {
  readonly leader: string;
  /** Version of `leaders/shard1` at its election: it grows from leader to leader. */
  readonly term: number;
}

export const solrReplica: Part = {
  system: SYSTEM,
  members: {
    ...SPAN_MEMBERS,
    name: field(text),
    replicas: field(arrayOf(numberIn(1, 1e6, true))),
  },
  program(raw, settings) {
    const params = raw as unknown as ReplicaParams;
    return function* (zk) {
      const until = yield* begin(zk, params, settings);
      for (const path of [ELECTION, LEADERS, RECOVERY, QUEUE, STATE]) yield* ensurePath(zk, path);
      const place = yield* standInLine(zk, ELECTION, `${params.name}-n_`);
      const term = yield* becomeLeader(zk, place, params.name);
      if (term === null) return;
      yield* zk.tell(SYSTEM, 'leader', { path: LEADER, token: term, holder: params.name });
      const record: LeaderRecord = { leader: params.name, term };
      const mode = CreateFlag.PERSISTENT_SEQUENTIAL;
      yield* createProtected(zk, QUEUE, 'qn-', JSON.stringify(record), mode);
      yield* lead(zk, params, record, until);
    };
  },
  // It indexes what its leader sends.
  judge: () => ({ accepted: true, action: '' }),
};

/** Takes a place and waits until it is the first. */
function* standInLine(zk: Zk, line: string, label: string): Step<OwnNode> {
  const place = yield* createProtected(zk, line, label, '', CreateFlag.EPHEMERAL_SEQUENTIAL);
  for (;;) {
    const names = inSequence(yield* repeat(zk, () => zk.getChildren(line)));
    const ahead = names[names.indexOf(nameOf(place.path)) - 1];
    if (ahead === undefined) return place;
    yield* awaitRemoval(zk, childPath(line, ahead), Number.POSITIVE_INFINITY);
  }
}

/** The version of `leaders/shard1` it leads under; null: its place is gone. */
function* becomeLeader(zk: Zk, place: OwnNode, name: string): Step<number | null> {
  const ops: MultiOp[] = [
    { type: OpCode.check, path: place.path, version: -1 },
    createRequest(LEADER, name, { mode: CreateFlag.EPHEMERAL }, false),
    { type: OpCode.setData, path: LEADERS, data: null, version: -1 },
  ];
  for (;;) {
    try {
      return (yield* zk.multi(ops))[2]!.stat!.version;
    } catch (error) {
      if (isError(error, ErrorCode.NONODE)) return null;
      if (isLoss(error)) yield* settle(zk);
      else if (!isError(error, ErrorCode.NODEEXISTS)) throw error;
    }
    const leader = yield* repeat(zk, () => zk.exists(LEADER));
    // Nobody raises the version while this session's node is there.
    if (leader?.ephemeralOwner === (yield* zk.session()).id)
      return (yield* repeat(zk, () => zk.exists(LEADERS)))!.version;
    yield* zk.sleep(AGAIN_MS);
  }
}

/** Sends updates to the other replicas, and marks who does not answer: only the registered leader may. */
function* lead(zk: Zk, params: ReplicaParams, record: LeaderRecord, until: number): Step<void> {
  const { name, replicas } = params;
  const { term } = record;
  const marked = new Set<number>();
  while ((yield* zk.now()) < until) {
    for (const replica of replicas) {
      const answer = yield* send(zk, replica, { order: 'update', about: SHARD, token: term, from: name });
      if (answer !== null) marked.delete(replica);
      else if (!marked.has(replica)) {
        yield* mark(zk, `${RECOVERY}/replica${replica}`, term);
        marked.add(replica);
        yield* zk.tell(SYSTEM, 'marked down', {
          path: `${RECOVERY}/replica${replica}`,
          token: term,
          holder: name,
        });
      }
    }
    // Throws once the session is gone, and leadership with it.
    yield* zk.event('', UPDATE_MS);
  }
}

function* mark(zk: Zk, path: string, term: number): Step<void> {
  yield* ensurePath(zk, path);
  const data = new Uint8Array(0);
  const ops: MultiOp[] = [
    { type: OpCode.check, path: LEADERS, version: term },
    { type: OpCode.setData, path, data, version: -1 },
  ];
  yield* repeat(zk, () => zk.multi(ops));
}

export const solrOverseer: Part = {
  system: SYSTEM,
  members: { ...SPAN_MEMBERS, name: field(text) },
  program(raw, settings) {
    const params = raw as unknown as OverseerParams;
    return function* (zk) {
      const until = yield* begin(zk, params, settings);
      for (const path of [OVERSEERS, QUEUE, STATE]) yield* ensurePath(zk, path);
      yield* standInLine(zk, OVERSEERS, `${params.name}-n_`);
      // The one before may have left its node until its session expires.
      while ((yield* claim(zk, OVERSEER, params.name)) === null) yield* zk.sleep(AGAIN_MS);
      yield* zk.tell(SYSTEM, 'overseer', { path: OVERSEER, holder: params.name });
      yield* oversee(zk, params.name, until);
    };
  },
};

/** Takes the messages of the queue into the state, oldest first. */
function* oversee(zk: Zk, name: string, until: number): Step<void> {
  for (;;) {
    yield* zk.forgetEvents(QUEUE);
    const first = inSequence(yield* repeat(zk, () => zk.getChildren(QUEUE, true)))[0];
    if (first !== undefined) {
      const item = childPath(QUEUE, first);
      const { data } = yield* repeat(zk, () => zk.getData(item));
      const record = JSON.parse(readText(data)) as LeaderRecord;
      yield* writeState(zk, record);
      yield* zk.tell(SYSTEM, 'state written', {
        path: STATE,
        token: record.term,
        holder: `${name}: leader ${record.leader}`,
      });
      yield* remove(zk, item);
      continue;
    }
    const left = until - (yield* zk.now());
    if (left <= 0 || (yield* zk.event(QUEUE, left)) === null) return;
  }
}

/** Changes the state under the version it was read with, unless it says so already. */
function* writeState(zk: Zk, record: LeaderRecord): Step<void> {
  for (;;) {
    const { data, stat } = yield* repeat(zk, () => zk.getData(STATE));
    const written = readText(data);
    if (written !== '' && (JSON.parse(written) as LeaderRecord).term === record.term) return;
    try {
      yield* zk.setData(STATE, JSON.stringify(record), stat.version);
      return;
    } catch (error) {
      // Another write was faster, or this one's answer is lost: look again.
      if (isLoss(error)) yield* settle(zk);
      else if (!isError(error, ErrorCode.BADVERSION)) throw error;
    }
  }
}
