/**
 * Bytes that Apache ZooKeeper 3.8.0's own classes wrote for the values below: its generated records, MultiOperationRecord,
 * MultiResponse, QuorumPacket, FastLeaderElection.buildMsg, QuorumMaj and QuorumHierarchical, SerializeUtils.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../../protocol/config.ts';
import type { Message } from '../../../protocol/host.ts';
import type { ClientOp, Result } from '../../../protocol/request.ts';
import { OPEN_ACL_UNSAFE } from '../../../protocol/tree/index.ts';
import { OpCode } from '../../../protocol/txn.ts';
import {
  ClientEnd,
  configText,
  ElectionEnd,
  framed,
  QuorumEnd,
  type QuorumSide,
  ServerEnd,
  type WireEnd,
} from '../../../protocol/wire/index.ts';
import type { QuorumPacket } from '../../../protocol/zab/packets.ts';
import { fromHex } from './arbitraries.ts';

const golden = JSON.parse(readFileSync(new URL('apache-3.8.0.json', import.meta.url), 'utf8')) as Record<
  string,
  string
>;

/** What Apache wrote, as a frame. */
function frame(name: string): Uint8Array {
  const bytes = raw(name);
  return framed(bytes.length, (writer) => writer.raw(bytes));
}

function raw(name: string): Uint8Array {
  const hex = golden[name];
  if (hex === undefined) throw new Error(`there are no bytes of ${name}`);
  return fromHex(hex);
}

const data = new Uint8Array(Buffer.from('hé'));
const acl = OPEN_ACL_UNSAFE;
const two = [
  { perms: 1, scheme: 'world', id: 'anyone' },
  { perms: 31, scheme: 'digest', id: 'u:h' },
];
const stat = {
  czxid: 0x1_0000_0002,
  mzxid: 0x1_0000_0003,
  ctime: 1_700_000_000_000,
  mtime: 1_700_000_000_001,
  version: 3,
  cversion: -1,
  aversion: 2,
  ephemeralOwner: 'ff00000000000001',
  dataLength: 5,
  numChildren: 4,
  pzxid: 0x1_0000_0004,
};

const requests: Record<string, readonly [number, ClientOp]> = {
  create: [1, { type: OpCode.create, path: '/a', data, acl, flags: 3 }],
  create2: [2, { type: OpCode.create2, path: '/é', data: null, acl: two, flags: 0 }],
  createContainer: [3, { type: OpCode.createContainer, path: '/c', data: new Uint8Array(0), acl, flags: 4 }],
  createTTL: [4, { type: OpCode.createTTL, path: '/t', data, acl, flags: 5, ttl: 60_000 }],
  delete: [5, { type: OpCode.delete, path: '/a', version: -1 }],
  exists: [6, { type: OpCode.exists, path: '/a', watch: true }],
  getData: [7, { type: OpCode.getData, path: '/a', watch: false }],
  setData: [8, { type: OpCode.setData, path: '/a', data, version: 7 }],
  getACL: [9, { type: OpCode.getACL, path: '/a' }],
  setACL: [10, { type: OpCode.setACL, path: '/a', acl: two, version: 1 }],
  getChildren: [11, { type: OpCode.getChildren, path: '/', watch: true }],
  getChildren2: [12, { type: OpCode.getChildren2, path: '/', watch: false }],
  sync: [13, { type: OpCode.sync, path: '/a' }],
  ping: [-2, { type: OpCode.ping }],
  closeSession: [14, { type: OpCode.closeSession }],
  check: [15, { type: OpCode.check, path: '/a', version: 2 }],
  multi: [
    16,
    {
      type: OpCode.multi,
      ops: [
        { type: OpCode.create, path: '/m', data, acl, flags: 0 },
        { type: OpCode.createContainer, path: '/c', data: null, acl, flags: 4 },
        { type: OpCode.createTTL, path: '/t', data, acl, flags: 5, ttl: 1000 },
        { type: OpCode.delete, path: '/d', version: 1 },
        { type: OpCode.setData, path: '/s', data, version: -1 },
        { type: OpCode.check, path: '/k', version: 0 },
      ],
    },
  ],
  multiRead: [
    17,
    {
      type: OpCode.multiRead,
      ops: [
        { type: OpCode.getData, path: '/a', watch: false },
        { type: OpCode.getChildren, path: '/', watch: false },
      ],
    },
  ],
  setWatches: [
    -8,
    {
      type: OpCode.setWatches,
      relativeZxid: 0x1_0000_0005,
      data: ['/a'],
      exist: ['/b', '/c'],
      child: [],
      persistent: [],
      recursive: [],
    },
  ],
  setWatches2: [
    -8,
    {
      type: OpCode.setWatches2,
      relativeZxid: 9,
      data: ['/a'],
      exist: ['/b'],
      child: ['/c'],
      persistent: ['/d'],
      recursive: ['/e'],
    },
  ],
  addWatch: [18, { type: OpCode.addWatch, path: '/a', mode: 1 }],
  removeWatches: [19, { type: OpCode.removeWatches, path: '/a', watcher: 3 }],
  checkWatches: [20, { type: OpCode.checkWatches, path: '/a', watcher: 2 }],
  auth: [-4, { type: OpCode.auth, scheme: 'digest', auth: new Uint8Array(Buffer.from('u:p')) }],
  whoAmI: [21, { type: OpCode.whoAmI }],
  getEphemerals: [22, { type: OpCode.getEphemerals, path: '/e' }],
  getAllChildrenNumber: [23, { type: OpCode.getAllChildrenNumber, path: '/' }],
  reconfig: [24, { type: OpCode.reconfig, joining: 'server.4=h:1:2', leaving: '3' }],
  sasl: [25, { type: OpCode.sasl, token: new Uint8Array([1, 2]) }],
};

