import type { ProbeEvent } from '../../../protocol/probe.ts';
import { NO_SESSION, OpCode } from '../../../protocol/txn.ts';

/** A proposal of a transaction of no consequence, as a leader reports it. */
export function proposed(server: number, zxid: number, digest: number): ProbeEvent {
  // A transaction that succeeds: a failed one would leave the digest as it was.
  const txn = { type: OpCode.check, path: '/', version: 0 } as const;
  const record = { kind: 'txn', session: NO_SESSION, cxid: 0, zxid, time: 0, txn, digest } as const;
  const op = txn.type;
  return { kind: 'proposed', server, zxid, digest, session: NO_SESSION, cxid: 0, op, path: '', record };
}
