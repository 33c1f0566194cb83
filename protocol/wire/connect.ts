/** The handshake of a client connection (org.apache.zookeeper.proto.ConnectRequest, ConnectResponse): no headers. */
import type { ConnectRequest, ConnectResponse } from '../client-messages.ts';
import { NO_SESSION } from '../txn.ts';
import { JuteError, type JuteReader, type JuteWriter } from './jute.ts';

const PROTOCOL_VERSION = 0;
const HEX = /^([0-9a-f]{2})*$/;
/** What a client without a session sends. */
const NO_PASSWORD = new Uint8Array(16);
const NO_PASSWORD_HEX = '0'.repeat(32);

/** @param old as clients before 3.4 wrote it: without the last byte */
export function writeConnectRequest(writer: JuteWriter, request: ConnectRequest, old = false): void {
  const { lastZxidSeen, timeout, session, passwd, readOnly } = request;
  writer.int(PROTOCOL_VERSION).long(lastZxidSeen).int(timeout).hex16(session);
  writer.buffer(passwd === '' && session === NO_SESSION ? NO_PASSWORD : fromHex(passwd));
  if (!old) writer.bool(readOnly);
}

/** What a client wants, and whether it is an old one, whose answer must not have the last byte either. */
export interface Handshake {
  readonly request: ConnectRequest;
  readonly old: boolean;
}

/**
 * Bytes behind the record are passed over, as by Apache.
 *
 * @throws JuteError
 */
export function readConnectRequest(reader: JuteReader): Handshake {
  reader.int();
  const lastZxidSeen = reader.nearestLong();
  const timeout = reader.int();
  const session = reader.hex16();
  const hex = toHex(reader.buffer());
  const passwd = session === NO_SESSION && hex === NO_PASSWORD_HEX ? '' : hex;
  const old = reader.remaining === 0;
  const readOnly = old ? false : reader.bool();
  return { request: { kind: 'connect', lastZxidSeen, timeout, session, passwd, readOnly }, old };
}

/** @param old for a client that does not know the last byte */
export function writeConnectResponse(writer: JuteWriter, response: ConnectResponse, old = false): void {
  const { timeout, session, passwd, readOnly } = response;
  writer.int(PROTOCOL_VERSION).int(timeout).hex16(session).buffer(fromHex(passwd));
  if (!old) writer.bool(readOnly);
}

/** Without the last byte, as servers before 3.4 answer, the server is not read-only. @throws JuteError */
export function readConnectResponse(reader: JuteReader): ConnectResponse {
  reader.int();
  const timeout = reader.int();
  const session = reader.hex16();
  const passwd = toHex(reader.buffer());
  const readOnly = reader.remaining === 0 ? false : reader.bool();
  return { kind: 'connected', timeout, session, passwd, readOnly };
}

function fromHex(hex: string): Uint8Array {
  if (!HEX.test(hex)) throw new JuteError(`'${hex}' is not a password in hex`);
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** A null password is an empty one: neither is right. */
function toHex(bytes: Uint8Array | null): string {
  let hex = '';
  if (bytes !== null) for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return hex;
}
