/** Objects that answer operations one at a time, written apart from the models: what histories are generated from. */
import { CreateFlag, type MultiOp } from '../../../../protocol/request.ts';
import { OPEN_ACL_UNSAFE } from '../../../../protocol/tree/acl.ts';
import { ErrorCode, OpCode } from '../../../../protocol/txn.ts';
import {
  casRegister,
  keyValue,
  lock,
  type Model,
  queue,
  register,
  type ZnodeInput,
  type ZnodeOutput,
  znode,
} from '../../../../sim/check/linearizability/index.ts';

/** A whole number from 0, smaller than the bound. */
export type Below = (bound: number) => number;

export interface Subject {
  readonly model: Model<any, any, any>;
  /** An input; `process` asks. */
  readonly draw: (below: Below, process: number) => unknown;
  /** An object that answers inputs in the order of the calls. */
  readonly create: () => (input: any) => unknown;
  /** Any output of the kind that the input may have. */
  readonly invent: (input: any, below: Below) => unknown;
}

/** `values`: how many different ones; few make histories that are easy to get wrong, many such that are easy to judge. */
export function subjects(values: number): Readonly<Record<string, Subject>> {
  const registerOf = (model: Model<any, any, any>, kinds: number): Subject => ({
    model,
    draw: (below) => {
      const kind = below(kinds);
      if (kind < 2) return { f: 'read' };
      if (kind < 4) return { f: 'write', value: below(values) };
      return { f: 'cas', from: below(values), to: below(values) };
    },
    create: () => {
      let held: number | null = null;
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
  let appended = 0;
  return {
    register: registerOf(register, 4),
    'cas-register': registerOf(casRegister, 6),
    kv: {
      model: keyValue,
      draw: (below) => {
        const key = String.fromCharCode(97 + below(Math.min(values, 10)));
        const kind = below(8);
        if (kind < 4) return { f: 'get', key };
        const value = values > 10 ? `${appended++};` : String(below(values));
        return { f: kind === 4 ? 'put' : 'append', key, value };
      },
      create: () => {
        const texts = new Map<string, string>();
        return ({ f, key, value }) => {
          if (f === 'get') return texts.get(key) ?? '';
          texts.set(key, f === 'put' ? value : (texts.get(key) ?? '') + value);
          return null;
        };
      },
      invent: ({ f }, below) => {
        if (f !== 'get') return null;
        return Array.from({ length: below(3) }, () => below(values)).join('');
      },
    },
    queue: {
      model: queue,
      draw: (below) =>
        below(2) === 0 ? { f: 'dequeue' } : { f: 'enqueue', value: values > 10 ? appended++ : below(values) },
      create: () => {
        const items: unknown[] = [];
        return (input) => {
          if (input.f === 'dequeue') return items.shift() ?? null;
          items.push(input.value);
          return null;
        };
      },
      invent: (input, below) => (input.f === 'dequeue' && below(3) > 0 ? below(values) : null),
    },
    lock: {
      model: lock,
      draw: (below, owner) => ({ f: below(2) === 0 ? 'acquire' : 'release', owner }),
      create: () => {
        let holder: number | null = null;
        return ({ f, owner }) => {
          if (f === 'acquire' ? holder !== null : holder !== owner) return false;
          holder = f === 'acquire' ? owner : null;
          return true;
        };
      },
      invent: (_, below) => below(2) === 1,
    },
    znode: {
      model: znode,
      draw: (below) => drawZnode(below, Math.min(values, 4)),
      create: () => {
        const tree = new Tree();
        return ({ op }) => tree.answer(op);
      },
      invent: (input, below) => inventZnode(input, below),
    },
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

/** A tree of znodes in a map of paths. */
class Tree {
  private nodes = new Map<string, Node>([
    ['/', { data: [], version: 0, created: 0, children: new Set(['zookeeper']) }],
  ]);

  answer(op: any): ZnodeOutput {
    if (op.type !== OpCode.multi) return this.one(op);
    const saved = structuredClone(this.nodes);
    const results: ZnodeOutput[] = op.ops.map((part: any) => this.one(part));
    const failed = results.findIndex(({ err }) => err !== 0);
    if (failed < 0) return { err: 0, results };
    this.nodes = saved;
    const errors = results.map(({ err }, i) =>
      i < failed ? 0 : i === failed ? err : ErrorCode.RUNTIMEINCONSISTENCY,
    );
    return { err: 0, results: errors.map((err) => ({ err })) };
  }

  private one({ type, path, data, version, flags }: any): ZnodeOutput {
    const cut = path.lastIndexOf('/');
    const parent = this.nodes.get(cut === 0 ? '/' : path.slice(0, cut));
    if (type === OpCode.create) {
      if (parent === undefined) return { err: ErrorCode.NONODE };
      if (flags === CreateFlag.PERSISTENT_SEQUENTIAL) path += String(parent.created).padStart(10, '0');
      if (this.nodes.has(path)) return { err: ErrorCode.NODEEXISTS };
      parent.created++;
      parent.children.add(path.slice(cut + 1));
      this.nodes.set(path, { data: [...data], version: 0, created: 0, children: new Set() });
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
    switch (type) {
      case OpCode.getData:
        return { err: 0, data: Uint8Array.from(node.data), stat: stat() };
      case OpCode.exists:
        return { err: 0, stat: stat() };
      case OpCode.getChildren:
        return { err: 0, children: [...node.children] };
    }
    if (version !== -1 && version !== node.version) return { err: ErrorCode.BADVERSION };
    if (type === OpCode.check) return { err: 0 };
    if (type === OpCode.setData) {
      node.data = [...data];
      node.version++;
      return { err: 0, stat: stat() };
    }
    if (node.children.size > 0) return { err: ErrorCode.NOTEMPTY };
    this.nodes.delete(path);
    parent!.children.delete(path.slice(cut + 1));
    return { err: 0 };
  }
}
