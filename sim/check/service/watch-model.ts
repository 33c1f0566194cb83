/**
 * What the clients' connections must tell of committed changes: the model that the watch properties read. Fed each event
 * before they are; what it found stands in {@link WatchModel.findings}.
 *
 * A server answers and tells events through one queue per connection and makes a change's events while it applies it, so
 * the zxid of an answer says exactly which changes come before it: a watch armed by an answer at z concerns what comes
 * after z, and an answer at z has all events up to z behind it.
 */
import { WatchEventType } from '../../../protocol/client-messages.ts';
import {
  AddWatchMode,
  type ClientOp,
  type ReadRequest,
  type Result,
  WatcherType,
} from '../../../protocol/request.ts';
import { ErrorCode, OpCode } from '../../../protocol/txn.ts';
import { formatEpochCounter, type Zxid } from '../../../protocol/zxid.ts';
import type { MonitorContext } from '../../monitor.ts';
import type { SimEvent } from '../../world-event.ts';
import { ChangeLog, type Commits } from './watch-model-changes.ts';
import { ClientWatches, HELD, type Owed, type Reset } from './watch-model-client.ts';

export type WatchProperty = 'SVC-WATCH-ORDER' | 'SVC-WATCH-ONCE' | 'SVC-WATCH-COMPLETE';

export interface WatchFinding {
  readonly property: WatchProperty;
  readonly text: string;
}

/** So many events that should have come before are waited for per connection; a correct server needs none. */
const MAX_LATE = 100;

type Answered = Extract<SimEvent, { kind: 'answered' }>;
type Housekeeping = Extract<SimEvent, { kind: 'housekeeping' }>;
type Notified = Extract<SimEvent, { kind: 'notified' }>;
type StateChange = Extract<SimEvent, { kind: 'clientState' }>;

export class WatchModel {
  /** Of the event just observed. */
  findings: WatchFinding[] = [];
  /** Whether an event was expected, whether one came, whether an expected one came. */
  owedAny = false;
  toldAny = false;
  matchedAny = false;
  private readonly ctx: MonitorContext;
  private readonly commits: Commits;
  private readonly log = new ChangeLog();
  private readonly clients = new Map<number, ClientWatches>();

  constructor(ctx: MonitorContext, commits: Commits) {
    this.ctx = ctx;
    this.commits = commits;
  }

  /** Amortized over changes × connected clients that watch anything; reconnects cost the watches they bring along. */
  observe(event: SimEvent): void {
    if (this.findings.length > 0) this.findings = [];
    const { committed, blind } = this.commits;
    if (blind) return;
    for (let i = 0; i < committed.length; i++) {
      for (const change of committed[i]!.outcome.changes) this.log.add(change);
    }
    switch (event.kind) {
      case 'invoked':
        // A client that starts anew counts its tickets from 1 again.
        if (concernsWatches(event.request)) this.of(event.client).asked.set(event.ticket, event.request);
        else this.of(event.client).asked.delete(event.ticket);
        break;
      case 'answered':
        this.onAnswered(this.of(event.client), event);
        break;
      case 'notified':
        this.onNotified(this.of(event.client), event);
        break;
      case 'housekeeping':
        this.onHousekeeping(this.of(event.client), event);
        break;
      case 'clientState':
        this.onState(this.of(event.client), event);
        break;
    }
  }

  /** The run ends: what an answer has passed will not come. */
  finish(): void {
    this.findings = [];
    if (this.commits.blind) return;
    for (const watches of this.clients.values()) this.reportMissed(watches, Number.POSITIVE_INFINITY);
  }

  private of(client: number): ClientWatches {
    let watches = this.clients.get(client);
    if (watches === undefined) {
      watches = new ClientWatches(client);
      this.clients.set(client, watches);
    }
    return watches;
  }

  private onState(watches: ClientWatches, event: StateChange): void {
    this.reportMissed(watches, Number.POSITIVE_INFINITY);
    watches.disconnect();
    switch (event.state) {
      case 'CONNECTED':
      case 'CONNECTEDREADONLY':
        if (event.session !== watches.session) watches.forget();
        watches.session = event.session;
        watches.server = event.server;
        watches.connected = true;
        watches.readOnly = event.state === 'CONNECTEDREADONLY';
        watches.resumed = watches.readOnly || watches.empty;
        watches.shown = 0;
        break;
      case 'CONNECTING':
        break;
      default:
        watches.forget();
    }
  }

