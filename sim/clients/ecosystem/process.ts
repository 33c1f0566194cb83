/**
 * A process of a system built on ZooKeeper: it runs a program, answers orders of its kind on its client port, and goes on
 * with a new session when its own has expired.
 */
import type { Program, ProgramMaker, Step, Zk } from '../../../protocol/client/index.ts';
import { isError } from '../../../protocol/client/recipes/index.ts';
import type { ChannelId, CloseReason, Host, Message, Port, TimerId } from '../../../protocol/host.ts';
import type { ClientOp } from '../../../protocol/request.ts';
import { ErrorCode } from '../../../protocol/txn.ts';
import type { ClientActor, ClientCounters, ClientProgramFactory, ClientSettings } from '../../catalog.ts';
import { FIRST_CLIENT } from '../../network.ts';
import { asObject, type Member, object } from '../../shape.ts';
import type { Json } from '../../spec.ts';
import { noCounts } from '../counting.ts';
import { CLIENT_MEMBERS } from '../params.ts';
import { type MakerParams, ProgramActor } from '../program.ts';

/** What one process asks another to do, outside of ZooKeeper. */
export interface Order extends Message {
  readonly kind: 'order';
  /** What is asked, in the system's own word. */
  readonly order: string;
  /** What it is about: a region, a partition, a path. */
  readonly about: string;
  /** Epoch or fencing token of who asks; −1 where there is none. */
  readonly token: number;
  /** Who asks, by its name in the system. */
  readonly from: string;
  /** What else there is to say. */
  readonly text?: string;
}
export interface OrderAnswer extends Message {
  readonly kind: 'ordered';
  readonly accepted: boolean;
  /** What was asked for, where it was a question. */
  readonly text: string;
}

/** What a process remembers between orders, as long as it runs. */
export type Memory = Map<string, number | string>;

/** An answer, and the action to tell (empty: none). */
export interface Judgement {
  readonly accepted: boolean;
  readonly action: string;
  readonly text?: string;
  /** Whom to name; default: who asked. */
  readonly holder?: string;
}

/** How a process of a system behaves; a constant. */
export interface Part {
  /** Name of the system: the recipe its processes tell under. */
  readonly system: string;
  /** Members of its parameters, besides those of every program. */
  readonly members: Readonly<Record<string, Member>>;
  /** Its program; absent: it uses no ZooKeeper. */
  readonly program?: (params: Json, settings: ClientSettings) => Program;
  /** Judges an order; absent: it takes none. */
  readonly judge?: (memory: Memory, order: Order, params: Json) => Judgement;
}

/** Pause before a process asks for a new session, ms. */
const RENEW_MS = 100;
const RENEW = 'process.renew';

class EcosystemProcess implements ClientActor {
  readonly host: Host;
  readonly id: number;
  readonly part: Part;
  readonly maker: ProgramMaker<MakerParams>;
  readonly given: MakerParams;
  readonly memory: Memory = new Map();
  /** Of the sessions before the present one. */
  readonly past = noCounts();
  readonly accepted = new Set<ChannelId>();
  /** The program in its present session; null: it has none. */
  program: ProgramActor | null = null;
  renewing = false;

  constructor(host: Host, id: number, part: Part, maker: ProgramMaker<MakerParams>, given: MakerParams) {
    this.host = host;
    this.id = id;
    this.part = part;
    this.maker = maker;
    this.given = given;
    if (part.program !== undefined) this.program = new ProgramActor(host, id, maker, given);
  }

  get counters(): ClientCounters {
    const { past } = this;
    const now = this.program?.counters ?? noCounts();
    const errors = { ...past.errors };
    for (const [code, count] of Object.entries(now.errors)) errors[code] = (errors[code] ?? 0) + count;
    return {
      started: past.started + now.started,
      ok: past.ok + now.ok,
      errors,
      lost: past.lost + now.lost,
      connects: past.connects + now.connects,
    };
  }

