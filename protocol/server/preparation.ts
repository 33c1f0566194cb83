/** A write on its way to become a transaction, and what all kinds of writes need on it. */
import type { EnsembleConfig } from '../config.ts';
import type { WriteOp } from '../request.ts';
import type { Id } from '../tree/acl.ts';
import type { DataTree } from '../tree/tree.ts';
import { type ErrorCode, type ErrorTxn, OpCode, type SessionId } from '../txn.ts';
import type { Zxid } from '../zxid.ts';
import type { ChangeRecords } from './change-records.ts';
import type { ServiceRules } from './service-rules.ts';

/** A write as the leader got it, and what it knows of its session. */
export interface PrepRequest {
  readonly session: SessionId;
  readonly cxid: number;
  /** Whom the connection has authenticated as. */
  readonly auth: readonly Id[];
  readonly op: WriteOp;
  /** SESSIONEXPIRED or SESSIONMOVED where the session may not write (SessionTracker.checkSession), else OK. */
  readonly sessionErr: ErrorCode;
  /** The same for ephemerals (checkGlobalSession), where a session may also be local only. */
  readonly ephemeralErr: ErrorCode;
}

/** The settings that decide what is refused. */
export type PrepConfig = Pick<EnsembleConfig, 'extendedTypes' | 'enforceQuota'>;

/** One write being prepared. */
export interface Preparation {
  readonly config: PrepConfig;
  readonly rules: ServiceRules;
  readonly tree: DataTree;
  readonly records: ChangeRecords;
  readonly request: PrepRequest;
  readonly zxid: Zxid;
  /** The leader's wall clock, ms. */
  readonly time: number;
}

/** What a write that is refused becomes. */
export function failed(err: ErrorCode): ErrorTxn {
  return { type: OpCode.error, err };
}

/** PrepRequestProcessor.validatePathForCreate, which runs long before the path is checked in full. */
export function hasParent(path: string): boolean {
  return path.includes('/') && !path.includes('\0');
}

/** Whether a node has the version a client expects; −1 expects none. */
export function versionMatches(expected: number, version: number): boolean {
  return expected === -1 || expected === version;
}

/** The version after this one: a signed 32-bit number (PrepRequestProcessor.checkAndIncVersion of 3.9). */
export function nextVersion(version: number): number {
  return (version + 1) | 0;
}

/** Bytes of a node's data. */
export function lengthOf(data: Uint8Array | null): number {
  return data === null ? 0 : data.length;
}
