/** Feeds hand-made client and session probes to the watch and session monitors, with commits made up beside them. */
import { DEFAULT_CONFIG, type EnsembleConfig } from '../../../../protocol/config.ts';
import type { ClientState } from '../../../../protocol/probe.ts';
import type { ClientOp, Result, SetWatchesRequest } from '../../../../protocol/request.ts';
import { type Acl, OPEN_ACL_UNSAFE } from '../../../../protocol/tree/acl.ts';
import { OpCode, type Txn, type TxnRecord } from '../../../../protocol/txn.ts';
import { makeZxid, type Zxid } from '../../../../protocol/zxid.ts';
import type { Change } from '../../../../sim/check/service/change.ts';
import { createSessionMonitors } from '../../../../sim/check/service/svc-session.ts';
import { createWatchMonitors } from '../../../../sim/check/service/svc-watch.ts';
import type { Commits } from '../../../../sim/check/service/watch-model-changes.ts';
import { cloneGraph } from '../../../../sim/clone.ts';
import type { Monitor, MonitorContext } from '../../../../sim/monitor.ts';
import type { SimEvent } from '../../../../sim/world-event.ts';

/** Zxid of epoch 1. */
export const z = (counter: number): Zxid => makeZxid(1, counter);

export const SESSION = '0100000000000001';
export const OTHER = '0100000000000002';

const SECRET: readonly Acl[] = [{ perms: 31, scheme: 'digest', id: 'ann:x' }];

class MadeUpCommits implements Commits {
  blind = false;
  committed: { record: TxnRecord; outcome: { changes: readonly Change[] } }[] = [];
}

export class ClientBench {
  readonly violations: { property: string; text: string }[] = [];
  monitors: readonly Monitor[];
  commits = new MadeUpCommits();
  private events = 0;
  private ticket = 0;

  constructor(config: Partial<EnsembleConfig> = {}) {
    const ctx: MonitorContext = {
      config: { ...DEFAULT_CONFIG, ...config },
      now: () => this.events,
      event: () => this.events,
      violate: (property, text) => this.violations.push({ property, text }),
    };
    this.monitors = [...createWatchMonitors(ctx, this.commits), ...createSessionMonitors(ctx, this.commits)];
  }

  get violated(): string[] {
    return [...new Set(this.violations.map((violation) => violation.property))].sort();
  }

  checked(id: string): boolean {
    return this.monitors.find((monitor) => monitor.ids.includes(id))?.checked?.(id) ?? false;
  }

  feed(...events: SimEvent[]): this {
    for (const event of events) {
      this.events++;
      for (const monitor of this.monitors) if (monitor.kinds.includes(event.kind)) monitor.onProbe(event);
      this.commits.committed = [];
    }
    return this;
  }

  finish(): this {
    const end = { spec: {} as never, nowMs: 0, running: [] };
    for (const monitor of this.monitors) monitor.finish?.(end);
    return this;
  }

  // --- what is committed

  /** `created /a`, `deleted /a`, `data /a`, with `secret ` before it where only somebody may read. */
  change(zxid: Zxid, ...changes: string[]): this {
    const list = changes.map((text): Change => {
      const words = text.split(' ');
      const acl = words[0] === 'secret' ? SECRET : OPEN_ACL_UNSAFE;
      if (words[0] === 'secret') words.shift();
      return { zxid, kind: words[0] as Change['kind'], path: words[1]!, acl, parentAcl: acl };
    });
    return this.deliver(zxid, { type: OpCode.error, err: -2 }, OTHER, list);
  }

  commit(zxid: Zxid, txn: Txn, session = SESSION): this {
    return this.deliver(zxid, txn, session, []);
  }

  private deliver(zxid: Zxid, txn: Txn, session: string, changes: readonly Change[]): this {
    const record: TxnRecord = { kind: 'txn', session, cxid: 1, zxid, time: 0, txn, digest: 0 };
    this.commits.committed = [{ record, outcome: { changes } }];
    return this.feed({ kind: 'applied', server: 1, zxid, delivered: true, digest: 0, txnDigest: 0 });
  }

  // --- what a client sees

  state(state: ClientState, session = SESSION): this {
    return this.feed({ kind: 'clientState', server: 1, client: 7, session, state, zxid: 0 });
  }

