import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../protocol/host.ts';
import { OpCode } from '../../../protocol/txn.ts';
import {
  ClientEnd,
  ElectionEnd,
  FrameDecoder,
  JuteError,
  QuorumEnd,
  type QuorumSide,
  ServerEnd,
  type WireEnd,
} from '../../../protocol/wire/index.ts';
import {
  clientOp,
  flipped,
  hello,
  joined,
  notification,
  quorumPacket,
  resultOf,
  snapshot,
} from './arbitraries.ts';

const connect = {
  kind: 'connect',
  lastZxidSeen: 0,
  timeout: 4000,
  session: '0000000000000000',
  passwd: '',
  readOnly: false,
} as Message;
const connected = {
  kind: 'connected',
  timeout: 4000,
  session: '0100000000000001',
  passwd: '00'.repeat(16),
  readOnly: false,
} as Message;

/** Both ends of a client channel behind the handshake, the client having asked everything. */
function conversation(): { client: ClientEnd; server: ServerEnd } {
  const client = new ClientEnd();
  const server = new ServerEnd();
  server.decode(client.encode(connect));
  client.decode(server.encode(connected));
  return { client, server };
}

const learner = (side: QuorumSide) => (side === 'leader' ? 'learner' : 'leader');

/** Reads any bytes in pieces: it throws nothing, and says nothing more once it has failed. */
function swallow(end: WireEnd, bytes: Uint8Array, size: number): void {
  for (let i = 0; i < bytes.length; i += size) {
    const failed = end.failure !== null;
    const messages = end.decode(bytes.subarray(i, i + size));
    if (failed) expect(messages).toEqual([]);
  }
}

const piece = fc.integer({ min: 1, max: 200 });
/** Bytes of all kinds, many of them such as lengths and counts begin with. */
const byte = fc.oneof(fc.nat(255), fc.constantFrom(0, 0, 0, 1, 2, 4, 14, 0x7f, 0x80, 0xff));
const noise = fc.array(byte, { maxLength: 80 }).map((bytes) => new Uint8Array(bytes));

/** A frame around noise, so that the noise is read. */
function frameOf(content: Uint8Array): Uint8Array {
  return joined([new Uint8Array([0, 0, 0, content.length]), content]);
}

/** Any frames of clients behind the handshake: a number, a type that exists, noise. */
const frames = fc
  .array(fc.tuple(fc.nat(255), fc.integer({ min: 0, max: 110 }), noise), { maxLength: 4 })
  .map((list) =>
    joined(
      list.map(([cxid, type, body]) =>
        frameOf(joined([new Uint8Array([0, 0, 0, cxid, 0, 0, 0, type]), body])),
      ),
    ),
  );

describe('WIRE-31 bytes of any kind throw nothing past the ends that read them', () => {
  it('WIRE-31 noise, at each end, in each of its states', () => {
    fc.assert(
      fc.property(noise, piece, fc.boolean(), (bytes, size, framed) => {
        const stream = framed ? frameOf(bytes) : bytes;
        const { client, server } = conversation();
        const asking = new ClientEnd();
        asking.encode({ kind: 'isro' });
        const receiving = new QuorumEnd('learner', '');
        receiving.decode(new QuorumEnd('leader', '').encode({ kind: 'SNAP', zxid: 1 } as Message));
        const ends: WireEnd[] = [
          client,
          server,
          asking,
          receiving,
          new ClientEnd(),
          new ServerEnd(),
          new QuorumEnd('leader', ''),
          new QuorumEnd('learner', ''),
          new ElectionEnd(true, '', ''),
          new ElectionEnd(false, '', ''),
        ];
        for (const end of ends) swallow(end, stream, size);
      }),
      { numRuns: 4_000 },
    );
  });

  it('WIRE-31 requests of every type with noise for a body', () => {
    fc.assert(
      fc.property(frames, piece, (bytes, size) => {
        const { server } = conversation();
        swallow(server, bytes, size);
      }),
      { numRuns: 10_000 },
    );
  });

  it('WIRE-31 requests and replies with a byte changed, or cut off', () => {
    const exchange = clientOp.chain((op) => fc.tuple(fc.constant(op), resultOf(op)));
    fc.assert(
      fc.property(
        exchange,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.nat(400),
        ([op, result], at, by, end) => {
          const { client, server } = conversation();
          const request = client.encode({ kind: 'request', cxid: 1, op } as Message);
          swallow(conversation().server, flipped(request, at, by), request.length);
          swallow(conversation().server, request.subarray(0, end), 7);
          server.decode(request);
          const reply = server.encode({ kind: 'reply', cxid: 1, zxid: 1, result } as Message);
          swallow(client, flipped(reply, at, by), reply.length);
        },
      ),
      { numRuns: 8_000 },
    );
  });

  it('WIRE-31 quorum packets, snapshots and votes with a byte changed', () => {
    const packets = fc.constantFrom<QuorumSide>('leader', 'learner').chain((side) => {
      const stream = fc.array(quorumPacket(side), { minLength: 1, maxLength: 3 });
      return fc.tuple(fc.constant(side), stream);
    });
    const change = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }), piece);
    fc.assert(
      fc.property(
        packets,
        snapshot,
        fc.tuple(hello, notification),
        change,
        ([side, list], chunks, votes, how) => {
          const [at, by, size] = how;
          const sender = new QuorumEnd(side, 'config');
          const stream = joined(list.map((packet) => sender.encode(packet)));
          swallow(new QuorumEnd(learner(side), ''), flipped(stream, at, by), size);
          const leader = new QuorumEnd('leader', 'config');
          const pieces = [{ kind: 'SNAP', zxid: 1 }, ...chunks].map((chunk) => leader.encode(chunk));
          swallow(new QuorumEnd('learner', ''), flipped(joined(pieces), at, by), size);
          const dialler = new ElectionEnd(true, 'h:1', 'config');
          const ballot = joined(votes.map((vote) => dialler.encode(vote)));
          swallow(new ElectionEnd(false, '', ''), flipped(ballot, at, by), size);
        },
      ),
      { numRuns: 6_000 },
    );
  });

  it('WIRE-31 a length that is only claimed reserves nothing', () => {
    // A hundred thousand connections that each claim a megabyte would need a hundred gigabytes.
    const ends: FrameDecoder[] = [];
    for (let i = 0; i < 100_000; i++) {
      const decoder = new FrameDecoder();
      decoder.append(new Uint8Array([0, 0x0f, 0xff, 0xff]));
      decoder.append(new Uint8Array([1]));
      expect(decoder.next()).toBeNull();
      ends.push(decoder);
    }
    expect(ends).toHaveLength(100_000);
    const { server } = conversation();
    // A list of 2^31 − 1 ACLs, of a request that is 30 bytes long.
    const body = [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 255, 255, 255, 255, 0x7f, 255, 255, 255];
    expect(server.decode(frameOf(new Uint8Array(body)))).toMatchObject([
      { op: { type: OpCode.error, code: 1 } },
    ]);
  });

  it('WIRE-31 an error that is not of the bytes is not hidden', () => {
    const end = new ServerEnd();
    expect(() => end.decode(null as unknown as Uint8Array)).toThrow(TypeError);
    expect(() => end.encode({ kind: 'nothing' })).toThrow(JuteError);
  });
});
