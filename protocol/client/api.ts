/**
 * What a client program can do. A program is a generator function that gets a {@link Zk}; every call is a generator
 * itself, to be run with `yield*`: `const stat = yield* zk.exists('/a')`.
 *
 * A program draws nothing from anywhere else: its state is its parameters and what it was fed, so that a copy of it is made
 * by feeding a new one the same.
 */
import type { WatchEventType } from '../client-messages.ts';
import type { Message } from '../host.ts';
import type { ClientState } from '../probe.ts';
import type { ClientOp, MultiOp, Result } from '../request.ts';
import type { Acl, Id } from '../tree/acl.ts';
import type { Stat } from '../tree/stat.ts';
import type { SessionId } from '../txn.ts';
import type { Zxid } from '../zxid.ts';
import type { Effect } from './effect.ts';

/** A part of a program that comes to a `T`. */
export type Step<T> = Generator<Effect, T, unknown>;

/** A client program. It ends by returning; what it throws and does not catch ends it too and closes its session. */
export type Program = (zk: Zk) => Step<void>;

/** Number of an operation within its client, from 1. */
export type Ticket = number;

/** A watch event, or (type None, path empty) a change of the client's state. */
export interface ClientEvent {
  readonly type: WatchEventType;
  readonly path: string;
  readonly state: ClientState;
  readonly zxid: Zxid;
}

/** An answer as it came: no error is thrown. `zxid` −1: the client itself answered. */
export interface Answer {
  readonly result: Result;
  readonly zxid: Zxid;
}

export interface CreateOptions {
  /** One of CreateFlag; default PERSISTENT. */
  readonly mode?: number;
  /** Default OPEN_ACL_UNSAFE. */
  readonly acl?: readonly Acl[];
  /** ms, for the two modes with a TTL. */
  readonly ttl?: number;
}

/**
 * The client as programs see it. Paths are below the chroot. Calls throw {@link KeeperError} for every error code but
 * where they say otherwise. Data are bytes, or a string that is sent as UTF-8.
 */
export interface Zk {
  /** The path created: with its number where it is sequential. */
  create(path: string, data?: Uint8Array | string | null, options?: CreateOptions): Step<string>;
  create2(
    path: string,
    data?: Uint8Array | string | null,
    options?: CreateOptions,
  ): Step<{ path: string; stat: Stat }>;
  delete(path: string, version?: number): Step<void>;
  /** Null where there is no such node. */
  exists(path: string, watch?: boolean): Step<Stat | null>;
  getData(path: string, watch?: boolean): Step<{ data: Uint8Array | null; stat: Stat }>;
  setData(path: string, data: Uint8Array | string | null, version?: number): Step<Stat>;
  getAcl(path: string): Step<{ acl: readonly Acl[]; stat: Stat }>;
  setAcl(path: string, acl: readonly Acl[], version?: number): Step<Stat>;
  /** Names, sorted. */
  getChildren(path: string, watch?: boolean): Step<readonly string[]>;
  getChildren2(path: string, watch?: boolean): Step<{ children: readonly string[]; stat: Stat }>;
  sync(path: string): Step<void>;
  /** One result per operation. @throws KeeperError with `results` and the code of the operation that failed. */
  multi(ops: readonly MultiOp[]): Step<readonly Result[]>;
  addWatch(path: string, mode: number): Step<void>;
  /** `watcher`: one of WatcherType. */
  removeWatches(path: string, watcher: number): Step<void>;
  getEphemerals(prefix?: string): Step<readonly string[]>;
  getAllChildrenNumber(path: string): Step<number>;
  whoAmI(): Step<readonly Id[]>;
  /** Authenticates this and every later connection. */
  addAuth(scheme: string, auth: Uint8Array | string): Step<void>;
  /** Ends the session; nothing can be asked afterwards. */
  close(): Step<void>;

  /** Sends without waiting, so that several requests are under way. */
  submit(op: ClientOp): Step<Ticket>;
  /** Waits for the answer to what was submitted; throws for no error code. */
  answer(ticket: Ticket): Step<Answer>;

  /**
   * Waits for the next event: of one path where given, otherwise any. Events come in order and are kept until asked for.
   * Null when `withinMs` passes first. @throws KeeperError SESSIONEXPIRED once the session is gone.
   */
  event(path?: string, withinMs?: number): Step<ClientEvent | null>;
  /** Forgets events that were not asked for, of one path or all. */
  forgetEvents(path?: string): Step<void>;

  /** The session, NO_SESSION before the first; the zxid last seen; the state. */
  session(): Step<{ id: SessionId; timeout: number; state: ClientState; zxid: Zxid }>;
  sleep(ms: number): Step<void>;
  /** Monotonic clock of the client's machine, ms. */
  now(): Step<number>;
  /** Uniform in [0, 1). */
  random(): Step<number>;
  /** Reports what it believes or did, for recipe properties and the timeline (probe `told`). */
  tell(
    recipe: string,
    action: string,
    about?: { path?: string; token?: number; holder?: string },
  ): Step<void>;
  /**
   * Asks something outside ZooKeeper: dials that machine's client port, sends one message, gives the first one that comes
   * back; null where the channel ends or `withinMs` (default 5000) passes first.
   */
  call(service: number, request: Message, withinMs?: number): Step<Message | null>;
}

/** An answer with an error code (KeeperException). */
export class KeeperError extends Error {
  readonly code: number;
  readonly path: string;
  /** Of a multi: one per operation. */
  readonly results: readonly Result[] | null;

  constructor(code: number, name: string, path: string, results: readonly Result[] | null = null) {
    super(path === '' ? name : `${name} for ${path}`);
    this.name = 'KeeperError';
    this.code = code;
    this.path = path;
    this.results = results;
  }
}
