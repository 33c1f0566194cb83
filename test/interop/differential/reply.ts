// What a server sends, field by field, with what differs between any two servers put in terms that do not.
import { Reader } from './bytes.ts';
import { type Request, TYPES, typeOf } from './request.ts';

/** Fields of a record; plain data, so that two can be compared and printed. */
export type Fields = { readonly [name: string]: unknown };

/** A frame behind the handshake. */
export type Arrival = Fields & {
  readonly kind: 'reply' | 'event' | 'response';
  /** What a reply answers. */
  readonly request?: Request;
};

const OWNERLESS = 0n;

/** Zxids by their distance from where the sequence began, times by the transaction they belong to, sessions by their place. */
export class Mask {
  private readonly base: bigint;
  private readonly sessions: Map<bigint, string>;
  /** Time of each transaction that a Stat told of. */
  private readonly times: Map<bigint, bigint> = new Map();

  /** @param sessions names of session ids; shared, as more are opened */
  constructor(base: bigint, sessions: Map<bigint, string>) {
    this.base = base;
    this.sessions = sessions;
  }

  zxid(zxid: bigint): string {
    if (zxid <= 0n) return String(zxid);
    return zxid < this.base ? 'before' : `+${zxid - this.base}`;
  }

  session(id: bigint): string {
    if (id === OWNERLESS) return 'none';
    return this.sessions.get(id) ?? `unknown ${BigInt.asUintN(64, id).toString(16)}`;
  }

  /** Two Stats that name one transaction must name one time. */
  time(zxid: bigint, time: bigint): string {
    if (time === 0n) return 'never';
    const known = this.times.get(zxid) ?? time;
    this.times.set(zxid, known);
    return known === time ? `of ${this.zxid(zxid)}` : `not of ${this.zxid(zxid)}`;
  }
}

/** The barrier's own request number: no request of a sequence has it. */
export const BARRIER = 0x7fff_fff0;

/** @param asked the requests without a reply, oldest first; the one that is answered is taken out */
export function arrivalOf(frame: Buffer, asked: { xid: number; request: Request }[], mask: Mask): Arrival {
  const reader = new Reader(frame);
  const xid = reader.int();
  const zxid = mask.zxid(reader.long());
  const err = reader.int();
  if (xid === -1) {
    const event = {
      kind: 'event',
      zxid,
      err,
      type: reader.int(),
      state: reader.int(),
      path: reader.string(),
    };
    return withRest(event, reader) as Arrival;
  }
  const place = asked.findIndex((each) => each.xid === xid);
  const request = place < 0 ? undefined : asked.splice(place, 1)[0]?.request;
  const header = { kind: 'reply', to: request?.op ?? 'nothing', ...(request && { request }), xid, zxid, err };
  if (request === undefined || err !== 0) return withRest(header, reader) as Arrival;
  const from = frame.subarray(frame.length - reader.remaining);
  try {
    const body = bodyOf(reader, typeOf(request), mask);
    return withRest({ ...header, ...body }, reader) as Arrival;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { ...header, undecodable: from.toString('hex') } as Arrival;
  }
}

function withRest(fields: Fields, reader: Reader): Fields {
  return reader.remaining === 0 ? fields : { ...fields, rest: reader.rest() };
}

/** The fields of a successful reply to a request of that type. */
export function bodyOf(reader: Reader, type: number, mask: Mask): Fields {
  switch (type) {
    case TYPES.create:
    case TYPES.sync:
      return { path: reader.string() };
    case TYPES.create2:
    case TYPES.createContainer:
    case TYPES.createTTL:
      return { path: reader.string(), stat: statOf(reader, mask) };
    case TYPES.exists:
    case TYPES.setData:
    case TYPES.setACL:
      return { stat: statOf(reader, mask) };
    case TYPES.getData:
    case TYPES.reconfig:
      return { data: dataOf(reader), stat: statOf(reader, mask) };
    case TYPES.getACL:
      return { acl: aclOf(reader), stat: statOf(reader, mask) };
    case TYPES.getChildren:
      return { children: setOf(reader) };
    case TYPES.getChildren2:
      return { children: setOf(reader), stat: statOf(reader, mask) };
    case TYPES.getEphemerals:
      return { ephemerals: setOf(reader) };
    case TYPES.getAllChildrenNumber:
      return { count: reader.int() };
    case TYPES.addWatch:
      return { result: reader.int() };
    case TYPES.whoAmI: {
      const ids = reader.vector(() => `${reader.string()}:${reader.string()}`);
      return { ids: ids?.sort() ?? null };
    }
    case TYPES.sasl:
      return { token: dataOf(reader) };
    case TYPES.multi:
    case TYPES.multiRead:
      return { results: partsOf(reader, mask) };
    default:
      return {};
  }
}

function statOf(reader: Reader, mask: Mask): Fields {
  const czxid = reader.long();
  const mzxid = reader.long();
  const ctime = reader.long();
  const mtime = reader.long();
  const [version, cversion, aversion] = [reader.int(), reader.int(), reader.int()];
  const ephemeralOwner = mask.session(reader.long());
  const [dataLength, numChildren] = [reader.int(), reader.int()];
  const pzxid = mask.zxid(reader.long());
  return {
    czxid: mask.zxid(czxid),
    mzxid: mask.zxid(mzxid),
    ctime: mask.time(czxid, ctime),
    mtime: mask.time(mzxid, mtime),
    version,
    cversion,
    aversion,
    ephemeralOwner,
    dataLength,
    numChildren,
    pzxid,
  };
}

/** Short data as latin1, of long data the length. */
function dataOf(reader: Reader): string | null {
  const bytes = reader.buffer();
  if (bytes === null) return null;
  return bytes.length > 200 ? `${bytes.length} bytes` : bytes.toString('latin1');
}

/** Names whose order is a hash set's. */
function setOf(reader: Reader): (string | null)[] | null {
  return reader.vector(() => reader.string())?.sort() ?? null;
}

/** In order; but what `auth` was expanded to, of which a connection's ids are a hash set, is sorted where it is several. */
function aclOf(reader: Reader): string[] | null {
  const acl = reader.vector(() => `${reader.int()} ${reader.string()}:${reader.string()}`);
  if (acl === null) return null;
  const isDigest = (entry: string | undefined): boolean => entry?.includes(' digest:') === true;
  for (let from = 0; from < acl.length; from++) {
    let to = from;
    while (isDigest(acl[to])) to++;
    if (to === from) continue;
    acl.splice(from, to - from, ...acl.slice(from, to).sort());
    from = to;
  }
  return acl;
}

function partsOf(reader: Reader, mask: Mask): Fields[] {
  const parts: Fields[] = [];
  for (;;) {
    const type = reader.int();
    const done = reader.byte();
    const err = reader.int();
    if (done !== 0) {
      parts.push({ type, done, err });
      return parts;
    }
    // Of an error, its code; of a create2, whatever it answers, path and Stat.
    const body = type === -1 ? { code: reader.int() } : bodyOf(reader, type, mask);
    parts.push({ type, err, ...body });
  }
}
