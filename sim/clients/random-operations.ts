/** Draws of client operations, all there are, right and wrong, over a small tree. */
import type { Host } from '../../protocol/host.ts';
import {
  AddWatchMode,
  type ClientOp,
  CreateFlag,
  type CreateRequest,
  type MultiOp,
  type ReadRequest,
  WatcherType,
} from '../../protocol/request.ts';
import { type Acl, OPEN_ACL_UNSAFE, Perms, READ_ACL_UNSAFE } from '../../protocol/tree/acl.ts';
import { OpCode } from '../../protocol/txn.ts';

/** What is drawn how often: shares in 0…1. */
export interface OperationShares {
  /** Highest number of a name: `/s0`…`/sn`, their children `c0`…`cn` and grandchildren. */
  readonly keys: number;
  readonly reads: number;
  /** Of reads: those that set a watch. A third as many deal with persistent watches and removals. */
  readonly watches: number;
  /** Of creates. */
  readonly sequential: number;
  readonly ephemerals: number;
  /** Of creates: containers and nodes with a time to live. */
  readonly expiring: number;
  /** Of writes, and of reads: several in one request. */
  readonly multi: number;
  /** Of writes: those that set an access control list; of creates: those whose list is not an open one. */
  readonly acl: number;
  /** Of writes: those that set a quota. */
  readonly quota: number;
  /** Of all: those with a path, version, mode or kind that no server accepts. */
  readonly invalid: number;
  readonly dataBytes: number;
}

/** Two users, and how the digest scheme stores them. */
const USERS: readonly { readonly auth: string; readonly id: string }[] = [
  { auth: 'ann:secret', id: 'ann:7RJfAeIvrl4zdj6sS2fXrQHDvHM=' },
  { auth: 'bob:secret', id: 'bob:fyVmFCwVbTJYrznoSu1koqYEYF0=' },
];

/** What no server accepts as a path. */
const BAD_PATHS: readonly string[] = [
  '',
  's0',
  '/s0/',
  '/s0//c0',
  '/s0/../s1',
  '/s0/./c0',
  '/s0/\u0001',
  '/zookeeper',
];

/** Highest time to live drawn, ms. */
const LONGEST_TTL = 2000;

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** Draws from the host's random source. */
export class RandomOperations {
  readonly host: Host;
  readonly shares: OperationShares;
  /** Where a watch was last set. */
  watched = '/';

  constructor(host: Host, shares: OperationShares) {
    this.host = host;
    this.shares = shares;
  }

  /** The next operation. */
  next(): ClientOp {
    if (this.chance(this.shares.invalid)) return this.wrong();
    return this.chance(this.shares.reads) ? this.read() : this.write();
  }

  /** What a user says to authenticate by the scheme `digest`. */
  credentials(): Uint8Array {
    return ascii(this.pick(USERS).auth);
  }

  private read(): ClientOp {
    const { shares } = this;
    if (this.chance(shares.watches / 3)) return this.watching();
    if (this.chance(shares.multi)) {
      const ops = Array.from({ length: 1 + this.below(4) }, () => this.together());
      return { type: OpCode.multiRead, ops };
    }
    const path = this.path();
    switch (this.below(16)) {
      case 0:
        return { type: OpCode.getACL, path };
      case 1:
        return { type: OpCode.getAllChildrenNumber, path };
      case 2:
        return { type: OpCode.getEphemerals, path: this.chance(0.5) ? '/' : path };
      case 3:
        return { type: OpCode.whoAmI };
      case 4:
        return { type: OpCode.sync, path };
      default:
        return this.lookup(this.chance(shares.watches));
    }
  }

  /** A read of the tree. */
  private lookup(watch: boolean): ReadRequest {
    const path = this.chance(0.1) ? '/' : this.path();
    if (watch) this.watched = path;
    const choice = this.below(10);
    if (choice < 4) return { type: OpCode.getData, path, watch };
    if (choice < 6) return { type: OpCode.exists, path, watch };
    return { type: choice < 8 ? OpCode.getChildren : OpCode.getChildren2, path, watch };
  }

  /** A part of a multiRead; few are of a kind that has no place there. */
  private together(): ReadRequest {
    const read = this.lookup(false);
    if (read.type === OpCode.getData || read.type === OpCode.getChildren || this.chance(0.02)) return read;
    return { ...read, type: OpCode.getData };
  }

  /** Persistent watches, and the end of any. */
  private watching(): ClientOp {
    if (this.chance(0.5)) {
      const path = this.path();
      this.watched = path;
      const mode = this.chance(0.5) ? AddWatchMode.PERSISTENT : AddWatchMode.PERSISTENT_RECURSIVE;
      return { type: OpCode.addWatch, path, mode };
    }
    const watcher = WatcherType.CHILDREN + this.below(WatcherType.PERSISTENT_RECURSIVE);
    // Elsewhere there would hardly ever be anything to remove.
    const path = this.chance(0.8) ? this.watched : this.path();
    return { type: this.chance(0.7) ? OpCode.removeWatches : OpCode.checkWatches, path, watcher };
  }

  private write(): ClientOp {
    const { shares } = this;
    if (this.chance(shares.multi)) {
      // The longer it is, the surer it fails.
      const ops = Array.from({ length: 1 + this.below(this.chance(0.5) ? 2 : 5) }, () => this.part());
      return { type: OpCode.multi, ops };
    }
    if (this.chance(shares.acl)) {
      return { type: OpCode.setACL, path: this.path(), acl: this.acl(0.6), version: this.version() };
    }
    if (this.chance(shares.quota)) return this.quota();
    return this.change();
  }

  /** A part of a multi; one in four is a check. */
  private part(): MultiOp {
    if (this.chance(0.25)) return { type: OpCode.check, path: this.path(), version: this.version() };
    return this.change();
  }

