/**
 * HBase: region servers are ephemerals below `/hbase/rs`, named by host, port and start code, so never twice; the active master is
 * who makes `/hbase/master`. The master watches `/hbase/rs`. Once a server's node is gone it closes the server's write-ahead log
 * (the files' lease is recovered: a late writer is refused) and only then gives its regions to others
 * (ServerCrashProcedure). A region server whose log is closed, or whose session has expired, aborts.
 *
 * The master's orders to open a region go by way of the table of regions, where servers look; and the file system and that
 * table are one process, which refuses a master older than one it has heard of.
 */
import type { Step, Zk } from '../../../protocol/client/api.ts';
import { ensurePath, repeat, settle } from '../../../protocol/client/recipes/index.ts';
import type { Zxid } from '../../../protocol/zxid.ts';
import { arrayOf, field, numberIn, text } from '../../shape.ts';
import { claim, enlist } from './ephemeral.ts';
import { type Judgement, type Memory, type Order, type Part, send } from './process.ts';
import { begin, SPAN_MEMBERS, type SpanParams } from './span.ts';

interface StoreUser extends SpanParams {
  readonly name: string;
  /** Place of the file system among the run's clients. */
  readonly store: number;
}
interface MasterParams extends StoreUser {
  readonly regions: readonly string[];
}

const MASTER = '/hbase/master';
const BACKUPS = '/hbase/backup-masters';
const SERVERS = '/hbase/rs';
const SYSTEM = 'hbase';
/** How often a master looks again, and a region server writes, ms. */
const LOOK_MS = 800;
const WRITE_MS = 300;

const STORE_USER = { ...SPAN_MEMBERS, name: field(text), store: field(numberIn(1, 1e6, true)) };

/** Keys of what the file system holds. */
const regionKey = (region: string) => `region ${region}`;
const closedKey = (server: string) => `closed ${server}`;
const writtenKey = (server: string, region: string) => `written ${server} ${region}`;

export const hbaseFiles: Part = {
  system: SYSTEM,
  members: {},
  judge(memory, order) {
    if (order.order === 'append') return append(memory, order);
    if (order.order === 'regions') return { accepted: true, action: '', text: regionsOf(memory, order.from) };
    const newest = (memory.get('master') as number | undefined) ?? 0;
    if (order.token < newest) return { accepted: false, action: 'refused master' };
    memory.set('master', order.token);
    if (order.order === 'table') return { accepted: true, action: '', text: tableOf(memory) };
    const server = order.text ?? '';
    if (order.order === 'close') {
      memory.set(closedKey(server), 1);
      return { accepted: true, action: 'closed log', holder: server };
    }
    memory.set(regionKey(order.about), server);
    return { accepted: true, action: 'assigned', holder: server };
  },
};

/** An edit goes into the log of the server that writes it, wherever the region is by now. */
function append(memory: Memory, { about, from }: Order): Judgement {
  if (memory.has(closedKey(from))) return { accepted: false, action: 'refused edit' };
  const first = !memory.has(writtenKey(from, about));
  memory.set(writtenKey(from, about), 1);
  return { accepted: true, action: first ? 'wrote edits' : '' };
}

function tableOf(memory: Memory): string {
  return [...memory]
    .filter(([key]) => key.startsWith('region '))
    .map(([key, server]) => `${key.slice(7)}=${server}`)
    .join(' ');
}

function regionsOf(memory: Memory, server: string): string {
  return [...memory]
    .filter(([key, value]) => key.startsWith('region ') && value === server)
    .map(([key]) => key.slice(7))
    .join(' ');
}

const words = (line: string): string[] => line.split(' ').filter((word) => word !== '');

