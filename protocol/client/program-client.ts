/**
 * Runs a program on a client's handle. A generator cannot be copied: the state of a program is its definition, its
 * parameters and the list of values it was fed, from which it is made anew where a copy goes on.
 */
import type { Actor, ChannelId, CloseReason, Host, Message, Port, TimerId } from '../host.ts';
import type { Result } from '../request.ts';
import type { Zxid } from '../zxid.ts';
import { type Answer, type ClientEvent, KeeperError, type Program, type Step, type Ticket } from './api.ts';
import type { Effect } from './effect.ts';
import { ProgramZk } from './zk.ts';
import { type ClientListener, type ClientOptions, ZooKeeperClient } from './zookeeper-client.ts';

/**
 * Makes a program from parameters. A constant of the code: copies of a run share it. Each call makes a program in its first
 * state, the same for the same parameters.
 */
export interface ProgramMaker<P> {
  make(params: P): Program;
}

/** Fed where there is nothing to tell. */
const NOTHING = null;

export class ProgramClient<P = unknown> implements Actor, ClientListener {
  readonly host: Host;
  readonly id: number;
  readonly maker: ProgramMaker<P>;
  readonly params: P;
  readonly client: ZooKeeperClient;
  /** All that the program was fed, in order: plain immutable values. */
  readonly fed: unknown[] = [];
  /** Null: not made yet, or not copied. */
  running: Step<void> | null = null;
  /** What the program waits for; null: it is not begun or over. */
  waiting: Effect | null = null;
  over = false;
  /** Answers not asked for yet; null: not there yet. */
  readonly answers = new Map<Ticket, Answer | null>();
  /** Not asked for yet, oldest first. */
  events: ClientEvent[] = [];
  /** Ends the wait, where a time is set. */
  timer: TimerId = 0;
  /** The ticket of `close`; 0: not asked for. */
  closeTicket: Ticket = 0;
  callChannel: ChannelId = 0;

  constructor(host: Host, id: number, options: ClientOptions, maker: ProgramMaker<P>, params: P) {
    this.host = host;
    this.id = id;
    this.maker = maker;
    this.params = params;
    this.client = new ZooKeeperClient(host, id, options, this);
  }

  start(): void {
    this.client.start();
    this.proceed(() => this.generator().next());
  }

  /** The program where it stands. */
  private generator(): Step<void> {
    if (this.running !== null) return this.running;
    const generator = this.maker.make(this.params)(new ProgramZk());
    this.running = generator;
    if (this.waiting === null) return generator;
    generator.next();
    for (const value of this.fed) generator.next(value);
    return generator;
  }

  private feed(value: unknown): void {
    this.host.clearTimer(this.timer);
    this.timer = 0;
    const generator = this.generator();
    this.fed.push(value);
    this.waiting = null;
    this.proceed(() => generator.next(value));
  }

  /** Goes on until the program waits or ends. */
  private proceed(first: () => IteratorResult<Effect, void>): void {
    try {
      let step = first();
      while (step.done !== true) {
        this.waiting = step.value;
        const value = this.perform(step.value);
        if (value === undefined) return;
        this.fed.push(value);
        step = this.running!.next(value);
      }
    } catch (error) {
      if (!(error instanceof KeeperError)) throw error;
      this.tell({
        kind: 'tell',
        recipe: 'program',
        action: 'failed',
        path: error.path,
        token: error.code,
        holder: error.message,
      });
      if (this.client.alive && !this.client.closing) this.client.close();
    }
    this.over = true;
    this.waiting = null;
    this.running = null;
  }

