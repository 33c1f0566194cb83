import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConnectRequest, ConnectResponse } from '../../../protocol/client-messages.ts';
import type { ClientOp, Reply } from '../../../protocol/request.ts';
import { OPEN_ACL_UNSAFE } from '../../../protocol/tree/index.ts';
import { ErrorCode, NO_SESSION, OpCode } from '../../../protocol/txn.ts';
import {
  ClientEnd,
  FrameDecoder,
  framed,
  JuteError,
  MAX_FRAME,
  requestSize,
  ServerEnd,
} from '../../../protocol/wire/index.ts';
import { LONG_MIN } from '../../../protocol/zxid.ts';
import { clientOp, cut, fromHex, hex16, int, joined, long, resultOf, text } from './arbitraries.ts';

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
  timeout: 4000,
  session: '0100000000000001',
  passwd: '00'.repeat(16),
  readOnly: false,
};

/** Both ends behind the handshake. */
function conversation() {
  const client = new ClientEnd();
  const server = new ServerEnd();
  server.decode(client.encode(connect));
  client.decode(server.encode(connected));
  return { client, server };
}

/** A frame around content in hex. */
function frameOf(content: string): Uint8Array {
  const bytes = fromHex(content);
  return framed(bytes.length, (writer) => writer.raw(bytes));
}

/** What a server reads that gets a header and a body in hex. */
function read(type: number, body: string): ClientOp | null {
  const { server } = conversation();
  const header = `00000001 ${(type >>> 0).toString(16).padStart(8, '0')}`;
  const [message] = server.decode(frameOf(header + body));
  return message === undefined ? null : (message as unknown as { op: ClientOp }).op;
}