export const hbaseMaster: Part = {
  system: SYSTEM,
  members: { ...STORE_USER, regions: field(arrayOf(text, 1)) },
  program(raw, settings) {
    const params = raw as unknown as MasterParams;
    return function* (zk) {
      const until = yield* begin(zk, params, settings);
      yield* ensurePath(zk, SERVERS);
      yield* ensurePath(zk, BACKUPS);
      yield* enlist(zk, `${BACKUPS}/${params.name}`, '');
      while ((yield* zk.now()) < until) {
        yield* zk.forgetEvents(MASTER);
        const node = yield* claim(zk, MASTER, params.name);
        if (node !== null) {
          yield* zk.tell(SYSTEM, 'active master', { path: MASTER, token: node.czxid, holder: params.name });
          yield* rule(zk, params, node.czxid, until);
          return;
        }
        if ((yield* repeat(zk, () => zk.exists(MASTER, true))) !== null) yield* zk.event(MASTER, until);
      }
    };
  },
};

/** Assigns regions until another master is known to the file system. */
function* rule(zk: Zk, params: MasterParams, token: Zxid, until: number): Step<void> {
  const order = { about: '', token, from: params.name };
  // From here on no older master changes the table. What it knew of servers when it did, this session knows after a write.
  if (!((yield* send(zk, params.store, { ...order, order: 'table' }))?.accepted ?? false)) return;
  yield* settle(zk);
  while ((yield* zk.now()) < until) {
    yield* zk.forgetEvents(SERVERS);
    const live = yield* repeat(zk, () => zk.getChildren(SERVERS, true));
    const table = yield* send(zk, params.store, { ...order, order: 'table' });
    if (table?.accepted === false) return;
    if (table !== null) yield* assign(zk, params, token, live, table.text);
    yield* zk.event(SERVERS, LOOK_MS);
  }
}

function* assign(
  zk: Zk,
  params: MasterParams,
  token: Zxid,
  live: readonly string[],
  table: string,
): Step<void> {
  const at = new Map(words(table).map((entry) => entry.split('=') as [string, string]));
  const closed = new Set<string>();
  for (const region of params.regions) {
    const server = at.get(region);
    if (server !== undefined && live.includes(server)) continue;
    const order = { about: region, token, from: params.name };
    if (server !== undefined && !closed.has(server)) {
      const answer = yield* send(zk, params.store, { ...order, about: '', order: 'close', text: server });
      if (!(answer?.accepted ?? false)) return;
      closed.add(server);
    }
    const target = leastLoaded(live, at);
    if (target === undefined) return;
    const answer = yield* send(zk, params.store, { ...order, order: 'assign', text: target });
    if (!(answer?.accepted ?? false)) return;
    at.set(region, target);
  }
}

/** The server with the fewest regions, the first by name among equals. */
function leastLoaded(live: readonly string[], at: ReadonlyMap<string, string>): string | undefined {
  const servers = [...at.values()];
  const load = (server: string) => servers.filter((one) => one === server).length;
  return [...live].sort((a, b) => load(a) - load(b))[0];
}

export const hbaseRegionServer: Part = {
  system: SYSTEM,
  members: STORE_USER,
  program(raw, settings) {
    const params = raw as unknown as StoreUser;
    return function* (zk) {
      const until = yield* begin(zk, params, settings);
      // The start code tells this process's life from its lives before.
      const server = `${params.name},16020,${yield* zk.now()}`;
      yield* ensurePath(zk, SERVERS);
      yield* enlist(zk, `${SERVERS}/${server}`, '');
      yield* zk.tell(SYSTEM, 'registered', { path: `${SERVERS}/${server}`, holder: server });
      yield* serve(zk, params, server, until);
    };
  },
};

/** Writes to its regions' log, and looks what its regions are, until the log is closed. */
function* serve(zk: Zk, params: StoreUser, server: string, until: number): Step<void> {
  let regions: readonly string[] = [];
  const order = { about: '', token: -1, from: server };
  while ((yield* zk.now()) < until) {
    for (const about of regions) {
      const answer = yield* send(zk, params.store, { ...order, order: 'append', about });
      if (answer?.accepted === false) {
        yield* zk.tell(SYSTEM, 'aborts', { holder: server });
        return;
      }
    }
    const found = yield* send(zk, params.store, { ...order, order: 'regions' });
    if (found !== null) regions = words(found.text);
    yield* zk.sleep(WRITE_MS);
  }
}
