/**
 * An ensemble as seen by recipes: one tree, and clients whose programs are interleaved by a seed. It loses replies with
 * and without the effect, lets a lost write take effect late (but before the session's next write), answers reads that
 * set no watch from an earlier state that the session may see, and expires sessions.
 */
import {
  type CreateOptions,
  KeeperError,
  type Program,
  type Step,
  type Zk,
} from '../../../../protocol/client/api.ts';
import type { Effect } from '../../../../protocol/client/effect.ts';
import { toBytes } from '../../../../protocol/client/zk.ts';
import { WatchEventType } from '../../../../protocol/client-messages.ts';
import type { Message } from '../../../../protocol/host.ts';
import { type ClientOp, CreateFlag, type MultiOp, type Result } from '../../../../protocol/request.ts';
import { OPEN_ACL_UNSAFE } from '../../../../protocol/tree/acl.ts';
import { childPath, nameOf, parentOf } from '../../../../protocol/tree/path.ts';
import type { Stat } from '../../../../protocol/tree/stat.ts';
import { ErrorCode, type MultiPart, NO_SESSION, OpCode, type Txn } from '../../../../protocol/txn.ts';
import type { Zxid } from '../../../../protocol/zxid.ts';
import type { SimEvent } from '../../../../sim/world-event.ts';

interface Node {
  readonly data: Uint8Array | null;
  readonly version: number;
  readonly czxid: Zxid;
  readonly mzxid: Zxid;
  /** Client whose session keeps it; 0: persistent. */
  readonly owner: number;
  /** Children ever created. */
  readonly made: number;
}
type Nodes = Map<string, Node>;

/** Chances per request or step, 0…1. */
export interface Trouble {
  readonly lossBefore?: number;
  readonly lossAfter?: number;
  readonly lossLate?: number;
  readonly stale?: number;
  readonly expiry?: number;
}

export const TROUBLE: Trouble = { lossBefore: 0.04, lossAfter: 0.08, lossLate: 0.08, stale: 0.3 };

type Want =
  | { readonly kind: 'op'; readonly op: ClientOp }
  | { readonly kind: 'event'; readonly path: string; readonly withinMs: number | undefined }
  | { readonly kind: 'sleep'; readonly ms: number }
  | { readonly kind: 'do'; readonly what: () => unknown };

const NOWHERE = Number.POSITIVE_INFINITY;

class Client {
  readonly id: number;
  readonly program: Step<void>;
  readonly watches = { data: new Set<string>(), child: new Set<string>() };
  want: Want | null = null;
  wakeAt = 0;
  seen: Zxid = 0;
  events: { path: string; type: number }[] = [];
  late: ClientOp[] = [];
  expired = false;
  ended = false;
  error: unknown = null;

  constructor(id: number, program: Step<void>) {
    this.id = id;
    this.program = program;
  }
}

export class FakeEnsemble {
  readonly trouble: Trouble;
  readonly events: SimEvent[] = [];
  readonly clients: Client[] = [];
  /** Answers to calls. */
  service: (request: Message) => Message | null = () => null;
  now = 0;
  zxid: Zxid = 1;
  /** Watches of data that fired. */
  fired = 0;
  private nodes: Nodes = new Map([['/', made(null, 1, 0)]]);
  /** The tree after each zxid. */
  private readonly history = new Map<Zxid, Nodes>();
  private state: number;

  constructor(seed: number, trouble: Trouble = TROUBLE) {
    this.trouble = trouble;
    this.state = Math.imul(seed, 0x9e3779b1) + 1;
    this.history.set(1, new Map(this.nodes));
  }

