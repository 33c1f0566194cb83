/** A server's data tree as rows, beside another server's: znodes with their Stat, who owns and who watches them. */
import { Peer } from '../../protocol/server/peer.ts';
import { isSystemPath } from '../../protocol/tree/index.ts';
import type { ZNode } from '../../protocol/tree/node.ts';
import { NO_SESSION, type SessionId } from '../../protocol/txn.ts';
import { subjectName } from '../../sim/sentences.ts';
import type { Simulation } from '../../sim/simulation.ts';
import { bytesText } from './inspect.ts';
import type { Ledger } from './ledger.ts';
import { observersOf } from './observers.ts';

/** `other`: the other server has another node under that path, or none, or the only one. */
export type Difference = 'none' | 'differs' | 'only here' | 'only there';

/** A node on one server: its data and its Stat. */
export interface NodeFacts {
  readonly data: string;
  readonly version: number;
  readonly cversion: number;
  readonly aversion: number;
  readonly czxid: number;
  readonly mzxid: number;
  readonly pzxid: number;
  /** Wall-clock ms since 1970 by the leader that made the transaction. */
  readonly ctime: number;
  readonly mtime: number;
  /** Bytes of data. */
  readonly length: number;
  readonly children: number;
  /** Who owns an ephemeral: a client, or the session where none has it now; empty: it is none. */
  readonly owner: string;
}

export interface TreeRow extends NodeFacts {
  readonly path: string;
  readonly name: string;
  /** Of the path. */
  readonly depth: number;
  /** The node on the other server; null: it has none there, or there is no other. */
  readonly there: NodeFacts | null;
  /** Clients with a watch on it at this server: `c1 (data)`. */
  readonly watchers: readonly string[];
  readonly difference: Difference;
}

/** A session in a server's tree. */
export interface SessionRow {
  readonly id: string;
  /** The client that has it now; empty: none. */
  readonly client: string;
  /** Virtual ms. */
  readonly timeout: number;
  /** Paths of its ephemerals. */
  readonly ephemerals: readonly string[];
}

/** Watches on a path where there is no node. */
export interface LooseWatch {
  readonly path: string;
  readonly watchers: readonly string[];
}

/** More rows than these are counted only. */
export const MOST_NODES = 400;

interface Side {
  readonly peer: Peer;
  readonly nodes: ReadonlyMap<string, ZNode>;
}

function sideOf({ world }: Simulation, server: number): Side | null {
  const actor = world.machines.get(server)?.actor;
  return actor instanceof Peer ? { peer: actor, nodes: actor.database.tree.nodes } : null;
}

function same(a: ZNode, b: ZNode): boolean {
  // The digest covers path, data and Stat.
  return a.digest === b.digest && a.stat.mzxid === b.stat.mzxid && a.stat.pzxid === b.stat.pzxid;
}

const sessionText = (session: SessionId): string => `0x${session.replace(/^0+/, '')}`;

function clientOf(session: SessionId, ledger: Ledger): string {
  for (const [id, client] of ledger.clients) if (client.session === session) return subjectName(id);
  return '';
}

function factsOf(node: ZNode, ledger: Ledger): NodeFacts {
  const { version, cversion, aversion, czxid, mzxid, pzxid, ctime, mtime, ephemeralOwner } = node.stat;
  const owner =
    ephemeralOwner === NO_SESSION ? '' : clientOf(ephemeralOwner, ledger) || sessionText(ephemeralOwner);
  return {
    data: node.data === null ? 'none' : bytesText(node.data),
    version,
    cversion,
    aversion,
    czxid,
    mzxid,
    pzxid,
    ctime,
    mtime,
    length: node.data?.length ?? 0,
    children: node.children.size,
    owner,
  };
}

function sessionsOf({ peer, nodes }: Side, ledger: Ledger): SessionRow[] {
  const owned = new Map<SessionId, string[]>();
  for (const [path, { stat }] of nodes) {
    if (stat.ephemeralOwner === NO_SESSION) continue;
    owned.set(stat.ephemeralOwner, [...(owned.get(stat.ephemeralOwner) ?? []), path]);
  }
  return [...peer.database.tree.sessions]
    .map(([id, timeout]) => ({
      id: sessionText(id),
      client: clientOf(id, ledger),
      timeout,
      ephemerals: (owned.get(id) ?? []).sort(),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

function watchersOf(simulation: Simulation, server: number, { clients }: Peer): Map<string, string[]> {
  const machine = simulation.world.machines.get(server)!;
  const found = new Map<string, string[]>();
  const { watches } = clients;
  // The table of child watches has no command of ZooKeeper's that lists it, and so no accessor.
  for (const [what, list] of [
    ['data', watches.listByPath()],
    // biome-ignore lint/complexity/useLiteralKeys: the bracket is what lets a reader see a private member
    ['children', watches['child'].listByPath()],
  ] as const) {
    for (const [path, watchers] of list) {
      const names = found.get(path) ?? [];
      for (const channel of watchers) {
        const client = machine.channels.get(channel)?.peer.machine.id;
        if (client !== undefined) names.push(`${subjectName(client)} (${what})`);
      }
      found.set(path, names);
    }
  }
  return found;
}

/** What there is to see of a server's tree. */
export interface TreeShown {
  readonly rows: readonly TreeRow[];
  /** Nodes beyond those. */
  readonly more: number;
  /** False: the server's process does not run. */
  readonly running: boolean;
  readonly sessions: readonly SessionRow[];
  readonly loose: readonly LooseWatch[];
}

/**
 * The nodes of a server, and those that only `other` has; sorted so that children follow their parent.
 * @param other 0: compare with nobody
 */
export function readTree(simulation: Simulation, server: number, other: number): TreeShown {
  const here = sideOf(simulation, server);
  if (here === null) return { rows: [], more: 0, running: false, sessions: [], loose: [] };
  const there = other === 0 ? null : sideOf(simulation, other);
  const { ledger } = observersOf(simulation.world.monitors);
  const watchers = watchersOf(simulation, server, here.peer);
  const key = (path: string): string => path.replaceAll('/', '\u0000');
  const paths = [...new Set([...here.nodes.keys(), ...(there?.nodes.keys() ?? [])])]
    .filter((path) => !isSystemPath(path))
    .map((path) => [key(path), path] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = paths.slice(0, MOST_NODES).map(([, path]): TreeRow => {
    const mine = here.nodes.get(path);
    const theirs = there?.nodes.get(path);
    const node = (mine ?? theirs)!;
    let difference: Difference = 'none';
    if (mine === undefined) difference = 'only there';
    else if (there !== null)
      difference = theirs === undefined ? 'only here' : same(mine, theirs) ? 'none' : 'differs';
    return {
      ...factsOf(node, ledger),
      path,
      name: path.slice(path.lastIndexOf('/') + 1),
      depth: path.split('/').length - 2,
      there: mine === undefined || theirs === undefined ? null : factsOf(theirs, ledger),
      watchers: watchers.get(path) ?? [],
      difference,
    };
  });
  const loose = [...watchers]
    .filter(([path, names]) => names.length > 0 && !here.nodes.has(path))
    .map(([path, names]) => ({ path, watchers: names }));
  return {
    rows,
    more: paths.length - rows.length,
    running: true,
    sessions: sessionsOf(here, ledger),
    loose,
  };
}