  start(): void {
    if (this.part.judge !== undefined) this.host.listen('client', true);
    this.program?.start();
    this.look();
  }

  submit(request: ClientOp): void {
    this.program?.submit(request);
  }

  /** A program that is over because its session has expired begins anew. */
  private look(): void {
    const { program } = this;
    if (program === null || this.renewing || !program.over || program.client.state !== 'EXPIRED') return;
    if (this.host.now() >= this.given.settings.stopAt) return;
    this.renewing = true;
    this.host.setTimer(RENEW_MS, RENEW, 0);
  }

  private renew(): void {
    const { past, program } = this;
    this.renewing = false;
    Object.assign(past, this.counters);
    const next = new ProgramActor(this.host, this.id, this.maker, this.given);
    next.client.nextTicket = program!.client.nextTicket;
    this.program = next;
    next.start();
  }

  private judge(channel: ChannelId, order: Order): void {
    const { about, token, from } = order;
    const {
      accepted,
      action,
      text = '',
      holder = from,
    } = this.part.judge!(this.memory, order, this.given.params);
    this.past.started++;
    if (accepted) this.past.ok++;
    if (action !== '' && this.host.probing) {
      const { system: recipe } = this.part;
      this.host.probe({
        kind: 'told',
        server: 0,
        client: this.id,
        recipe,
        action,
        path: about,
        token,
        holder,
      });
    }
    const answer: OrderAnswer = { kind: 'ordered', accepted, text };
    this.host.send(channel, answer);
  }

  onMessage(channel: ChannelId, message: Message): void {
    if (this.accepted.has(channel)) {
      if (message.kind === 'order') this.judge(channel, message as Order);
      return;
    }
    this.program?.onMessage(channel, message);
    this.look();
  }

  onTimer(name: string, arg: number, id: TimerId): void {
    if (name === RENEW) this.renew();
    else this.program?.onTimer(name, arg, id);
    this.look();
  }

  onClosed(channel: ChannelId, reason: CloseReason): void {
    if (this.accepted.delete(channel)) this.host.close(channel);
    else this.program?.onClosed(channel, reason);
    this.look();
  }

  onConnected(channel: ChannelId): void {
    this.program?.onConnected(channel);
    this.look();
  }

  onStep(name: string, arg: number): void {
    this.program?.onStep(name, arg);
    this.look();
  }

  onAccept(channel: ChannelId, _port: Port): void {
    this.accepted.add(channel);
  }

  onDrained(_channel: ChannelId): void {}
  onDurable(_token: number): void {}
  onStoreFailed(_token: number, _reason: string): void {}
}

/** Runs a program until its session is gone, and says so. */
function* whileInSession(zk: Zk, system: string, program: Program): Step<void> {
  try {
    yield* program(zk);
  } catch (error) {
    if (!isError(error, ErrorCode.SESSIONEXPIRED)) throw error;
    yield* zk.tell(system, 'session lost');
  }
}

/** Makes a process of a catalog. */
export function processOf(part: Part): ClientProgramFactory {
  const shape = object({ ...CLIENT_MEMBERS, ...part.members });
  const maker: ProgramMaker<MakerParams> = {
    make: ({ params, settings }) => {
      const program = part.program!(params, settings);
      return (zk) => whileInSession(zk, part.system, program);
    },
  };
  return (host, id, params, settings) => {
    asObject(params, 'params');
    shape(params, 'params');
    return new EcosystemProcess(host, id, part, maker, { params, settings });
  };
}

/** Sends an order to a process, by its place in the run's list; null: no answer within `withinMs`. */
export function* send(
  zk: Zk,
  process: number,
  order: Omit<Order, 'kind'>,
  withinMs = 500,
): Step<OrderAnswer | null> {
  const message: Order = { kind: 'order', ...order };
  return (yield* zk.call(FIRST_CLIENT + process, message, withinMs)) as OrderAnswer | null;
}