  random(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** Starts a client; its id is 1001 and up. */
  run(program: Program): Client {
    const id = 1001 + this.clients.length;
    const client = new Client(id, program(this.zk(id)));
    this.clients.push(client);
    client.want = { kind: 'do', what: () => null };
    return client;
  }

  /** Interleaves the programs until all have ended or the steps are used up; true: all have ended. */
  go(steps = 20_000): boolean {
    for (let i = 0; i < steps; i++) {
      const live = this.clients.filter((client) => !client.ended);
      if (live.length === 0) return true;
      for (const client of live) {
        if (client.late.length > 0 && this.random() < 0.2) this.flush(client);
        if (!client.expired && this.random() < (this.trouble.expiry ?? 0)) this.expire(client);
      }
      const ready = live.filter((client) => this.ready(client));
      if (ready.length === 0) {
        const next = Math.min(...live.map((client) => client.wakeAt));
        if (next === NOWHERE) {
          if (live.some((client) => client.late.length > 0)) continue;
          return false;
        }
        this.now = Math.max(this.now, next);
        continue;
      }
      this.step(ready[Math.floor(this.random() * ready.length)]!);
    }
    return false;
  }

  /** Children of a node, sorted. */
  children(path: string): string[] {
    return childrenIn(this.nodes, path);
  }

  data(path: string): Uint8Array | null {
    return this.nodes.get(path)?.data ?? null;
  }

  /** What was told, as `client recipe action`. */
  told(recipe: string): Extract<SimEvent, { kind: 'told' }>[] {
    return this.events.flatMap((event) => (event.kind === 'told' && event.recipe === recipe ? [event] : []));
  }

  // --- scheduling

  private ready(client: Client): boolean {
    const { want } = client;
    if (want === null) return false;
    if (want.kind === 'op' || want.kind === 'do') return true;
    if (client.expired && want.kind === 'event') return true;
    if (want.kind === 'event' && client.events.some((event) => event.path === want.path)) return true;
    return this.now >= client.wakeAt;
  }

  private step(client: Client): void {
    const want = client.want!;
    let outcome: { value: unknown } | { code: number; results?: readonly Result[] };
    if (want.kind === 'do') outcome = { value: want.what() };
    else if (want.kind === 'sleep') outcome = { value: undefined };
    else if (client.expired) outcome = { code: ErrorCode.SESSIONEXPIRED };
    else if (want.kind === 'event') outcome = { value: this.takeEvent(client, want.path) };
    else outcome = this.answer(client, want.op);
    this.feed(client, outcome);
  }

  private feed(
    client: Client,
    outcome: { value: unknown } | { code: number; results?: readonly Result[] },
  ): void {
    try {
      const next =
        'code' in outcome
          ? client.program.throw(
              new KeeperError(outcome.code, `code ${outcome.code}`, '', outcome.results ?? null),
            )
          : client.program.next(outcome.value);
      if (next.done === true) {
        client.ended = true;
        return;
      }
      const want = next.value as unknown as Want;
      client.want = want;
      if (want.kind === 'sleep') client.wakeAt = this.now + want.ms;
      else if (want.kind === 'event')
        client.wakeAt = want.withinMs === undefined ? NOWHERE : this.now + want.withinMs;
      else client.wakeAt = this.now;
    } catch (error) {
      client.ended = true;
      client.error = error;
      if (!(error instanceof KeeperError)) throw error;
    }
  }

  private takeEvent(client: Client, path: string): unknown {
    const at = client.events.findIndex((event) => event.path === path);
    if (at < 0) return null;
    return { ...client.events.splice(at, 1)[0]!, state: 'CONNECTED', zxid: client.seen };
  }

  private answer(
    client: Client,
    op: ClientOp,
  ): { value: unknown } | { code: number; results?: readonly Result[] } {
    const { lossBefore = 0, lossAfter = 0, lossLate = 0 } = this.trouble;
    const draw = this.random();
    const lost = { code: ErrorCode.CONNECTIONLOSS };
    if (draw < lossBefore) return lost;
    if (draw < lossBefore + lossLate) {
      if (isWrite(op)) client.late.push(op);
      return lost;
    }
    if (isWrite(op)) this.flush(client);
    const result = this.execute(client, op);
    if (draw < lossBefore + lossLate + lossAfter) return lost;
    if (!isWrite(op)) return result.err === 0 ? { value: result } : { code: result.err };
    client.seen = this.zxid;
    if (result.err !== 0) return { code: result.err };
    const bad = result.results?.find((part) => part.err !== 0);
    return bad === undefined ? { value: result } : { code: bad.err, results: result.results! };
  }

  private flush(client: Client): void {
    const ops = client.late;
    client.late = [];
    if (!client.expired) for (const op of ops) this.execute(client, op);
  }

  /** Ends a session. */
  expire(client: Client): void {
    client.expired = true;
    client.late = [];
    const paths = [...this.nodes].flatMap(([path, node]) => (node.owner === client.id ? [path] : [])).sort();
    this.zxid++;
    this.propose(client, { type: OpCode.closeSession, paths });
    for (const path of paths) this.deleteNode(path);
    this.history.set(this.zxid, new Map(this.nodes));
  }

  // --- the tree

  private execute(client: Client, op: ClientOp): Result {
    if (!isWrite(op)) return this.read(client, op);
    this.zxid++;
    const ops = op.type === OpCode.multi ? op.ops : [op as MultiOp];
    const before = new Map(this.nodes);
    const changed: (() => void)[] = [];
    const results: Result[] = [];
    const parts: MultiPart[] = [];
    let failed = 0;
    for (const part of ops) {
      const result =
        failed !== 0 ? { err: ErrorCode.RUNTIMEINCONSISTENCY } : this.write(client, part, changed, parts);
      failed ||= result.err;
      results.push(result);
    }
    if (failed !== 0) this.nodes = before;
    else {
      const txn = op.type === OpCode.multi ? { type: OpCode.multi, txns: parts } : parts[0];
      if (txn !== undefined) this.propose(client, txn);
      for (const tell of changed) tell();
    }
    this.history.set(this.zxid, new Map(this.nodes));
    if (op.type !== OpCode.multi) return results[0]!;
    return { err: 0, results: failed === 0 ? results : results.map((r) => ({ err: r.err })) };
  }

  private write(client: Client, op: MultiOp, changed: (() => void)[], parts: MultiPart[]): Result {
    const { nodes } = this;
    const found = nodes.get(op.path);
    if (op.type === OpCode.setData || op.type === OpCode.delete || op.type === OpCode.check) {
      if (found === undefined) return { err: ErrorCode.NONODE };
      if (op.version !== -1 && op.version !== found.version) return { err: ErrorCode.BADVERSION };
      if (op.type === OpCode.check) return { err: 0 };
      if (op.type === OpCode.setData) {
        nodes.set(op.path, { ...found, data: op.data, version: found.version + 1, mzxid: this.zxid });
        changed.push(() => this.fire('data', op.path, WatchEventType.NodeDataChanged));
        return { err: 0, stat: statOf(this.nodes, op.path) };
      }
      if (childrenIn(nodes, op.path).length > 0) return { err: ErrorCode.NOTEMPTY };
      nodes.delete(op.path);
      parts.push({ type: OpCode.delete, path: op.path });
      changed.push(() => this.fireDeleted(op.path));
      return { err: 0 };
    }
    const parent = nodes.get(parentOf(op.path));
    if (parent === undefined) return { err: ErrorCode.NONODE };
    const sequential =
      op.flags === CreateFlag.PERSISTENT_SEQUENTIAL || op.flags === CreateFlag.EPHEMERAL_SEQUENTIAL;
    const path = sequential ? op.path + String(parent.made).padStart(10, '0') : op.path;
    if (nodes.has(path)) return { err: ErrorCode.NODEEXISTS };
    const ephemeral = op.flags === CreateFlag.EPHEMERAL || op.flags === CreateFlag.EPHEMERAL_SEQUENTIAL;
    nodes.set(parentOf(path), { ...parent, made: parent.made + 1 });
    nodes.set(path, made(op.data, this.zxid, ephemeral ? client.id : 0));
    changed.push(() => {
      this.fire('data', path, WatchEventType.NodeCreated);
      this.fire('child', parentOf(path), WatchEventType.NodeChildrenChanged);
    });
    return { err: 0, path, ...(op.type === OpCode.create2 && { stat: statOf(nodes, path) }) };
  }

  private read(client: Client, op: ClientOp): Result {
    if (op.type !== OpCode.exists && op.type !== OpCode.getData && op.type !== OpCode.getChildren) {
      throw new Error(`the fake ensemble knows no operation ${op.type}`);
    }
    const stale = !op.watch && this.random() < (this.trouble.stale ?? 0);
    const at = stale ? client.seen + Math.floor(this.random() * (this.zxid - client.seen + 1)) : this.zxid;
    const nodes = this.history.get(Math.max(1, at))!;
    client.seen = Math.max(client.seen, at);
    const node = nodes.get(op.path);
    if (op.watch && (node !== undefined || op.type === OpCode.exists)) {
      (op.type === OpCode.getChildren ? client.watches.child : client.watches.data).add(op.path);
    }
    if (node === undefined) return { err: ErrorCode.NONODE };
    if (op.type === OpCode.getChildren) return { err: 0, children: childrenIn(nodes, op.path) };
    const stat = statOf(nodes, op.path);
    return op.type === OpCode.exists ? { err: 0, stat } : { err: 0, data: node.data, stat };
  }

  private deleteNode(path: string): void {
    this.nodes.delete(path);
    this.fireDeleted(path);
  }

  private fireDeleted(path: string): void {
    this.fire('data', path, WatchEventType.NodeDeleted);
    this.fire('child', path, WatchEventType.NodeDeleted);
    this.fire('child', parentOf(path), WatchEventType.NodeChildrenChanged);
  }

  private fire(kind: 'data' | 'child', path: string, type: number): void {
    for (const client of this.clients) {
      if (!client.watches[kind].delete(path) || client.expired) continue;
      if (kind === 'data') this.fired++;
      client.events.push({ path, type });
      client.seen = this.zxid;
    }
  }

  private propose(client: Client, txn: Txn): void {
    const { zxid } = this;
    const about = { session: NO_SESSION, cxid: 0, zxid, digest: 0 };
    const record = { kind: 'txn' as const, time: this.now, txn, ...about };
    this.events.push({ kind: 'proposed', server: client.id, op: txn.type, path: '', record, ...about });
    this.events.push({ kind: 'committed', server: 1, zxid });
  }

  // --- the client

  private zk(id: number): Zk {
    const client = () => this.clients[id - 1001]!;
    function* want<T>(what: Want): Step<T> {
      return (yield what as unknown as Effect) as T;
    }
    const ask = (op: ClientOp) => want<Result>({ kind: 'op', op });
    const act = <T>(what: () => T) => want<T>({ kind: 'do', what });
    const bytes = (data: Uint8Array | string | null | undefined) =>
      typeof data === 'string' ? toBytes(data) : (data ?? null);
    function* create(
      type: 1 | 15,
      path: string,
      data: Uint8Array | string | null | undefined,
      options?: CreateOptions,
    ) {
      const flags = options?.mode ?? CreateFlag.PERSISTENT;
      return yield* ask({ type, path, data: bytes(data), acl: OPEN_ACL_UNSAFE, flags });
    }
    const zk = {
      *create(path: string, data?: Uint8Array | string | null, options?: CreateOptions) {
        return (yield* create(OpCode.create, path, data, options)).path!;
      },
      *create2(path: string, data?: Uint8Array | string | null, options?: CreateOptions) {
        const result = yield* create(OpCode.create2, path, data, options);
        return { path: result.path!, stat: result.stat! };
      },
      *delete(path: string, version = -1) {
        yield* ask({ type: OpCode.delete, path, version });
      },
      *exists(path: string, watch = false) {
        try {
          return (yield* ask({ type: OpCode.exists, path, watch })).stat!;
        } catch (error) {
          if (error instanceof KeeperError && error.code === ErrorCode.NONODE) return null;
          throw error;
        }
      },
      *getData(path: string, watch = false) {
        const result = yield* ask({ type: OpCode.getData, path, watch });
        return { data: result.data ?? null, stat: result.stat! };
      },
      *setData(path: string, data: Uint8Array | string | null, version = -1) {
        return (yield* ask({ type: OpCode.setData, path, data: bytes(data), version })).stat!;
      },
      *getChildren(path: string, watch = false) {
        return (yield* ask({ type: OpCode.getChildren, path, watch })).children!;
      },
      *multi(ops: readonly MultiOp[]) {
        return (yield* ask({ type: OpCode.multi, ops })).results!;
      },
      event: (path: string, withinMs?: number) => want({ kind: 'event', path, withinMs }),
      forgetEvents: (path: string) =>
        act(() => {
          client().events = client().events.filter((event) => event.path !== path);
        }),
      sleep: (ms: number) => want({ kind: 'sleep', ms }),
      now: () => act(() => this.now),
      random: () => act(() => this.random()),
      tell: (
        recipe: string,
        action: string,
        about: { path?: string; token?: number; holder?: string } = {},
      ) =>
        act(() => {
          const { path = '', token = 0, holder = '' } = about;
          this.events.push({ kind: 'told', server: 0, client: id, recipe, action, path, token, holder });
        }),
      call: (_service: number, request: Message) => act(() => this.service(request)),
    };
    return zk as unknown as Zk;
  }
}

function made(data: Uint8Array | null, zxid: Zxid, owner: number): Node {
  return { data, version: 0, czxid: zxid, mzxid: zxid, owner, made: 0 };
}

function isWrite(op: ClientOp): boolean {
  const { type } = op;
  return (
    type === OpCode.create ||
    type === OpCode.create2 ||
    type === OpCode.delete ||
    type === OpCode.setData ||
    type === OpCode.multi
  );
}

function childrenIn(nodes: Nodes, path: string): string[] {
  const start = childPath(path, '');
  return [...nodes.keys()]
    .flatMap((key) => (key !== path && key.startsWith(start) && parentOf(key) === path ? [nameOf(key)] : []))
    .sort();
}

function statOf(nodes: Nodes, path: string): Stat {
  const { version, czxid, mzxid, owner, made: cversion, data } = nodes.get(path)!;
  return {
    czxid,
    mzxid,
    ctime: 0,
    mtime: 0,
    version,
    cversion,
    aversion: 0,
    ephemeralOwner: owner === 0 ? NO_SESSION : String(owner).padStart(16, '0'),
    pzxid: mzxid,
    dataLength: data?.length ?? 0,
    numChildren: childrenIn(nodes, path).length,
  };
}