  private onAnswered(watches: ClientWatches, event: Answered): void {
    const request = watches.asked.get(event.ticket);
    if (request !== undefined) watches.asked.delete(event.ticket);
    if (event.cxid === 0 || event.zxid < 0 || !watches.connected) {
      // Whether the client has given up its watch is its own affair.
      if (request?.type === OpCode.removeWatches) watches.doubtful.add(request.path);
      return;
    }
    this.pass(watches, event.zxid);
    if (request !== undefined) this.settleRequest(watches, request, event.result, event.zxid);
  }

  private settleRequest(watches: ClientWatches, request: ClientOp, result: Result, zxid: Zxid): void {
    switch (request.type) {
      case OpCode.exists:
      case OpCode.getData:
      case OpCode.getChildren:
      case OpCode.getChildren2:
        this.armRead(watches, request, result.err, zxid);
        break;
      case OpCode.multiRead:
        request.ops.forEach((op, i) => {
          const err = result.results?.[i]?.err;
          if (err !== undefined) this.armRead(watches, op, err, zxid);
        });
        break;
      case OpCode.addWatch:
        if (result.err !== ErrorCode.OK) break;
        this.arm(
          watches,
          request.mode === AddWatchMode.PERSISTENT ? watches.persistent : watches.recursive,
          request.path,
          zxid,
        );
        break;
      case OpCode.removeWatches: {
        const { path, watcher } = request;
        if (result.err !== ErrorCode.OK) {
          watches.doubtful.add(path);
          break;
        }
        const any = watcher === WatcherType.ANY;
        if (any || watcher === WatcherType.DATA) watches.data.delete(path);
        if (any || watcher === WatcherType.CHILDREN) watches.child.delete(path);
        if (any || watcher === WatcherType.PERSISTENT) watches.persistent.delete(path);
        if (any || watcher === WatcherType.PERSISTENT_RECURSIVE) watches.recursive.delete(path);
        break;
      }
    }
  }

  /** exists arms on a missing node too (DataTree.statNode); a read that fails otherwise arms nothing. */
  private armRead(watches: ClientWatches, read: ReadRequest, err: number, zxid: Zxid): void {
    if (!read.watch) return;
    if (err !== ErrorCode.OK && (err !== ErrorCode.NONODE || read.type !== OpCode.exists)) return;
    const data = read.type === OpCode.exists || read.type === OpCode.getData;
    this.arm(watches, data ? watches.data : watches.child, read.path, zxid);
  }

  private arm(watches: ClientWatches, table: Map<string, number>, path: string, zxid: Zxid): void {
    if (watches.readOnly) {
      table.set(path, HELD);
      return;
    }
    if (!watches.tracking) {
      watches.tracking = true;
      watches.next = this.log.after(zxid);
    }
    table.set(path, this.ctx.event());
  }

  private onNotified(watches: ClientWatches, event: Notified): void {
    const { type, path, zxid } = event;
    // The others are made by clients for themselves.
    if (type < WatchEventType.NodeCreated || type > WatchEventType.NodeChildrenChanged) return;
    watches.dispatch(type, path);
    if (!watches.connected || watches.readOnly) return;
    this.toldAny = true;
    if (zxid < 0) {
      const reset = watches.resets[0];
      if (reset !== undefined) reset.told.push({ type, path, event: this.ctx.event() });
      else
        this.find(
          'SVC-WATCH-ONCE',
          `client ${watches.client} was told ${describe(type, path)} as if it had been away, without a setWatches under way`,
        );
      return;
    }
    // An unknown transaction is other properties' affair.
    if (zxid > this.log.lastZxid) return;
    this.advance(watches, zxid);
    this.passOver(watches, zxid, false);
    const before = watches.told.get(path);
    watches.told.set(path, this.ctx.event());
    if (take(watches.owed, type, path, zxid) !== null) {
      this.matchedAny = true;
      return;
    }
    const late = take(watches.late, type, path, zxid);
    if (late !== null) {
      this.find(
        'SVC-WATCH-ORDER',
        `client ${watches.client} was told ${describe(type, path)} of ${formatEpochCounter(zxid)} after its connection ` +
          `to server ${watches.server} had shown ${formatEpochCounter(late.passedBy)} at event ${late.passedAt} ` +
          `(watch armed at event ${late.armed})`,
      );
      return;
    }
    this.find(
      'SVC-WATCH-ONCE',
      `client ${watches.client} was told ${describe(type, path)} of ${formatEpochCounter(zxid)} by server ` +
        `${watches.server} without a watch armed for it` +
        (before === undefined ? '' : `; the path was last told at event ${before}`),
    );
  }

