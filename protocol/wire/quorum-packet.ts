/** What leader and learners say to each other, as Apache's QuorumPackets (quorum.Leader, LearnerHandler, Learner). */
import type { Op } from '../request.ts';
import type { Id } from '../tree/acl.ts';
import type { QuorumPacket, Touch } from '../zab/packets.ts';
import { counterOf, epochOf, LONG_MIN, MAX_EPOCH, makeZxid, type Zxid } from '../zxid.ts';
import { readIds, writeIds } from './acl.ts';
import { textBytes } from './four-letter-word.ts';
import { JuteError, JuteReader, JuteWriter } from './jute.ts';
import { readOperation, wireTypeOf, writeOperation } from './operation.ts';
import { decodeTxnRecord, encodeTxnRecord } from './txn.ts';

/** Leader's packet types. */
export const PacketType = {
  REQUEST: 1,
  PROPOSAL: 2,
  ACK: 3,
  COMMIT: 4,
  PING: 5,
  REVALIDATE: 6,
  SYNC: 7,
  INFORM: 8,
  NEWLEADER: 10,
  FOLLOWERINFO: 11,
  UPTODATE: 12,
  DIFF: 13,
  TRUNC: 14,
  SNAP: 15,
  OBSERVERINFO: 16,
  LEADERINFO: 17,
  ACKEPOCH: 18,
} as const;

/** LearnerInfo.protocolVersion, and what LEADERINFO says. */
const PROTOCOL_VERSION = 0x10000;
/** The version of a configuration that was never changed. */
const CONFIG_VERSION = 0;
const NO_ZXID = -1;

/** QuorumPacket: the record that every packet is. */
export interface RawPacket {
  readonly type: number;
  readonly zxid: Zxid;
  readonly data: Uint8Array | null;
  readonly authinfo: readonly Id[] | null;
}

export function writeRawPacket(writer: JuteWriter, packet: RawPacket): void {
  writer.int(packet.type).long(packet.zxid).buffer(packet.data);
  if (packet.authinfo === null) writer.int(-1);
  else writeIds(writer, packet.authinfo);
}

/** @throws JuteError; JuteEndError where more bytes may make it whole */
export function readRawPacket(reader: JuteReader): RawPacket {
  return { type: reader.int(), zxid: reader.long(), data: reader.buffer(), authinfo: readIds(reader) };
}

/** Who writes a packet: of those that both send, the data differs. */
export type QuorumSide = 'leader' | 'learner';

/**
 * @param config the sender's configuration as text, which NEWLEADER carries
 * @throws JuteError for what has no bytes
 */
export function toRawPacket(packet: QuorumPacket, side: QuorumSide, config: string): RawPacket {
  switch (packet.kind) {
    case 'FOLLOWERINFO':
    case 'OBSERVERINFO': {
      const info = new JuteWriter(20).long(packet.sid).int(PROTOCOL_VERSION).long(CONFIG_VERSION);
      return raw(PacketType[packet.kind], openingZxid(packet.acceptedEpoch), info.finish());
    }
    case 'LEADERINFO': {
      const version = new JuteWriter(4).int(PROTOCOL_VERSION);
      return raw(PacketType.LEADERINFO, openingZxid(packet.epoch), version.finish());
    }
    case 'ACKEPOCH':
      return raw(PacketType.ACKEPOCH, packet.zxid, new JuteWriter(4).int(packet.currentEpoch).finish());
    case 'NEWLEADER':
      return raw(PacketType.NEWLEADER, packet.zxid, textBytes(config));
    case 'DIFF':
    case 'TRUNC':
    case 'SNAP':
    case 'UPTODATE':
    case 'ACK':
    case 'COMMIT':
      return raw(PacketType[packet.kind], packet.zxid, null);
    case 'PING':
      return raw(PacketType.PING, packet.zxid, side === 'leader' ? null : touchTable(packet.touched));
    case 'REVALIDATE': {
      const data = new JuteWriter(12).hex16(packet.session);
      if (side === 'leader') data.bool(packet.valid);
      else data.int(packet.timeout);
      return raw(PacketType.REVALIDATE, NO_ZXID, data.finish());
    }
    case 'PROPOSAL':
    case 'INFORM':
      return raw(PacketType[packet.kind], packet.record.zxid, encodeTxnRecord(packet.record));
    case 'REQUEST': {
      const data = new JuteWriter(128).hex16(packet.session).int(packet.cxid).int(wireTypeOf(packet.op));
      writeOperation(data, packet.op);
      return { type: PacketType.REQUEST, zxid: NO_ZXID, data: data.finish(), authinfo: packet.auth };
    }
    case 'SYNC':
      return raw(PacketType.SYNC, 0, null);
  }
}