  connect(session = SESSION): this {
    return this.state('CONNECTED', session);
  }

  disconnect(): this {
    return this.state('CONNECTING');
  }

  /** A request and its answer. */
  ask(request: ClientOp, zxid: Zxid, result: Partial<Result> = {}): this {
    return this.invoke(request).answer(request, this.ticket, zxid, result);
  }

  private invoke(request: ClientOp): this {
    const path = 'path' in request ? (request.path ?? '') : '';
    this.ticket++;
    return this.feed({
      kind: 'invoked',
      server: 1,
      client: 7,
      session: SESSION,
      ticket: this.ticket,
      op: request.type,
      path,
      request,
    });
  }

  private answer(request: ClientOp, ticket: number, zxid: Zxid, result: Partial<Result>): this {
    const err = result.err ?? 0;
    return this.feed({
      kind: 'answered',
      server: 1,
      client: 7,
      session: SESSION,
      ticket,
      cxid: zxid < 0 ? 0 : ticket,
      op: request.type,
      zxid,
      err,
      result: { ...result, err },
    });
  }

  /** getData, exists or getChildren with a watch. */
  watch(op: 'getData' | 'exists' | 'getChildren', path: string, zxid: Zxid, err = 0): this {
    return this.ask({ type: OpCode[op], path, watch: true }, zxid, { err });
  }

  addWatch(path: string, mode: number, zxid: Zxid): this {
    return this.ask({ type: OpCode.addWatch, path, mode }, zxid);
  }

  /** Any answer that shows a zxid. */
  show(zxid: Zxid): this {
    return this.ask({ type: OpCode.getACL, path: '/' }, zxid);
  }

  ping(zxid: Zxid): this {
    return this.feed({
      kind: 'housekeeping',
      server: 1,
      client: 7,
      session: SESSION,
      op: OpCode.ping,
      zxid,
      err: 0,
      answer: true,
      request: null,
    });
  }

  tell(type: number, path: string, zxid: Zxid): this {
    return this.feed({ kind: 'notified', server: 1, client: 7, session: SESSION, type, path, zxid });
  }

  /** Sends the client's watches on a new connection. */
  setWatches(since: Zxid, lists: Partial<SetWatchesRequest>): this {
    const request: SetWatchesRequest = {
      type: OpCode.setWatches2,
      relativeZxid: since,
      data: [],
      exist: [],
      child: [],
      persistent: [],
      recursive: [],
      ...lists,
    };
    return this.housekeeping(request, false, -1);
  }

  setWatchesAnswered(zxid: Zxid): this {
    return this.housekeeping(null, true, zxid);
  }

  private housekeeping(request: ClientOp | null, answer: boolean, zxid: Zxid): this {
    return this.feed({
      kind: 'housekeeping',
      server: 1,
      client: 7,
      session: SESSION,
      op: OpCode.setWatches2,
      zxid,
      err: 0,
      answer,
      request,
    });
  }

  // --- what servers do with sessions

  touch(server: number, now: number, session = SESSION, timeout = 10_000, local = false): this {
    return this.feed({ kind: 'touched', server, session, timeout, now, local });
  }

  expire(server: number, now: number, session = SESSION, local = false): this {
    return this.feed({ kind: 'expired', server, session, now, local });
  }

  role(server: number, role: 'LEADING' | 'LOOKING'): this {
    return this.feed({ kind: 'role', server, role, leader: server, reason: '' });
  }

  proposeClose(server: number, zxid: Zxid, session = SESSION): this {
    const txn = { type: OpCode.closeSession, paths: [] } as const;
    const record: TxnRecord = { kind: 'txn', session, cxid: 0, zxid, time: 0, txn, digest: 0 };
    return this.feed({
      kind: 'proposed',
      server,
      zxid,
      digest: 0,
      session,
      cxid: 0,
      op: OpCode.closeSession,
      path: '',
      record,
    });
  }

  /** Goes on with a deep copy of all monitors, as a restored run does. */
  copy(): this {
    const copied = cloneGraph({ monitors: this.monitors, commits: this.commits }, new Set());
    this.monitors = copied.monitors;
    this.commits = copied.commits;
    return this;
  }
}
