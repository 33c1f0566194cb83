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

export interface TreeRow {
  readonly path: string;
  readonly name: string;
  /** Of the path. */
  readonly depth: number;
  readonly data: string;
  readonly version: number;
  readonly cversion: number;
  readonly czxid: number;
  readonly mzxid: number;
  readonly children: number;
  /** Who owns an ephemeral: a client, or the session where none has it now; empty: it is none. */
  readonly owner: string;
  /** Clients with a watch on it at this server: `c1 (data)`. */
  readonly watchers: readonly string[];
  readonly difference: Difference;
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

function ownerOf(session: SessionId, ledger: Ledger): string {
  if (session === NO_SESSION) return '';
  for (const [id, client] of ledger.clients) if (client.session === session) return subjectName(id);
  return `0x${session.replace(/^0+/, '')}`;
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

/**
 * The nodes of a server, and those that only `other` has; sorted so that children follow their parent.
 * @param other 0: compare with nobody
 */
export function readTree(
  simulation: Simulation,
  server: number,
  other: number,
): { readonly rows: readonly TreeRow[]; readonly more: number; readonly running: boolean } {
  const here = sideOf(simulation, server);
  if (here === null) return { rows: [], more: 0, running: false };
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
    const { version, cversion, czxid, mzxid, ephemeralOwner } = node.stat;
    return {
      path,
      name: path.slice(path.lastIndexOf('/') + 1),
      depth: path.split('/').length - 2,
      data: node.data === null ? 'none' : bytesText(node.data),
      version,
      cversion,
      czxid,
      mzxid,
      children: node.children.size,
      owner: ownerOf(ephemeralOwner, ledger),
      watchers: watchers.get(path) ?? [],
      difference,
    };
  });
  return { rows, more: paths.length - rows.length, running: true };
}
