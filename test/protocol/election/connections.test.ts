import { describe, expect, it } from 'vitest';
import { Connections } from '../../../protocol/election/connections.ts';
import type { Notification } from '../../../protocol/election/vote.ts';
import { ScriptedHost } from '../scripted-host.ts';

function bench(id: number) {
  const host = new ScriptedHost();
  return { host, links: new Connections(host, id, 500, 400) };
}

const note = (zxid: number): Notification => ({
  kind: 'notification',
  leader: 1,
  zxid,
  electionEpoch: 1,
  peerEpoch: 0,
  state: 'LOOKING',
});

const HELLO = { kind: 'electionHello', sid: 2 };

describe('FLE-10 one link per pair', () => {
  it('the server with the larger id keeps the link it dialled', () => {
    const { host, links } = bench(2);
    links.send(1, note(1));
    expect(host.dialled).toEqual([{ channel: 1, address: { server: 1, port: 'election' } }]);
    links.onConnected(1);
    expect(host.messages(1)).toEqual([HELLO, note(1)]);
    expect(host.closed.size).toBe(0);
    links.send(1, note(2));
    expect(host.dialled).toHaveLength(1);
    expect(host.messages(1).at(-1)).toEqual(note(2));
  });

  it('a dialler with the smaller id says who it is and closes', () => {
    const { host, links } = bench(2);
    links.send(3, note(1));
    links.onConnected(1);
    expect(host.messages(1)).toEqual([HELLO]);
    expect([...host.closed]).toEqual([1]);
    links.onAccept(50);
    links.onHello(50, 3);
    expect(host.messages(50)).toEqual([note(1)]);
    expect(links.ownerOf(50)).toBe(3);
  });

  it('the other then drops its old link and dials', () => {
    const { host, links } = bench(2);
    links.connect(1);
    links.onConnected(1);
    links.onAccept(50);
    links.onHello(50, 1);
    expect([...host.closed].sort()).toEqual([1, 50]);
    expect(host.dialled.map(({ address }) => address.server)).toEqual([1, 1]);
    expect(links.ownerOf(1)).toBeUndefined();
  });

  it('a newer link of a larger server replaces the older one', () => {
    const { host, links } = bench(2);
    links.onAccept(50);
    links.onHello(50, 3);
    links.onAccept(51);
    links.onHello(51, 3);
    expect([...host.closed]).toEqual([50]);
    links.send(3, note(1));
    expect(host.messages(51)).toEqual([note(1)]);
  });
});

describe('FLE-11 a send queue holds one message', () => {
  it('a newer one replaces it while there is no link', () => {
    const { host, links } = bench(2);
    for (const zxid of [1, 2, 3]) links.send(1, note(zxid));
    expect(host.dialled).toHaveLength(1);
    links.onConnected(1);
    expect(host.messages(1)).toEqual([HELLO, note(3)]);
  });

  it('and while the link is full', () => {
    const { host, links } = bench(2);
    links.connect(1);
    links.onConnected(1);
    host.room = false;
    for (const zxid of [1, 2, 3]) links.send(1, note(zxid));
    expect(host.messages(1)).toEqual([HELLO, note(1)]);
    expect(links.haveDelivered([1])).toBe(false);
    host.room = true;
    links.onDrained(1);
    expect(host.messages(1)).toEqual([HELLO, note(1), note(3)]);
    expect(links.haveDelivered([1])).toBe(true);
  });
});

describe('FLE-12 a new link', () => {
  function relinked(waiting: boolean) {
    const { host, links } = bench(2);
    links.send(1, note(1));
    links.onConnected(1);
    links.onClosed(1);
    if (waiting) links.send(1, note(2));
    else links.connect(1);
    const { channel } = host.dialled[1] as { channel: number };
    links.onConnected(channel);
    return host.messages(channel);
  }

  it('repeats the last message sent when none waits', () => {
    expect(relinked(false)).toEqual([HELLO, note(1)]);
  });

  it('and only then', () => {
    expect(relinked(true)).toEqual([HELLO, note(2)]);
  });
});
