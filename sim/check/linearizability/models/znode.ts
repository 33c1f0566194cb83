/**
 * ZooKeeper's tree as its clients see it: versions, errors, children, sequence numbers, ephemerals, access control. What a
 * write becomes says the sequential model (sim/check/service); zxids and times are left out, for an order that is sought
 * has none.
 */

import { errorName } from '../../../../protocol/client/error-name.ts';
import type { DeleteContainerRequest, ReadRequest, WriteOp } from '../../../../protocol/request.ts';
import { CreateFlag, isWriteCode } from '../../../../protocol/request.ts';

import { type Acl, Perms } from '../../../../protocol/tree/acl.ts';
import { ErrorCode, OpCode, type Txn } from '../../../../protocol/txn.ts';
import { type Identity, NOBODY, permission } from '../../service/model-acl.ts';
import { Draft } from '../../service/model-draft.ts';
import { FIRST_NODES, type ModelNode, visibleStat } from '../../service/model-node.ts';
import { byUnit, isValidPath, lastName, parentPath } from '../../service/model-path.ts';
import { type ModelSettings, transactionOf, UNKNOWN } from '../../service/model-writes.ts';
import { opName } from '../../service/op-name.ts';
import { hashText, scramble } from '../hash.ts';
import type { Model } from '../model.ts';
import { entries, get, type PersistentMap, put, remove, same } from '../persistent-map.ts';
import type { ZnodeInput, ZnodeOutput } from './znode-operation.ts';
import { bySubtree, topOf } from './znode-partition.ts';

interface Entry {
  readonly node: ModelNode;
  readonly hash: number;
  /** Names of its children: what the paths say, gathered for reads. */
  readonly names: PersistentMap<true>;
}

/** The tree. */
export interface Znodes {
  readonly nodes: PersistentMap<Entry>;
  readonly hash: number;
}

const SETTINGS: ModelSettings = {
  extendedTypes: true,
  enforceQuota: false,
  localSessions: false,
  superDigest: '',
};

/** Where the model cannot know whether something is allowed, the answer tells. */
const ANYBODY: Identity = { ids: [], superuser: true };

/** Answers that say nothing of the tree: of sessions, of the connection, of a quota's or an address's limits. */
const SAYS_NOTHING: ReadonlySet<number> = new Set<number>([
  ErrorCode.SYSTEMERROR,
  ErrorCode.MARSHALLINGERROR,
  ErrorCode.UNIMPLEMENTED,
  ErrorCode.UNKNOWNSESSION,
  ErrorCode.SESSIONEXPIRED,
  ErrorCode.SESSIONMOVED,
  ErrorCode.NOTREADONLY,
  ErrorCode.EPHEMERALONLOCALSESSION,
  ErrorCode.REQUESTTIMEOUT,
  ErrorCode.QUOTAEXCEEDED,
  ErrorCode.THROTTLEDOP,
]);

const EMPTY_TREE = FIRST_NODES.reduce<Znodes>((tree, [path, node]) => withNode(tree, path, node), {
  nodes: null,
  hash: 0,
});

function withNode(tree: Znodes, path: string, node: ModelNode | null): Znodes {
  const before = get(tree.nodes, path);
  let { nodes, hash } = tree;
  if (before !== undefined) hash ^= before.hash;
  if (node === null) nodes = remove(nodes, path);
  else {
    const entry = { node, hash: hashOfNode(path, node), names: before?.names ?? null };
    hash ^= entry.hash;
    nodes = put(nodes, path, entry);
  }
  const parent = path === '/' ? undefined : get(nodes, parentPath(path));
  if (parent !== undefined && (before === undefined) !== (node === null)) {
    const name = lastName(path);
    const names = node === null ? remove(parent.names, name) : put(parent.names, name, true as const);
    nodes = put(nodes, parentPath(path), { ...parent, names });
  }
  return { nodes, hash };
}

function hashOfNode(path: string, node: ModelNode): number {
  let hash = hashText(path);
  for (const number of [
    node.version,
    node.aversion,
    node.created,
    node.children,
    node.acl.length,
    node.ttl,
  ]) {
    hash = (Math.imul(hash, 31) + number) | 0;
  }
  hash = hashText(node.kind, hashText(node.owner, hash));
  if (node.data !== null) for (const byte of node.data) hash = (Math.imul(hash, 31) + byte + 1) | 0;
  return scramble(hash);
}

