/** Paths below a client's root and their absolute form: in operations, results and events (ZooKeeper.prependChroot). */
import type { ClientOp, MultiOp, ReadRequest, Result } from '../request.ts';
import { OpCode } from '../txn.ts';

/** The absolute path of one below `chroot` (empty: none). */
function prependChroot(chroot: string, path: string): string {
  if (chroot === '') return path;
  return path === '/' ? chroot : chroot + path;
}

/** The path below `chroot` of an absolute one; one that is not below it stays as it is. */
export function stripChroot(chroot: string, path: string): string {
  if (chroot === '' || !path.startsWith(chroot)) return path;
  if (path.length === chroot.length) return '/';
  return path.charCodeAt(chroot.length) === 0x2f ? path.slice(chroot.length) : path;
}

/** The operation with absolute paths; the very same one without a chroot. */
export function absoluteOp(chroot: string, op: ClientOp): ClientOp {
  if (chroot === '') return op;
  switch (op.type) {
    case OpCode.multi:
      return {
        ...op,
        ops: op.ops.map((part): MultiOp => ({ ...part, path: prependChroot(chroot, part.path) })),
      };
    case OpCode.multiRead:
      return {
        ...op,
        ops: op.ops.map((part): ReadRequest => ({ ...part, path: prependChroot(chroot, part.path) })),
      };
    case OpCode.getEphemerals:
      // A prefix of paths, not a path: that of all below the root ends in a slash, lest it fits what only begins alike.
      return { ...op, path: chroot + (op.path.trim() === '' ? '/' : op.path) };
    default:
      return 'path' in op ? { ...op, path: prependChroot(chroot, op.path ?? '') } : op;
  }
}

/** The result with paths below the chroot; the very same one without a chroot. */
export function relativeResult(chroot: string, result: Result): Result {
  if (chroot === '') return result;
  const { path, ephemerals, results } = result;
  if (path === undefined && ephemerals === undefined && results === undefined) return result;
  return {
    ...result,
    ...(path === undefined ? {} : { path: stripChroot(chroot, path) }),
    ...(ephemerals === undefined ? {} : { ephemerals: ephemerals.map((each) => stripChroot(chroot, each)) }),
    ...(results === undefined ? {} : { results: results.map((each) => relativeResult(chroot, each)) }),
  };
}
