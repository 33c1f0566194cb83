/** Objects that answer operations one at a time, written apart from the models: what histories are generated from. */
import { CreateFlag, type MultiOp, type ReadRequest } from '../../../../protocol/request.ts';
import { OPEN_ACL_UNSAFE } from '../../../../protocol/tree/acl.ts';
import { ErrorCode, OpCode } from '../../../../protocol/txn.ts';
import {
  casRegister,
  type KeyValueInput,
  keyValue,
  type LockInput,
  lock,
  type Model,
  type QueueInput,
  queue,
  type RegisterInput,
  type RegisterOutput,
  register,
  type Value,
  type ZnodeInput,
  type ZnodeOutput,
  znode,
} from '../../../../sim/check/linearizability/index.ts';

/** A whole number from 0, smaller than the bound. */
export type Below = (bound: number) => number;

/** A model and what histories of it are made of; `create` makes an object that answers inputs in the order of the calls. */
interface Parts<S, I, O> {
  readonly model: Model<S, I, O>;
  /** An input; `process` asks. */
  readonly draw: (below: Below, process: number) => I;
  readonly create: () => (input: I) => O;
  /** Any output of the kind that the input may have. */
  readonly invent: (input: I, below: Below) => O;
}

/** Its types forgotten. */
export type Subject = Parts<unknown, unknown, unknown>;

function subject<S, I, O>(parts: Parts<S, I, O>): Subject {
  return parts as unknown as Subject;
}

/**
 * By the model's name.
 * @param values how many different ones: few make answers that several orders explain, many such that only one does
 */
export function subjects(
  values: number,
  keys: number = Math.min(values, 10),
): Readonly<Record<string, Subject>> {
  const registerOf = (model: Model<Value, RegisterInput, RegisterOutput>, kinds: number): Subject =>
    subject({
      model,
      draw: (below): RegisterInput => {
        const kind = below(kinds);
        if (kind < 2) return { f: 'read' };
        if (kind < 4) return { f: 'write', value: below(values) };
        return { f: 'cas', from: below(values), to: below(values) };
      },
      create: () => {
        let held: Value = null;
        return (input) => {
          if (input.f === 'read') return held;
          if (input.f === 'cas' && held !== input.from) return false;
          held = input.f === 'cas' ? input.to : input.value;
          return input.f === 'cas' ? true : null;
        };
      },
      invent: (input, below) =>
        input.f === 'read' ? below(values) : input.f === 'cas' ? below(2) === 1 : null,
    });
  return {
    register: registerOf(register, 4),
    'cas-register': registerOf(casRegister, 6),
    kv: subject({
      model: keyValue,
      draw: (below): KeyValueInput => {
        const key = String.fromCharCode(97 + below(keys));
        const kind = below(8);
        if (kind < 4) return { f: 'get', key };
        const value = values > 10 ? `${below(values)};` : String(below(values));
        return { f: kind === 4 ? 'put' : 'append', key, value };
      },
      create: () => {
        const texts = new Map<string, string>();
        return (input) => {
          const { f, key } = input;
          const text = texts.get(key) ?? '';
          if (f === 'get') return text;
          texts.set(key, f === 'put' ? input.value : text + input.value);
          return null;
        };
      },
      invent: ({ f }, below) => {
        if (f !== 'get') return null;
        return Array.from({ length: below(3) }, () => below(values)).join('');
      },
    }),
    queue: subject({
      model: queue,
      draw: (below): QueueInput =>
        below(2) === 0 ? { f: 'dequeue' } : { f: 'enqueue', value: below(values) },
      create: () => {
        const items: Value[] = [];
        return (input) => {
          if (input.f === 'dequeue') return items.shift() ?? null;
          items.push(input.value);
          return null;
        };
      },
      invent: (input, below) => (input.f === 'dequeue' && below(3) > 0 ? below(values) : null),
    }),
    lock: subject({
      model: lock,
      draw: (below, owner): LockInput => ({ f: below(2) === 0 ? 'acquire' : 'release', owner }),
      create: () => {
        let holder: Value = null;
        return ({ f, owner }) => {
          if (f === 'acquire' ? holder !== null : holder !== owner) return false;
          holder = f === 'acquire' ? owner : null;
          return true;
        };
      },
      invent: (_, below) => below(2) === 1,
    }),
    znode: subject({
      model: znode,
      draw: (below) => drawZnode(below, Math.min(keys, 4)),
      create: () => {
        const tree = new Tree();
        return ({ op }) => tree.answer(op);
      },
      invent: (input, below) => inventZnode(input, below),
    }),
  };
}

const SESSION = '0000000000000001';

