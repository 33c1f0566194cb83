/**
 * A node of Elasticsearch with the ZooKeeper discovery plugin (sonian/elasticsearch-zookeeper, ZooKeeperDiscovery): it lists
 * itself below `nodes`, and who makes the ephemeral `leader` is master. The master watches `nodes` and publishes the cluster state
 * after a look whether it still is the leader; the others watch `leader` and the state. A node whose session has expired begins
 * anew.
 */
import type { Step, Zk } from '../../../protocol/client/api.ts';
import { ensurePath, isError, isLoss, repeat, settle } from '../../../protocol/client/recipes/index.ts';
import { readText } from '../../../protocol/client/recipes/text.ts';
import { ErrorCode } from '../../../protocol/txn.ts';
import { field, text } from '../../shape.ts';
import { claim, enlist } from './ephemeral.ts';
import type { Part } from './process.ts';
import { begin, SPAN_MEMBERS, type SpanParams } from './span.ts';

interface NodeParams extends SpanParams {
  readonly name: string;
}

const CLUSTER = '/es/clusters/lab';
const LEADER = `${CLUSTER}/leader`;
const NODES = `${CLUSTER}/nodes`;
const STATE = `${CLUSTER}/state/parts`;
const SYSTEM = 'elasticsearch';
/** A master publishes at least as often, ms. */
const PUBLISH_MS = 1200;

/** The cluster state as published. */
interface ClusterState {
  readonly version: number;
  readonly master: string;
  readonly nodes: readonly string[];
}

export const elasticsearchNode: Part = {
  system: SYSTEM,
  members: { ...SPAN_MEMBERS, name: field(text) },
  program(raw, settings) {
    const params = raw as unknown as NodeParams;
    return function* (zk) {
      yield* run(zk, params.name, yield* begin(zk, params, settings));
    };
  },
};

function* run(zk: Zk, name: string, until: number): Step<void> {
  yield* ensurePath(zk, NODES);
  yield* ensurePath(zk, STATE);
  yield* enlist(zk, `${NODES}/${name}`, name);
  yield* zk.tell(SYSTEM, 'joined', { path: NODES, holder: name });
  let seen = 0;
  while ((yield* zk.now()) < until) {
    const leader = yield* claim(zk, LEADER, name);
    if (leader === null) {
      seen = yield* follow(zk, name, seen, until);
    } else {
      yield* zk.tell(SYSTEM, 'elected', { path: LEADER, token: leader.czxid, holder: name });
      seen = yield* preside(zk, name, until);
    }
  }
}

/** Publishes until it is not master any more; the version it came to. */
function* preside(zk: Zk, name: string, until: number): Step<number> {
  let { version } = yield* readState(zk);
  while ((yield* zk.now()) < until) {
    yield* zk.forgetEvents(NODES);
    const nodes = yield* nodeList(zk, name, version + 1);
    const leader = yield* repeat(zk, () => zk.exists(LEADER));
    if (leader?.ephemeralOwner !== (yield* zk.session()).id) return version;
    version++;
    yield* publish(zk, { version, master: name, nodes });
    yield* zk.event(NODES, PUBLISH_MS);
  }
  return version;
}

/** The nodes to publish in a version. */
function* nodeList(zk: Zk, name: string, version: number): Step<readonly string[]> {
  try {
    return yield* zk.getChildren(NODES, true);
  } catch (error) {
    if (!isLoss(error)) throw error;
  }
  yield* zk.tell(SYSTEM, 'cannot publish', { path: STATE, token: version, holder: name });
  return yield* repeat(zk, () => zk.getChildren(NODES, true));
}

function* publish(zk: Zk, state: ClusterState): Step<void> {
  const { version, master } = state;
  for (;;) {
    try {
      yield* zk.setData(STATE, JSON.stringify(state));
      break;
    } catch (error) {
      if (!isLoss(error)) throw error;
    }
    yield* zk.tell(SYSTEM, 'cannot publish', { path: STATE, token: version, holder: master });
    yield* settle(zk);
  }
  yield* zk.tell(SYSTEM, 'published', { path: STATE, token: version, holder: master });
}

/** Takes over what the master publishes, until there is none; the version it came to. */
function* follow(zk: Zk, name: string, since: number, until: number): Step<number> {
  let seen = since;
  for (;;) {
    yield* zk.forgetEvents();
    const master = yield* masterName(zk);
    if (master === null) return seen;
    const state = yield* readState(zk, true);
    // Only what the elected master has published counts.
    if (state.master === master && state.version > seen) {
      seen = state.version;
      const holder = `${name}: master ${master}, nodes ${state.nodes.join(' ')}`;
      yield* zk.tell(SYSTEM, 'adopted', { path: STATE, token: seen, holder });
    }
    const left = until - (yield* zk.now());
    if (left <= 0 || (yield* zk.event(undefined, left)) === null) return seen;
  }
}

function* masterName(zk: Zk): Step<string | null> {
  try {
    return readText((yield* repeat(zk, () => zk.getData(LEADER, true))).data);
  } catch (error) {
    if (!isError(error, ErrorCode.NONODE)) throw error;
    return null;
  }
}

function* readState(zk: Zk, watch = false): Step<ClusterState> {
  const { data } = yield* repeat(zk, () => zk.getData(STATE, watch));
  const written = readText(data);
  return written === '' ? { version: 0, master: '', nodes: [] } : (JSON.parse(written) as ClusterState);
}
