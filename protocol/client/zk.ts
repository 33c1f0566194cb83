/** The calls of programs: each yields the effects it needs and comes to a value or throws. */

import type { Message } from '../host.ts';
import type { ClientState } from '../probe.ts';
import { type ClientOp, CreateFlag, type CreateRequest, type MultiOp, type Result } from '../request.ts';
import { type Acl, type Id, OPEN_ACL_UNSAFE } from '../tree/acl.ts';
import type { Stat } from '../tree/stat.ts';
import { ErrorCode, OpCode, type SessionId } from '../txn.ts';
import { JuteWriter, utf8Length } from '../wire/jute.ts';
import type { Zxid } from '../zxid.ts';
import type { ClientEvent } from './api.ts';
import { type Answer, type CreateOptions, KeeperError, type Step, type Ticket, type Zk } from './api.ts';
import type { Effect } from './effect.ts';
import { errorName } from './error-name.ts';

const CALL_TIMEOUT = 5000;

/** Bytes as they are, a string as UTF-8. */
export function toBytes(data: Uint8Array | string): Uint8Array {
  if (typeof data !== 'string') return data;
  const length = utf8Length(data);
  return new JuteWriter(4 + length).string(data).finish().subarray(4);
}

/** The request that creates a node as ZooKeeper.create would send it. */
export function createRequest(
  path: string,
  data: Uint8Array | string | null,
  options: CreateOptions,
  withStat: boolean,
): CreateRequest {
  const flags = options.mode ?? CreateFlag.PERSISTENT;
  const ttl = flags === CreateFlag.PERSISTENT_WITH_TTL || flags === CreateFlag.PERSISTENT_SEQUENTIAL_WITH_TTL;
  const plain = withStat ? OpCode.create2 : OpCode.create;
  const type = ttl ? OpCode.createTTL : flags === CreateFlag.CONTAINER ? OpCode.createContainer : plain;
  const acl = options.acl ?? OPEN_ACL_UNSAFE;
  const bytes = data === null ? null : toBytes(data);
  return { type, path, data: bytes, acl, flags, ...(ttl ? { ttl: options.ttl ?? 0 } : {}) };
}

/** Has no state of its own. */
export class ProgramZk implements Zk {
  private *effect<T>(effect: Effect): Step<T> {
    return (yield effect) as T;
  }

  /** The result of an operation. @throws KeeperError for any error but `allowed` */
  private *ask(op: ClientOp, allowed: number = ErrorCode.OK): Step<Result> {
    const ticket = yield* this.submit(op);
    const { result } = yield* this.answer(ticket);
    if (result.err !== ErrorCode.OK && result.err !== allowed) {
      throw new KeeperError(result.err, errorName(result.err), 'path' in op ? (op.path ?? '') : '');
    }
    return result;
  }

  *create(path: string, data: Uint8Array | string | null = null, options: CreateOptions = {}): Step<string> {
    return (yield* this.ask(createRequest(path, data, options, false))).path!;
  }

  *create2(
    path: string,
    data: Uint8Array | string | null = null,
    options: CreateOptions = {},
  ): Step<{ path: string; stat: Stat }> {
    const result = yield* this.ask(createRequest(path, data, options, true));
    return { path: result.path!, stat: result.stat! };
  }

  *delete(path: string, version = -1): Step<void> {
    yield* this.ask({ type: OpCode.delete, path, version });
  }

  *exists(path: string, watch = false): Step<Stat | null> {
    return (yield* this.ask({ type: OpCode.exists, path, watch }, ErrorCode.NONODE)).stat ?? null;
  }

  *getData(path: string, watch = false): Step<{ data: Uint8Array | null; stat: Stat }> {
    const result = yield* this.ask({ type: OpCode.getData, path, watch });
    return { data: result.data ?? null, stat: result.stat! };
  }

  *setData(path: string, data: Uint8Array | string | null, version = -1): Step<Stat> {
    const bytes = data === null ? null : toBytes(data);
    return (yield* this.ask({ type: OpCode.setData, path, data: bytes, version })).stat!;
  }