function drawZnode(below: Below, names: number): ZnodeInput {
  const top = `/t${below(names)}`;
  const path = below(3) === 0 ? `${top}/c${below(names)}` : top;
  const version = below(2) === 0 ? -1 : below(3);
  const change = (): MultiOp => {
    const data = Uint8Array.of(below(3));
    switch (below(5)) {
      case 0:
        return { type: OpCode.delete, path, version };
      case 1:
        return { type: OpCode.setData, path, data, version };
      case 2:
        if (below(4) > 0) return { type: OpCode.setData, path, data, version };
        return {
          type: OpCode.create,
          path: `${top}/n-`,
          data,
          acl: OPEN_ACL_UNSAFE,
          flags: CreateFlag.PERSISTENT_SEQUENTIAL,
        };
      default:
        return { type: OpCode.create, path, data, acl: OPEN_ACL_UNSAFE, flags: CreateFlag.PERSISTENT };
    }
  };
  const session = SESSION;
  switch (below(10)) {
    case 0:
      return { session, op: { type: OpCode.getData, path, watch: false } };
    case 1:
      return { session, op: { type: OpCode.exists, path, watch: false } };
    case 2:
      return { session, op: { type: OpCode.getChildren, path: below(4) === 0 ? '/' : top, watch: false } };
    case 3:
      return {
        session,
        op: { type: OpCode.multi, ops: [{ type: OpCode.check, path: top, version }, change()] },
      };
    default: {
      const op = change();
      if (op.type === OpCode.check) throw new Error('a check stands in multis only');
      return { session, op };
    }
  }
}

function inventZnode({ op }: ZnodeInput, below: Below): ZnodeOutput {
  if (op.type === OpCode.getChildren) return { err: 0, children: below(2) === 0 ? [] : [`c${below(2)}`] };
  if (below(2) === 0) return { err: below(2) === 0 ? ErrorCode.NONODE : ErrorCode.NODEEXISTS };
  if (op.type === OpCode.getData)
    return { err: 0, data: Uint8Array.of(below(3)), stat: { version: below(2) } };
  if (op.type === OpCode.setData) return { err: 0, stat: { version: 1 + below(2) } };
  if (op.type === OpCode.multi) return { err: 0, results: [{ err: 0 }, { err: 0 }] };
  return { err: 0 };
}

interface Node {
  data: number[];
  version: number;
  created: number;
  readonly children: Set<string>;
}

type Single = MultiOp | ReadRequest;

/** A tree of znodes in a map of paths. */
class Tree {
  private nodes = new Map<string, Node>([
    ['/', { data: [], version: 0, created: 0, children: new Set(['zookeeper']) }],
  ]);

  answer(op: ZnodeInput['op']): ZnodeOutput {
    if (op.type !== OpCode.multi) return this.one(op as Single);
    const saved = structuredClone(this.nodes);
    const results: ZnodeOutput[] = op.ops.map((part) => this.one(part));
    const failed = results.findIndex(({ err }) => err !== 0);
    if (failed < 0) return { err: 0, results };
    this.nodes = saved;
    const errors = results.map(({ err }, i) =>
      i < failed ? 0 : i === failed ? err : ErrorCode.RUNTIMEINCONSISTENCY,
    );
    return { err: 0, results: errors.map((err) => ({ err })) };
  }

  private one(op: Single): ZnodeOutput {
    let { path } = op;
    const cut = path.lastIndexOf('/');
    const parent = this.nodes.get(cut === 0 ? '/' : path.slice(0, cut));
    if ('flags' in op) {
      if (parent === undefined) return { err: ErrorCode.NONODE };
      if (op.flags === CreateFlag.PERSISTENT_SEQUENTIAL) path += String(parent.created).padStart(10, '0');
      if (this.nodes.has(path)) return { err: ErrorCode.NODEEXISTS };
      parent.created++;
      parent.children.add(path.slice(cut + 1));
      this.nodes.set(path, { data: [...op.data!], version: 0, created: 0, children: new Set() });
      return { err: 0, path };
    }
    const node = this.nodes.get(path);
    if (node === undefined) return { err: ErrorCode.NONODE };
    const stat = (): ZnodeOutput['stat'] => ({
      version: node.version,
      cversion: 2 * node.created - node.children.size,
      dataLength: node.data.length,
      numChildren: node.children.size,
    });
    switch (op.type) {
      case OpCode.getData:
        return { err: 0, data: Uint8Array.from(node.data), stat: stat() };
      case OpCode.exists:
        return { err: 0, stat: stat() };
      case OpCode.getChildren:
        return { err: 0, children: [...node.children] };
      case OpCode.getChildren2:
        return { err: 0, children: [...node.children], stat: stat() };
    }
    if (op.version !== -1 && op.version !== node.version) return { err: ErrorCode.BADVERSION };
    if (op.type === OpCode.check) return { err: 0 };
    if (op.type === OpCode.setData) {
      node.data = [...op.data!];
      node.version++;
      return { err: 0, stat: stat() };
    }
    if (node.children.size > 0) return { err: ErrorCode.NOTEMPTY };
    this.nodes.delete(path);
    parent!.children.delete(path.slice(cut + 1));
    return { err: 0 };
  }
}
