import type { Address, ChannelId, Host, Message, Port, Store, TimerId } from '../../protocol/host.ts';
import type { ProbeEvent } from '../../protocol/probe.ts';
import type { Reply } from '../../protocol/request.ts';
import { defaultRules, type Rules } from '../../protocol/rules.ts';
import { Peer } from '../../protocol/server/peer.ts';
import type { ServiceRules } from '../../protocol/server/service-rules.ts';
import { OpCode, type TxnRecord } from '../../protocol/txn.ts';
import type { TxnPacket, ZxidPacket } from '../../protocol/zab/packets.ts';
import type { ZabRules } from '../../protocol/zab/rules.ts';
import { catalog } from '../../scenarios/index.ts';
import type { Catalog } from '../../sim/index.ts';

/** A catalog whose servers keep these rules, and whose hosts may be wrapped. */
export function broken(rules: Rules, wrap: (host: Host) => Host = (host) => host): Catalog {
  return { ...catalog, server: (host, id, config) => new Peer(wrap(host), id, config, rules) };
}

export function zab(changes: Partial<ZabRules>): Rules {
  return { ...defaultRules, zab: { ...defaultRules.zab, ...changes } };
}

export function service(changes: Partial<ServiceRules>): Rules {
  return { ...defaultRules, service: { ...defaultRules.service, ...changes } };
}

/** A host that hands everything on; breakages override what they break. */
export class Through implements Host {
  protected readonly inner: Host;

  constructor(inner: Host) {
    this.inner = inner;
  }

  get store(): Store {
    return this.inner.store;
  }
  get probing(): boolean {
    return this.inner.probing;
  }
  now(): number {
    return this.inner.now();
  }
  wallClock(): number {
    return this.inner.wallClock();
  }
  random(): number {
    return this.inner.random();
  }
  setTimer(delayMs: number, name: string, arg: number): TimerId {
    return this.inner.setTimer(delayMs, name, arg);
  }
  clearTimer(id: TimerId): void {
    this.inner.clearTimer(id);
  }
  schedule(name: string, arg: number): void {
    this.inner.schedule(name, arg);
  }
  dial(address: Address): ChannelId {
    return this.inner.dial(address);
  }
  send(channel: ChannelId, message: Message): boolean {
    return this.inner.send(channel, message);
  }
  close(channel: ChannelId): void {
    this.inner.close(channel);
  }
  holdUp(channel: ChannelId, on: boolean): void {
    this.inner.holdUp(channel, on);
  }
  remoteAddress(channel: ChannelId): string {
    return this.inner.remoteAddress(channel);
  }
  remotePort(channel: ChannelId): number {
    return this.inner.remotePort(channel);
  }
  listen(port: Port, open: boolean): void {
    this.inner.listen(port, open);
  }
  exit(reason: string): void {
    this.inner.exit(reason);
  }
  probe(event: ProbeEvent): void {
    this.inner.probe(event);
  }
}

/** Every tenth proposal of a leader reaches a learner changed on the way. */
export class Tampered extends Through {
  private readonly change: (record: TxnRecord) => TxnRecord;

  constructor(inner: Host, change: (record: TxnRecord) => TxnRecord) {
    super(inner);
    this.change = change;
  }

  override send(channel: ChannelId, message: Message): boolean {
    if (message.kind !== 'PROPOSAL') return super.send(channel, message);
    const { kind, record } = message as TxnPacket;
    if (record.zxid % 10 !== 0) return super.send(channel, message);
    const packet: TxnPacket = { kind, record: this.change(record) };
    return super.send(channel, packet);
  }
}

/** Every tenth proposal of a leader, and its commit, never reach a learner. */
export class Leaky extends Through {
  override send(channel: ChannelId, message: Message): boolean {
    const zxid =
      message.kind === 'PROPOSAL'
        ? (message as TxnPacket).record.zxid
        : message.kind === 'COMMIT'
          ? (message as ZxidPacket).zxid
          : 1;
    return zxid % 10 === 0 ? true : super.send(channel, message);
  }
}

/** Every tenth reply with data has other data. */
export class Inventive extends Through {
  private replies = 0;

  override send(channel: ChannelId, message: Message): boolean {
    if (message.kind !== 'reply') return super.send(channel, message);
    const { kind, cxid, zxid, result } = message as Reply;
    if (result.data === undefined || ++this.replies % 10 !== 0) return super.send(channel, message);
    const reply: Reply = { kind, cxid, zxid, result: { ...result, data: new Uint8Array([42]) } };
    return super.send(channel, reply);
  }
}

/** Other data under the same claim of what the tree comes to. */
export function otherData(record: TxnRecord): TxnRecord {
  const { txn } = record;
  if (txn.type !== OpCode.create && txn.type !== OpCode.setData) return record;
  return { ...record, txn: { ...txn, data: new Uint8Array([42]) } };
}

/** Another transaction, claim and all, that nobody proposed. */
export function otherTxn(record: TxnRecord): TxnRecord {
  return { ...record, txn: { type: OpCode.error, err: -1 }, digest: record.digest + 1 };
}
