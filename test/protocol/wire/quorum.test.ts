import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../protocol/host.ts';
import type { SnapChunk } from '../../../protocol/snapshot.ts';
import {
  ElectionEnd,
  JuteError,
  JuteWriter,
  QuorumEnd,
  type JuteWriter as Writer,
} from '../../../protocol/wire/index.ts';
import { LONG_MIN } from '../../../protocol/zxid.ts';
import { cut, fromHex, hello, joined, notification, quorumPacket, snapshot } from './arbitraries.ts';

const CONFIG = 'server.1=10.0.0.1:2888:3888:participant\nversion=0';
const places = fc.array(fc.nat(5000), { maxLength: 40 });

function bytesOf(write: (writer: Writer) => void): Uint8Array {
  const writer = new JuteWriter();
  write(writer);
  return writer.finish();
}

const STAT = {
  czxid: 1,
  mzxid: 1,
  ctime: 1,
  mtime: 1,
  version: 0,
  cversion: 0,
  aversion: 0,
  ephemeralOwner: '0'.repeat(16),
  pzxid: 1,
};

describe('quorum packets', () => {
  it.each(['leader', 'learner'] as const)('WIRE-26 of a %s survive however the stream is cut', (side) => {
    // What follows SNAP is a snapshot.
    const packet = quorumPacket(side).filter(({ kind }) => kind !== 'SNAP');
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 6 }), places, (packets, where) => {
        const sender = new QuorumEnd(side, CONFIG);
        const receiver = new QuorumEnd(side === 'leader' ? 'learner' : 'leader', CONFIG);
        const stream = joined(packets.map((each) => sender.encode(each)));
        expect(cut(stream, where).flatMap((piece) => receiver.decode(piece))).toEqual(packets);
        expect(receiver.failure).toBeNull();
      }),
      { numRuns: 2000 },
    );
  });

  it('WIRE-28 a snapshot survives between packets, each piece by itself, and a second one behind it', () => {
    const stream = fc.tuple(snapshot, snapshot);
    fc.assert(
      fc.property(stream, places, fc.boolean(), fc.boolean(), (snapshots, where, whole, chunked) => {
        const sender = new QuorumEnd('leader', CONFIG, undefined, chunked);
        const receiver = new QuorumEnd('learner', CONFIG);
        const messages: Message[] = snapshots.flatMap((chunks: SnapChunk[]) => {
          const { zxid } = chunks[0] as { zxid: number };
          // The stream does not tell where the walk ended, nor the digest there.
          const end = { kind: 'snapEnd', zxid, digest: -1 };
          return [{ kind: 'SNAP', zxid }, ...chunks.slice(0, -1), end, { kind: 'NEWLEADER', zxid: 1 }];
        });
        const pieces = messages.map((message) => sender.encode(message));
        const heard =
          whole && chunked
            ? pieces.map((piece) => receiver.decode(piece))
            : [cut(joined(pieces), where).flatMap((piece) => receiver.decode(piece))];
        expect(heard).toEqual(whole && chunked ? messages.map((message) => [message]) : [messages]);
        expect(receiver.failure).toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  it('WIRE-28 to servers of Apache all ACLs go before the first node, each once', () => {
    const sender = new QuorumEnd('leader', CONFIG);
    const acl = [{ perms: 1, scheme: 'ip', id: '10.0.0.1' }];
    sender.encode({ kind: 'SNAP', zxid: 1 } as Message);
    const early = [
      { kind: 'snapHeader', zxid: 1, sessions: [] },
      { kind: 'snapNode', path: '', data: null, acl, stat: STAT },
      { kind: 'snapNode', path: '/a', data: null, acl: acl.map((each) => ({ ...each })), stat: STAT },
    ];
    for (const chunk of early) expect(sender.encode(chunk as Message)).toHaveLength(0);
    const bytes = sender.encode({ kind: 'snapEnd', zxid: 1, digest: 0 } as Message);
    const lists =
      '00000000 00000001 0000000000000001 00000001 00000001 00000002 6970 00000008 31302e302e302e31';
    expect(Buffer.from(bytes).toString('hex')).toContain(lists.replaceAll(' ', ''));
    expect(bytes).toHaveLength(4 + 4 + 8 + 4 + 4 + 6 + 12 + 2 * (4 + 4 + 8 + 60) + 2 + 5 + 14);
  });

  it('WIRE-28 an ACL is sent once; a piece of a snapshot is sent only behind SNAP', () => {
    const sender = new QuorumEnd('leader', CONFIG, undefined, true);
    const acl = [{ perms: 1, scheme: 'ip', id: '10.0.0.1' }];
    const node = { kind: 'snapNode', path: '/a', data: null, acl, stat: STAT } as Message;
    expect(() => sender.encode(node)).toThrow(JuteError);
    sender.encode({ kind: 'SNAP', zxid: 1 } as Message);
    sender.encode({ kind: 'snapHeader', zxid: 1, sessions: [] } as Message);
    const [first, second] = [sender.encode(node), sender.encode(node)];
    expect(first.length - second.length).toBe(4 + 4 + 6 + 12);
    expect(() => sender.encode({ ...node, path: '/' } as Message)).toThrow(/root/);
  });

  it('WIRE-27 NEWLEADER carries the configuration; packets of a reconfiguration are unknown', () => {
    const newLeader = new QuorumEnd('leader', CONFIG).encode({
      kind: 'NEWLEADER',
      zxid: 0x1_0000_0000,
    } as Message);
    expect(Buffer.from(newLeader.subarray(16, -4)).toString()).toBe(CONFIG);
    for (const type of [0, 9, 19, 20]) {
      const receiver = new QuorumEnd('learner', CONFIG);
      receiver.decode(bytesOf((writer) => writer.int(type).long(1).int(-1).int(-1)));
      expect(receiver.failure, String(type)).toMatch(/type/);
    }
  });

  it('WIRE-27 data that is not the packet’s ends the stream', () => {
    const packets: [number, number, string][] = [
      [11, 0x1_0000_0001, '0000000000000001 00010000 0000000000000000'],
      [11, 0x1_0000_0000, '00'],
      [17, -1, '00010000'],
      [18, 1, ''],
      [2, 1, '00'],
      [1, -1, '0000000000000000 00000001 00000063'],
      [5, 1, '00'],
      [6, -1, ''],
    ];
    for (const [type, zxid, data] of packets) {
      const receiver = new QuorumEnd('leader', CONFIG);
      const bytes = bytesOf((writer) => writer.int(type).long(zxid).buffer(fromHex(data)).int(-1));
      expect(receiver.decode(bytes), String(type)).toEqual([]);
      expect(receiver.failure, String(type)).not.toBeNull();
    }
  });

  it('WIRE-26 a packet above the limit ends the stream before it has come', () => {
    const receiver = new QuorumEnd('leader', CONFIG);
    receiver.decode(fromHex('00000002 0000000000000001 00200000'));
    expect(receiver.failure).toMatch(/bytes or more/);
    const within = new QuorumEnd('leader', CONFIG);
    within.decode(fromHex('00000002 0000000000000001 001fff00'));
    expect(within.failure).toBeNull();
  });

  it('WIRE-26 a learner of an older version says less of itself', () => {
    const receiver = new QuorumEnd('leader', CONFIG);
    const info = bytesOf((writer) =>
      writer.int(11).long(0x5_0000_0000).buffer(fromHex('0000000000000003')).int(-1),
    );
    expect(receiver.decode(info)).toEqual([{ kind: 'FOLLOWERINFO', sid: 3, acceptedEpoch: 5 }]);
  });

  it('WIRE-26 neither an unknown message nor an epoch beyond the largest has bytes', () => {
    const end = new QuorumEnd('leader', CONFIG);
    expect(() => end.encode({ kind: 'LEADERINFO', epoch: 0x20_0000 } as Message)).toThrow(JuteError);
    expect(() => new ElectionEnd(true, 'h:1', CONFIG).encode({ kind: 'PING' })).toThrow(JuteError);
  });
});

describe('election messages', () => {
  it('WIRE-29 survive in both directions however the stream is cut', () => {
    fc.assert(
      fc.property(hello, fc.array(notification, { maxLength: 6 }), places, (first, votes, where) => {
        const dialler = new ElectionEnd(true, '10.0.0.1:3888', CONFIG);
        const acceptor = new ElectionEnd(false, '10.0.0.2:3888', CONFIG);
        const there = joined([first, ...votes].map((message) => dialler.encode(message)));
        expect(cut(there, where).flatMap((piece) => acceptor.decode(piece))).toEqual([first, ...votes]);
        const back = joined(votes.map((message) => acceptor.encode(message)));
        expect(cut(back, where).flatMap((piece) => dialler.decode(piece))).toEqual(votes);
        expect([dialler.failure, acceptor.failure]).toEqual([null, null]);
      }),
      { numRuns: 500 },
    );
  });

  it('WIRE-29 a dialler gives its id and its address; those of other versions are understood', () => {
    const written = new ElectionEnd(true, 'h:1', CONFIG).encode({ kind: 'electionHello', sid: 2 } as Message);
    expect(written).toEqual(fromHex('ffffffffffff0000 0000000000000002 00000003 683a31'));
    for (const bytes of ['ffffffffffff0001 0000000000000002 00000007 683a317c683a32', '0000000000000002']) {
      const acceptor = new ElectionEnd(false, '', CONFIG);
      expect(acceptor.decode(fromHex(bytes))).toEqual([{ kind: 'electionHello', sid: 2 }]);
    }
    for (const bytes of [
      'ffffffffffff0002 0000000000000002 00000001 68',
      'ffffffffffff0000 0000000000000002 00000000',
      'ffffffffffff0000 0000000000000002 00000801',
    ]) {
      const acceptor = new ElectionEnd(false, '', CONFIG);
      expect(acceptor.decode(fromHex(bytes))).toEqual([]);
      expect(acceptor.failure, bytes).not.toBeNull();
    }
  });

  it('WIRE-29 the two shorter notifications of older versions are understood', () => {
    const vote = {
      kind: 'notification',
      leader: 3,
      zxid: 0x5_0000_0009,
      electionEpoch: 4,
      state: 'FOLLOWING',
    };
    const fields = '00000001 0000000000000003 0000000500000009 0000000000000004';
    const end = new ElectionEnd(true, '', CONFIG);
    expect(end.decode(fromHex(`0000001c ${fields}`))).toEqual([{ ...vote, peerEpoch: 5 }]);
    expect(end.decode(fromHex(`00000028 ${fields} 0000000000000006 00000000`))).toEqual([
      { ...vote, peerEpoch: 6 },
    ]);
  });

  it('WIRE-29 a notification that cannot be read is passed over; a length out of bounds ends the stream', () => {
    const end = new ElectionEnd(true, '', CONFIG);
    const good = {
      kind: 'notification',
      leader: 1,
      zxid: LONG_MIN,
      electionEpoch: 1,
      peerEpoch: 0,
      state: 'LOOKING',
    };
    const odd = bytesOf((writer) => writer.int(28).int(4).long(1).long(1).long(1));
    const short = bytesOf((writer) => writer.int(4).int(0));
    expect(end.decode(joined([odd, short, end.encode(good)]))).toEqual([good]);
    expect(end.failure).toBeNull();
    for (const length of [0, -1, 512 * 1024 + 1]) {
      const other = new ElectionEnd(true, '', CONFIG);
      other.decode(bytesOf((writer) => writer.int(length)));
      expect(other.failure).not.toBeNull();
    }
  });
});
