/** The records of a transaction log file, as Apache's server writes it and reads it (persistence.FileTxnLog, FilePadding). */
import type { StoreRecord, Tail } from '../../protocol/host.ts';
import { adler32, decodeRecord, JuteError } from '../../protocol/wire/index.ts';

const HEADER_SIZE = 16;
/** Before a record's body: long checksum, int length. */
const PREFIX_SIZE = 12;
/** Behind it. */
const END_OF_RECORD = 0x42;

export interface LogRecords {
  readonly records: readonly StoreRecord[];
  /** Where each record ends, bytes from the beginning of the file. */
  readonly ends: readonly number[];
  readonly tail: Tail;
}

/**
 * Reads records up to the first bad one. Zeros behind the last record are room for more, which Apache's server reserves.
 *
 * @param name of the file, for errors
 * @throws Error where a record with a right checksum is of a kind that this server does not know
 */
export function readLog(bytes: Uint8Array, name: string): LogRecords {
  const records: StoreRecord[] = [];
  const ends: number[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const add = (record: StoreRecord, end: number): void => {
    records.push(record);
    ends.push(end);
    at = end;
  };
  if (bytes.length >= HEADER_SIZE && !isZero(bytes, 0)) {
    try {
      add(decodeRecord(bytes.subarray(0, HEADER_SIZE)), HEADER_SIZE);
    } catch (error) {
      if (!(error instanceof JuteError)) throw error;
      throw new Error(`${name}: ${error.message}`);
    }
    while (bytes.length - at > PREFIX_SIZE) {
      const end = recordEnd(view, at);
      if (end === null) break;
      try {
        add(decodeRecord(bytes.subarray(at, end)), end);
      } catch (error) {
        if (!(error instanceof JuteError)) throw error;
        if (isWhole(bytes, view, at, end)) {
          throw new Error(`${name}: the record at byte ${at} is not understood: ${error.message}`);
        }
        break;
      }
    }
  }
  const tail = isZero(bytes, at) ? 'clean' : hasWholeRecord(bytes, view, at + 1) ? 'corrupt' : 'torn';
  return { records, ends, tail };
}

/** Where the record at a place ends by its own account; null where that is beyond the file, or the place is empty. */
function recordEnd(view: DataView, at: number): number | null {
  const length = view.getInt32(at + 8);
  const end = at + PREFIX_SIZE + length + 1;
  return length < 1 || end > view.byteLength ? null : end;
}

/** Whether a transaction is there, with the right checksum. */
function isWhole(bytes: Uint8Array, view: DataView, at: number, end: number): boolean {
  if (bytes[end - 1] !== END_OF_RECORD || view.getUint32(at) !== 0) return false;
  return adler32(bytes, undefined, at + PREFIX_SIZE, end - 1) === view.getUint32(at + 4);
}

/** Whether one is anywhere from a place on: then what is bad before it is not what a crash left of the last record. */
function hasWholeRecord(bytes: Uint8Array, view: DataView, from: number): boolean {
  for (let at = from; at < bytes.length - PREFIX_SIZE; at++) {
    const end = recordEnd(view, at);
    if (end !== null && isWhole(bytes, view, at, end)) return true;
  }
  return false;
}

function isZero(bytes: Uint8Array, from: number): boolean {
  for (let i = from; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}
