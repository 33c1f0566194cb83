/** One end of an election or quorum channel: a socket, and the codec of what is said over it. */
import { connect, type Socket } from 'node:net';
import type { ChannelId, CloseReason, Message, Port } from '../../protocol/host.ts';
import type { WireEnd } from '../../protocol/wire/index.ts';
import { closeBehind } from './closing.ts';
import { Outgoing } from './outgoing.ts';
import { remoteAddress } from './remote-address.ts';
import type { Turns } from './turns.ts';

/** Bytes that somebody may send before the first message is complete. */
const STRANGER_BYTES = 4096;

/** Who hears what happens on a link; after `onClosed` or {@link Link.close} nothing. */
export interface LinkListener {
  onConnected(link: Link): void;
  onMessage(link: Link, message: Message): void;
  onClosed(link: Link, reason: CloseReason): void;
  onDrained(link: Link): void;
}

export class Link {
  readonly id: ChannelId;
  readonly port: Port;
  private readonly socket: Socket;
  private readonly end: WireEnd;
  private readonly outgoing: Outgoing;
  private readonly listener: LinkListener;
  /** Has not said anything yet. */
  stranger: boolean;
  private heard = 0;
  private connected: boolean;
  private over = false;

  private constructor(
    id: ChannelId,
    port: Port,
    socket: Socket,
    accepted: boolean,
    end: WireEnd,
    turns: Turns,
    listener: LinkListener,
  ) {
    this.id = id;
    this.port = port;
    this.socket = socket;
    this.end = end;
    this.listener = listener;
    this.stranger = accepted;
    this.connected = accepted;
    this.outgoing = new Outgoing(socket, turns, () => {
      if (!this.over) listener.onDrained(this);
    });
    socket.on('connect', () => {
      this.connected = true;
      if (!this.over) listener.onConnected(this);
    });
    socket.on('data', (bytes) => this.onBytes(bytes));
    socket.on('end', () => this.finish('closed'));
    socket.on('error', () => {});
    socket.on('close', () => this.finish(this.connected ? 'reset' : 'refused'));
  }

  static dial(
    id: ChannelId,
    port: Port,
    to: { readonly host: string; readonly port: number },
    end: WireEnd,
    turns: Turns,
    listener: LinkListener,
  ): Link {
    const socket = connect({ ...to, allowHalfOpen: true, noDelay: true, keepAlive: true });
    return new Link(id, port, socket, false, end, turns, listener);
  }

  static accept(
    id: ChannelId,
    port: Port,
    socket: Socket,
    end: WireEnd,
    turns: Turns,
    listener: LinkListener,
  ): Link {
    socket.setKeepAlive(true);
    return new Link(id, port, socket, true, end, turns, listener);
  }

  get remoteAddress(): string {
    return remoteAddress(this.socket.remoteAddress ?? '');
  }

  get remotePort(): number {
    return this.socket.remotePort ?? 0;
  }

  /** False: it is full now. */
  send(message: Message): boolean {
    return this.over || this.outgoing.write(this.end.encode(message));
  }

  /** Closes it behind what was sent. */
  close(): void {
    if (this.over) return;
    this.over = true;
    this.outgoing.flush();
    if (this.connected) closeBehind(this.socket);
    else this.socket.destroy();
  }

  /** Nothing of it is wanted any more; its listener hears that it is reset. */
  reset(): void {
    if (this.over) return;
    this.socket.destroy();
    this.finish('reset');
  }

  private onBytes(bytes: Buffer): void {
    if (this.over) return;
    if (this.stranger) this.heard += bytes.length;
    for (const message of this.end.decode(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length))) {
      this.listener.onMessage(this, message);
      if (this.over) return;
    }
    if (this.end.failure !== null || (this.stranger && this.heard > STRANGER_BYTES)) this.reset();
  }

  private finish(reason: CloseReason): void {
    if (this.over) return;
    this.over = true;
    if (reason === 'closed') {
      this.outgoing.flush();
      closeBehind(this.socket);
    }
    this.listener.onClosed(this, reason);
  }
}
