/** The worker in which runs are run, watched: one that answers no more is ended and another takes its place. */
import type { Reply, Request } from '../model/messages.ts';

/** Seconds without a word after which a worker that has something to do is taken for dead. */
export const PATIENCE = 8;

/** What is needed of a worker. */
export interface WorkerLike {
  onmessage: ((event: MessageEvent<Reply>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(request: Request): void;
  terminate(): void;
}

export interface SimulatorEvents {
  readonly reply: (reply: Reply) => void;
  /** A new worker was started, in which nothing is open; the sentence says why. Not told again before it has answered. */
  readonly restarted: (why: string) => void;
  /** There is no use in starting another. */
  readonly given: (why: string) => void;
}

export class Simulator {
  private readonly make: () => WorkerLike;
  private readonly events: SimulatorEvents;
  private worker: WorkerLike;
  /** Requests that are not answered yet. */
  private waiting = 0;
  private recording = false;
  private silent = 0;
  /** The worker has answered before. */
  private proven = false;
  private gone = false;

  constructor(make: () => WorkerLike, events: SimulatorEvents) {
    this.make = make;
    this.events = events;
    this.worker = this.start();
  }

  private start(): WorkerLike {
    const worker = this.make();
    worker.onmessage = ({ data }) => this.hear(data);
    worker.onerror = (event) => {
      event.preventDefault?.();
      this.restart(
        event.message
          ? `The simulator stopped by a mistake of its own (${event.message.replace(/^Uncaught /, '')}).`
          : 'The simulator could not be loaded.',
      );
    };
    this.waiting = 0;
    this.recording = false;
    this.silent = 0;
    this.proven = false;
    return worker;
  }

  send(request: Request): void {
    if (this.gone) return;
    this.waiting++;
    this.worker.postMessage(request);
  }

  private hear(reply: Reply): void {
    this.silent = 0;
    this.proven = true;
    if (reply.kind === 'done') {
      this.waiting--;
      this.recording = reply.recording;
    } else if (reply.kind === 'progress') this.recording = !reply.complete;
    this.events.reply(reply);
  }

  /** A second has passed. Seconds in which the page itself stood still do not count: so they are counted, not measured. */
  tick(): void {
    if (this.gone || (this.waiting === 0 && !this.recording)) {
      this.silent = 0;
      return;
    }
    this.silent++;
    if (this.silent < PATIENCE) return;
    this.restart(
      `The simulator has not answered for ${PATIENCE} seconds and was stopped: something in this run never ends.`,
    );
  }

  private restart(why: string): void {
    this.worker.onmessage = null;
    this.worker.onerror = null;
    this.worker.terminate();
    if (!this.proven) {
      this.gone = true;
      this.events.given(why);
      return;
    }
    this.worker = this.start();
    this.events.restarted(why);
  }
}
