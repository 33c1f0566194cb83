/** Arbitrary values of everything that is stored or sent. */
import fc from 'fast-check';
import type { ElectionHello, Notification } from '../../../protocol/election/vote.ts';
import type { ClientOp, MultiOp, Op, ReadRequest, Result } from '../../../protocol/request.ts';
import type { SnapChunk, SnapEnd, SnapHeader, SnapNode } from '../../../protocol/snapshot.ts';
import type { Acl, Id } from '../../../protocol/tree/index.ts';
import { MAX_TTL, OPEN_ACL_UNSAFE, READ_ACL_UNSAFE } from '../../../protocol/tree/index.ts';
import { type MultiPart, OpCode, type Txn, type TxnRecord } from '../../../protocol/txn.ts';
import type { QuorumSide, Stored } from '../../../protocol/wire/index.ts';
import type { QuorumPacket } from '../../../protocol/zab/packets.ts';
import { LONG_MIN, MAX_EPOCH } from '../../../protocol/zxid.ts';

export const int = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
export const long = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(0, -1, 1, LONG_MIN, 0xffff_ffff, 0x1_0000_0000, -0x1_0000_0000),
);
export const hex16 = fc
  .tuple(fc.nat(0xffff_ffff), fc.nat(0xffff_ffff))
  .map(([high, low]) => high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0'));
/** Any UTF-16, lone surrogates included. */
export const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units)),
);
export const bytes = fc.uint8Array({ maxLength: 40 });
export const data = fc.option(bytes);
export const acl: fc.Arbitrary<readonly Acl[]> = fc.oneof(
  fc.constantFrom(OPEN_ACL_UNSAFE, READ_ACL_UNSAFE),
  fc.array(fc.record({ perms: int, scheme: text, id: text }), { maxLength: 3 }),
);

const creation = { path: text, data, acl, parentCVersion: int };
const multiPart: fc.Arbitrary<MultiPart> = fc.oneof(
  fc.record({ type: fc.constant(OpCode.create), ...creation, ephemeral: fc.boolean() }),
  fc.record({ type: fc.constant(OpCode.createContainer), ...creation }),
  fc.record({
    type: fc.constant(OpCode.createTTL),
    ...creation,
    ttl: fc.integer({ min: 1, max: MAX_TTL }),
  }),
  fc.record({ type: fc.constant(OpCode.delete), path: text }),
  fc.record({ type: fc.constant(OpCode.setData), path: text, data, version: int }),
  fc.record({ type: fc.constant(OpCode.check), path: text, version: int }),
  fc.record({ type: fc.constant(OpCode.error), err: int }),
);

const txn: fc.Arbitrary<Txn> = fc.oneof(
  { weight: 7, arbitrary: multiPart },
  { weight: 1, arbitrary: fc.record({ type: fc.constant(OpCode.setACL), path: text, acl, version: int }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant(OpCode.createSession), timeout: int }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant(OpCode.closeSession),
      paths: fc.array(text, { maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant(OpCode.multi),
      txns: fc.array(multiPart, { maxLength: 4 }),
    }),
  },
);

export const txnRecord: fc.Arbitrary<TxnRecord> = fc.record({
  kind: fc.constant('txn' as const),
  session: hex16,
  cxid: int,
  zxid: long,
  time: long,
  txn,
  digest: fc.oneof(fc.constant(-1), fc.maxSafeInteger()),
});

export const snapHeader: fc.Arbitrary<SnapHeader> = fc.record({
  kind: fc.constant('snapHeader' as const),
  zxid: long,
  sessions: fc.array(fc.record({ id: hex16, timeout: int }), { maxLength: 4 }),
});

export const snapNode: fc.Arbitrary<SnapNode> = fc.record({
  kind: fc.constant('snapNode' as const),
  path: text.filter((path) => path !== '/'),
  data,
  acl,
  stat: fc.record({
    czxid: long,
    mzxid: long,
    ctime: long,
    mtime: long,
    version: int,
    cversion: int,
    aversion: int,
    ephemeralOwner: hex16,
    pzxid: long,
  }),
});

export const snapEnd: fc.Arbitrary<SnapEnd> = fc.record({
  kind: fc.constant('snapEnd' as const),
  zxid: long,
  digest: fc.maxSafeInteger(),
});

export const snapshot: fc.Arbitrary<SnapChunk[]> = fc
  .tuple(snapHeader, fc.array(snapNode, { maxLength: 8 }), snapEnd)
  .map(([header, nodes, end]) => [header, ...nodes, end]);

export const stored: fc.Arbitrary<Stored> = fc.oneof(
  txnRecord,
  snapHeader,
  snapNode,
  snapEnd,
  fc.constant({ kind: 'logHeader' as const }),
);