const multi: ClientOp = {
  type: OpCode.multi,
  ops: [
    { type: OpCode.create, path: '/m', data, acl, flags: 0 },
    { type: OpCode.createContainer, path: '/c', data: null, acl, flags: 4 },
    { type: OpCode.delete, path: '/d', version: 1 },
    { type: OpCode.setData, path: '/s', data, version: -1 },
    { type: OpCode.check, path: '/k', version: 0 },
  ],
};

/** By name: number, zxid, what is answered, and the answer. */
const replies: Record<string, readonly [number, number, ClientOp, Result]> = {
  create: [1, 5, requests.create![1], { err: 0, path: '/a0000000003' }],
  create2: [2, 5, requests.create2![1], { err: 0, path: '/a', stat }],
  exists: [3, 5, requests.exists![1], { err: 0, stat }],
  getData: [4, 5, requests.getData![1], { err: 0, data, stat }],
  setData: [5, 5, requests.setData![1], { err: 0, stat }],
  getACL: [6, 5, requests.getACL![1], { err: 0, acl: two, stat }],
  setACL: [7, 5, requests.setACL![1], { err: 0, stat }],
  getChildren: [8, 5, requests.getChildren![1], { err: 0, children: ['a', 'b'] }],
  getChildren2: [9, 5, requests.getChildren2![1], { err: 0, children: ['a'], stat }],
  sync: [10, 5, requests.sync![1], { err: 0, path: '/a' }],
  delete: [11, 5, requests.delete![1], { err: 0 }],
  error: [12, 5, requests.getData![1], { err: -101 }],
  ping: [-2, 5, requests.ping![1], { err: 0 }],
  auth: [-4, 0, requests.auth![1], { err: -115 }],
  addWatch: [13, 5, requests.addWatch![1], { err: 0 }],
  getEphemerals: [14, 5, requests.getEphemerals![1], { err: 0, ephemerals: ['/e'] }],
  getAllChildrenNumber: [15, 5, requests.getAllChildrenNumber![1], { err: 0, count: 7 }],
  whoAmI: [
    16,
    5,
    requests.whoAmI![1],
    {
      err: 0,
      ids: [
        { scheme: 'ip', id: '10.0.0.1' },
        { scheme: 'digest', id: 'u' },
      ],
    },
  ],
  sasl: [17, 0, requests.sasl![1], { err: 0, data: null }],
  multi: [
    18,
    5,
    multi,
    {
      err: 0,
      results: [
        { err: 0, path: '/m' },
        { err: 0, path: '/c', stat },
        { err: 0 },
        { err: 0, stat },
        { err: 0 },
      ],
    },
  ],
  multiFailed: [19, 5, multi, { err: 0, results: [{ err: 0 }, { err: -103 }, { err: -2 }] }],
  multiRead: [
    20,
    5,
    requests.multiRead![1],
    { err: 0, results: [{ err: 0, data, stat }, { err: 0, children: ['a'] }, { err: -101 }] },
  ],
};