  private onHousekeeping(watches: ClientWatches, event: Housekeeping): void {
    if (!watches.connected) return;
    const { request, answer, zxid } = event;
    if (!answer) {
      if (request?.type === OpCode.setWatches || request?.type === OpCode.setWatches2) {
        watches.everReset = true;
        watches.resets.push({ request, told: [] });
      }
      return;
    }
    // The answer to auth says nothing of the tree.
    if (zxid < 0 || event.op === OpCode.auth) return;
    this.pass(watches, zxid);
    if (event.op !== OpCode.setWatches && event.op !== OpCode.setWatches2) return;
    const reset = watches.resets.shift();
    if (reset !== undefined && event.err === ErrorCode.OK) this.catchUp(watches, reset, zxid);
  }

  /** An answer whose zxid is `zxid`: the events of everything up to it must have come. */
  private pass(watches: ClientWatches, zxid: Zxid): void {
    if (watches.readOnly) return;
    if (!watches.resumed) this.checkResumed(watches);
    if (zxid < watches.shown) return;
    if (watches.late.length > 0) this.reportMissed(watches, zxid);
    this.advance(watches, zxid);
    this.passOver(watches, zxid, true);
  }

  private advance(watches: ClientWatches, zxid: Zxid): void {
    if (zxid > watches.shown) watches.shown = zxid;
    if (!watches.tracking) return;
    const { log } = this;
    while (watches.next < log.count) {
      if (watches.empty) {
        watches.tracking = false;
        break;
      }
      const change = log.at(watches.next);
      if (change.zxid > zxid) break;
      watches.trigger(change);
      watches.next++;
    }
  }

  /** What is still owed of changes before `zxid` (or up to it) is late from now on. */
  private passOver(watches: ClientWatches, zxid: Zxid, inclusive: boolean): void {
    const { owed } = watches;
    if (owed.length === 0) return;
    this.owedAny = true;
    let keep = 0;
    while (keep < owed.length && (inclusive ? owed[keep]!.zxid <= zxid : owed[keep]!.zxid < zxid)) keep++;
    for (const late of owed.splice(0, keep)) {
      late.passedBy = zxid;
      late.passedAt = this.ctx.event();
      watches.late.push(late);
    }
  }

  /** What has not come although the connection goes on past it, to `zxid`, or has ended. */
  private reportMissed(watches: ClientWatches, zxid: Zxid): void {
    const waiting: Owed[] = [];
    for (const late of watches.late) {
      if (late.reported || late.passedBy >= zxid) {
        if (waiting.length < MAX_LATE) waiting.push(late);
      } else if (!late.optional) {
        late.reported = true;
        waiting.push(late);
        this.find(
          'SVC-WATCH-COMPLETE',
          `client ${watches.client} was not told ${describe(late.type, late.path)} of ${formatEpochCounter(late.zxid)} ` +
            `by server ${watches.server}, which showed it ${formatEpochCounter(late.passedBy)} at event ${late.passedAt} ` +
            `(watch armed at event ${late.armed})`,
        );
      }
    }
    watches.late = waiting;
  }

  /** The first answer on a new connection: all watches held over must be on their way to the server, if any ever were. */
  private checkResumed(watches: ClientWatches): void {
    watches.resumed = true;
    const names = ['data', 'child', 'persistent', 'recursive'] as const;
    for (const name of names) {
      const table = watches[name];
      let left = 0;
      for (const armed of table.values()) if (armed === HELD) left++;
      if (left === 0) continue;
      const listed = new Set<string>();
      for (const { request } of watches.resets) {
        for (const path of request[name]) listed.add(path);
        if (name === 'data') for (const path of request.exist) listed.add(path);
      }
      for (const [path, armed] of [...table]) {
        if (armed !== HELD || listed.has(path)) continue;
        table.delete(path);
        if (!watches.everReset || watches.doubtful.has(path)) continue;
        this.find(
          'SVC-WATCH-COMPLETE',
          `client ${watches.client} goes on with server ${watches.server} without its ${name} watch on ${path}`,
        );
      }
    }
  }

