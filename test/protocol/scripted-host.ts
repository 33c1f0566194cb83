import type { ConnectRequest } from '../../protocol/client-messages.ts';
import { DEFAULT_CONFIG, type EnsembleConfig } from '../../protocol/config.ts';
import type {
  Actor,
  Address,
  ChannelId,
  FileContent,
  Host,
  Message,
  Port,
  Store,
  StoreRecord,
  Tail,
  TimerId,
} from '../../protocol/host.ts';
import type { ProbeEvent, ProbeKind } from '../../protocol/probe.ts';
import { Peer } from '../../protocol/server/peer.ts';
import { NO_SESSION, type TxnRecord } from '../../protocol/txn.ts';

/** A request to the store that the test has not let become durable yet. */
interface StoreRequest {
  readonly op: 'flush' | 'truncate' | 'remove' | 'value';
  readonly name: string;
  readonly token: number;
}

/** A store in memory. What was asked of it becomes durable when the test says so. */
export class ScriptedStore implements Store {
  readonly files = new Map<string, StoreRecord[]>();
  readonly tails = new Map<string, Tail>();
  readonly values = new Map<string, number>();
  readonly pending: StoreRequest[] = [];

  list(): readonly string[] {
    return [...this.files.keys()].sort();
  }
  read(file: string): FileContent {
    return { records: [...(this.files.get(file) ?? [])], tail: this.tails.get(file) ?? 'clean' };
  }
  size(file: string): number {
    return 100 * (this.files.get(file)?.length ?? 0);
  }
  append(file: string, record: StoreRecord): void {
    const records = this.files.get(file);
    if (records === undefined) this.files.set(file, [record]);
    else records.push(record);
  }
  flush(file: string, token: number): void {
    this.pending.push({ op: 'flush', name: file, token });
  }
  truncate(file: string, count: number, token: number): void {
    this.files.set(file, (this.files.get(file) ?? []).slice(0, count));
    this.tails.delete(file);
    this.pending.push({ op: 'truncate', name: file, token });
  }
  remove(file: string, token: number): void {
    this.files.delete(file);
    this.pending.push({ op: 'remove', name: file, token });
  }
  readValue(name: string): number | null {
    return this.values.get(name) ?? null;
  }
  writeValue(name: string, value: number, token: number): void {
    this.values.set(name, value);
    this.pending.push({ op: 'value', name, token });
  }

  /** Zxids in the log, as its files hold them. */
  logged(): number[] {
    return this.list()
      .filter((name) => name.startsWith('log.'))
      .flatMap((name) => this.read(name).records.slice(1) as unknown as TxnRecord[])
      .map(({ zxid }) => zxid)
      .sort((a, b) => a - b);
  }
}

/** A world that does nothing by itself: the test fires timers, steps and completions, and plays the other servers. */
export class ScriptedHost implements Host {
  readonly store: ScriptedStore;
  readonly probing = true;
  actor: Actor | null = null;
  time = 0;
  exited: string | null = null;
  /** What channels take; false: they are full. */
  room = true;
  readonly sent: { readonly channel: ChannelId; readonly message: Message }[] = [];
  readonly dialled: { readonly channel: ChannelId; readonly address: Address }[] = [];
  readonly closed = new Set<ChannelId>();
  readonly open = new Set<Port>();
  readonly probes: ProbeEvent[] = [];
  readonly steps: { readonly name: string; readonly arg: number }[] = [];
  readonly timers = new Map<TimerId, { readonly name: string; readonly arg: number; readonly at: number }>();
  private lastId = 0;

  constructor(store = new ScriptedStore()) {
    this.store = store;
  }

  now(): number {
    return this.time;
  }
  wallClock(): number {
    return 1_700_000_000_000 + this.time;
  }
  random(): number {
    return 0.5;
  }
  setTimer(delayMs: number, name: string, arg: number): TimerId {
    const id = ++this.lastId;
    this.timers.set(id, { name, arg, at: this.time + delayMs });
    return id;
  }
  clearTimer(id: TimerId): void {
    this.timers.delete(id);
  }
  schedule(name: string, arg: number): void {
    this.steps.push({ name, arg });
  }
  holdUp(_channel: ChannelId, _on: boolean): void {}
  remoteAddress(_channel: ChannelId): string {
    return '10.0.0.9';
  }
  remotePort(channel: ChannelId): number {
    return 40_000 + channel;
  }
  dial(address: Address): ChannelId {
    const channel = ++this.lastId;
    this.dialled.push({ channel, address });
    return channel;
  }
  send(channel: ChannelId, message: Message): boolean {
    if (!this.closed.has(channel)) this.sent.push({ channel, message });
    return this.room;
  }
  close(channel: ChannelId): void {
    this.closed.add(channel);
  }
  listen(port: Port, open: boolean): void {
    if (open) this.open.add(port);
    else this.open.delete(port);
  }
  exit(reason: string): void {
    this.exited ??= reason;
  }
  probe(event: ProbeEvent): void {
    this.probes.push({ ...event });
  }