function sameNode({ node: a }: Entry, { node: b }: Entry): boolean {
  return (
    a === b ||
    (a.version === b.version &&
      a.aversion === b.aversion &&
      a.created === b.created &&
      a.children === b.children &&
      a.kind === b.kind &&
      a.owner === b.owner &&
      a.ttl === b.ttl &&
      sameBytes(a.data, b.data) &&
      sameAcl(a.acl, b.acl))
  );
}

function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === b) return true;
  return a !== null && b !== null && a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function sameAcl(a: readonly Acl[], b: readonly Acl[]): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function isFailed({ err, results }: ZnodeOutput): boolean {
  return err !== ErrorCode.OK || (results?.some((part) => part.err !== ErrorCode.OK) ?? false);
}

function saysNothing({ err, results }: ZnodeOutput): boolean {
  return SAYS_NOTHING.has(err) || (results?.some((part) => SAYS_NOTHING.has(part.err)) ?? false);
}

/** Whether an answer is what the model expects, as far as both tell. */
function agrees(expected: ZnodeOutput, actual: ZnodeOutput): boolean {
  if (expected.err !== actual.err) return false;
  if (actual.path !== undefined && expected.path !== undefined && actual.path !== expected.path) return false;
  if (actual.data !== undefined && !sameBytes(expected.data ?? null, actual.data)) return false;
  if (actual.children !== undefined) {
    const names = [...actual.children].sort(byUnit);
    const { children = [] } = expected;
    if (names.length !== children.length || names.some((name, i) => name !== children[i])) return false;
  }
  const { stat } = expected;
  if (actual.stat !== undefined && stat !== undefined) {
    for (const field of STAT_FIELDS) {
      const value = actual.stat[field];
      if (value !== undefined && value !== stat[field]) return false;
    }
  }
  const { results } = actual;
  if (results === undefined || expected.results === undefined) return true;
  return (
    results.length === expected.results.length &&
    results.every((part, i) => agrees(expected.results![i]!, part))
  );
}

const STAT_FIELDS = [
  'version',
  'cversion',
  'aversion',
  'ephemeralOwner',
  'dataLength',
  'numChildren',
] as const;

/** The tree as the sequential model's drafts read it. */
function before(tree: Znodes): ConstructorParameters<typeof Draft>[0] {
  return {
    before: (path) => get(tree.nodes, path)?.node ?? null,
    isOpen: () => true,
    ephemeralsOf: (session) =>
      [...entries(tree.nodes)]
        .filter(([, { node }]) => node.owner === session)
        .map(([path]) => path)
        .sort(byUnit),
  };
}

function write(
  tree: Znodes,
  input: ZnodeInput & { readonly op: WriteOp },
  output: ZnodeOutput | undefined,
): Znodes | undefined {
  const { op, session, who = NOBODY, within } = input;
  const start = before(tree);
  const moment = { session, zxid: 0, time: 0 };
  let txn: Txn | typeof UNKNOWN = transactionOf(op, new Draft(start, moment), who, SETTINGS);
  if (txn === UNKNOWN) {
    if (output === undefined) txn = transactionOf(op, new Draft(start, moment), ANYBODY, SETTINGS);
    else if (isFailed(output)) return tree;
    else txn = transactionOf(op, new Draft(start, moment), ANYBODY, SETTINGS);
    if (txn === UNKNOWN) return tree;
  }
  if (txn.type === OpCode.closeSession && within !== undefined) {
    txn = { ...txn, paths: txn.paths.filter((path) => topOf(path) === within) };
  }
  const draft = new Draft(start, moment);
  const result = draft.take(txn);
  if (output !== undefined && !agrees(result, output)) return undefined;
  let next = tree;
  for (const [path, node] of draft.nodes) next = withNode(next, path, node);
  return next;
}