  /** A write that may stand alone or in a multi. */
  private change(): MultiOp {
    const choice = this.host.random();
    if (choice < 0.5) return this.create();
    const path = this.path();
    if (choice < 0.8) return { type: OpCode.setData, path, data: this.data(), version: this.version() };
    return { type: OpCode.delete, path, version: this.version() };
  }

  private create(): CreateRequest {
    const { shares } = this;
    const sequential = this.chance(shares.sequential);
    const shape = {
      path: sequential ? this.prefix() : this.path(),
      data: this.data(),
      acl: this.acl(shares.acl),
    };
    if (this.chance(shares.expiring)) {
      if (this.chance(0.5)) return { ...shape, type: OpCode.createContainer, flags: CreateFlag.CONTAINER };
      const flags = sequential ? CreateFlag.PERSISTENT_SEQUENTIAL_WITH_TTL : CreateFlag.PERSISTENT_WITH_TTL;
      return { ...shape, type: OpCode.createTTL, flags, ttl: 1 + this.below(LONGEST_TTL) };
    }
    const type = this.chance(0.5) ? OpCode.create : OpCode.create2;
    const flags =
      (sequential ? CreateFlag.PERSISTENT_SEQUENTIAL : 0) |
      (this.chance(shares.ephemerals) ? CreateFlag.EPHEMERAL : 0);
    return { ...shape, type, flags };
  }

  /** A piece of what makes a quota on a top node; the pieces come together in time. */
  private quota(): ClientOp {
    const path = `/zookeeper/quota/s${this.below(this.shares.keys + 1)}`;
    const text = `count=${this.below(10)},bytes=${this.below(100)}`;
    const limits = `${text};byteHardLimit=${50 + this.below(500)};countHardLimit=${3 + this.below(20)}`;
    const open = { acl: OPEN_ACL_UNSAFE, flags: CreateFlag.PERSISTENT };
    switch (this.below(4)) {
      case 0:
        return { ...open, type: OpCode.create, path, data: null };
      case 1:
        return { ...open, type: OpCode.create, path: `${path}/zookeeper_limits`, data: ascii(limits) };
      case 2:
        return {
          ...open,
          type: OpCode.create,
          path: `${path}/zookeeper_stats`,
          data: ascii('count=0,bytes=0'),
        };
      default:
        return { type: OpCode.setData, path: `${path}/zookeeper_limits`, data: ascii(limits), version: -1 };
    }
  }

  /** Something that is refused whatever the tree holds. */
  private wrong(): ClientOp {
    const path = this.path();
    const bad = this.pick(BAD_PATHS);
    switch (this.below(10)) {
      case 0:
        return { ...this.create(), path: bad };
      case 1:
        return { ...this.lookup(false), path: bad };
      case 2:
        return { type: OpCode.delete, path: this.chance(0.5) ? '/' : bad, version: -1 };
      case 3:
        return { type: OpCode.setData, path: bad, data: this.data(), version: -1 };
      case 4:
        return { type: OpCode.setData, path, data: this.data(), version: 1_000_000 };
      case 5:
        return { type: OpCode.create, path, data: null, acl: OPEN_ACL_UNSAFE, flags: 7 + this.below(9) };
      case 6:
        return { type: OpCode.create, path, data: null, acl: [], flags: CreateFlag.PERSISTENT };
      case 7:
        return { ...this.create(), type: OpCode.createTTL, flags: CreateFlag.PERSISTENT_WITH_TTL, ttl: 0 };
      case 8:
        // Alone it is none that servers know: they end the connection.
        return { type: OpCode.check, path, version: -1 };
      default:
        return { type: OpCode.reconfig };
    }
  }

  /** A node of the tree: half of the time a top one, seldom a grandchild. */
  private path(): string {
    const top = `/s${this.name()}`;
    const depth = this.host.random();
    if (depth < 0.45) return top;
    const child = `${top}/c${this.name()}`;
    return depth < 0.9 ? child : `${child}/d${this.name()}`;
  }

  /** What the number of a sequential node is put behind; sometimes nothing. */
  private prefix(): string {
    const top = `/s${this.name()}/`;
    return this.chance(0.1) ? top : `${top}n-`;
  }

  private name(): number {
    return this.below(this.shares.keys + 1);
  }

  private version(): number {
    return this.chance(0.5) ? -1 : this.below(3);
  }

  private data(): Uint8Array | null {
    const bits = Math.floor(this.host.random() * 0x1_0000_0000);
    if ((bits & 31) === 0) return null;
    const data = new Uint8Array(this.shares.dataBytes);
    for (let i = 0; i < data.length; i++) data[i] = (bits >>> (i & 15)) + i;
    return data;
  }

  /** An open list, or with the given probability another one. */
  private acl(special: number): readonly Acl[] {
    if (!this.chance(special)) return OPEN_ACL_UNSAFE;
    switch (this.below(5)) {
      case 0:
        return READ_ACL_UNSAFE;
      case 1:
        // Of whoever has authenticated on this connection; nobody may have.
        return [{ perms: Perms.ALL, scheme: 'auth', id: '' }];
      case 2:
        return [{ perms: Perms.ALL, scheme: 'digest', id: this.pick(USERS).id }, ...READ_ACL_UNSAFE];
      case 3:
        return [{ perms: this.below(Perms.ALL + 1), scheme: 'world', id: 'anyone' }];
      default:
        return OPEN_ACL_UNSAFE;
    }
  }

  private chance(probability: number): boolean {
    return probability > 0 && this.host.random() < probability;
  }

  private below(bound: number): number {
    return Math.floor(this.host.random() * bound);
  }

  private pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}
