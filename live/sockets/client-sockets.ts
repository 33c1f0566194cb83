/** The clients of one live server: their sockets on one side, the gate of its client port on the other. */
import type { Socket } from 'node:net';
import type { EnsembleConfig } from '../../protocol/config.ts';
import type { Actor, ChannelId, Message } from '../../protocol/host.ts';
import { ClientGate, type GateSockets, type RemoteEnd } from '../../protocol/wire/index.ts';
import { ClientSocket, Hold, type SocketListener } from './client-socket.ts';
import { remoteAddress } from './remote-address.ts';
import type { Turns } from './turns.ts';

export class ClientSockets implements GateSockets, SocketListener {
  private readonly server: number;
  private readonly turns: Turns;
  private readonly clock: () => number;
  private readonly gate: ClientGate;
  private readonly sockets: Map<ChannelId, ClientSocket> = new Map();
  private stopped = false;

  /** @param clock monotonic, ms */
  constructor(server: number, config: EnsembleConfig, actor: Actor, turns: Turns, clock: () => number) {
    this.server = server;
    this.turns = turns;
    this.clock = clock;
    this.gate = new ClientGate(config, actor, this);
  }

  accept(channel: ChannelId, socket: Socket): void {
    const { remoteAddress: address = '', remotePort = 0 } = socket;
    this.sockets.set(channel, new ClientSocket(socket, channel, this.server, this));
    this.gate.open(channel, { address: remoteAddress(address), port: remotePort });
  }

  send(channel: ChannelId, message: Message): void {
    this.gate.send(channel, message);
  }

  close(channel: ChannelId): void {
    this.gate.close(channel);
  }

  holdUp(channel: ChannelId, on: boolean): void {
    this.gate.holdUp(channel, on);
  }

  /** Null once it is closed. */
  remote(channel: ChannelId): RemoteEnd | null {
    return this.gate.remote(channel);
  }

  /** The server is gone: all are closed, and it hears nothing of them. */
  stop(): void {
    this.stopped = true;
    for (const socket of this.sockets.values()) socket.end('closed');
    this.sockets.clear();
  }

  // --- from sockets

  onBytes(channel: ChannelId, bytes: Uint8Array): void {
    this.gate.bytes(channel, bytes);
  }

  onDrained(channel: ChannelId): void {
    this.gate.drained(channel);
  }

  onGone(channel: ChannelId, reset: boolean): void {
    this.gate.closed(channel, reset ? 'reset' : 'closed');
  }

  // --- for the gate

  now(): number {
    return this.clock();
  }

  wake(delayMs: number): void {
    setTimeout(() => {
      if (!this.stopped) this.gate.expire();
    }, delayMs).unref();
  }

  write(channel: ChannelId, bytes: Uint8Array): void {
    const socket = this.sockets.get(channel);
    if (socket === undefined) return;
    this.turns.flushLater(socket);
    socket.write(bytes);
  }

  read(channel: ChannelId, on: boolean): void {
    this.sockets.get(channel)?.hold(Hold.SERVER, !on);
  }

  full(channel: ChannelId): void {
    this.sockets.get(channel)?.tellDrained();
  }

  goOn(channel: ChannelId): void {
    setImmediate(() => {
      if (!this.stopped) this.gate.goOn(channel);
    });
  }

  end(channel: ChannelId, reason: 'closed' | 'reset'): void {
    const socket = this.sockets.get(channel);
    this.sockets.delete(channel);
    socket?.end(reason);
  }
}
