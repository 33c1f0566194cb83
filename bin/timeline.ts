/** A probe or world event as one sentence. Pure: colours and columns are the reporter's. */
import { WatchEventType } from '../protocol/client-messages.ts';
import { ErrorCode, NO_SESSION, OpCode, type SessionId } from '../protocol/txn.ts';
import { formatZxid, makeZxid, type Zxid } from '../protocol/zxid.ts';
import { FIRST_CLIENT } from '../sim/network.ts';
import type { SimEvent, SimEventKind } from '../sim/world-event.ts';

/** What a sentence is about, for its colour. */
export type Tone =
  | 'role'
  | 'election'
  | 'epoch'
  | 'sync'
  | 'traffic'
  | 'disk'
  | 'client'
  | 'fault'
  | 'repair'
  | 'service';

/** What happened, in words; `story`: shown without `--trace` too. */
export interface Sentence {
  readonly text: string;
  readonly tone: Tone;
  readonly story: boolean;
}

type Of<K extends SimEventKind> = Extract<SimEvent, { kind: K }>;
type Sentences = { readonly [K in SimEventKind]: (event: Of<K>) => Sentence };

const story = (tone: Tone, text: string): Sentence => ({ text, tone, story: true });
const detail = (tone: Tone, text: string): Sentence => ({ text, tone, story: false });

const opNames = new Map<number, string>(Object.entries(OpCode).map(([name, code]) => [code, name]));
const watchNames = new Map<number, string>(
  Object.entries(WatchEventType).map(([name, code]) => [code, name]),
);
const errorNames = new Map<number, string>(Object.entries(ErrorCode).map(([name, code]) => [code, name]));

/** `0x100000002`; `nothing` for the zxid of an empty history. */
export function zxidText(zxid: Zxid): string {
  return zxid === 0 ? 'nothing' : formatZxid(zxid);
}

/** What a server has: `an empty history`, `history up to 0x100000002`. */
function historyText(zxid: Zxid): string {
  return zxid === 0 ? 'an empty history' : `history up to ${formatZxid(zxid)}`;
}

/** ZooKeeper's name of an error code. */
export function errorName(err: number): string {
  return errorNames.get(err) ?? `error ${err}`;
}

/** ZooKeeper's name of an operation. */
export function opName(op: number): string {
  return opNames.get(op) ?? `operation ${op}`;
}

/** `session 0x100000000000001`; `no session`. */
function sessionText(session: SessionId): string {
  return session === NO_SESSION ? 'no session' : `session 0x${session.replace(/^0+/, '')}`;
}

/** ` /a`; nothing for no path. */
function about(path: string): string {
  return path === '' ? '' : ` ${path}`;
}

/** `: NONODE`; nothing where all is well. */
function failure(err: number): string {
  return err === 0 ? '' : `: ${errorName(err)}`;
}

/** ` at 0x100000002`; nothing where no server answered. */
function seenAt(zxid: Zxid): string {
  return zxid < 0 ? '' : ` at ${zxidText(zxid)}`;
}

/** ` to server 2`; nothing for a client without a server. */
function toServer(server: number): string {
  return server === 0 ? '' : ` to server ${server}`;
}

const SESSION = /^[0-9a-f]{16}$/;
/** The GUID that protects a create against a lost answer: long, and of no interest to a reader. */
const GUID = /_c_([0-9a-f]{4})[0-9a-f-]{28,}-/g;
const FIRST_ZXID = makeZxid(1, 0);

/** What a program told, in its own words: `lock: acquired /lock/_c_57ad…-0000000003 (token 0x100000007) of session 0x1…`. */
function toldText({ recipe, action, path, token, holder }: Of<'told'>): string {
  const number = token >= FIRST_ZXID ? formatZxid(token) : String(token);
  const who = SESSION.test(holder) ? ` of ${sessionText(holder)}` : `, held by ${holder}`;
  const where = about(path.replace(GUID, '_c_$1…-'));
  return `${recipe}: ${action}${where}${token > 0 ? ` (token ${number})` : ''}${holder === '' ? '' : who}`;
}

/** ZooKeeper's name of a watch event. */
function watchName(type: number): string {
  return watchNames.get(type) ?? `watch event ${type}`;
}

/** ` at server 2`; nothing for a client without a server. */
function atServer(server: number): string {
  return server === 0 ? '' : ` at server ${server}`;
}

/** What became of a client. */
const CLIENT_STATES: { readonly [S in Of<'clientState'>['state']]: string } = {
  CONNECTING: 'looks for a server',
  CONNECTED: 'is connected',
  CONNECTEDREADONLY: 'is connected for reading only',
  CLOSED: 'has closed its session',
  AUTH_FAILED: 'could not authenticate',
  EXPIRED: 'learns that its session has expired',
};

function because(reason: string): string {
  return reason === '' ? '' : `: ${reason}`;
}

