/** Small actors, and runs of them, for tests of the world. */
import type { Actor, ChannelId, CloseReason, Host, Message, Port, TimerId } from '../../protocol/host.ts';
import type { Catalog } from '../../sim/catalog.ts';
import { clientPrograms } from '../../sim/clients/index.ts';
import { RUN_FORMAT, type RunSpec } from '../../sim/spec.ts';

export interface Numbered extends Message {
  readonly kind: 'number';
  readonly n: number;
}

/** Records every call; subclasses act. */
export class Recorder implements Actor {
  readonly host: Host;
  readonly id: number;
  readonly calls: string[] = [];
  readonly got: number[] = [];

  constructor(host: Host, id: number) {
    this.host = host;
    this.id = id;
  }
  note(text: string): void {
    this.calls.push(`${this.host.now()} ${text}`);
  }
  start(): void {
    this.host.listen('quorum', true);
    this.host.listen('election', true);
  }
  onTimer(name: string, _arg: number, _id: TimerId): void {
    this.note(`timer ${name}`);
  }
  onStep(name: string, _arg: number): void {
    this.note(`step ${name}`);
  }
  onAccept(_channel: ChannelId, _port: Port): void {
    this.note('accept');
  }
  onConnected(_channel: ChannelId): void {
    this.note('connected');
  }
  onMessage(_channel: ChannelId, message: Message): void {
    this.got.push((message as Numbered).n);
    this.host.probe({ kind: 'committed', server: this.id, zxid: (message as Numbered).n });
  }
  onClosed(_channel: ChannelId, reason: CloseReason): void {
    this.note(reason);
  }
  onDrained(_channel: ChannelId): void {
    this.note('drained');
  }
  onDurable(token: number): void {
    this.note(`durable ${token}`);
  }
  onStoreFailed(token: number, reason: string): void {
    this.note(`failed ${token} ${reason}`);
  }
}

/** Sends 1, 2, 3, … to server 2, one per `every` ms, on one channel; never dials again. */
export class Sender extends Recorder {
  readonly every: number;
  channel = 0;
  sent = 0;
  full = 0;

  constructor(host: Host, id: number, every = 1) {
    super(host, id);
    this.every = every;
  }
  override start(): void {
    super.start();
    this.host.setTimer(5, 'dial', 0);
  }
  override onTimer(name: string): void {
    if (name === 'dial') this.channel = this.host.dial({ server: 2, port: 'quorum' });
    const message: Numbered = { kind: 'number', n: ++this.sent };
    if (!this.host.send(this.channel, message)) this.full++;
    this.host.setTimer(this.every, 'send', 0);
  }
}

export function spec(parts: Partial<RunSpec> = {}): RunSpec {
  return {
    format: RUN_FORMAT,
    seed: 1,
    ensemble: { participants: 3 },
    world: {},
    clients: [],
    faults: [],
    end: { at: 1000 },
    expectations: [],
    ...parts,
  };
}

export function catalog(make: (host: Host, id: number) => Actor): Catalog {
  return { server: make, programs: clientPrograms, monitors: () => [], variants: {} };
}

/** Server 1 sends to server 2; server 3 only listens. */
export const sending = catalog((host, id) => (id === 1 ? new Sender(host, id) : new Recorder(host, id)));
