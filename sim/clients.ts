/** Simulated clients: a session that goes from server to server, and the two workloads built on it. */
import type { ClientMessage } from '../protocol/client-messages.ts';
import type { ChannelId, CloseReason, Host, Message, Port, TimerId } from '../protocol/host.ts';
import type { Op, Result } from '../protocol/request.ts';
import { OPEN_ACL_UNSAFE } from '../protocol/tree/acl.ts';
import { ErrorCode, OpCode } from '../protocol/txn.ts';
import type { Zxid } from '../protocol/zxid.ts';
import type { ClientActor, ClientCounters, ClientProgramFactory, ClientSettings } from './catalog.ts';
import { arrayOf, field, numberIn, object, oneOf, optional, type Shape, text } from './shape.ts';

const RECONNECT_LEAST_MS = 10;
const RECONNECT_SPREAD_MS = 190;
const DEFAULT_TIMEOUT_MS = 4000;

/**
 * A client's connection: opens it, moves on to the next server when it ends or an answer takes longer than
 * the limit.
 * Workloads extend it.
 */
abstract class Client implements ClientActor {
  readonly counters: ClientCounters = { started: 0, ok: 0, errors: {}, lost: 0, connects: 0 };
  readonly host: Host;
  readonly settings: ClientSettings;
  readonly timeoutMs: number;
  channel: ChannelId = 0;
  connected = false;
  next = 0;
  cxid = 0;
  lastZxid: Zxid = 0;
  /** Requests without an answer yet, oldest first. */
  unanswered: number[] = [];
  watchdog: TimerId = 0;

  constructor(host: Host, settings: ClientSettings, timeoutMs: number) {
    this.host = host;
    this.settings = settings;
    this.timeoutMs = timeoutMs;
  }

  start(): void {
    const count = this.settings.servers.length;
    if (this.settings.startAnywhere) this.next = Math.floor(this.host.random() * count);
    this.dial();
    this.begin();
  }

  private dial(): void {
    const { servers } = this.settings;
    const server = servers[this.next % servers.length];
    if (server === undefined) return;
    this.next = (this.next + 1) % servers.length;
    this.channel = this.host.dial({ server, port: 'client' });
    this.watch();
  }

  private watch(): void {
    this.host.clearTimer(this.watchdog);
    this.watchdog = this.host.setTimer(this.timeoutMs, 'silence', 0);
  }

  onConnected(channel: ChannelId): void {
    if (channel !== this.channel) return;
    const connect: ClientMessage = { kind: 'connect', lastZxidSeen: this.lastZxid };
    this.host.send(channel, connect);
  }

  onMessage(channel: ChannelId, raw: Message): void {
    if (channel !== this.channel) return;
    const message = raw as ClientMessage;
    if (message.kind === 'connected') {
      this.connected = true;
      this.counters.connects++;
      this.host.clearTimer(this.watchdog);
      this.watchdog = 0;
      this.ready();
    } else if (message.kind === 'reply') {
      this.unanswered.shift();
      if (this.unanswered.length > 0) {
        this.watch();
      } else {
        this.host.clearTimer(this.watchdog);
        this.watchdog = 0;
      }
      if (message.zxid > this.lastZxid) this.lastZxid = message.zxid;
      const err = message.result.err;
      if (err === ErrorCode.OK) this.counters.ok++;
      else this.counters.errors[err] = (this.counters.errors[err] ?? 0) + 1;
      this.answered(message.result);
    }
  }

  onClosed(channel: ChannelId, _reason: CloseReason): void {
    if (channel === this.channel) this.moveOn();
  }

  private moveOn(): void {
    this.channel = 0;
    this.connected = false;
    this.host.clearTimer(this.watchdog);
    this.watchdog = 0;
    const lost = this.unanswered.length;
    this.counters.lost += lost;
    this.unanswered = [];
    const delay = RECONNECT_LEAST_MS + Math.floor(this.host.random() * RECONNECT_SPREAD_MS);
    this.host.setTimer(delay, 'reconnect', 0);
    if (lost > 0) this.disconnected();
  }