  *getAcl(path: string): Step<{ acl: readonly Acl[]; stat: Stat }> {
    const result = yield* this.ask({ type: OpCode.getACL, path });
    return { acl: result.acl!, stat: result.stat! };
  }

  *setAcl(path: string, acl: readonly Acl[], version = -1): Step<Stat> {
    return (yield* this.ask({ type: OpCode.setACL, path, acl, version })).stat!;
  }

  *getChildren(path: string, watch = false): Step<readonly string[]> {
    return [...(yield* this.ask({ type: OpCode.getChildren, path, watch })).children!].sort();
  }

  *getChildren2(path: string, watch = false): Step<{ children: readonly string[]; stat: Stat }> {
    const result = yield* this.ask({ type: OpCode.getChildren2, path, watch });
    return { children: [...result.children!].sort(), stat: result.stat! };
  }

  *sync(path: string): Step<void> {
    yield* this.ask({ type: OpCode.sync, path });
  }

  *multi(ops: readonly MultiOp[]): Step<readonly Result[]> {
    const results = (yield* this.ask({ type: OpCode.multi, ops })).results ?? [];
    const failed = results.findIndex(
      ({ err }) => err !== ErrorCode.OK && err !== ErrorCode.RUNTIMEINCONSISTENCY,
    );
    if (failed >= 0) {
      const { err } = results[failed]!;
      throw new KeeperError(err, errorName(err), ops[failed]?.path ?? '', results);
    }
    return results;
  }

  *addWatch(path: string, mode: number): Step<void> {
    yield* this.ask({ type: OpCode.addWatch, path, mode });
  }

  *removeWatches(path: string, watcher: number): Step<void> {
    yield* this.ask({ type: OpCode.removeWatches, path, watcher });
  }

  *getEphemerals(prefix = '/'): Step<readonly string[]> {
    return (yield* this.ask({ type: OpCode.getEphemerals, path: prefix })).ephemerals!;
  }

  *getAllChildrenNumber(path: string): Step<number> {
    return (yield* this.ask({ type: OpCode.getAllChildrenNumber, path })).count!;
  }

  *whoAmI(): Step<readonly Id[]> {
    return (yield* this.ask({ type: OpCode.whoAmI })).ids!;
  }

  *addAuth(scheme: string, auth: Uint8Array | string): Step<void> {
    yield { kind: 'addAuth', scheme, auth: toBytes(auth) };
  }

  *close(): Step<void> {
    yield { kind: 'close' };
  }

  *submit(op: ClientOp): Step<Ticket> {
    return yield* this.effect<Ticket>({ kind: 'submit', op });
  }

  *answer(ticket: Ticket): Step<Answer> {
    return yield* this.effect<Answer>({ kind: 'answer', ticket });
  }

  *event(path?: string, withinMs = -1): Step<ClientEvent | null> {
    const fed = yield* this.effect<ClientEvent | number | null>({
      kind: 'event',
      path: path ?? null,
      withinMs,
    });
    if (typeof fed === 'number') throw new KeeperError(fed, errorName(fed), path ?? '');
    return fed;
  }

  *forgetEvents(path?: string): Step<void> {
    yield { kind: 'forgetEvents', path: path ?? null };
  }

  *session(): Step<{ id: SessionId; timeout: number; state: ClientState; zxid: Zxid }> {
    return yield* this.effect({ kind: 'session' });
  }

  *sleep(ms: number): Step<void> {
    yield { kind: 'sleep', ms };
  }

  *now(): Step<number> {
    return yield* this.effect<number>({ kind: 'now' });
  }

  *random(): Step<number> {
    return yield* this.effect<number>({ kind: 'random' });
  }

  *tell(
    recipe: string,
    action: string,
    about: { path?: string; token?: number; holder?: string } = {},
  ): Step<void> {
    const { path = '', token = -1, holder = '' } = about;
    yield { kind: 'tell', recipe, action, path, token, holder };
  }

  *call(service: number, request: Message, withinMs: number = CALL_TIMEOUT): Step<Message | null> {
    return yield* this.effect<Message | null>({ kind: 'call', service, request, withinMs });
  }
}
