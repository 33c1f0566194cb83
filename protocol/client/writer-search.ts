/** How a client of a read-only server looks for one that writes (ClientCnxn.SendThread.pingRwServer). */

import type { IsReadOnlyRequest } from '../client-messages.ts';
import type { ChannelId, Host, TimerId } from '../host.ts';

const MIN_INTERVAL = 100;
const MAX_INTERVAL = 60_000;
/** ms that a server has to answer. */
const ANSWER_TIMEOUT = 1000;

export class WriterSearch {
  private readonly host: Host;
  /** Channel on which a server is asked; 0: none. */
  channel: ChannelId = 0;
  /** The server last asked. */
  server = 0;
  timer: TimerId = 0;
  private last = 0;
  private interval = MIN_INTERVAL;

  constructor(host: Host) {
    this.host = host;
  }

  start(now: number): void {
    this.last = now;
  }

  /** ms until the next server is to be asked; 0 or less: now. Nothing is due while an answer is awaited. */
  due(now: number): number {
    return this.channel === 0 ? this.interval - (now - this.last) : Number.POSITIVE_INFINITY;
  }

  /** Asks a server; the intervals grow until one is found. */
  ask(server: number, now: number): void {
    const request: IsReadOnlyRequest = { kind: 'isro' };
    this.last = now;
    this.interval = Math.min(2 * this.interval, MAX_INTERVAL);
    this.server = server;
    this.channel = this.host.dial({ server, port: 'client' });
    this.host.send(this.channel, request);
    this.timer = this.host.setTimer(ANSWER_TIMEOUT, 'client.seek', 0);
  }

  found(): void {
    this.interval = MIN_INTERVAL;
  }

  /** No answer is awaited any more. */
  stop(): void {
    if (this.channel !== 0) this.host.close(this.channel);
    this.host.clearTimer(this.timer);
    this.channel = 0;
    this.timer = 0;
  }
}
