/** A handle's operations that have no answer yet (ClientCnxn's outgoingQueue and pendingQueue). */
import type { ClientOp } from '../request.ts';
import type { Ticket } from './api.ts';

const LAST_XID = 0x7fff_ffff;

/** An operation that has no answer yet. */
export interface Packet {
  readonly ticket: Ticket;
  /** With absolute paths. */
  readonly op: ClientOp;
  /** 0 until it is sent. */
  cxid: number;
}

/** Packets in the order in which they were submitted. Plain data. */
export class PacketQueue {
  private nextXid = 1;
  /** Sent, oldest first. */
  pending: Packet[] = [];
  /** Waits for a connection. */
  private outgoing: Packet[] = [];

  /** It waits until there is a connection. */
  wait(packet: Packet): void {
    this.outgoing.push(packet);
  }

  /** Numbers a packet that is sent now; the numbers go on through all connections (CLIENT-11). */
  sent(packet: Packet): void {
    if (this.nextXid === LAST_XID) this.nextXid = 1;
    packet.cxid = this.nextXid++;
    this.pending.push(packet);
  }

  /** Takes the oldest one sent, if the reply is to it; null: the connection cannot be trusted (CLIENT-13). */
  answered(cxid: number): Packet | null {
    const packet = this.pending[0];
    if (packet === undefined || packet.cxid !== cxid) return null;
    this.pending.shift();
    return packet;
  }

  /** Takes what waited for a connection. */
  takeWaiting(): readonly Packet[] {
    const { outgoing } = this;
    this.outgoing = [];
    return outgoing;
  }

  /** Takes all, what was sent first. */
  takeAll(): readonly Packet[] {
    const all = [...this.pending, ...this.outgoing];
    this.pending = [];
    this.outgoing = [];
    return all;
  }
}
