/** Transactions as Apache's log and PROPOSAL packets carry them (util.SerializeUtils, txn.TxnHeader, txn.TxnDigest). */
import { MAX_TTL } from '../tree/owner.ts';
import { type MultiPart, type MultiTxn, OpCode, type Txn, type TxnRecord } from '../txn.ts';
import { aclsSize, readAcls, writeAcls } from './acl.ts';
import { bufferSize, JuteError, JuteReader, JuteWriter, stringSize } from './jute.ts';

/** Version of the digest's formula (DigestCalculator.DIGEST_VERSION). */
export const DIGEST_VERSION = 2;

/** `digest` of a record that carries no TxnDigest: Apache writes none for failed writes or where digests are off. */
export const NO_DIGEST = -1;

const HEADER_SIZE = 32;
const DIGEST_SIZE = 12;

/** Bytes of {@link encodeTxnRecord}, without encoding. */
export function txnRecordSize(record: TxnRecord): number {
  return HEADER_SIZE + txnSize(record.txn) + (record.digest === NO_DIGEST ? 0 : DIGEST_SIZE);
}

/** TxnHeader, transaction, TxnDigest. */
export function encodeTxnRecord(record: TxnRecord): Uint8Array {
  const writer = new JuteWriter(txnRecordSize(record));
  writeTxnRecord(writer, record);
  return writer.finish();
}

/** @throws JuteError also for transaction types that this implementation does not have. */
export function decodeTxnRecord(bytes: Uint8Array): TxnRecord {
  return readTxnRecord(new JuteReader(bytes));
}

/** As {@link encodeTxnRecord}, into a writer. */
export function writeTxnRecord(writer: JuteWriter, record: TxnRecord): void {
  const { txn } = record;
  writer.hex16(record.session).int(record.cxid).long(record.zxid).long(record.time).int(txn.type);
  writeTxn(writer, txn);
  if (record.digest !== NO_DIGEST) writer.int(DIGEST_VERSION).long(record.digest);
}

/** As {@link decodeTxnRecord}: reads to the reader's end, because only that tells whether there is a digest. */
export function readTxnRecord(reader: JuteReader): TxnRecord {
  const session = reader.hex16();
  const cxid = reader.int();
  const zxid = reader.long();
  const time = reader.long();
  const txn = readTxn(reader, reader.int());
  const digest = reader.remaining === 0 ? NO_DIGEST : readDigest(reader);
  reader.expectEnd();
  return { kind: 'txn', session, cxid, zxid, time, txn, digest };
}

function readDigest(reader: JuteReader): number {
  const version = reader.int();
  if (version !== DIGEST_VERSION) throw new JuteError(`digest version ${version} is unknown`);
  return reader.long();
}

function txnSize(txn: Txn): number {
  switch (txn.type) {
    case OpCode.create:
      return stringSize(txn.path) + bufferSize(txn.data) + aclsSize(txn.acl) + 5;
    case OpCode.createContainer:
      return stringSize(txn.path) + bufferSize(txn.data) + aclsSize(txn.acl) + 4;
    case OpCode.createTTL:
      return stringSize(txn.path) + bufferSize(txn.data) + aclsSize(txn.acl) + 12;
    case OpCode.delete:
      return stringSize(txn.path);
    case OpCode.setData:
      return stringSize(txn.path) + bufferSize(txn.data) + 4;
    case OpCode.setACL:
      return stringSize(txn.path) + aclsSize(txn.acl) + 4;
    case OpCode.check:
      return stringSize(txn.path) + 4;
    case OpCode.createSession:
    case OpCode.error:
      return 4;
    case OpCode.closeSession: {
      let size = 4;
      for (const path of txn.paths) size += stringSize(path);
      return size;
    }
    case OpCode.multi: {
      let size = 4;
      for (const part of txn.txns) size += 8 + txnSize(part);
      return size;
    }
  }
}