/** One sentence per kind; the compiler asks for every one of them. */
const SENTENCES: Sentences = {
  loaded: (e) => ({
    ...story(
      'disk',
      `loads its disk: ${historyText(e.zxid)}` +
        `${e.snapshotZxid === 0 ? '' : ` from the snapshot at ${formatZxid(e.snapshotZxid)}`}, ` +
        `epoch ${e.currentEpoch} (accepted ${e.acceptedEpoch})`,
    ),
    story: e.zxid !== 0 || e.acceptedEpoch !== 0,
  }),
  refused: (e) => story('fault', `refuses to start${because(e.reason)}`),
  exited: (e) => story('fault', `exits${because(e.reason)}`),
  role: (e) => {
    const leader = e.role === 'FOLLOWING' || e.role === 'OBSERVING' ? ` server ${e.leader}` : '';
    return story('role', `is now ${e.role}${leader}${because(e.reason)}`);
  },
  phase: (e) => detail('role', `enters ${e.phase}${e.epoch < 0 ? '' : ` of epoch ${e.epoch}`}`),
  round: (e) => detail('election', `begins election round ${e.round}`),
  voted: (e) =>
    detail(
      'election',
      `votes for server ${e.leader} (epoch ${e.peerEpoch}, ${historyText(e.zxid)}) in round ${e.round}`,
    ),
  elected: (e) =>
    story(
      'election',
      `ends round ${e.round}: server ${e.leader} is elected (epoch ${e.peerEpoch}, ${historyText(e.zxid)})`,
    ),
  acceptedEpoch: (e) => story('epoch', `has accepted epoch ${e.epoch}`),
  currentEpoch: (e) => story('epoch', `is in epoch ${e.epoch}`),
  epochAcked: (e) =>
    detail(
      'epoch',
      `acknowledges epoch ${e.epoch} to server ${e.leader} ` +
        `(${historyText(e.zxid)}${e.currentEpoch < 0 ? '' : ` of epoch ${e.currentEpoch}`})`,
    ),
  syncChosen: (e) =>
    story(
      'sync',
      `synchronizes server ${e.learner} by ${e.sync}${e.fromDisk ? ' from the log on disk' : ''}: ` +
        `it has ${zxidText(e.peerZxid)}, the leader ${zxidText(e.zxid)}`,
    ),
  snapStreamed: (e) =>
    detail(
      'sync',
      `has sent a snapshot at ${zxidText(e.zxid)} to server ${e.learner}, ended at ${zxidText(e.endZxid)}`,
    ),
  snapInstalled: (e) => story('sync', `takes over the leader's snapshot at ${zxidText(e.zxid)}`),
  newLeaderSent: (e) => detail('sync', `sends NEWLEADER of epoch ${e.epoch} to server ${e.learner}`),
  newLeaderAcked: (e) =>
    detail('sync', `acknowledges NEWLEADER of epoch ${e.epoch}, ${historyText(e.zxid)} on disk`),
  established: (e) =>
    story('service', `leads epoch ${e.epoch} by a quorum, with ${historyText(e.zxid)} committed`),
  serving: (e) => story('service', `serves under leader ${e.leader}, with ${historyText(e.zxid)}`),
  proposed: (e) => detail('traffic', `proposes ${formatZxid(e.zxid)}: ${opName(e.op)}${about(e.path)}`),
  logged: (e) => detail('disk', `writes ${formatZxid(e.zxid)} to its log`),
  flushed: (e) => detail('disk', `has its log up to ${zxidText(e.zxid)} on disk`),
  acked: (e) =>
    detail(
      'traffic',
      `acknowledges ${formatZxid(e.zxid)}${e.leader === e.server ? '' : ` to server ${e.leader}`}`,
    ),
  committed: (e) => detail('traffic', `commits ${formatZxid(e.zxid)}`),
  applied: (e) =>
    detail('traffic', `applies ${formatZxid(e.zxid)}${e.delivered ? '' : ' (not serving yet)'}`),
  truncated: (e) =>
    e.durable
      ? story('disk', `has cut its log after ${zxidText(e.zxid)}`)
      : detail('disk', `cuts its log after ${zxidText(e.zxid)}`),
  logRolled: (e) => detail('disk', `begins a new log file at ${zxidText(e.zxid)}`),
  snapshotStarted: (e) => detail('disk', `begins a snapshot at ${zxidText(e.zxid)}`),
  snapshotTaken: (e) =>
    story(
      'disk',
      `has a snapshot at ${zxidText(e.zxid)} on disk` +
        `${e.endZxid === e.zxid ? '' : ` (fuzzy: ended at ${zxidText(e.endZxid)})`}`,
    ),
  purged: (e) => detail('disk', `purges ${e.files} old file${e.files === 1 ? '' : 's'}`),
  fastForwarded: (e) => detail('disk', `replays its log up to ${zxidText(e.zxid)}`),
  counterExhausted: (e) => story('epoch', `gives up epoch ${e.epoch}: its counter is used up`),
  request: (e) => detail('traffic', `gets ${opName(e.op)} (request ${e.cxid} of ${sessionText(e.session)})`),
  replied: (e) =>
    detail(
      'traffic',
      `answers ${opName(e.op)} (request ${e.cxid} of ${sessionText(e.session)}) at ${zxidText(e.zxid)}` +
        failure(e.err),
    ),
  sessionOpened: (e) =>
    detail(
      'service',
      `${e.resumed ? 'goes on with' : 'opens'} ${sessionText(e.session)}, timeout ${e.timeout} ms` +
        `${e.readOnly ? ', for reading only' : ''}`,
    ),
  sessionRefused: (e) =>
    detail('service', `turns away a client with ${sessionText(e.session)}${because(e.reason)}`),
  touched: (e) => detail('service', `hears of ${e.local ? 'local ' : ''}${sessionText(e.session)}`),
  expired: (e) => story('service', `expires ${e.local ? 'local ' : ''}${sessionText(e.session)}`),
  sessionMoved: (e) =>
    story('service', `refuses a write of ${sessionText(e.session)}, which has moved to another server`),
  watchFired: (e) =>
    detail(
      'traffic',
      `tells ${sessionText(e.session)} ${watchName(e.type)}${about(e.path)}${seenAt(e.zxid)}`,
    ),
  readOnly: (e) =>
    story('service', e.serving ? 'serves reads without a quorum' : 'ends to serve reads without a quorum'),
  clientState: (e) => ({
    ...detail(
      'service',
      `${CLIENT_STATES[e.state]}${e.state.startsWith('CONNECTED') ? atServer(e.server) : ''}` +
        `${e.session === NO_SESSION ? '' : ` (${sessionText(e.session)})`}`,
    ),
    story: e.state === 'EXPIRED' || e.state === 'AUTH_FAILED',
  }),
  invoked: (e) => detail('traffic', `asks for ${opName(e.op)}${about(e.path)} (operation ${e.ticket})`),
  sent: (e) =>
    detail(
      'traffic',
      `sends operation ${e.ticket}, ${opName(e.op)}, as request ${e.cxid}${toServer(e.server)}`,
    ),
  answered: (e) =>
    detail(
      'traffic',
      `has its answer to operation ${e.ticket}, ${opName(e.op)}${seenAt(e.zxid)}${failure(e.err)}`,
    ),
  notified: (e) => detail('traffic', `is told ${watchName(e.type)}${about(e.path)}${seenAt(e.zxid)}`),
  housekeeping: (e) =>
    detail(
      'traffic',
      e.answer
        ? `has its answer to ${opName(e.op)}${seenAt(e.zxid)}${failure(e.err)}`
        : `sends ${opName(e.op)}${toServer(e.server)}`,
    ),
  told: (e) => story('client', toldText(e)),
  crashed: (e) => story('fault', e.power ? 'loses power' : 'is killed'),
  restarted: () => story('repair', 'starts'),
  paused: () => story('fault', 'stands still'),
  resumed: () => story('repair', 'goes on'),
  partitioned: (e) => story('fault', `the network splits into ${e.groups.split('|').join(' | ')}`),
  linkCut: (e) => story('fault', `reaches server ${e.to} no more`),
  healed: (e) => story('repair', e.server === 0 ? 'all links pass again' : 'its links pass again'),
  dropped: (e) => ({
    ...story(
      'fault',
      `loses ${e.message} to ${e.to === 0 ? 'a client' : `server ${e.to}`}` +
        `${e.single ? '' : ', and everything after it on that stream'}`,
    ),
    story: !e.single,
  }),
  slowed: (e) =>
    story('fault', `messages to ${e.to === 0 ? 'all' : `server ${e.to}`} take ${e.by} ms longer`),
  lossChanged: (e) =>
    story('fault', `loss is now ${e.dropRate} of messages, ${e.electionLossRate} of election messages`),
  diskStalled: (e) => story('fault', `its disk stalls until ${formatTime(e.until)} ms`),
  diskFull: () => story('fault', 'its disk is full'),
  diskFreed: () => story('repair', 'its disk has room again'),
  corrupted: (e) => story('fault', `a byte of record ${e.record} in ${e.file} flips`),
  clockJumped: (e) => story('fault', `its wall clock jumps by ${e.by} ms`),
  clientCrashed: () => story('fault', 'is killed'),
  clientStarted: () => story('repair', 'starts'),
  clientPaused: () => story('fault', 'stands still'),
  clientResumed: () => story('repair', 'goes on'),
  clientDisconnected: () => story('fault', 'loses its connections'),
  clientCut: (e) =>
    story('fault', `reaches ${e.server === 0 ? 'no server any' : `server ${e.server} no`} more`),
  faulted: (e) => detail('fault', `fault ${e.index} of the run strikes: ${e.fault}`),
};

/** The machine an event tells of, which is the subject of its sentence: a client or a server; 0: the world. */
export function subjectOf(event: SimEvent): number {
  return 'client' in event ? event.client : event.server;
}

/** `3` for a server, `c1` for the first client: what stands in the column of subjects. */
export function subjectName(id: number): string {
  return id > FIRST_CLIENT ? `c${id - FIRST_CLIENT}` : String(id);
}

/** The sentence for an event; its subject, see {@link subjectOf}, stands in its own column. */
export function describe(event: SimEvent): Sentence {
  return (SENTENCES[event.kind] as (event: SimEvent) => Sentence)(event);
}

/** Virtual ms with three decimals. */
export function formatTime(ms: number): string {
  return ms.toFixed(3);
}
