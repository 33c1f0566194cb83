import { describe, expect, it } from 'vitest';
import { history, started } from '../scripted-host.ts';

const READ = { type: 3, path: '/', watch: false };
const WRITE = { type: 2, path: '/none', version: -1 };

function connected(outstandingLimit: number, last = 3) {
  const zxids = Array.from({ length: last }, (_, i) => i + 1);
  const { host, peer } = started(1, { participants: [1], outstandingLimit }, history(zxids, 0));
  const connect = (lastZxidSeen: number) => {
    const channel = host.accept('client');
    host.receive(channel, { kind: 'connect', lastZxidSeen } as never);
    return channel;
  };
  const session = (channel: number) => (host.messages(channel)[0] as unknown as { session: string }).session;
  return { host, peer, connect, session };
}

describe('SVC-1 a client that has seen more than the server', () => {
  it('is closed in silence', () => {
    const { host, connect } = connected(10);
    const channel = connect(4);
    expect(host.messages(channel)).toEqual([]);
    expect(host.closed.has(channel)).toBe(true);
  });

  it('and one that has seen as much is served', () => {
    const { host, connect } = connected(10);
    expect(host.kinds(connect(3))).toEqual(['connected']);
  });
});

describe('SVC-2 requests', () => {
  it('a server that is not serving closes client connections', () => {
    const { host, peer } = started(1);
    const channel = host.accept('client');
    host.receive(channel, { kind: 'connect', lastZxidSeen: 0 } as never);
    expect(host.closed.has(channel)).toBe(true);
    peer.onElected({ leader: 3, zxid: 0, electionEpoch: 1, peerEpoch: 0 });
    const next = host.accept('client');
    host.receive(next, { kind: 'connect', lastZxidSeen: 0 } as never);
    expect(host.closed.has(next)).toBe(true);
    expect(host.messages(next)).toEqual([]);
  });

  it('at most outstandingLimit are in process; others wait', () => {
    const { host, connect } = connected(2);
    const first = connect(0);
    const second = connect(0);
    const ask = (channel: number, cxid: number, op: object) =>
      host.receive(channel, { kind: 'request', cxid, op } as never);
    for (let cxid = 1; cxid <= 5; cxid++) ask(first, cxid, WRITE);
    ask(second, 1, READ);
    host.runSteps();
    expect(host.reported('proposed')).toHaveLength(2);
    // The read passes no limit either.
    expect(host.kinds(second)).toEqual(['connected']);
    host.settle();
    expect(host.reported('proposed')).toHaveLength(5);
    expect(host.kinds(second)).toEqual(['connected', 'reply']);
  });
});

describe('SVC-3 a session id', () => {
  it('is the server’s id, its clock’s low 40 bits, and a count', () => {
    const { host, connect, session } = connected(10);
    const clock = (host.wallClock() % 2 ** 40).toString(16).padStart(10, '0');
    expect(session(connect(0))).toBe(`01${clock}0000`);
    host.time += 5000;
    expect(session(connect(0))).toBe(`01${clock}0001`);
  });
});