  /** setWatches, answered at `zxid`: what it must have told, and what it arms (DataTree.setWatches). */
  private catchUp(watches: ClientWatches, reset: Reset, zxid: Zxid): void {
    const { request } = reset;
    const since = request.relativeZxid;
    // Held ones that are not armed again below have been told.
    for (const path of request.data) {
      const node = this.log.node(path, zxid);
      if (!node.there) this.expect(watches, reset, WatchEventType.NodeDeleted, path, zxid);
      else if (node.mzxid > since) this.expect(watches, reset, WatchEventType.NodeDataChanged, path, zxid);
      else this.arm(watches, watches.data, path, zxid);
      watches.forgetHeld(watches.data, path);
    }
    for (const path of request.exist) {
      const { there } = this.log.node(path, zxid);
      if (there) {
        this.expect(watches, reset, WatchEventType.NodeCreated, path, zxid);
        // The server has armed the client's data watch of the same path, which this event ends for the client.
        if (watches.data.has(path)) watches.doubtful.add(path);
      } else this.arm(watches, watches.data, path, zxid);
      watches.forgetHeld(watches.data, path);
    }
    for (const path of request.child) {
      const node = this.log.node(path, zxid);
      if (!node.there) this.expect(watches, reset, WatchEventType.NodeDeleted, path, zxid);
      else if (node.pzxid > since)
        this.expect(watches, reset, WatchEventType.NodeChildrenChanged, path, zxid);
      else this.arm(watches, watches.child, path, zxid);
      watches.forgetHeld(watches.child, path);
    }
    if (request.type === OpCode.setWatches2) {
      for (const path of request.persistent) this.arm(watches, watches.persistent, path, zxid);
      for (const path of request.recursive) this.arm(watches, watches.recursive, path, zxid);
    }
    for (const { type, path, event } of reset.told) {
      this.find(
        'SVC-WATCH-ONCE',
        `client ${watches.client} was told ${describe(type, path)} at event ${event} by server ${watches.server}, ` +
          `although setWatches at ${formatEpochCounter(zxid)} found nothing new there since ${formatEpochCounter(since)}`,
      );
    }
  }

  private expect(watches: ClientWatches, reset: Reset, type: WatchEventType, path: string, zxid: Zxid): void {
    this.owedAny = true;
    const at = reset.told.findIndex((told) => told.type === type && told.path === path);
    if (at >= 0) {
      this.matchedAny = true;
      reset.told.splice(at, 1);
      return;
    }
    this.find(
      'SVC-WATCH-COMPLETE',
      `client ${watches.client} was not told ${describe(type, path)} when server ${watches.server} took its watches ` +
        `over at ${formatEpochCounter(zxid)}; the client had seen ${formatEpochCounter(reset.request.relativeZxid)}`,
    );
  }

  private find(property: WatchProperty, text: string): void {
    this.findings.push({ property, text });
  }
}

function concernsWatches(op: ClientOp): boolean {
  switch (op.type) {
    case OpCode.exists:
    case OpCode.getData:
    case OpCode.getChildren:
    case OpCode.getChildren2:
      return op.watch;
    case OpCode.multiRead:
      return op.ops.some((read) => read.watch);
    case OpCode.addWatch:
    case OpCode.removeWatches:
      return true;
    default:
      return false;
  }
}

/** Removes one of the events that fit; null where there is none. */
function take(list: Owed[], type: number, path: string, zxid: Zxid): Owed | null {
  for (let i = 0; i < list.length; i++) {
    const owed = list[i]!;
    if (owed.type !== type || owed.zxid !== zxid || owed.path !== path) continue;
    list.splice(i, 1);
    return owed;
  }
  return null;
}

const NAMES: readonly string[] = ['', 'NodeCreated', 'NodeDeleted', 'NodeDataChanged', 'NodeChildrenChanged'];

function describe(type: number, path: string): string {
  return `${NAMES[type]} ${path}`;
}