const session = '0100000000000001';
const packets: Record<string, readonly [QuorumSide, QuorumPacket]> = {
  followerInfo: ['learner', { kind: 'FOLLOWERINFO', sid: 3, acceptedEpoch: 5 }],
  leaderInfo: ['leader', { kind: 'LEADERINFO', epoch: 6 }],
  ackEpoch: ['learner', { kind: 'ACKEPOCH', zxid: 0x5_0000_0007, currentEpoch: 5 }],
  diff: ['leader', { kind: 'DIFF', zxid: 0x5_0000_0009 }],
  upToDate: ['leader', { kind: 'UPTODATE', zxid: -1 }],
  ping: ['leader', { kind: 'PING', zxid: 0x5_0000_0009, touched: [] }],
  pingReply: [
    'learner',
    {
      kind: 'PING',
      zxid: 0x5_0000_0009,
      touched: [
        { session, timeout: 4000 },
        { session: '0200000000000002', timeout: 6000 },
      ],
    },
  ],
  revalidate: ['learner', { kind: 'REVALIDATE', session, timeout: 4000, valid: false }],
  revalidateReply: ['leader', { kind: 'REVALIDATE', session, timeout: 0, valid: true }],
  proposal: [
    'leader',
    {
      kind: 'PROPOSAL',
      record: {
        kind: 'txn',
        session,
        cxid: 7,
        zxid: 0x6_0000_0001,
        time: 1_700_000_000_000,
        txn: { type: OpCode.setData, path: '/a', data, version: 1 },
        digest: 12_345,
      },
    },
  ],
  request: [
    'learner',
    {
      kind: 'REQUEST',
      session,
      cxid: 7,
      auth: [{ scheme: 'ip', id: '10.0.0.1' }],
      op: { type: OpCode.delete, path: '/a', version: -1 },
    },
  ],
  sync: ['leader', { kind: 'SYNC' }],
};

const config = { ...DEFAULT_CONFIG, participants: [1, 2], observers: [3] };
const hostOf = (id: number) => `10.0.0.${id}`;
const handshake = { kind: 'connect', lastZxidSeen: 0, timeout: 1, session: '0'.repeat(16), passwd: '' };

/** Both ends behind a handshake. */
function conversation(): { client: WireEnd; server: WireEnd } {
  const client = new ClientEnd();
  const server = new ServerEnd();
  server.decode(client.encode({ ...handshake, readOnly: false } as Message));
  const passwd = '00'.repeat(16);
  client.decode(
    server.encode({ kind: 'connected', timeout: 1, session, passwd, readOnly: false } as Message),
  );
  return { client, server };
}

const other = (side: QuorumSide): QuorumSide => (side === 'leader' ? 'learner' : 'leader');

