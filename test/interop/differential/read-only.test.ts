// A server whose ensemble has lost its majority, beside Apache's: whom it serves, and what it answers.
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { serve } from '../../../live/gateway/gateway.ts';
import { catalog } from '../../../scenarios/index.ts';
import { RUN_FORMAT } from '../../../sim/spec.ts';
import { describeWithApache } from '../apache/describe.ts';
import { ApacheEnsemble } from '../apache/ensemble.ts';
import { ask } from '../four-letter-word.ts';
import { RawClient } from '../raw-client.ts';
import { Bytes, Reader } from './bytes.ts';
import { type AclEntry, frameOf, type Request } from './request.ts';

const PATIENCE = 30_000;
const NO_PASSWORD = Buffer.alloc(16);
const TICK = 2000;
const TIMEOUT = 10 * TICK;
const GROUND = { folder: '/none', zxid: 0n };
const OPEN: readonly AclEntry[] = [{ perms: 31, scheme: 'world', id: 'anyone' }];

interface Session {
  readonly id: bigint;
  readonly passwd: Buffer;
}

const REQUESTS: readonly Request[] = [
  { op: 'exists', path: '/zookeeper', watch: false },
  { op: 'getChildren', path: '/', watch: true },
  { op: 'create', path: '/a', data: '', acl: OPEN, flags: 0 },
  { op: 'create', path: '/a', data: '', acl: OPEN, flags: 1 },
  { op: 'createContainer', path: '/a', data: '', acl: OPEN, flags: 4 },
  { op: 'createTTL', path: '/a', data: '', acl: OPEN, flags: 5, ttl: '1' },
  { op: 'setData', path: '/', data: '', version: -1 },
  { op: 'setACL', path: '/', acl: OPEN, version: -1 },
  { op: 'delete', path: '/a', version: -1 },
  { op: 'deleteContainer', path: '/a' },
  { op: 'sync', path: '/' },
  { op: 'multi', parts: [] },
  { op: 'multiRead', parts: [] },
  { op: 'reconfig', joining: null, leaving: '9', members: null, version: -1 },
  { op: 'setWatches', since: 0, data: [], exist: [], child: [], xid: -8 },
  { op: 'addWatch', path: '/', mode: 0 },
  { op: 'getEphemerals', path: '/' },
  { op: 'whoAmI' },
  { op: 'auth', scheme: 'digest', auth: 'a:b', xid: -4 },
  { op: 'ping', xid: -2 },
  { op: 'closeSession' },
];

/** A connection that has said hello and heard of it, or ended; `readOnly` null: without the byte, as an old client. */
async function connect(port: number, { id, passwd }: Session, readOnly: boolean | null): Promise<RawClient> {
  const client = await RawClient.open(port);
  const hello = new Bytes().int(0).long(0n).int(TIMEOUT).long(id).buffer(passwd);
  if (readOnly !== null) hello.bool(readOnly);
  client.send(hello.frame);
  await client.until(() => client.closed || client.frames.length > 0, PATIENCE);
  return client;
}

/** What a client gets: `refused` without a word that it could read, or a timeout, the last byte, and errors by request. */
async function served(port: number, session: Session, readOnly: boolean | null): Promise<unknown> {
  const client = await connect(port, session, readOnly);
  const [response] = client.frames;
  // Apache answers a createSession that it refuses with the header of a reply.
  if (response === undefined || response.length < 36) {
    client.cut();
    return 'refused';
  }
  const timeout = response.readInt32BE(4);
  const errors: (readonly [string, number | 'closed'])[] = [];
  for (const [i, request] of timeout > 0 ? REQUESTS.entries() : []) {
    const before = client.frames.length;
    client.send(frameOf(request, i + 1, GROUND));
    await client.until(() => client.closed || client.frames.length > before, PATIENCE);
    errors.push([request.op, client.frames[before]?.readInt32BE(12) ?? 'closed']);
  }
  const ends = await client.until(() => client.closed, PATIENCE);
  return { timeout, readOnly: response[36], errors, ends };
}

/** Each kind of client at the first server, once `lose` has ended the other two. */
async function outcomes(ports: readonly number[], lose: () => unknown): Promise<Record<string, unknown>> {
  const port = ports[0] as number;
  const client = await connect(port, { id: 0n, passwd: NO_PASSWORD }, true);
  const reader = new Reader(client.frames[0] as Buffer);
  reader.int();
  reader.int();
  const before: Session = { id: reader.long(), passwd: reader.buffer() as Buffer };
  const writable = client.frames[0]?.[36];
  await lose();
  const until = Date.now() + PATIENCE;
  while (!/^Mode: read-only/m.test(await ask(port, 'srvr')) && Date.now() < until) await wait(50);
  client.cut();
  const found: Record<string, unknown> = { writable };
  const sessions = {
    new: { id: 0n, passwd: NO_PASSWORD },
    before,
    unknown: { id: 77n, passwd: NO_PASSWORD },
  };
  for (const [name, session] of Object.entries(sessions)) {
    for (const readOnly of [true, false, null]) {
      found[`${name}, ${readOnly}`] = await served(port, session, readOnly);
    }
  }
  return found;
}

async function ofApache(localSessions: boolean): Promise<Record<string, unknown>> {
  const ensemble = await ApacheEnsemble.start({
    participants: 3,
    settings: { tickTime: TICK, localSessionsEnabled: localSessions },
    properties: { 'readonlymode.enabled': 'true' },
  });
  try {
    const ports = ensemble.servers.map(({ clientPort }) => clientPort);
    return await outcomes(ports, () => Promise.all([2, 3].map((id) => ensemble.server(id).kill())));
  } finally {
    await ensemble.remove();
  }
}

async function ofOurs(localSessions: boolean): Promise<Record<string, unknown>> {
  const gateway = await serve({
    catalog,
    run: {
      format: RUN_FORMAT,
      title: 'read-only',
      seed: 1,
      ensemble: { participants: 3, tickTime: TICK, readOnlyMode: true, localSessions },
      world: { network: { latency: 0 }, disk: { flush: 0 }, step: 0 },
      clients: [],
      faults: [],
      end: { at: 1e12, maxEvents: 1e12 },
      expectations: [],
    },
    clientPort: 0,
    recordLimit: 0,
  });
  await gateway.serving();
  try {
    return await outcomes(gateway.ports, () => {
      for (const server of [2, 3]) gateway.fault({ kind: 'crash', server });
    });
  } finally {
    await gateway.close();
  }
}

describeWithApache('beside Apache ZooKeeper 3.8.0', () => {
  describe('a read-only server', () => {
    it('SVC-6 serves nobody where sessions are global', async () => {
      const apache = await ofApache(false);
      expect(await ofOurs(false)).toEqual(apache);
      expect(apache['new, true']).toBe('refused');
      expect(apache['before, true']).toBe('refused');
    });

    it('SVC-6 serves reads to new clients that accept it where sessions are local', async () => {
      const apache = await ofApache(true);
      expect(await ofOurs(true)).toEqual(apache);
      expect(apache['new, true']).toMatchObject({ timeout: TIMEOUT, readOnly: 1, ends: true });
      expect(apache['new, false']).toBe('refused');
    });
  });
});