function raw(type: number, zxid: Zxid, data: Uint8Array | null): RawPacket {
  return { type, zxid, data, authinfo: null };
}

/** An epoch as packets carry it: the zxid that opens it. */
function openingZxid(epoch: number): Zxid {
  if (!(epoch >= 0 && epoch <= MAX_EPOCH)) throw new JuteError(`epoch ${epoch} is outside 0..${MAX_EPOCH}`);
  return makeZxid(epoch, 0);
}

function touchTable(touched: readonly Touch[]): Uint8Array {
  const writer = new JuteWriter(12 * touched.length);
  for (const { session, timeout } of touched) writer.hex16(session).int(timeout);
  return writer.finish();
}

/** @param side who wrote it. @throws JuteError for a type that does not exist here, or data that is not the type's */
export function fromRawPacket(packet: RawPacket, side: QuorumSide): QuorumPacket {
  const { type, zxid } = packet;
  switch (type) {
    case PacketType.FOLLOWERINFO:
      return { kind: 'FOLLOWERINFO', sid: dataOf(packet).long(), acceptedEpoch: openedEpoch(zxid) };
    case PacketType.OBSERVERINFO:
      return { kind: 'OBSERVERINFO', sid: dataOf(packet).long(), acceptedEpoch: openedEpoch(zxid) };
    case PacketType.LEADERINFO:
      return { kind: 'LEADERINFO', epoch: openedEpoch(zxid) };
    case PacketType.ACKEPOCH:
      return { kind: 'ACKEPOCH', zxid, currentEpoch: dataOf(packet).int() };
    case PacketType.DIFF:
      return { kind: 'DIFF', zxid };
    case PacketType.TRUNC:
      return { kind: 'TRUNC', zxid };
    case PacketType.SNAP:
      return { kind: 'SNAP', zxid };
    case PacketType.NEWLEADER:
      return { kind: 'NEWLEADER', zxid };
    case PacketType.UPTODATE:
      return { kind: 'UPTODATE', zxid };
    case PacketType.ACK:
      return { kind: 'ACK', zxid };
    case PacketType.COMMIT:
      return { kind: 'COMMIT', zxid };
    case PacketType.PING:
      return { kind: 'PING', zxid, touched: readTouched(packet.data) };
    case PacketType.REVALIDATE: {
      const data = dataOf(packet);
      const session = data.hex16();
      if (side === 'leader') return { kind: 'REVALIDATE', session, timeout: 0, valid: data.bool() };
      return { kind: 'REVALIDATE', session, timeout: data.int(), valid: false };
    }
    case PacketType.PROPOSAL:
      return { kind: 'PROPOSAL', record: decodeTxnRecord(dataBytes(packet)) };
    case PacketType.INFORM:
      return { kind: 'INFORM', record: decodeTxnRecord(dataBytes(packet)) };
    case PacketType.REQUEST:
      return readRequest(packet);
    case PacketType.SYNC:
      return { kind: 'SYNC' };
    default:
      throw new JuteError(`quorum packet type ${type} is unknown`);
  }
}

function readRequest(packet: RawPacket): QuorumPacket {
  const data = dataOf(packet);
  const session = data.hex16();
  const cxid = data.int();
  const type = data.int();
  const op: Op | null = readOperation(data, type);
  if (op === null) throw new JuteError(`a request of the unknown type ${type}`);
  return { kind: 'REQUEST', session, cxid, auth: packet.authinfo ?? [], op };
}

function readTouched(data: Uint8Array | null): Touch[] {
  const touched: Touch[] = [];
  if (data === null) return touched;
  const reader = new JuteReader(data);
  while (reader.remaining > 0) touched.push({ session: reader.hex16(), timeout: reader.int() });
  return touched;
}

function openedEpoch(zxid: Zxid): number {
  if (zxid === LONG_MIN || zxid < 0 || counterOf(zxid) !== 0) throw new JuteError(`${zxid} opens no epoch`);
  return epochOf(zxid);
}

function dataOf(packet: RawPacket): JuteReader {
  return new JuteReader(dataBytes(packet));
}

function dataBytes({ type, data }: RawPacket): Uint8Array {
  if (data === null) throw new JuteError(`a quorum packet of type ${type} without data`);
  return data;
}