  onTimer(name: string, _arg: number, id: TimerId): void {
    if (name === 'reconnect') {
      this.dial();
    } else if (name === 'silence') {
      if (id !== this.watchdog) return;
      this.host.close(this.channel);
      this.moveOn();
    } else {
      this.tick();
    }
  }

  /** Sends a request on the open connection. */
  protected request(op: Op): void {
    const cxid = ++this.cxid;
    this.counters.started++;
    if (this.unanswered.length === 0) this.watch();
    this.unanswered.push(cxid);
    const message: ClientMessage = { kind: 'request', cxid, op };
    this.host.send(this.channel, message);
  }

  onAccept(_channel: ChannelId, _port: Port): void {}
  onStep(_name: string, _arg: number): void {}
  onDrained(_channel: ChannelId): void {}
  onDurable(_token: number): void {}
  onStoreFailed(_token: number, _reason: string): void {}

  /** The process starts; its first connection is being opened. */
  protected abstract begin(): void;
  /** A connection is open. */
  protected abstract ready(): void;
  protected abstract answered(result: Result): void;
  /** A connection ended with requests unanswered. */
  protected abstract disconnected(): void;
  /** A timer of the workload fired. */
  protected abstract tick(): void;
}

/** Parameters of {@link mix}; times in virtual ms. */
interface MixParams {
  /** Operations per second. */
  readonly rate: number;
  /** Share of reads, 0…1. */
  readonly reads?: number;
  /** Highest number of a path `/k0`…`/kn`. */
  readonly keys?: number;
  readonly dataBytes?: number;
  readonly from?: number;
  readonly until?: number;
  /** Requests under way at once; a tick beyond that is skipped. Default 8. */
  readonly outstanding?: number;
  readonly timeout?: number;
}

const MIX: Shape = object({
  rate: field(numberIn(0.001, 1_000_000)),
  reads: optional(numberIn(0, 1)),
  keys: optional(numberIn(0, 1_000_000, true)),
  dataBytes: optional(numberIn(0, 1_000_000, true)),
  from: optional(numberIn(0, 1e12)),
  until: optional(numberIn(0, 1e12)),
  outstanding: optional(numberIn(1, 10_000, true)),
  timeout: optional(numberIn(1, 1e9)),
});

class MixClient extends Client {
  readonly params: MixParams;

  constructor(host: Host, settings: ClientSettings, params: MixParams) {
    super(host, settings, params.timeout ?? DEFAULT_TIMEOUT_MS);
    this.params = params;
  }

  protected begin(): void {
    this.host.setTimer(Math.max(0, (this.params.from ?? 0) - this.host.now()), 'operation', 0);
  }

  protected tick(): void {
    const until = Math.min(this.params.until ?? this.settings.stopAt, this.settings.stopAt);
    if (this.host.now() >= until) return;
    // Exponential gaps would need a logarithm; uniform ones around the mean do as well.
    this.host.setTimer(Math.round((this.host.random() * 2000) / this.params.rate), 'operation', 0);
    if (this.connected && this.unanswered.length < (this.params.outstanding ?? 8)) this.request(this.draw());
  }

  private draw(): Op {
    const { params, host } = this;
    const keys = params.keys ?? 10;
    const parent = `/k${Math.floor(host.random() * (keys + 1))}`;
    const path = host.random() < 0.3 ? `${parent}/c${Math.floor(host.random() * (keys + 1))}` : parent;
    const kind = host.random();
    if (host.random() < (params.reads ?? 0.5)) {
      const type = kind < 0.5 ? OpCode.getData : kind < 0.75 ? OpCode.exists : OpCode.getChildren;
      return { type, path, watch: false };
    }
    if (kind < 0.45) return { type: OpCode.create, path, data: this.data(), acl: OPEN_ACL_UNSAFE, flags: 0 };
    if (kind < 0.85) return { type: OpCode.setData, path, data: this.data(), version: -1 };
    return { type: OpCode.delete, path, version: -1 };
  }

