import type { ProbeEvent } from '../../../protocol/probe.ts';
import { OPEN_ACL_UNSAFE } from '../../../protocol/tree/acl.ts';
import { NO_SESSION, OpCode } from '../../../protocol/txn.ts';

/** A proposal of a transaction that creates a znode of its own, as a leader reports it. */
export function proposed(server: number, zxid: number, digest: number): ProbeEvent {
  const path = `/z${zxid}`;
  const txn = {
    type: OpCode.create,
    path,
    data: null,
    acl: OPEN_ACL_UNSAFE,
    ephemeral: false,
    parentCVersion: -1,
  } as const;
  const record = { kind: 'txn', session: NO_SESSION, cxid: 0, zxid, time: 0, txn, digest } as const;
  const op = txn.type;
  return { kind: 'proposed', server, zxid, digest, session: NO_SESSION, cxid: 0, op, path, record };
}