// --- what clients ask and are answered

const integer = fc.maxSafeInteger();
const paths = fc.array(text, { maxLength: 3 });
const ids: fc.Arbitrary<readonly Id[]> = fc.array(fc.record({ scheme: text, id: text }), { maxLength: 3 });

const multiOp: fc.Arbitrary<MultiOp> = fc.oneof(
  fc.record({
    type: fc.constantFrom(OpCode.create, OpCode.create2, OpCode.createContainer),
    path: text,
    data,
    acl,
    flags: int,
  }),
  fc.record({ type: fc.constant(OpCode.createTTL), path: text, data, acl, flags: int, ttl: integer }),
  fc.record({ type: fc.constantFrom(OpCode.delete, OpCode.check), path: text, version: int }),
  fc.record({ type: fc.constant(OpCode.setData), path: text, data, version: int }),
);

const readRequest: fc.Arbitrary<ReadRequest> = fc.record({
  type: fc.constantFrom(OpCode.exists, OpCode.getData, OpCode.getChildren, OpCode.getChildren2),
  path: text,
  watch: fc.boolean(),
});

const multiRead = fc.record({
  type: fc.constant(OpCode.multiRead),
  ops: fc.array(
    readRequest.filter(({ type }) => type === OpCode.getData || type === OpCode.getChildren),
    { maxLength: 4 },
  ),
});

export const clientOp: fc.Arbitrary<ClientOp> = fc.oneof(
  multiOp,
  readRequest,
  fc.record({ type: fc.constant(OpCode.setACL), path: text, acl, version: int }),
  fc.record({ type: fc.constant(OpCode.multi), ops: fc.array(multiOp, { maxLength: 4 }) }),
  multiRead,
  fc.record(
    { type: fc.constant(OpCode.reconfig), joining: text, leaving: text, members: text, version: fc.nat() },
    { requiredKeys: ['type'] },
  ),
  fc.record({
    type: fc.constantFrom(
      OpCode.deleteContainer,
      OpCode.getACL,
      OpCode.getEphemerals,
      OpCode.getAllChildrenNumber,
      OpCode.sync,
    ),
    path: text,
  }) as fc.Arbitrary<ClientOp>,
  fc.record({ type: fc.constant(OpCode.addWatch), path: text, mode: int }),
  fc.record({
    type: fc.constantFrom(OpCode.checkWatches, OpCode.removeWatches),
    path: text,
    watcher: int,
  }),
  fc.record({
    type: fc.constant(OpCode.setWatches),
    relativeZxid: integer,
    data: paths,
    exist: paths,
    child: paths,
    persistent: fc.constant([]),
    recursive: fc.constant([]),
  }),
  fc.record({
    type: fc.constant(OpCode.setWatches2),
    relativeZxid: integer,
    data: paths,
    exist: paths,
    child: paths,
    persistent: paths,
    recursive: paths,
  }),
  fc.record({ type: fc.constant(OpCode.auth), scheme: text, auth: bytes }),
  fc.record({ type: fc.constant(OpCode.sasl), token: bytes }, { requiredKeys: ['type'] }),
  fc.record({
    type: fc.constantFrom(OpCode.closeSession, OpCode.ping, OpCode.whoAmI),
  }) as fc.Arbitrary<ClientOp>,
  fc.record({ type: fc.constant(OpCode.notification), code: fc.integer({ min: 200, max: 0x7fff_ffff }) }),
);

export const stat = fc.record({
  czxid: long,
  mzxid: long,
  ctime: long,
  mtime: long,
  version: int,
  cversion: int,
  aversion: int,
  ephemeralOwner: hex16,
  dataLength: int,
  numChildren: int,
  pzxid: long,
});
const err = fc.constant(0);
const errorCode = fc.integer({ min: -127, max: -1 });
const errorResult: fc.Arbitrary<Result> = fc.record({ err: errorCode });

