/**
 * Every kind of event a run reports, with its fields: for the trace hash, validation of predicates, and
 * dispatch by number.
 */
import type { ProbeEvent, ProbeKind } from '../protocol/probe.ts';
import type { SimEventKind, WorldEvent, WorldKind } from './world-event.ts';

type FieldsOf<E extends { kind: string }> = {
  readonly [K in E['kind']]: readonly Exclude<keyof Extract<E, { kind: K }>, 'kind'>[];
};

/** Version of the set of kinds and fields that make up the trace hash. */
export const TRACE_HASH_VERSION = 2;

/** The protocol's probes; all of them enter the trace hash. */
export const PROBE_FIELDS: FieldsOf<ProbeEvent> = {
  loaded: ['server', 'zxid', 'snapshotZxid', 'acceptedEpoch', 'currentEpoch'],
  refused: ['server', 'reason'],
  exited: ['server', 'reason'],
  role: ['server', 'role', 'leader', 'reason'],
  phase: ['server', 'phase', 'epoch'],
  round: ['server', 'round'],
  voted: ['server', 'round', 'leader', 'zxid', 'peerEpoch'],
  elected: ['server', 'round', 'leader', 'zxid', 'peerEpoch'],
  acceptedEpoch: ['server', 'epoch'],
  currentEpoch: ['server', 'epoch'],
  epochAcked: ['server', 'leader', 'epoch', 'currentEpoch', 'zxid'],
  syncChosen: ['server', 'learner', 'sync', 'peerZxid', 'zxid', 'fromDisk'],
  snapStreamed: ['server', 'learner', 'zxid', 'endZxid'],
  snapInstalled: ['server', 'leader', 'zxid'],
  newLeaderSent: ['server', 'learner', 'epoch'],
  newLeaderAcked: ['server', 'leader', 'epoch', 'zxid'],
  established: ['server', 'epoch', 'zxid'],
  serving: ['server', 'leader', 'epoch', 'zxid'],
  proposed: ['server', 'zxid', 'digest', 'session', 'cxid', 'op', 'path'],
  logged: ['server', 'zxid', 'digest'],
  flushed: ['server', 'zxid'],
  acked: ['server', 'leader', 'zxid'],
  committed: ['server', 'zxid'],
  applied: ['server', 'zxid', 'delivered', 'digest', 'txnDigest'],
  truncated: ['server', 'zxid', 'durable'],
  logRolled: ['server', 'zxid'],
  snapshotStarted: ['server', 'zxid'],
  snapshotTaken: ['server', 'zxid', 'endZxid'],
  purged: ['server', 'files'],
  fastForwarded: ['server', 'zxid'],
  counterExhausted: ['server', 'epoch'],
  request: ['server', 'session', 'cxid', 'op'],
  replied: ['server', 'session', 'cxid', 'op', 'zxid', 'err'],
  sessionOpened: ['server', 'session', 'timeout', 'resumed', 'readOnly'],
  sessionRefused: ['server', 'session', 'reason'],
  touched: ['server', 'session', 'timeout', 'now', 'local'],
  expired: ['server', 'session', 'now', 'local'],
  sessionMoved: ['server', 'session'],
  watchFired: ['server', 'session', 'type', 'path', 'zxid'],
  readOnly: ['server', 'serving'],
  clientState: ['server', 'client', 'session', 'state', 'zxid'],
  invoked: ['server', 'client', 'session', 'ticket', 'op', 'path'],
  sent: ['server', 'client', 'session', 'ticket', 'cxid', 'op'],
  answered: ['server', 'client', 'session', 'ticket', 'cxid', 'op', 'zxid', 'err'],
  notified: ['server', 'client', 'session', 'type', 'path', 'zxid'],
  housekeeping: ['server', 'client', 'session', 'op', 'zxid', 'err', 'answer'],
  told: ['server', 'client', 'recipe', 'action', 'path', 'token', 'holder'],
};

/** What the world did; {@link HASHED_WORLD} enter the trace hash. */
export const WORLD_FIELDS: FieldsOf<WorldEvent> = {
  crashed: ['server', 'power'],
  restarted: ['server'],
  paused: ['server'],
  resumed: ['server'],
  partitioned: ['server', 'groups'],
  linkCut: ['server', 'to'],
  healed: ['server'],
  dropped: ['server', 'to', 'port', 'message', 'single'],
  slowed: ['server', 'to', 'by'],
  lossChanged: ['server', 'dropRate', 'electionLossRate'],
  diskStalled: ['server', 'until'],
  diskFull: ['server'],
  diskFreed: ['server'],
  corrupted: ['server', 'file', 'record'],
  clockJumped: ['server', 'by'],
  clientCrashed: ['server', 'client'],
  clientStarted: ['server', 'client'],
  clientPaused: ['server', 'client'],
  clientResumed: ['server', 'client'],
  clientDisconnected: ['server', 'client'],
  clientCut: ['server', 'client'],
  faulted: ['server', 'index', 'fault'],
};

const HASHED_WORLD: readonly WorldKind[] = [
  'crashed',
  'restarted',
  'clientCrashed',
  'clientStarted',
  'faulted',
];

/** All kinds, in an order that is fixed within one version of the program only. */
export const EVENT_KINDS: readonly SimEventKind[] = [
  ...(Object.keys(PROBE_FIELDS) as ProbeKind[]),
  ...(Object.keys(WORLD_FIELDS) as WorldKind[]),
];

/** Number of a kind: its place in {@link EVENT_KINDS}. */
export const KIND_NUMBERS: ReadonlyMap<string, number> = new Map(EVENT_KINDS.map((kind, i) => [kind, i]));

/** Fields of a kind by its number. */
export const FIELDS_BY_NUMBER: readonly (readonly string[])[] = EVENT_KINDS.map(
  (kind) => fieldsOf(kind) ?? [],
);

/** Whether a kind enters the trace hash, by its number. */
export const HASHED_BY_NUMBER: readonly boolean[] = EVENT_KINDS.map(
  (kind) => kind in PROBE_FIELDS || HASHED_WORLD.includes(kind as WorldKind),
);

/** Fields of a kind besides `kind`; undefined for an unknown kind. */
export function fieldsOf(kind: string): readonly string[] | undefined {
  if (Object.hasOwn(PROBE_FIELDS, kind)) return PROBE_FIELDS[kind as ProbeKind];
  return Object.hasOwn(WORLD_FIELDS, kind) ? WORLD_FIELDS[kind as WorldKind] : undefined;
}
