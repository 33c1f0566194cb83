// Three live servers in this process, over TCP of this machine.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveServer } from '../../../live/server/live-server.ts';
import { readZooCfg } from '../../../live/server/zoo-cfg.ts';
import type { Message } from '../../../protocol/host.ts';
import { ElectionEnd, QuorumEnd } from '../../../protocol/wire/index.ts';
import { freePorts } from '../../interop/free-ports.ts';
import { RawClient } from '../../interop/quorum/raw-client.ts';

interface Running {
  readonly server: LiveServer;
  readonly log: string[];
  exit: string | null;
}

let folder: string;
let ports: number[];
const running = new Map<number, Running>();

const clientPort = (id: number): number => ports[id - 1] as number;
const quorumPort = (id: number): number => ports[2 + id] as number;
const electionPort = (id: number): number => ports[5 + id] as number;

function start(id: number): void {
  const data = join(folder, String(id));
  mkdirSync(data, { recursive: true });
  const members = [1, 2, 3].map((n) => `server.${n}=127.0.0.1:${quorumPort(n)}:${electionPort(n)}`);
  const text = `dataDir=${data}\nclientPort=${clientPort(id)}\ntickTime=200\ninitLimit=25\nsyncLimit=10
4lw.commands.whitelist=*\n${members.join('\n')}\n`;
  const config = readZooCfg(
    text,
    'zoo.cfg',
    () => String(id),
    () => undefined,
  );
  const log: string[] = [];
  const one: Running = {
    log,
    exit: null,
    server: new LiveServer(config, {
      log: (line) => log.push(line),
      onExit: (reason) => {
        one.exit = reason;
      },
    }),
  };
  running.set(id, one);
  one.server.start();
}

async function until<T>(what: () => T | null | false | undefined, patience = 20_000): Promise<T> {
  const end = Date.now() + patience;
  for (;;) {
    const value = what();
    if (value !== null && value !== undefined && value !== false) return value as T;
    if (Date.now() > end) {
      throw new Error(
        [...running].map(([id, { log }]) => `${id}: ${log.slice(-8).join('\n   ')}`).join('\n'),
      );
    }
    await wait(5);
  }
}

function leader(): number | null {
  const ids = [...running].filter(([, { server }]) => server.peer.role?.figures().mode === 'leader');
  const [first] = ids;
  return ids.length === 1 && first?.[1].server.peer.role?.serving ? first[0] : null;
}

const serving = (): boolean =>
  [...running.values()].every(({ server }) => server.peer.role?.serving === true);

/** Says something at a port and waits until it is cut off, or for so many ms: whether it was. */
async function stranger(port: number, bytes: Uint8Array | Uint8Array[], patience = 1000): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' });
  let closed = false;
  socket.on('error', () => {});
  socket.on('close', () => {
    closed = true;
  });
  socket.on('end', () => {
    closed = true;
  });
  socket.resume();
  for (const piece of Array.isArray(bytes) ? bytes : [bytes]) socket.write(piece);
  const end = Date.now() + patience;
  while (!closed && Date.now() < end) await wait(10);
  socket.destroy();
  return closed;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zab-lab-live-'));
  ports = await freePorts(9);
  for (const id of [1, 2, 3]) start(id);
  await until(serving);
});
afterAll(async () => {
  await Promise.all([...running.values()].map(({ server }) => server.stop()));
  rmSync(folder, { recursive: true, force: true });
});

