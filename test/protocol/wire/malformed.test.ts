import { expect, it } from 'vitest';
import type { ClientRequest } from '../../../protocol/client-messages.ts';
import type { Message } from '../../../protocol/host.ts';
import type { Reply } from '../../../protocol/request.ts';
import { ErrorCode, OpCode } from '../../../protocol/txn.ts';
import { QuorumEnd, ServerEnd } from '../../../protocol/wire/index.ts';
import { CONNECT, history, started } from '../scripted-host.ts';
import { fromHex } from './arbitraries.ts';

/** Frames of a client behind its handshake, as a server's end reads them. */
function messages(...frames: string[]): Message[] {
  const end = new ServerEnd();
  const connect = `0000002d 00000000 0000000000000000 00000fa0 0000000000000000 00000010 ${'00'.repeat(17)}`;
  end.decode(fromHex(connect));
  return frames.flatMap((frame) => end.decode(fromHex(frame)));
}

it('WIRE-20 a malformed request is answered MARSHALLINGERROR in its place; a write takes a zxid for it', () => {
  const { host } = started(1, { participants: [1] }, history([1, 2, 3], 0));
  const channel = host.accept('client');
  host.receive(channel, CONNECT);
  host.settle();
  const before = host.reported('proposed').length;
  const [write, malformedWrite, malformedRead, read] = messages(
    '00000012 00000001 00000002 00000002 2f61 ffffffff',
    '0000000c 00000002 00000001 00000009',
    '0000000c 00000003 00000004 ffffffff',
    '00000011 00000004 00000003 00000001 2f 00000000',
  );
  for (const message of [write, malformedWrite, malformedRead, read])
    host.receive(channel, message as Message);
  host.settle();
  const replies = host.messages(channel).slice(1) as Reply[];
  expect(replies.map(({ cxid, result }) => [cxid, result.err])).toEqual([
    [1, ErrorCode.NONODE],
    [2, ErrorCode.MARSHALLINGERROR],
    [3, ErrorCode.MARSHALLINGERROR],
    [4, ErrorCode.OK],
  ]);
  // As Apache answered: the zxid of the write's failure, and of the reads behind it.
  expect(replies.map(({ zxid }) => zxid)).toEqual([5, 6, 6, 6]);
  expect(host.reported('proposed').length - before).toBe(2);
});

it('WIRE-20 a follower hands a malformed write on to its leader, body and all', () => {
  const malformed = messages('0000000c 00000002 00000001 00000009')[0] as ClientRequest;
  const request = { kind: 'REQUEST', session: '0100000000000001', cxid: 2, auth: [], op: malformed.op };
  const bytes = new QuorumEnd('learner', '').encode(request);
  expect(new QuorumEnd('leader', '').decode(bytes)).toEqual([request]);
});

it('WIRE-20 a request of an unknown type is answered UNIMPLEMENTED, and the connection ends', () => {
  const { host } = started(1, { participants: [1] }, history([1, 2, 3], 0));
  const channel = host.accept('client');
  host.receive(channel, CONNECT);
  host.settle();
  const [unknown] = messages('00000008 00000001 00000063');
  host.receive(channel, unknown as Message);
  host.settle();
  const [reply] = host.messages(channel).slice(1) as Reply[];
  expect(reply).toMatchObject({ cxid: 1, zxid: -1, result: { err: ErrorCode.UNIMPLEMENTED } });
  expect(host.closed.has(channel)).toBe(true);
});

it('WIRE-20 a client may delete an empty container, as a server does', () => {
  const { host } = started(1, { participants: [1] }, history([1, 2, 3], 0));
  const channel = host.accept('client');
  host.receive(channel, CONNECT);
  host.settle();
  const [create, remove, again] = messages(
    '00000031 00000001 00000013 00000002 2f63 ffffffff 00000001 0000001f 00000005 776f726c64 00000006 616e796f6e65 00000004',
    '0000000e 00000002 00000014 00000002 2f63',
    '0000000e 00000003 00000014 00000002 2f63',
  );
  for (const message of [create, remove, again]) host.receive(channel, message as Message);
  host.settle();
  const replies = host.messages(channel).slice(1) as Reply[];
  expect(replies.map(({ result }) => result.err)).toEqual([ErrorCode.OK, ErrorCode.OK, ErrorCode.NONODE]);
  expect((create as { op?: { type: number } }).op?.type).toBe(OpCode.createContainer);
});

it('ACL-6 auth is answered under the number it had', () => {
  const { host } = started(1, { participants: [1] }, history([1, 2, 3], 0));
  const channel = host.accept('client');
  host.receive(channel, CONNECT);
  host.settle();
  const [auth] = messages('0000001d 00000009 00000064 00000000 00000006 646967657374 00000003 753a70');
  host.receive(channel, auth as Message);
  host.settle();
  expect(host.messages(channel).slice(1)).toEqual([{ kind: 'reply', cxid: 9, zxid: 0, result: { err: 0 } }]);
});

it('ACL-6 sasl is answered without error and without a token; a null token ends the connection', () => {
  const { host } = started(1, { participants: [1] }, history([1, 2, 3], 0));
  const channel = host.accept('client');
  host.receive(channel, CONNECT);
  host.settle();
  const [sasl, none] = messages(
    '0000000d 00000009 00000066 00000001 78',
    '0000000c 0000000a 00000066 ffffffff',
  );
  host.receive(channel, sasl as Message);
  expect(host.messages(channel).slice(1)).toEqual([
    { kind: 'reply', cxid: 9, zxid: 0, result: { err: 0, data: null } },
  ]);
  expect(host.closed.has(channel)).toBe(false);
  host.receive(channel, none as Message);
  expect(host.messages(channel)).toHaveLength(2);
  expect(host.closed.has(channel)).toBe(true);
});

it('SESSION-3 WIRE-20 a client that opens its session anew is told of it once more', () => {
  const { host } = started(1, { participants: [1] }, history([1, 2, 3], 0));
  const channel = host.accept('client');
  host.receive(channel, CONNECT);
  host.settle();
  const before = host.reported('proposed').length;
  const [anew, read] = messages(
    '0000000c 00000001 fffffff6 00002710',
    '0000000e 00000002 00000003 00000001 2f 00',
  );
  host.receive(channel, anew as Message);
  host.receive(channel, read as Message);
  host.settle();
  const [first, second, reply] = host.messages(channel);
  expect(second).toEqual(first);
  expect(reply).toMatchObject({ kind: 'reply', cxid: 2, result: { err: 0 } });
  expect(host.reported('proposed').length - before).toBe(1);
});

it('WIRE-20 the answer to a session that is opened anew is no reply to any request', () => {
  const end = new ServerEnd();
  const connect = `0000002d 00000000 0000000000000000 00000fa0 0000000000000000 00000010 ${'00'.repeat(17)}`;
  end.decode(fromHex(connect));
  end.decode(fromHex('0000000c 00000001 fffffff6 00002710'));
  expect(end.outstanding).toBe(0);
});

it('WIRE-21 a null path of setACL and addWatch is empty, and sync keeps it', () => {
  const [acl, watch, sync] = messages(
    '00000014 00000001 00000007 ffffffff ffffffff ffffffff',
    '00000010 00000002 0000006a ffffffff 00000000',
    '0000000c 00000003 00000009 ffffffff',
  ) as ClientRequest[];
  expect(acl?.op).toMatchObject({ type: OpCode.setACL, path: '' });
  expect(watch?.op).toEqual({ type: OpCode.addWatch, path: '', mode: 0 });
  expect(sync?.op).toEqual({ type: OpCode.sync, path: null });
});
