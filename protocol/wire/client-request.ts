/** A client's request: RequestHeader and body (org.apache.zookeeper.proto.RequestHeader). */
import type { ClientRequest } from '../client-messages.ts';
import type { ClientOp } from '../request.ts';
import { OpCode } from '../txn.ts';
import type { JuteReader, JuteWriter } from './jute.ts';
import { readOperation, wireTypeOf, writeOperation } from './operation.ts';

/** @throws JuteError for what has no bytes */
export function writeClientRequest(writer: JuteWriter, request: ClientRequest): void {
  const { cxid, op } = request;
  writer.int(cxid).int(wireTypeOf(op));
  writeOperation(writer, op);
}

/**
 * What a client asks. A type that clients have no use for is an UnknownRequest; a body that is not what its type says
 * is a MalformedRequest.
 *
 * @param reader a lenient one, as Java reads strings
 * @throws JuteError where Apache gives up the connection: no header, or no body of auth or sasl
 */
export function readClientRequest(reader: JuteReader): ClientRequest {
  const cxid = reader.int();
  const type = reader.int();
  return { kind: 'request', cxid, op: readClientOp(reader, type) };
}

function readClientOp(reader: JuteReader, type: number): ClientOp {
  return readOperation(reader, type) ?? { type: OpCode.notification, code: type };
}