/** What a read is answered (FinalRequestProcessor); null where the model cannot know. */
function answerTo(tree: Znodes, op: ReadRequest, who: Identity | null): ZnodeOutput | null {
  const { path } = op;
  if (!isValidPath(path)) return { err: ErrorCode.BADARGUMENTS };
  const entry = get(tree.nodes, path);
  if (entry === undefined) return { err: ErrorCode.NONODE };
  const { node, names } = entry;
  const stat = visibleStat(node);
  if (op.type === OpCode.exists) return { err: ErrorCode.OK, stat };
  const may = permission(node.acl, Perms.READ, who);
  if (may === 'unknown') return null;
  if (may === 'denied') return { err: ErrorCode.NOAUTH };
  if (op.type === OpCode.getData) return { err: ErrorCode.OK, data: node.data, stat };
  const children = [...entries(names)].map(([name]) => name);
  return { err: ErrorCode.OK, children: children.sort(byUnit), stat };
}

export const znode: Model<Znodes, ZnodeInput, ZnodeOutput> = {
  name: 'znode',
  init: () => EMPTY_TREE,
  step: (tree, input, output) => {
    if (output !== undefined && saysNothing(output)) return tree;
    if (isRead(input)) {
      if (output === undefined) return tree;
      // Long lists of children are made only where they may be the same.
      if (
        output.children !== undefined &&
        output.children.length !== get(tree.nodes, input.op.path)?.node.children
      ) {
        return undefined;
      }
      const expected = answerTo(tree, input.op, input.who === undefined ? NOBODY : input.who);
      return expected === null || agrees(expected, output) ? tree : undefined;
    }
    return write(tree, input as ZnodeInput & { readonly op: WriteOp }, output);
  },
  equal: (a, b) => a.hash === b.hash && same(a.nodes, b.nodes, sameNode),
  hash: ({ hash }) => hash,
  isRead: (input, output) => isRead(input) || (output !== undefined && isFailed(output)),
  tells: () => true,
  partition: bySubtree,
  // A path down the trie and a node or two are new.
  size: () => 1000,
  describe: ({ op, within }, output) => {
    const what = `${describeOp(op)}${within === undefined ? '' : ` (below /${within})`}`;
    return output === undefined ? `${what} → ?` : `${what}${describeOutput(output)}`;
  },
  describeState: (tree) => {
    const lines = [...entries(tree.nodes)]
      .filter(([path]) => path !== '/' && !path.startsWith('/zookeeper'))
      .sort(([a], [b]) => byUnit(a, b))
      .map(([path, { node }]) => `${path} v${node.version}${textOf(node.data)}`);
    return lines.length === 0 ? 'no znodes' : lines.join(', ');
  },
};

function isRead(input: ZnodeInput): input is ZnodeInput & { readonly op: ReadRequest } {
  return !isWriteCode(input.op.type);
}

function describeOp(op: WriteOp | ReadRequest | DeleteContainerRequest): string {
  if (op.type === OpCode.multi)
    return `multi [${op.ops.map((part) => describeOp(part as WriteOp)).join('; ')}]`;
  const parts = [opName(op.type)];
  if ('path' in op) parts.push(op.path);
  if ('flags' in op && op.flags !== CreateFlag.PERSISTENT) parts.push(`flags ${op.flags}`);
  if ('data' in op) parts.push(textOf(op.data).trim() || 'null');
  if ('version' in op && op.version !== -1) parts.push(`if version ${op.version}`);
  return parts.join(' ');
}

function describeOutput(output: ZnodeOutput): string {
  if (output.err !== ErrorCode.OK) return ` → ${errorName(output.err)}`;
  const parts: string[] = [];
  if (output.path !== undefined) parts.push(output.path);
  if (output.data !== undefined) parts.push(textOf(output.data).trim() || 'null');
  if (output.stat?.version !== undefined) parts.push(`version ${output.stat.version}`);
  if (output.children !== undefined) parts.push(`[${output.children.join(' ')}]`);
  if (output.results !== undefined) {
    parts.push(`[${output.results.map((part) => describeOutput(part).slice(3) || 'OK').join('; ')}]`);
  }
  return parts.length === 0 ? '' : ` → ${parts.join(' ')}`;
}

/** Data as text where it is printable ASCII. */
function textOf(data: Uint8Array | null): string {
  if (data === null) return '';
  if (data.every((byte) => byte >= 0x20 && byte < 0x7f)) return ` "${String.fromCharCode(...data)}"`;
  return ` ${data.length} bytes`;
}