describe('Three live servers', () => {
  it('TREE-2 serve; their logs, srvr, mntr and the config in the tree tell the same', async () => {
    const id = (await until(leader)) as number;
    const client = await RawClient.connect(clientPort((id % 3) + 1));
    await client.create('/a', 'x');
    expect(await client.get('/a')).toBe('x');
    expect(await client.get('/zookeeper/config')).toMatch(
      /^server\.1=127\.0\.0\.1:\d+:\d+:participant\nserver\.2=/,
    );
    await client.close();
    for (const n of [1, 2, 3]) {
      const mode = n === id ? 'leader' : 'follower';
      const { log } = running.get(n) as Running;
      expect(await word(clientPort(n), 'srvr')).toContain(`\nMode: ${mode}\n`);
      expect(await word(clientPort(n), 'mntr')).toContain(`zk_server_state\t${mode}\n`);
      expect(log.some((line) => line.startsWith(n === id ? 'LEADING' : `FOLLOWING server ${id}`))).toBe(true);
      expect(log.some((line) => line.startsWith(`elected server ${id}`))).toBe(true);
    }
    const { log } = running.get(id) as Running;
    expect(log.filter((line) => /^synchronizes server \d by (DIFF|SNAP)/.test(line)).length).toBeGreaterThan(
      1,
    );
  });

  it('HOST-9 turn strangers away at the election port, and elect as before', async () => {
    const port = electionPort(1);
    const hello = (sid: number): Uint8Array =>
      new ElectionEnd(true, '127.0.0.1:1', '').encode({ kind: 'electionHello', sid } as Message);
    const before = (running.get(1) as Running).log.length;
    const said: Record<string, Uint8Array> = {
      'a server that is not configured': hello(7),
      'an unknown version': Buffer.from('ffffffffffff0000'.padEnd(64, '0'), 'hex'),
      'an address of 2 GB': Buffer.from('ffffffffffff000000000000000000027fffffff', 'hex'),
      'a web browser': Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
      'this server itself': hello(1),
      'a smaller id, which is dialled back': hello(0),
      'more than a stranger may say': new Uint8Array(20_000),
    };
    const cutOff = await Promise.all(
      Object.entries(said).map(async ([what, bytes]) => [what, await stranger(port, bytes)] as const),
    );
    expect(Object.fromEntries(cutOff)).toEqual(
      Object.fromEntries(Object.keys(said).map((what) => [what, true])),
    );
    // A frame of 2 GB behind a name that could be true.
    expect(await stranger(port, [hello(3), Buffer.from('7fffffff', 'hex')])).toBe(true);
    expect((running.get(1) as Running).log.slice(before).join('\n')).toContain(
      '127.0.0.1 was turned away from the election port: server 7 is not in the configuration',
    );
    await expectWrites();
  });

  it('HOST-9 turn strangers away at the quorum port: they are no followers', async () => {
    const id = (await until(leader)) as number;
    const port = quorumPort(id);
    const end = (): QuorumEnd => new QuorumEnd('learner', '');
    const info = (sid: number, kind = 'FOLLOWERINFO'): Uint8Array =>
      end().encode({ kind, sid, acceptedEpoch: 0 } as Message);
    const other = (id % 3) + 1;
    const said: Record<string, Uint8Array> = {
      'a server that is not configured': info(9),
      'the leader itself': info(id),
      'an observer that is none': info(other, 'OBSERVERINFO'),
      'an acknowledgement': end().encode({ kind: 'ACK', zxid: 1 } as Message),
      'an unknown packet': Buffer.from('000000ff00000000000000000000000000000000', 'hex'),
      'a packet of 2 GB': Buffer.from('0000000b00000000000000007fffffff', 'hex'),
      noise: Buffer.alloc(10_000, 'noise'),
    };
    for (const [what, bytes] of Object.entries(said)) {
      expect(await stranger(port, bytes), what).toBe(true);
    }
    await expectWrites();
    expect(await until(leader)).toBe(id);
  });

  it('HOST-9 bear many that say nothing: there is room for who belongs to them', async () => {
    const id = (await until(leader)) as number;
    const sockets: Socket[] = [];
    for (const port of [electionPort(id), quorumPort(id)]) {
      for (let i = 0; i < 150; i++) {
        const socket = connect({ port, host: '127.0.0.1' });
        socket.on('error', () => {});
        sockets.push(socket);
      }
    }
    await until(
      () =>
        sockets.filter((socket) => socket.closed || socket.destroyed || socket.readableEnded).length > 200,
    );
    const follower = (id % 3) + 1;
    await running.get(follower)?.server.stop();
    start(follower);
    await until(serving);
    await expectWrites();
    for (const socket of sockets) socket.destroy();
  });

  it('go on from their files when all were stopped', async () => {
    await Promise.all([...running.values()].map(({ server }) => server.stop()));
    for (const id of [1, 2, 3]) start(id);
    await until(serving);
    const client = await RawClient.connect(clientPort(2));
    expect(await client.get('/a')).toBe('x');
    await client.close();
  });

  it('end themselves where their data cannot be trusted, with a line that says why', async () => {
    await running.get(3)?.server.stop();
    writeFileSync(join(folder, '3', 'version-2', 'log.1'), Buffer.from('no log file at all'));
    start(3);
    expect((running.get(3) as Running).exit).toMatch(/^log\.1: no log file header/);
    rmSync(join(folder, '3', 'version-2', 'log.1'));
    start(3);
    await until(serving);
  });
});

/** Writes through each server still take effect. */
async function expectWrites(): Promise<void> {
  for (const id of [1, 2, 3]) {
    const client = await RawClient.connect(clientPort(id));
    await client.create('/n-', '', 2);
    await client.close();
    expect((running.get(id) as Running).exit).toBeNull();
  }
}

function word(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (bytes) => {
      answer += bytes.toString();
    });
    socket.on('close', () => resolve(answer));
  });
}
