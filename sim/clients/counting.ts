/** What became of a client's requests, counted. */
import type { ClientEvent } from '../../protocol/client/api.ts';
import { WatchEventType } from '../../protocol/client-messages.ts';
import type { Result } from '../../protocol/request.ts';
import { ErrorCode } from '../../protocol/txn.ts';
import type { Zxid } from '../../protocol/zxid.ts';
import type { ClientCounters } from '../catalog.ts';

export function noCounts(): ClientCounters {
  return { started: 0, ok: 0, errors: {}, lost: 0, connects: 0 };
}

export function countAnswer(counters: ClientCounters, result: Result, zxid: Zxid): void {
  if (zxid < 0) counters.lost++;
  else if (result.err === ErrorCode.OK) counters.ok++;
  else counters.errors[result.err] = (counters.errors[result.err] ?? 0) + 1;
}

export function countEvent(counters: ClientCounters, event: ClientEvent): void {
  if (event.type !== WatchEventType.None) return;
  if (event.state === 'CONNECTED' || event.state === 'CONNECTEDREADONLY') counters.connects++;
}