  private data(): Uint8Array {
    const data = new Uint8Array(this.params.dataBytes ?? 8);
    for (let i = 0; i < data.length; i++) data[i] = Math.floor(this.host.random() * 256);
    return data;
  }

  protected ready(): void {}
  protected answered(_result: Result): void {}
  protected disconnected(): void {}
}

/** One step of {@link script}. */
interface ScriptStep {
  /** Virtual ms before which it is not sent. */
  readonly at?: number;
  readonly op: 'create' | 'set' | 'delete' | 'get' | 'exists' | 'children' | 'sync';
  readonly path: string;
  /** Sent as its UTF-16 code units' low bytes; use ASCII. */
  readonly data?: string;
  /** Expected version; default −1, any. */
  readonly version?: number;
}

const SCRIPT: Shape = object({
  steps: field(
    arrayOf(
      object({
        at: optional(numberIn(0, 1e12)),
        op: field(oneOf(['create', 'set', 'delete', 'get', 'exists', 'children', 'sync'])),
        path: field(text),
        data: optional(text),
        version: optional(numberIn(-1, 0x7fff_ffff, true)),
      }),
    ),
  ),
  timeout: optional(numberIn(1, 1e9)),
});

class ScriptClient extends Client {
  readonly steps: readonly ScriptStep[];
  /** Index of the next step. */
  position = 0;
  waiting: TimerId = 0;

  constructor(host: Host, settings: ClientSettings, steps: readonly ScriptStep[], timeoutMs: number) {
    super(host, settings, timeoutMs);
    this.steps = steps;
  }

  protected begin(): void {}

  protected ready(): void {
    this.proceed();
  }

  protected tick(): void {
    this.waiting = 0;
    this.proceed();
  }

  protected answered(_result: Result): void {
    this.proceed();
  }

  /** What was lost stays lost: a step is sent once, since nobody knows whether it took effect. */
  protected disconnected(): void {}

  private proceed(): void {
    const step = this.steps[this.position];
    if (step === undefined || !this.connected || this.unanswered.length > 0 || this.waiting !== 0) return;
    const wait = (step.at ?? 0) - this.host.now();
    if (wait > 0) {
      this.waiting = this.host.setTimer(wait, 'step', 0);
      return;
    }
    this.position++;
    this.request(operation(step));
  }
}

function operation(step: ScriptStep): Op {
  const { path } = step;
  const data = step.data === undefined ? null : Uint8Array.from(step.data, (char) => char.charCodeAt(0));
  const version = step.version ?? -1;
  switch (step.op) {
    case 'create':
      return { type: OpCode.create, path, data, acl: OPEN_ACL_UNSAFE, flags: 0 };
    case 'set':
      return { type: OpCode.setData, path, data, version };
    case 'delete':
      return { type: OpCode.delete, path, version };
    case 'get':
      return { type: OpCode.getData, path, watch: false };
    case 'exists':
      return { type: OpCode.exists, path, watch: false };
    case 'children':
      return { type: OpCode.getChildren, path, watch: false };
    case 'sync':
      return { type: OpCode.sync, path };
  }
}

/**
 * Random operations over `/k0`…`/kn` and their children: `rate` per second, `reads` their share (default
 * 0.5), `keys` n (10),
 * `dataBytes` (8), `from`, `until` (ms), `outstanding` (8), `timeout` (4000 ms).
 */
export const mix: ClientProgramFactory = (host, _id, params, settings) => {
  MIX(params, 'params');
  return new MixClient(host, settings, params as unknown as MixParams);
};

/**
 * `steps` one after the other, each after the answer to the one before; see {@link ScriptStep}; `timeout`
 * (4000 ms).
 */
export const script: ClientProgramFactory = (host, _id, params, settings) => {
  SCRIPT(params, 'params');
  const { steps, timeout } = params as unknown as { steps: readonly ScriptStep[]; timeout?: number };
  return new ScriptClient(host, settings, steps, timeout ?? DEFAULT_TIMEOUT_MS);
};

/** The client programs of this folder by name, for catalogs. */
export const clientPrograms: Readonly<Record<string, ClientProgramFactory>> = { mix, script };
