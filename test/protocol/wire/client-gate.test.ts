import { describe, expect, it } from 'vitest';
import type { ConnectRequest, ConnectResponse } from '../../../protocol/client-messages.ts';
import type { ChannelId, Message } from '../../../protocol/host.ts';
import { NO_SESSION, OpCode } from '../../../protocol/txn.ts';
import { ClientEnd, ClientGate, type GateLimits, type GateSockets } from '../../../protocol/wire/index.ts';

const limits: GateLimits = { maxBuffer: 1000, maxClientCnxns: 2, maxCnxns: 0, sessionlessTimeout: 10_000 };
const here = { address: '127.0.0.1', port: 5000 };
const connect: ConnectRequest = {
  kind: 'connect',
  lastZxidSeen: 0,
  timeout: 4000,
  session: NO_SESSION,
  passwd: '',
  readOnly: false,
};
const connected: ConnectResponse = {
  kind: 'connected',
  timeout: 24_000,
  session: '0100000000000001',
  passwd: '00'.repeat(16),
  readOnly: false,
};
const ping = { kind: 'request', cxid: -2, op: { type: OpCode.ping } } as Message;

/** A gate with what is in front of it and behind it written down. */
function gateWith(changes: Partial<GateLimits> = {}) {
  const front: string[] = [];
  const behind: string[] = [];
  const world = { time: 0, wake: null as number | null };
  const sockets: GateSockets = {
    now: () => world.time,
    wake: (delay) => {
      expect(world.wake).toBe(null);
      world.wake = world.time + delay;
    },
    write: (connection) => front.push(`${connection} write`),
    read: (connection, on) => front.push(`${connection} read ${on}`),
    full: (connection) => front.push(`${connection} full`),
    goOn: (connection) => front.push(`${connection} goes on`),
    end: (connection, reason) => front.push(`${connection} end ${reason}`),
  };
  const server = {
    onAccept: (channel: ChannelId) => behind.push(`${channel} accepted`),
    onMessage: (channel: ChannelId, message: Message) => behind.push(`${channel} ${message.kind}`),
    onClosed: (channel: ChannelId, reason: string) => behind.push(`${channel} ${reason}`),
  };
  const gate = new ClientGate({ ...limits, ...changes }, server as never, sockets);
  const goTo = (time: number): void => {
    while (world.wake !== null && world.wake <= time) {
      world.time = world.wake;
      world.wake = null;
      gate.expire();
    }
    world.time = time;
  };
  return { gate, front, behind, goTo };
}