/** What an operation may be answered that succeeds. */
function success(op: Op): fc.Arbitrary<Result> {
  switch (op.type) {
    case OpCode.create:
    case OpCode.sync:
      return fc.record({ err, path: text });
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTTL:
      return fc.record({ err, path: text, stat });
    case OpCode.exists:
    case OpCode.setData:
    case OpCode.setACL:
      return fc.record({ err, stat });
    case OpCode.getData:
    case OpCode.reconfig:
      return fc.record({ err, data, stat });
    case OpCode.getACL:
      return fc.record({ err, acl, stat });
    case OpCode.getChildren:
      return fc.record({ err, children: paths });
    case OpCode.getChildren2:
      return fc.record({ err, children: paths, stat });
    case OpCode.getEphemerals:
      return fc.record({ err, ephemerals: paths });
    case OpCode.getAllChildrenNumber:
      return fc.record({ err, count: int });
    case OpCode.whoAmI:
      return fc.record({ err, ids });
    case OpCode.sasl:
      return fc.record({ err, data });
    case OpCode.multi: {
      const parts = op.ops.map(success);
      const whole = fc.record({ err, results: fc.tuple(...parts) });
      if (op.ops.length === 0) return whole;
      const codes = fc.record({ err: fc.oneof(err, errorCode) });
      const failed = fc
        .tuple(...op.ops.map(() => codes))
        .filter((results) => results.some((part) => part.err !== 0));
      return fc.oneof(whole, fc.record({ err, results: failed }));
    }
    case OpCode.multiRead:
      return fc.record({
        err,
        results: fc.tuple(...op.ops.map((part) => fc.oneof(success(part), errorResult))),
      });
    default:
      return fc.record({ err });
  }
}

/** What an operation may be answered. */
export function resultOf(op: Op): fc.Arbitrary<Result> {
  return op.type === OpCode.auth ? errorResult : fc.oneof(success(op), errorResult);
}

// --- what servers say to each other

const zxidKinds = ['DIFF', 'TRUNC', 'SNAP', 'NEWLEADER', 'UPTODATE', 'ACK', 'COMMIT'] as const;
const epoch = fc.nat(MAX_EPOCH);
const touched = fc.array(fc.record({ session: hex16, timeout: int }), { maxLength: 3 });
const forwarded: fc.Arbitrary<Op> = fc.oneof(
  clientOp.filter(({ type }) => type !== OpCode.notification),
  fc.record({ type: fc.constant(OpCode.createSession), timeout: int }),
);

const fromBoth: fc.Arbitrary<QuorumPacket> = fc.oneof(
  fc.record({ kind: fc.constantFrom(...zxidKinds), zxid: long }),
  fc.record({ kind: fc.constantFrom('PROPOSAL', 'INFORM'), record: txnRecord }),
  fc.record({ kind: fc.constant('LEADERINFO'), epoch }),
  fc.record({ kind: fc.constant('SYNC') }),
  fc.record({ kind: fc.constant('ACKEPOCH'), zxid: long, currentEpoch: int }),
  fc.record({
    kind: fc.constantFrom('FOLLOWERINFO', 'OBSERVERINFO'),
    sid: fc.integer({ min: 1, max: 254 }),
    acceptedEpoch: epoch,
  }),
  fc.record({ kind: fc.constant('REQUEST'), session: hex16, cxid: int, auth: ids, op: forwarded }),
);

/** A packet of one of the two; of those that both send the data differs. */
export function quorumPacket(side: QuorumSide): fc.Arbitrary<QuorumPacket> {
  return side === 'leader'
    ? fc.oneof(
        { weight: 6, arbitrary: fromBoth },
        fc.record({ kind: fc.constant('PING'), zxid: long, touched: fc.constant([]) }),
        fc.record({
          kind: fc.constant('REVALIDATE'),
          session: hex16,
          timeout: fc.constant(0),
          valid: fc.boolean(),
        }),
      )
    : fc.oneof(
        { weight: 6, arbitrary: fromBoth },
        fc.record({ kind: fc.constant('PING'), zxid: long, touched }),
        fc.record({
          kind: fc.constant('REVALIDATE'),
          session: hex16,
          timeout: int,
          valid: fc.constant(false),
        }),
      );
}

export const hello: fc.Arbitrary<ElectionHello> = fc.record({
  kind: fc.constant('electionHello' as const),
  sid: fc.integer({ min: 1, max: 254 }),
});

export const notification: fc.Arbitrary<Notification> = fc.record({
  kind: fc.constant('notification' as const),
  leader: long,
  zxid: long,
  electionEpoch: long,
  peerEpoch: long,
  state: fc.constantFrom('LOOKING', 'FOLLOWING', 'LEADING', 'OBSERVING'),
});

/** A stream cut into pieces at these places, modulo its length. */
export function cut(stream: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (stream.length + 1)))].sort((a, b) => a - b);
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const end of [...ends, stream.length]) {
    pieces.push(stream.slice(from, end));
    from = end;
  }
  return pieces;
}

/** One after the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** One byte of the bytes changed to another value. */
export function flipped(whole: Uint8Array, at: number, by: number): Uint8Array {
  const copy = whole.slice();
  const i = at % copy.length;
  copy[i] = (copy[i] as number) ^ by;
  return copy;
}

/** Spaces between groups are for the reader. */
export function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));
}
