/**
 * Records of stored files. Log files are Apache's byte for byte (persistence.FileTxnLog): a header, then entries
 * `[long Adler32 of body][int length][body]['B']`. A snapshot chunk has the same frame, closed by 'S'.
 */
import type { StoreRecord } from '../host.ts';
import type { LogHeader, SnapChunk } from '../snapshot.ts';
import type { TxnRecord } from '../txn.ts';
import { aclsSize, readAcls, writeAcls } from './acl.ts';
import { ADLER32_INIT, adler32 } from './adler32.ts';
import { bufferSize, JuteError, JuteReader, JuteWriter, stringSize } from './jute.ts';
import { readStatPersisted, STAT_PERSISTED_SIZE, writeStatPersisted } from './stat.ts';
import { readTxnRecord, txnRecordSize, writeTxnRecord } from './txn.ts';

/** Every kind of record that the protocol stores. */
export type Stored = TxnRecord | LogHeader | SnapChunk;

/** "ZKLG" (FileTxnLog.TXNLOG_MAGIC). */
export const LOG_MAGIC = 0x5a4b_4c47;
const FILE_VERSION = 2;
const LOG_DBID = 0;
const LOG_HEADER_SIZE = 16;

const PREFIX_SIZE = 12;
const FRAME_SIZE = PREFIX_SIZE + 1;
const TXN_END = 0x42;
const CHUNK_END = 0x53;
/** Chunks are summed from another start, so that no damage to the last byte turns a transaction into a chunk. */
const CHUNK_ADLER_INIT = adler32(new Uint8Array([CHUNK_END]));

const ChunkKind = { header: 1, node: 2, end: 3 } as const;

/** Exact length in bytes of {@link encodeRecord}, without encoding. @throws JuteError for an unknown kind. */
export function recordSize(record: StoreRecord): number {
  const stored = asStored(record);
  switch (stored.kind) {
    case 'logHeader':
      return LOG_HEADER_SIZE;
    case 'txn':
      return FRAME_SIZE + txnRecordSize(stored);
    default:
      return FRAME_SIZE + chunkSize(stored);
  }
}

/** The record's bytes in a file. @throws JuteError for an unknown kind or a number that is no exact long. */
export function encodeRecord(record: StoreRecord): Uint8Array {
  const stored = asStored(record);
  switch (stored.kind) {
    case 'logHeader':
      return new JuteWriter(LOG_HEADER_SIZE).int(LOG_MAGIC).int(FILE_VERSION).long(LOG_DBID).finish();
    case 'txn': {
      const body = new JuteWriter(txnRecordSize(stored));
      writeTxnRecord(body, stored);
      return frame(body.finish(), ADLER32_INIT, TXN_END);
    }
    default: {
      const body = new JuteWriter(chunkSize(stored));
      writeChunk(body, stored);
      return frame(body.finish(), CHUNK_ADLER_INIT, CHUNK_END);
    }
  }
}

/** Reads what {@link encodeRecord} wrote. @throws JuteError for damaged bytes, bytes missing and bytes too many. */
export function decodeRecord(bytes: Uint8Array): Stored {
  const reader = new JuteReader(bytes);
  if (bytes.length === LOG_HEADER_SIZE) {
    if (reader.int() !== LOG_MAGIC) throw new JuteError('no log file header');
    const version = reader.int();
    if (version !== FILE_VERSION) throw new JuteError(`log file version ${version} is unknown`);
    if (reader.long() !== LOG_DBID) throw new JuteError('the log file names another database');
    return { kind: 'logHeader' };
  }
  const checksum = reader.long();
  const length = reader.int();
  const end = PREFIX_SIZE + length;
  if (length < 1 || bytes.length !== end + 1) {
    throw new JuteError(`a record of ${bytes.length} bytes cannot have a body of ${length}`);
  }
  const close = bytes[end] as number;
  if (close !== TXN_END && close !== CHUNK_END) throw new JuteError(`the record ends with ${close}`);
  const start = close === TXN_END ? ADLER32_INIT : CHUNK_ADLER_INIT;
  if (adler32(bytes, start, PREFIX_SIZE, end) !== checksum)
    throw new JuteError('the record fails its checksum');
  const body = new JuteReader(bytes, PREFIX_SIZE, end);
  if (close === TXN_END) return readTxnRecord(body);
  const chunk = readChunk(body);
  body.expectEnd();
  return chunk;
}

function asStored(record: StoreRecord): Stored {
  switch (record.kind) {
    case 'txn':
    case 'logHeader':
    case 'snapHeader':
    case 'snapNode':
    case 'snapEnd':
      return record as Stored;
    default:
      throw new JuteError(`records of kind '${record.kind}' are not stored`);
  }
}

function frame(body: Uint8Array, start: number, close: number): Uint8Array {
  const writer = new JuteWriter(FRAME_SIZE + body.length);
  return writer.long(adler32(body, start)).buffer(body).byte(close).finish();
}

function chunkSize(chunk: SnapChunk): number {
  switch (chunk.kind) {
    case 'snapHeader':
      return 13 + 12 * chunk.sessions.length;
    case 'snapNode':
      return 1 + stringSize(chunk.path) + bufferSize(chunk.data) + aclsSize(chunk.acl) + STAT_PERSISTED_SIZE;
    case 'snapEnd':
      return 17;
  }
}

function writeChunk(writer: JuteWriter, chunk: SnapChunk): void {
  switch (chunk.kind) {
    case 'snapHeader':
      writer.byte(ChunkKind.header).long(chunk.zxid);
      writer.vector(chunk.sessions, (w, session) => w.hex16(session.id).int(session.timeout));
      break;
    case 'snapNode':
      writer.byte(ChunkKind.node).string(chunk.path).buffer(chunk.data);
      writeAcls(writer, chunk.acl);
      writeStatPersisted(writer, chunk.stat);
      break;
    case 'snapEnd':
      writer.byte(ChunkKind.end).long(chunk.zxid).long(chunk.digest);
      break;
  }
}

function readChunk(reader: JuteReader): SnapChunk {
  const kind = reader.byte();
  switch (kind) {
    case ChunkKind.header: {
      const zxid = reader.long();
      return {
        kind: 'snapHeader',
        zxid,
        sessions: reader.vector((r) => ({ id: r.hex16(), timeout: r.int() })) ?? [],
      };
    }
    case ChunkKind.node:
      return {
        kind: 'snapNode',
        path: reader.text(),
        data: reader.buffer(),
        acl: readAcls(reader),
        stat: readStatPersisted(reader),
      };
    case ChunkKind.end:
      return { kind: 'snapEnd', zxid: reader.long(), digest: reader.long() };
    default:
      throw new JuteError(`snapshot chunk kind ${kind} is unknown`);
  }
}