  private get driven(): Actor {
    if (this.actor === null) throw new Error('the host drives nobody');
    return this.actor;
  }

  /** Someone dials `port`. */
  accept(port: Port): ChannelId {
    const channel = ++this.lastId;
    this.driven.onAccept(channel, port);
    return channel;
  }

  receive<M extends Message>(channel: ChannelId, message: M): void {
    this.driven.onMessage(channel, message);
  }

  /** Runs handed-over steps until none is left; nothing becomes durable. */
  runSteps(): void {
    for (let step = this.steps.shift(); step !== undefined; step = this.steps.shift()) {
      this.driven.onStep(step.name, step.arg);
    }
  }

  /** Runs one handed-over step of this name. */
  runStep(name: string): void {
    const index = this.steps.findIndex((step) => step.name === name);
    const [step] = this.steps.splice(index, 1);
    if (index < 0 || step === undefined) throw new Error(`no step ${name} waits`);
    this.driven.onStep(step.name, step.arg);
  }

  /** The oldest request to the store becomes durable. */
  syncOne(): void {
    const request = this.store.pending.shift();
    if (request === undefined) throw new Error('nothing waits for the disk');
    this.driven.onDurable(request.token);
  }

  /** Runs steps and completions until nothing but time is waited for. */
  settle(): void {
    this.runSteps();
    while (this.store.pending.length > 0) {
      this.syncOne();
      this.runSteps();
    }
  }

  /** Lets time pass; timers fire in order and everything settles in between (unless `stalled`: the disk). */
  advance(ms: number, stalled = false): void {
    const end = this.time + ms;
    for (;;) {
      const due = [...this.timers]
        .filter(([, timer]) => timer.at <= end)
        .sort((a, b) => a[1].at - b[1].at)[0];
      if (due === undefined) break;
      const [id, { name, arg, at }] = due;
      this.timers.delete(id);
      this.time = at;
      this.driven.onTimer(name, arg, id);
      if (stalled) this.runSteps();
      else this.settle();
    }
    this.time = end;
  }

  /** What was sent on a channel, or on all. */
  messages(channel?: ChannelId): Message[] {
    return this.sent
      .filter((sent) => channel === undefined || sent.channel === channel)
      .map((s) => s.message);
  }

  kinds(channel?: ChannelId): string[] {
    return this.messages(channel).map(({ kind }) => kind);
  }

  reported<K extends ProbeKind>(kind: K): Extract<ProbeEvent, { kind: K }>[] {
    return this.probes.filter((event) => event.kind === kind) as Extract<ProbeEvent, { kind: K }>[];
  }

  /** The roles this server took, LOOKING included, in order. */
  roles(): string[] {
    return this.reported('role').map(({ role }) => role);
  }
}

/** Quick limits for tests that let time pass. */
export function configured(changes: Partial<EnsembleConfig> = {}): EnsembleConfig {
  return { ...DEFAULT_CONFIG, tickTime: 100, initLimit: 10, syncLimit: 4, ...changes };
}

/** A server that has started and is looking. */
export function started(id: number, changes: Partial<EnsembleConfig> = {}, store = new ScriptedStore()) {
  const host = new ScriptedHost(store);
  const peer = new Peer(host, id, configured(changes));
  host.actor = peer;
  peer.start();
  host.settle();
  return { host, peer };
}

/** A transaction that changes nothing; its digest is not right and nobody looks. */
export function txn(zxid: number): TxnRecord {
  return {
    kind: 'txn',
    session: '0'.repeat(16),
    cxid: 1,
    zxid,
    time: 1,
    txn: { type: -1, err: -101 },
    digest: 0,
  };
}

/** A store that holds a server's history from an empty snapshot on. */
export function history(zxids: readonly number[], epoch: number): ScriptedStore {
  const { host } = started(1);
  const { store } = host;
  if (zxids.length > 0) {
    const file = `log.${(zxids[0] as number).toString(16)}`;
    store.append(file, { kind: 'logHeader' });
    for (const zxid of zxids) store.append(file, txn(zxid));
  }
  store.values.set('acceptedEpoch', epoch);
  store.values.set('currentEpoch', epoch);
  return store;
}

/** A client's first message: a new session is wanted. */
export const CONNECT: ConnectRequest = {
  kind: 'connect',
  lastZxidSeen: 0,
  timeout: 4000,
  session: NO_SESSION,
  passwd: '',
  readOnly: false,
};
