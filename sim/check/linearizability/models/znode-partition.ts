/** Which operations on znodes can be checked apart from others. */
import { CreateFlag, type WriteOp } from '../../../../protocol/request.ts';
import { OpCode, type SessionId } from '../../../../protocol/txn.ts';
import { byUnit } from '../../service/model-path.ts';
import type { Operation, Partition } from '../operation.ts';
import type { ZnodeInput, ZnodeOutput } from './znode-operation.ts';

/** The component below the root; empty for the root itself and for what is no path. */
export function topOf(path: string): string {
  const end = path.indexOf('/', 1);
  return path.startsWith('/') ? path.slice(1, end < 0 ? undefined : end) : '';
}

/** The root and every top node that an operation touches; `*`: it sees which top nodes there are. */
function topsOf({ op, within }: ZnodeInput): readonly string[] {
  if (op.type === OpCode.multi) {
    return op.ops.flatMap((part) => topsOf({ op: part as WriteOp, session: '' }));
  }
  if (!('path' in op)) return within === undefined ? [] : [within];
  const { path } = op;
  if (path === '/') return op.type === OpCode.delete ? [''] : ['*'];
  const numbered =
    'flags' in op &&
    (op.flags === CreateFlag.PERSISTENT_SEQUENTIAL ||
      op.flags === CreateFlag.EPHEMERAL_SEQUENTIAL ||
      op.flags === CreateFlag.PERSISTENT_SEQUENTIAL_WITH_TTL);
  // Its number counts the root's children.
  return numbered && path.indexOf('/', 1) < 0 ? ['*'] : [topOf(path)];
}

/**
 * By top-level subtree: operations in different ones do not see each other, but for what joins them — a multi, the root's
 * list of children or Stat, a sequential top node, the end of a session with ephemerals in several.
 */
export function bySubtree(
  operations: readonly Operation<ZnodeInput, ZnodeOutput>[],
): readonly Partition<ZnodeInput, ZnodeOutput>[] {
  const join = new Joined();
  const owned = new Map<SessionId, Set<string>>();
  for (const { input } of operations) {
    const { op, session } = input;
    for (const part of op.type === OpCode.multi ? op.ops : [op]) {
      if (!('flags' in part)) continue;
      if (part.flags !== CreateFlag.EPHEMERAL && part.flags !== CreateFlag.EPHEMERAL_SEQUENTIAL) continue;
      const tops = owned.get(session);
      if (tops === undefined) owned.set(session, new Set([topOf(part.path)]));
      else tops.add(topOf(part.path));
    }
  }
  const touched = operations.map(({ input }) => {
    const ends = input.op.type === OpCode.closeSession && input.within === undefined;
    return ends ? [...(owned.get(input.session) ?? [])] : topsOf(input);
  });
  const whole = touched.some((tops) => tops.includes('*'));
  if (whole) return [{ name: '/', operations }];
  for (const tops of touched) for (const top of tops) join.unite(tops[0]!, top);
  const parts = new Map<string, Operation<ZnodeInput, ZnodeOutput>[]>();
  for (const [i, operation] of operations.entries()) {
    const root = join.root(touched[i]![0] ?? '');
    const part = parts.get(root);
    if (part === undefined) parts.set(root, [operation]);
    else part.push(operation);
  }
  return [...parts].map(([root, found]) => ({
    name: join
      .members(root)
      .map((top) => `/${top}`)
      .join(' '),
    operations: found,
  }));
}

/** Disjoint sets of top nodes. */
class Joined {
  private readonly parents = new Map<string, string>();

  root(top: string): string {
    let at = top;
    for (let up = this.parents.get(at); up !== undefined && up !== at; up = this.parents.get(at)) at = up;
    this.parents.set(top, at);
    return at;
  }

  unite(a: string, b: string): void {
    this.parents.set(this.root(b), this.root(a));
  }

  members(root: string): string[] {
    const members = [...this.parents.keys()].filter((top) => this.root(top) === root);
    return members.length === 0 ? [root] : members.sort(byUnit);
  }
}
