/** Bytes: jute, checksums, transactions, snapshot files and stored records. */
export { ADLER32_INIT, adler32 } from './adler32.ts';
export { crc32, crc32Int, crc32Long, crc32Text } from './crc32.ts';
export { bufferSize, JuteError, JuteReader, JuteWriter, stringSize, utf8Length } from './jute.ts';
export { decodeSnapshot, encodeSnapshot, SNAP_MAGIC } from './snapshot.ts';
export { decodeRecord, encodeRecord, LOG_MAGIC, recordSize, type Stored } from './store.ts';
export {
  DIGEST_VERSION,
  decodeTxnRecord,
  encodeTxnRecord,
  NO_DIGEST,
  readTxnRecord,
  txnRecordSize,
  writeTxnRecord,
} from './txn.ts';
