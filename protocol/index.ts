/** ZooKeeper's servers as state machines over a {@link Host}. */
export type { ClientMessage, ClientRequest, ConnectRequest, ConnectResponse } from './client-messages.ts';
export { DEFAULT_CONFIG, type EnsembleConfig, type QuorumSpec, serversOf } from './config.ts';
export * from './election/index.ts';
export type * from './host.ts';
export type { Phase, ProbeEvent, ProbeKind, Role, SyncKind } from './probe.ts';
export { QuorumVerifier, quorumOf } from './quorum.ts';
export type { Op, ReadRequest, Reply, Request, Result, WriteOp } from './request.ts';
export { defaultRules, type Rules } from './rules.ts';
export * from './server/index.ts';
export type { SnapChunk, SnapEnd, SnapHeader, SnapNode } from './snapshot.ts';
export * from './tree/index.ts';
export { ErrorCode, NO_SESSION, OpCode, type SessionId, type Txn, type TxnRecord } from './txn.ts';
export * from './wire/index.ts';
export * from './zab/index.ts';
export { epochOf, formatEpochCounter, formatZxid, MAX_EPOCH, makeZxid, type Zxid } from './zxid.ts';
