/** Bytes: jute, checksums, transactions, snapshot files, stored records, and all that travels on channels. */
export { ADLER32_INIT, adler32 } from './adler32.ts';
export { ClientEnd } from './client-end.ts';
export {
  ClientGate,
  type GateLimits,
  type GateServer,
  type GateSockets,
  type RemoteEnd,
} from './client-gate.ts';
export { readReply, writeReply, writeWatchEvent } from './client-reply.ts';
export { readClientRequest, writeClientRequest } from './client-request.ts';
export { configText } from './config-text.ts';
export {
  readConnectRequest,
  readConnectResponse,
  writeConnectRequest,
  writeConnectResponse,
} from './connect.ts';
export { crc32, crc32Int, crc32Long, crc32Text } from './crc32.ts';
export { ElectionEnd } from './election-end.ts';
export { FOUR_LETTER_WORDS, type FourLetterWord, wordCode, wordOf } from './four-letter-word.ts';
export { FrameDecoder, framed, MAX_FRAME } from './frame.ts';
export {
  bufferSize,
  JuteEndError,
  JuteError,
  JuteReader,
  JuteWriter,
  stringSize,
  utf8Length,
} from './jute.ts';
export { QuorumEnd } from './quorum-end.ts';
export type { QuorumSide } from './quorum-packet.ts';
export { requestSize } from './request-size.ts';
export { ServerEnd } from './server-end.ts';
export { decodeSnapshot, encodeSnapshot, isSealed, SNAP_MAGIC, SnapshotEncoder } from './snapshot.ts';
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
export { WireEnd } from './wire-end.ts';