describe('the same bytes as Apache’s', () => {
  it.each(Object.entries(requests))('WIRE-19 request %s', (name, [cxid, op]) => {
    const { client, server } = conversation();
    const request = { kind: 'request', cxid, op };
    expect(client.encode(request)).toEqual(frame(name));
    expect(server.decode(frame(name))).toEqual([request]);
  });

  it.each(Object.entries(replies))('WIRE-22, WIRE-23 reply %s', (name, [cxid, zxid, op, result]) => {
    const { client, server } = conversation();
    server.decode(client.encode({ kind: 'request', cxid, op } as Message));
    const reply = { kind: 'reply', cxid, zxid, result };
    expect(server.encode(reply)).toEqual(frame(`R.${name}`));
    expect(client.decode(frame(`R.${name}`))).toEqual([reply]);
  });

  it('WIRE-18 the handshake; Apache 3.8 puts readOnly behind the records', () => {
    const request = {
      kind: 'connect',
      lastZxidSeen: 0x1_0000_0005,
      timeout: 4000,
      session: 'ff00000000000001',
      passwd: '00'.repeat(16),
      readOnly: true,
    };
    const readOnly = (name: string) => fromHex(`0000002d ${golden[name]} 01`);
    expect(new ClientEnd().encode(request)).toEqual(readOnly('connect'));
    expect(new ServerEnd().decode(readOnly('connect'))).toEqual([request]);
    const passwd = '0102030405060708090a0b0c0d0e0f10';
    const response = { kind: 'connected', timeout: 4000, session, passwd, readOnly: false };
    expect(new ServerEnd().encode(response)).toEqual(fromHex(`00000025 ${golden['R.connected']} 00`));
    expect(new ClientEnd().decode(frame('R.connected'))).toEqual([response]);
  });

  it('WIRE-24 a watch event', () => {
    const { client, server } = conversation();
    const event = { kind: 'watchEvent', zxid: 6, type: 3, path: '/a' };
    expect(server.encode(event)).toEqual(frame('R.watchEvent'));
    expect(client.decode(frame('R.watchEvent'))).toEqual([event]);
  });

  it.each(Object.entries(packets))('WIRE-26 quorum packet %s', (name, [side, packet]) => {
    expect(new QuorumEnd(side, '').encode(packet)).toEqual(raw(`Q.${name}`));
    expect(new QuorumEnd(other(side), '').decode(raw(`Q.${name}`))).toEqual([packet]);
  });

  it('WIRE-29 an election notification', () => {
    const text = configText(config, hostOf);
    const notification = {
      kind: 'notification',
      leader: 3,
      zxid: 0x5_0000_0009,
      electionEpoch: 4,
      peerEpoch: 5,
      state: 'LEADING',
    };
    const end = new ElectionEnd(true, '', text);
    expect(end.encode(notification)).toEqual(frame('E.notification'));
    expect(end.decode(frame('E.notification'))).toEqual([notification]);
  });

  it('WIRE-30 the text of a configuration', () => {
    const textOf = (name: string) => Buffer.from(raw(name)).toString();
    expect(configText(config, hostOf)).toBe(textOf('E.config'));
    const quorum = { groups: [[1, 2], [4]], weights: { 2: 2 } };
    const grouped = configText({ ...config, participants: [1, 2, 4], quorum }, hostOf);
    const inOrder = (text: string) => text.split('\n').sort();
    expect(inOrder(grouped)).toEqual(inOrder(textOf('E.hierarchical')));
  });

  it('WIRE-28 a whole snapshot stream of Apache’s, with its ACLs before the nodes', () => {
    const end = new QuorumEnd('learner', '');
    const zxid = 0x5_0000_0001;
    end.decode(new QuorumEnd('leader', '').encode({ kind: 'SNAP', zxid } as Message));
    const chunks = end.decode(raw('S.snapshot')) as unknown as Record<string, unknown>[];
    const sessions = [{ id: session, timeout: 4000 }];
    expect(chunks.shift()).toEqual({ kind: 'snapHeader', zxid, sessions });
    expect(chunks.pop()).toEqual({ kind: 'snapEnd', zxid, digest: -1 });
    const paths = ['', '/a', '/zookeeper', '/zookeeper/config', '/zookeeper/quota'];
    expect(chunks.map(({ path }) => path).sort()).toEqual(paths);
    expect(chunks.find(({ path }) => path === '/a')).toMatchObject({
      data,
      acl: two,
      stat: { czxid: zxid, ctime: 1_700_000_000_000, ephemeralOwner: '0'.repeat(16) },
    });
    expect(end.decode(raw('Q.diff'))).toEqual([{ kind: 'DIFF', zxid: 0x5_0000_0009 }]);
  });
});