describe('frames', () => {
  it('WIRE-17 a stream gives the same frames however it is cut', () => {
    const content = fc.uint8Array({ maxLength: 60 });
    fc.assert(
      fc.property(fc.array(content, { maxLength: 8 }), fc.array(fc.nat(1000)), (frames, places) => {
        const stream = joined(frames.map((frame) => framed(0, (writer) => writer.raw(frame))));
        const decoder = new FrameDecoder();
        const found: Uint8Array[] = [];
        for (const piece of cut(stream, places)) {
          decoder.append(piece);
          for (let frame = decoder.next(); frame !== null; frame = decoder.next()) found.push(frame.slice());
        }
        expect(found).toEqual(frames);
        expect(decoder.pending).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('WIRE-17 a length below 0 or above the limit ends the stream, and none is believed before the bytes are there', () => {
    for (const length of ['ffffffff', '80000000', '00100000', '7fffffff']) {
      const decoder = new FrameDecoder();
      decoder.append(fromHex(length));
      expect(() => decoder.next(), length).toThrow(JuteError);
    }
    const decoder = new FrameDecoder();
    decoder.append(fromHex('000fffff'));
    expect([decoder.next(), decoder.pending]).toEqual([null, 4]);
    decoder.append(new Uint8Array(MAX_FRAME));
    expect(decoder.next()).toHaveLength(MAX_FRAME);
  });

  it('WIRE-17 byte by byte a frame of a megabyte costs as good as nothing', () => {
    const decoder = new FrameDecoder();
    const frame = framed(MAX_FRAME, (writer) => writer.raw(new Uint8Array(MAX_FRAME)));
    let found = 0;
    for (let i = 0; i < frame.length; i++) {
      decoder.append(frame.subarray(i, i + 1));
      if (decoder.next() !== null) found++;
    }
    expect(found).toBe(1);
  });

  it('WIRE-17 what came before a frame that cannot be read is told; what comes behind it is not', () => {
    const { client, server } = conversation();
    const good = client.encode({ kind: 'request', cxid: 1, op: { type: OpCode.ping } } as never);
    const messages = server.decode(joined([good, fromHex('ffffffff'), good]));
    expect(messages).toHaveLength(1);
    expect(server.failure).toMatch(/frame of -1 bytes/);
    expect(server.decode(good)).toEqual([]);
  });
});

describe('handshake', () => {
  it('WIRE-18 requests and responses survive, also of clients without the last byte, which get none either', () => {
    const passwd = fc
      .uint8Array({ minLength: 16, maxLength: 16 })
      .map((bytes) => Buffer.from(bytes).toString('hex'));
    fc.assert(
      fc.property(
        long,
        int,
        hex16,
        passwd,
        fc.boolean(),
        fc.boolean(),
        (zxid, timeout, session, p, ro, old) => {
          const lastZxidSeen = zxid === LONG_MIN ? 0 : zxid;
          const known = session === NO_SESSION ? '' : p;
          const request = { ...connect, lastZxidSeen, timeout, session, passwd: known, readOnly: !old && ro };
          const client = new ClientEnd();
          const server = new ServerEnd();
          let bytes = client.encode(request);
          if (old) bytes = frameOf(Buffer.from(bytes.subarray(4, bytes.length - 1)).toString('hex'));
          expect(server.decode(bytes)).toEqual([request]);
          const response = { ...connected, timeout, session, passwd: p, readOnly: !old && ro };
          const answer = server.encode(response);
          expect(answer.length).toBe(old ? 40 : 41);
          expect(client.decode(answer)).toEqual([response]);
        },
      ),
    );
  });

  it('WIRE-18 a zxid that no server has reached is as good as the largest', () => {
    const server = new ServerEnd();
    const request = `00000000 7fffffffffffffff 00000fa0 ${NO_SESSION} 00000000 00`;
    expect(server.decode(frameOf(request))).toEqual([{ ...connect, lastZxidSeen: Number.MAX_SAFE_INTEGER }]);
  });

  it('WIRE-25 isro has no frame, nor has its answer', () => {
    for (const mode of ['rw', 'ro', 'null']) {
      for (const whole of [true, false]) {
        const client = new ClientEnd();
        const server = new ServerEnd();
        const word = client.encode({ kind: 'isro' });
        const heard = whole ? [word] : [...word].map((byte) => new Uint8Array([byte]));
        expect(Buffer.from(word).toString()).toBe('isro');
        expect(heard.flatMap((piece) => server.decode(piece))).toEqual([{ kind: 'isro' }]);
        const answer = { kind: 'isroAnswer', mode };
        const told = server.encode(answer);
        const pieces = whole ? [told] : [...told].map((byte) => new Uint8Array([byte]));
        expect(pieces.flatMap((piece) => client.decode(piece))).toEqual([answer]);
        expect(server.decode(word)).toEqual([]);
      }
    }
    const client = new ClientEnd();
    client.encode({ kind: 'isro' });
    expect(client.decode(fromHex('6e6f'))).toEqual([]);
    expect(client.failure).toMatch(/isro/);
  });
});

describe('requests and replies', () => {
  it('WIRE-19, WIRE-22 every operation survives, and every answer to it, however the streams are cut', () => {
    const asked = clientOp.chain((op) => fc.tuple(fc.constant(op), resultOf(op), int, long));
    fc.assert(
      fc.property(fc.array(asked, { maxLength: 6 }), fc.array(fc.nat(2000)), (exchange, places) => {
        const { client, server } = conversation();
        const requests = exchange.map(([op, , cxid]) => ({
          kind: 'request',
          // Pings have a number of their own, watch events another.
          cxid: op.type === OpCode.ping ? -2 : cxid === -1 || cxid === -2 ? 1 : cxid,
          op,
        }));
        const sent = requests.map((request) => client.encode(request));
        sent.forEach((bytes, i) => {
          expect(bytes.length).toBe(4 + requestSize(exchange[i]![0]));
        });
        expect(cut(joined(sent), places).flatMap((piece) => server.decode(piece))).toEqual(requests);
        const replies = exchange.map(([, result, , zxid], i) => {
          return { kind: 'reply', cxid: requests[i]!.cxid, zxid, result };
        });
        const answers = joined(replies.map((reply) => server.encode(reply)));
        expect(cut(answers, places).flatMap((piece) => client.decode(piece))).toEqual(replies);
        expect([server.outstanding, client.failure, server.failure]).toEqual([0, null, null]);
      }),
      { numRuns: 3000 },
    );
  });

  it('WIRE-19 bytes behind a body are passed over', () => {
    expect(read(OpCode.sync, '00000002 2f61 ffff')).toEqual({ type: OpCode.sync, path: '/a' });
  });

  it('WIRE-20 a body that is not what its type says is malformed, but one of auth or sasl ends the connection', () => {
    const bodies: [number, string][] = [
      [OpCode.create, '00000009 2f61'],
      [OpCode.getData, 'ffffffff 00'],
      [OpCode.multi, '00000003 00 ffffffff 00000002 2f61 00'],
      [OpCode.multi, '00000001 00 ffffffff'],
      [OpCode.multiRead, '00000002 00 ffffffff 00000002 2f61 00000000'],
      [OpCode.setWatches, '0000000000000000 ffffffff ffffffff ffffffff'],
      [OpCode.create, '00000002 2f61 ffffffff 7fffffff'],
    ];
    for (const [code, hex] of bodies) {
      const malformed = { type: OpCode.error, code, body: fromHex(hex) };
      expect(read(code, hex)).toEqual(malformed);
      const { client, server } = conversation();
      const request = { kind: 'request', cxid: 1, op: malformed };
      expect(server.decode(client.encode(request))).toEqual([request]);
    }
    for (const type of [OpCode.auth, OpCode.sasl]) expect(read(type, '')).toBeNull();
    const { server } = conversation();
    expect(server.decode(frameOf('00000001'))).toEqual([]);
    expect(server.failure).toMatch(/truncated/);
  });

  it('WIRE-20 a type that clients have no use for is unknown', () => {
    for (const code of [OpCode.error, 10, 23, 99, 108, 0x7fff_ffff]) {
      expect(read(code, '')).toEqual({ type: OpCode.notification, code });
    }
    expect(read(OpCode.notification, '')).toEqual({ type: OpCode.notification });
  });

  it('WIRE-21 of clients, malformed UTF-8 becomes U+FFFD, a long the nearest one that is exact, some nulls nothing', () => {
    expect(read(OpCode.sync, '00000004 2f 80 61 c3')).toEqual({ type: OpCode.sync, path: '/\ufffda\ufffd' });
    const ttl = (long: string) => {
      const op = read(OpCode.createTTL, `00000002 2f61 ffffffff ffffffff 00000005 ${long}`);
      return (op as { ttl: number }).ttl;
    };
    expect(ttl('7fffffffffffffff')).toBe(Number.MAX_SAFE_INTEGER);
    expect(ttl('8000000000000000')).toBe(Number.MIN_SAFE_INTEGER);
    expect(ttl('fffffffffffffffe')).toBe(-2);
    expect(read(OpCode.getEphemerals, 'ffffffff')).toEqual({ type: OpCode.getEphemerals, path: '' });
    const nobody = { type: OpCode.auth, scheme: '', auth: new Uint8Array(0) };
    expect(read(OpCode.auth, '00000000 ffffffff 00000000')).toEqual(nobody);
    expect(read(OpCode.auth, '00000000 00000006 646967657374 ffffffff')).toEqual(nobody);
    expect(read(OpCode.auth, '00000000 00000002 6970 ffffffff')).toEqual({ ...nobody, scheme: 'ip' });
    const acl = '00000001 0000001f ffffffff 00000000';
    expect(read(OpCode.setACL, `00000002 2f61 ${acl} ffffffff`)).toMatchObject({ acl: [{ scheme: '' }] });
    // kazoo sends an empty id of `auth` as null.
    const auth = '00000001 0000001f 00000004 61757468 ffffffff';
    expect(read(OpCode.setACL, `00000002 2f61 ${auth} ffffffff`)).toMatchObject({
      acl: [{ scheme: 'auth', id: '' }],
    });
    const ip = '00000001 0000001f 00000002 6970 ffffffff';
    expect(read(OpCode.setACL, `00000002 2f61 ${ip} ffffffff`)).toMatchObject({ type: OpCode.error });
    expect(read(OpCode.setData, 'ffffffff ffffffff ffffffff')).toMatchObject({ path: '' });
  });

  it('WIRE-22 of two requests with one number the older is answered first', () => {
    const { client, server } = conversation();
    const ops: ClientOp[] = [
      { type: OpCode.sync, path: '/a' },
      { type: OpCode.getAllChildrenNumber, path: '/a' },
      { type: OpCode.delete, path: '/a', version: -1 },
    ];
    for (const op of ops) server.decode(client.encode({ kind: 'request', cxid: 5, op } as never));
    const results = [{ err: 0, path: '/a' }, { err: 0, count: 3 }, { err: 0 }];
    const replies = results.map((result): Reply => ({ kind: 'reply', cxid: 5, zxid: 1, result }));
    expect(replies.flatMap((reply) => client.decode(server.encode(reply)))).toEqual(replies);
  });

  it('WIRE-22 a ping is answered under −2 whatever its number was', () => {
    const { client, server } = conversation();
    server.decode(client.encode({ kind: 'request', cxid: 7, op: { type: OpCode.ping } } as never));
    const [pong] = client.decode(
      server.encode({ kind: 'reply', cxid: 7, zxid: 1, result: { err: 0 } } as never),
    );
    expect(pong).toEqual({ kind: 'reply', cxid: -2, zxid: 1, result: { err: 0 } });
  });

  it('WIRE-22 a reply to nothing is a header; one whose result lacks what belongs to it is not refused', () => {
    const { client, server } = conversation();
    const reply = { kind: 'reply', cxid: 9, zxid: 1, result: { err: 0, path: '/a' } };
    expect(server.encode(reply)).toEqual(frameOf('00000009 0000000000000001 00000000'));
    for (const op of [{ type: OpCode.exists, path: '/a', watch: false }, { type: OpCode.whoAmI }]) {
      server.decode(client.encode({ kind: 'request', cxid: 9, op } as never));
      expect(server.encode({ kind: 'reply', cxid: 9, zxid: 1, result: { err: 0 } } as never)).toBeDefined();
    }
  });

  it('WIRE-23 a part of a multi has its own type; after a failure every part is an error', () => {
    const { client, server } = conversation();
    const op = {
      type: OpCode.multi,
      ops: [
        { type: OpCode.createContainer, path: '/c', data: null, acl: OPEN_ACL_UNSAFE, flags: 4 },
        { type: OpCode.delete, path: '/d', version: -1 },
      ],
    };
    server.decode(client.encode({ kind: 'request', cxid: 1, op } as never));
    const results = [{ err: ErrorCode.OK }, { err: ErrorCode.NONODE }];
    const failed = server.encode({ kind: 'reply', cxid: 1, zxid: 2, result: { err: 0, results } } as never);
    expect(failed).toEqual(
      frameOf(`00000001 0000000000000002 00000000
        ffffffff 00 00000000 00000000 ffffffff 00 ffffff9b ffffff9b ffffffff 01 ffffffff`),
    );
  });

  it('WIRE-24 watch events survive under the number −1, and every type of them that there is', () => {
    const types = fc.constantFrom(-1, 1, 2, 3, 4, 5, 6, 7);
    fc.assert(
      fc.property(long, types, text, (zxid, type, path) => {
        const { client, server } = conversation();
        const event = { kind: 'watchEvent', zxid, type, path };
        expect(client.decode(server.encode(event))).toEqual([event]);
      }),
    );
    const { client } = conversation();
    expect(client.decode(frameOf('ffffffff 0000000000000006 00000000 00000008 00000003 00000000'))).toEqual(
      [],
    );
    expect(client.failure).toMatch(/event type 8/);
  });

  it('WIRE-19 neither end sends what is the other’s to send', () => {
    expect(() => new ClientEnd().encode({ kind: 'reply' })).toThrow(JuteError);
    expect(() => new ServerEnd().encode({ kind: 'request' })).toThrow(JuteError);
  });
});