function writeTxn(writer: JuteWriter, txn: Txn): void {
  switch (txn.type) {
    case OpCode.create:
      writer.string(txn.path).buffer(txn.data);
      writeAcls(writer, txn.acl);
      writer.bool(txn.ephemeral).int(txn.parentCVersion);
      break;
    case OpCode.createContainer:
      writer.string(txn.path).buffer(txn.data);
      writeAcls(writer, txn.acl);
      writer.int(txn.parentCVersion);
      break;
    case OpCode.createTTL:
      writer.string(txn.path).buffer(txn.data);
      writeAcls(writer, txn.acl);
      writer.int(txn.parentCVersion).long(txn.ttl);
      break;
    case OpCode.delete:
      writer.string(txn.path);
      break;
    case OpCode.setData:
      writer.string(txn.path).buffer(txn.data).int(txn.version);
      break;
    case OpCode.setACL:
      writer.string(txn.path);
      writeAcls(writer, txn.acl);
      writer.int(txn.version);
      break;
    case OpCode.check:
      writer.string(txn.path).int(txn.version);
      break;
    case OpCode.createSession:
      writer.int(txn.timeout);
      break;
    case OpCode.closeSession:
      writer.vector(txn.paths, (w, path) => w.string(path));
      break;
    case OpCode.multi:
      writer.vector(txn.txns, (w, part) => {
        w.int(part.type).int(txnSize(part));
        writeTxn(w, part);
      });
      break;
    case OpCode.error:
      writer.int(txn.err);
      break;
  }
}

function readTxn(reader: JuteReader, type: number): Txn {
  switch (type) {
    case OpCode.setACL:
      return { type, path: reader.text(), acl: readAcls(reader), version: reader.int() };
    case OpCode.createSession:
      return { type, timeout: reader.int() };
    case OpCode.closeSession:
      // Before 3.6 it had no body: the session's ephemerals were what the tree said.
      if (reader.remaining === 0) return { type, paths: [] };
      return { type, paths: reader.vector((r) => r.text()) ?? [] };
    case OpCode.multi:
      return readMulti(reader);
    default:
      return readPart(reader, type);
  }
}

function readMulti(reader: JuteReader): MultiTxn {
  const txns = reader.vector((r) => {
    const type = r.int();
    const body = r.section();
    const part = readPart(body, type);
    body.expectEnd();
    return part;
  });
  return { type: OpCode.multi, txns: txns ?? [] };
}

/** A transaction that may also be part of a multi. */
function readPart(reader: JuteReader, type: number): MultiPart {
  switch (type) {
    case OpCode.create:
    // Apache also logs create2, with the same body and effect.
    case OpCode.create2:
      return {
        type: OpCode.create,
        path: reader.text(),
        data: reader.buffer(),
        acl: readAcls(reader),
        ephemeral: reader.bool(),
        parentCVersion: reader.int(),
      };
    case OpCode.createContainer:
      return {
        type,
        path: reader.text(),
        data: reader.buffer(),
        acl: readAcls(reader),
        parentCVersion: reader.int(),
      };
    case OpCode.createTTL:
      return {
        type,
        path: reader.text(),
        data: reader.buffer(),
        acl: readAcls(reader),
        parentCVersion: reader.int(),
        ttl: readTtl(reader),
      };
    case OpCode.delete:
    // As it does deleteContainer.
    case OpCode.deleteContainer:
      return { type: OpCode.delete, path: reader.text() };
    case OpCode.setData:
      return { type, path: reader.text(), data: reader.buffer(), version: reader.int() };
    case OpCode.check:
      return { type, path: reader.text(), version: reader.int() };
    case OpCode.error:
      return { type, err: reader.int() };
    default:
      throw new JuteError(`transaction type ${type} is unknown`);
  }
}

/** Checked here, because a tree cannot apply another. */
function readTtl(reader: JuteReader): number {
  const ttl = reader.long();
  if (!(ttl >= 1 && ttl <= MAX_TTL)) throw new JuteError(`a time to live of ${ttl} ms`);
  return ttl;
}