  /** Does what a program asks: the value to feed, or undefined where it has to wait. */
  private perform(effect: Effect): unknown {
    const { client, host } = this;
    switch (effect.kind) {
      case 'submit': {
        const ticket = client.submit(effect.op);
        this.answers.set(ticket, null);
        return ticket;
      }
      case 'answer': {
        const answer = this.answers.get(effect.ticket);
        if (answer === undefined)
          throw new Error(`ticket ${effect.ticket} is not open: each is answered once`);
        if (answer === null) return undefined;
        this.answers.delete(effect.ticket);
        return answer;
      }
      case 'event': {
        const event = this.takeEvent(effect.path);
        if (event !== null) return event;
        if (!client.alive) return client.lateError;
        if (effect.withinMs === 0) return NOTHING;
        if (effect.withinMs > 0) this.timer = host.setTimer(effect.withinMs, 'program', 0);
        return undefined;
      }
      case 'forgetEvents':
        this.events = effect.path === null ? [] : this.events.filter(({ path }) => path !== effect.path);
        return NOTHING;
      case 'addAuth':
        client.addAuth(effect.scheme, effect.auth);
        return NOTHING;
      case 'close':
        if (!client.alive || client.closing) return NOTHING;
        this.closeTicket = client.close();
        return undefined;
      case 'session': {
        const { session: id, timeout, state, lastZxid: zxid } = client;
        return Object.freeze({ id, timeout, state, zxid });
      }
      case 'sleep':
        this.timer = host.setTimer(effect.ms, 'program', 0);
        return undefined;
      case 'now':
        return host.now();
      case 'random':
        return host.random();
      case 'tell':
        this.tell(effect);
        return NOTHING;
      case 'call':
        this.callChannel = host.dial({ server: effect.service, port: 'client' });
        host.send(this.callChannel, effect.request);
        this.timer = host.setTimer(effect.withinMs, 'program', 0);
        return undefined;
    }
  }

  private tell(effect: Extract<Effect, { kind: 'tell' }>): void {
    if (!this.host.probing) return;
    const { recipe, action, path, token, holder } = effect;
    const { server } = this.client;
    this.host.probe({ kind: 'told', server, client: this.id, recipe, action, path, token, holder });
  }

  private takeEvent(path: string | null): ClientEvent | null {
    const index = path === null ? 0 : this.events.findIndex((event) => event.path === path);
    if (index < 0 || index >= this.events.length) return null;
    return this.events.splice(index, 1)[0]!;
  }

  private hangUp(): void {
    if (this.callChannel !== 0) this.host.close(this.callChannel);
    this.callChannel = 0;
  }

  onAnswer(ticket: Ticket, result: Result, zxid: Zxid): void {
    if (ticket === this.closeTicket) {
      if (this.waiting?.kind === 'close') this.feed(NOTHING);
      return;
    }
    const answer: Answer = Object.freeze({ result, zxid });
    if (this.waiting?.kind === 'answer' && this.waiting.ticket === ticket) {
      this.answers.delete(ticket);
      this.feed(answer);
    } else if (this.answers.has(ticket)) {
      this.answers.set(ticket, answer);
    }
  }

  onEvent(event: ClientEvent): void {
    if (this.over) return;
    this.events.push(Object.freeze({ ...event }));
    const { waiting } = this;
    if (waiting?.kind !== 'event') return;
    const next = this.takeEvent(waiting.path);
    if (next !== null) this.feed(next);
    else if (!this.client.alive) this.feed(this.client.lateError);
  }

  onTimer(name: string, arg: number, id: TimerId): void {
    if (name !== 'program') {
      this.client.onTimer(name, arg, id);
      return;
    }
    if (id !== this.timer) return;
    this.hangUp();
    this.feed(NOTHING);
  }

  onMessage(channel: ChannelId, message: Message): void {
    if (channel !== this.callChannel || channel === 0) {
      this.client.onMessage(channel, message);
      return;
    }
    this.hangUp();
    this.feed(message);
  }

  onClosed(channel: ChannelId, _reason: CloseReason): void {
    if (channel !== this.callChannel || channel === 0) {
      this.client.onClosed(channel);
      return;
    }
    this.callChannel = 0;
    this.feed(NOTHING);
  }

  onConnected(channel: ChannelId): void {
    this.client.onConnected(channel);
  }
  onStep(name: string, arg: number): void {
    this.client.onStep(name, arg);
  }
  onAccept(_channel: ChannelId, _port: Port): void {}
  onDrained(_channel: ChannelId): void {}
  onDurable(_token: number): void {}
  onStoreFailed(_token: number, _reason: string): void {}
}