describe('the byte side of a client port', () => {
  it('WIRE-33 resets one connection too many from an address, and takes one again when another has gone', () => {
    const { gate, front, behind } = gateWith();
    expect([1, 2].map((id) => gate.open(id, here))).toEqual([true, true]);
    expect(gate.open(3, here)).toBe(false);
    expect(gate.open(4, { address: '127.0.0.2', port: 1 })).toBe(true);
    expect(front).toEqual(['3 end reset']);
    expect(behind).not.toContain('3 accepted');
    gate.closed(1, 'closed');
    expect(gate.open(5, here)).toBe(true);
  });

  it('WIRE-33 with no limit takes any number, with one on all no more than that', () => {
    const free = gateWith({ maxClientCnxns: 0 }).gate;
    expect(Array.from({ length: 200 }, (_, i) => free.open(i, here)).every((taken) => taken)).toBe(true);
    const { gate } = gateWith({ maxCnxns: 1 });
    expect(gate.open(1, here)).toBe(true);
    expect(gate.open(2, { address: '127.0.0.2', port: 1 })).toBe(false);
  });

  it('WIRE-34 closes without an answer what cannot be read, once what came before it has been told', () => {
    for (const bad of ['ffffffff', '000003e9', '0000000400000001']) {
      const { gate, front, behind } = gateWith();
      const client = new ClientEnd();
      gate.open(1, here);
      const bytes = [client.encode(connect), client.encode(ping), Buffer.from(bad, 'hex')];
      gate.bytes(1, new Uint8Array(Buffer.concat(bytes)));
      expect(behind).toEqual(['1 accepted', '1 connect']);
      gate.send(1, connected);
      gate.goOn(1);
      expect(behind).toEqual(['1 accepted', '1 connect', '1 request', '1 reset']);
      expect(front.at(-1)).toBe('1 end closed');
      expect(front.filter((line) => line === '1 write').length).toBe(1);
      gate.bytes(1, client.encode(ping));
      gate.send(1, connected);
      expect(behind.length).toBe(4);
    }
  });

  it('WIRE-35 closes a connection without a session after the timeout, rounded up to the next multiple of it', () => {
    const { gate, front, behind, goTo } = gateWith();
    gate.open(1, here);
    goTo(5000);
    gate.open(2, here);
    gate.bytes(2, new Uint8Array(2));
    goTo(19_999);
    expect(front).toEqual([]);
    goTo(20_000);
    expect(front).toEqual(['1 end closed', '2 end closed']);
    expect(behind.slice(-2)).toEqual(['1 reset', '2 reset']);
  });

  it('WIRE-35 a connection with a session may be silent for its timeout; whatever is said counts', () => {
    const { gate, front, goTo } = gateWith();
    const client = new ClientEnd();
    gate.open(1, here);
    gate.bytes(1, client.encode(connect));
    gate.send(1, connected);
    for (let time = 20_000; time <= 200_000; time += 20_000) {
      goTo(time);
      gate.bytes(1, client.encode(ping));
    }
    goTo(229_999);
    expect(front.filter((line) => line.includes('end'))).toEqual([]);
    goTo(230_000);
    expect(front.at(-1)).toBe('1 end closed');
    expect(gate.size).toBe(0);
  });

  it('WIRE-36 does not read a connection between handshake and answer, nor while the server holds it up', () => {
    const { gate, front } = gateWith();
    const client = new ClientEnd();
    gate.open(1, here);
    gate.bytes(1, client.encode(connect));
    expect(front).toEqual(['1 read false']);
    gate.holdUp(1, true);
    gate.send(1, connected);
    expect(front).toEqual(['1 read false', '1 write']);
    gate.holdUp(1, false);
    expect(front.at(-1)).toBe('1 read true');
  });

  it('WIRE-36 hands over frame by frame: what came in one piece waits as well', () => {
    const { gate, front, behind } = gateWith();
    const client = new ClientEnd();
    gate.open(1, here);
    gate.bytes(
      1,
      new Uint8Array(Buffer.concat([client.encode(connect), client.encode(ping), client.encode(ping)])),
    );
    gate.holdUp(1, true);
    gate.send(1, connected);
    gate.goOn(1);
    expect(behind).toEqual(['1 accepted', '1 connect']);
    gate.holdUp(1, false);
    expect(front.slice(-2)).toEqual(['1 read true', '1 goes on']);
    gate.goOn(1);
    expect(behind.slice(2)).toEqual(['1 request', '1 request']);
  });

  it('WIRE-37 does not hear a client for which more than 1 MB waits, until all of it has left', () => {
    const { gate, front, behind } = gateWith();
    const client = new ClientEnd();
    gate.open(1, here);
    gate.bytes(1, client.encode(connect));
    gate.send(1, connected);
    const answer = { kind: 'wordAnswer', text: 'x'.repeat(400_000) } as Message;
    for (let i = 0; i < 3; i++) gate.send(1, answer);
    expect(front.slice(-3)).toEqual(['1 write', '1 read false', '1 full']);
    gate.bytes(1, client.encode(ping));
    expect(behind).not.toContain('1 request');
    gate.drained(1);
    expect(front.slice(-2)).toEqual(['1 read true', '1 goes on']);
    gate.goOn(1);
    expect(behind.at(-1)).toBe('1 request');
  });

  it('WIRE-25 tells the server the word, and for stmk the eight bytes behind it', () => {
    const { gate, behind } = gateWith();
    gate.open(1, here);
    for (const byte of Buffer.from('ruok')) gate.bytes(1, new Uint8Array([byte]));
    gate.bytes(1, new Uint8Array([0, 0, 0, 1]));
    expect(behind).toEqual(['1 accepted', '1 word']);
    gate.open(2, here);
    gate.bytes(2, new Uint8Array(Buffer.from('stmk\0\0\0\0\0\0\0')));
    expect(behind.slice(2)).toEqual(['2 accepted', '2 word']);
    gate.bytes(2, new Uint8Array([7]));
    expect(behind.slice(2)).toEqual(['2 accepted', '2 word', '2 word']);
  });

  it('tells who is at the other end until it has closed', () => {
    const { gate } = gateWith();
    gate.open(1, here);
    expect(gate.remote(1)).toEqual(here);
    gate.close(1);
    expect(gate.remote(1)).toBe(null);
  });
});
