import type { ProbeEvent } from '../../../protocol/probe.ts';
import { ErrorCode, NO_SESSION, OpCode } from '../../../protocol/txn.ts';

/** A proposal of a transaction that changes nothing, as a leader reports it. */
export function proposed(server: number, zxid: number, digest: number): ProbeEvent {
  const txn = { type: OpCode.error, err: ErrorCode.NONODE } as const;
  const record = { kind: 'txn', session: NO_SESSION, cxid: 0, zxid, time: 0, txn, digest } as const;
  const op = txn.type;
  return { kind: 'proposed', server, zxid, digest, session: NO_SESSION, cxid: 0, op, path: '', record };
}
