import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Gateway,
  type GatewayEvent,
  type GatewayOptions,
  serve,
} from '../../../live/gateway/gateway.ts';
import { OPEN_ACL_UNSAFE } from '../../../protocol/tree/index.ts';
import { ErrorCode, OpCode } from '../../../protocol/txn.ts';
import { catalog } from '../../../scenarios/catalog.ts';
import { simulate } from '../../../sim/simulation.ts';
import { type EnsembleSpec, RUN_FORMAT, type RunSpec } from '../../../sim/spec.ts';
import { parseRunSpec } from '../../../sim/validate.ts';
import { RawClient } from '../raw-client.ts';

const open: Gateway[] = [];
const folders: string[] = [];

afterEach(async () => {
  for (const gateway of open.splice(0)) await gateway.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function runOf(ensemble: Partial<EnsembleSpec> = {}): RunSpec {
  return {
    format: RUN_FORMAT,
    seed: 1,
    ensemble: { participants: 3, tickTime: 500, initialWallClock: Date.now(), ...ensemble },
    world: { network: { latency: 0 }, disk: { flush: 0 }, step: 0 },
    clients: [],
    faults: [],
    end: { at: 1e12, maxEvents: 1e12 },
    expectations: [],
  };
}

async function started(
  ensemble: Partial<EnsembleSpec> = {},
  options: Partial<GatewayOptions> = {},
): Promise<Gateway> {
  const gateway = await serve({ catalog, run: runOf(ensemble), clientPort: 0, ...options });
  open.push(gateway);
  await gateway.serving();
  return gateway;
}

function create(path: string, flags = 0) {
  return { type: OpCode.create, path, data: new Uint8Array([1]), acl: OPEN_ACL_UNSAFE, flags } as const;
}
function get(path: string, watch = false) {
  return { type: OpCode.getData, path, watch } as const;
}
function set(path: string) {
  return { type: OpCode.setData, path, data: new Uint8Array([2]), version: -1 } as const;
}
const leaderOf = (gateway: Gateway): number =>
  gateway.status().find(({ role }) => role === 'leading')?.server ?? 0;
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe('a simulated ensemble with real clients', () => {
  it('gives sessions, and what is written at one server is read at another', async () => {
    const gateway = await started();
    const [one, two] = await Promise.all(gateway.ports.slice(0, 2).map((port) => RawClient.start(port)));
    expect(one!.session?.timeout).toBe(10_000);
    expect((await one!.ask(create('/a')))?.path).toBe('/a');
    await two!.ask({ type: OpCode.sync, path: '/' });
    expect((await two!.ask(get('/a', true)))?.data).toEqual(new Uint8Array([1]));
    await one!.ask(set('/a'));
    await until(() => two!.events.length > 0);
    expect(two!.events[0]?.path).toBe('/a');
    expect((await one!.ask({ type: OpCode.closeSession }))?.err).toBe(ErrorCode.OK);
    expect(await one!.closing()).toBe('closed');
  });

  it('tells servers the address of their clients', async () => {
    const gateway = await started();
    const client = await RawClient.start(gateway.ports[0]!);
    const acl = [{ perms: 31, scheme: 'ip', id: '127.0.0.1' }];
    expect((await client.ask({ ...create('/mine'), acl }))?.err).toBe(ErrorCode.OK);
    expect((await client.ask(set('/mine')))?.err).toBe(ErrorCode.OK);
    expect((await client.ask({ type: OpCode.whoAmI }))?.ids).toEqual([{ scheme: 'ip', id: '127.0.0.1' }]);
    const other = [{ perms: 31, scheme: 'ip', id: '127.0.0.2' }];
    await client.ask({ ...create('/theirs'), acl: other });
    expect((await client.ask(set('/theirs')))?.err).toBe(ErrorCode.NOAUTH);
  });

  it('WORD-3 servers know the ports they were given, also where any free one would do', async () => {
    const gateway = await started({ fourLetterWords: ['conf'] });
    for (const port of gateway.ports) {
      const client = await RawClient.open(port);
      client.socket.write('conf');
      await client.closing();
      expect(client.text).toContain(`clientPort=${port}\n`);
    }
  });

  it('a crash resets connections and closes the port until the restart; the session goes on elsewhere', async () => {
    const gateway = await started();
    const leader = leaderOf(gateway);
    const client = await RawClient.start(gateway.ports[leader - 1]!);
    await client.ask(create('/e', 1));
    gateway.fault({ kind: 'crash', server: leader });
    expect(await client.closing()).toBe('reset');
    await until(() => gateway.status()[leader - 1]?.state === 'down');
    await expect(RawClient.open(gateway.ports[leader - 1]!)).rejects.toThrow('ECONNREFUSED');
    await gateway.serving();
    const { session, passwd } = client.session!;
    const again = await RawClient.start(gateway.ports[leader % 3]!, { session, passwd });
    expect(again.session?.session).toBe(session);
    expect((await again.ask(set('/e')))?.err).toBe(ErrorCode.OK);
    gateway.fault({ kind: 'restart', server: leader });
    await until(() => gateway.status()[leader - 1]?.serving === true);
    const back = await RawClient.start(gateway.ports[leader - 1]!);
    expect((await back.ask(get('/e')))?.data).toEqual(new Uint8Array([2]));
  });

  it('a paused server stands still, and answers afterwards', async () => {
    const gateway = await started();
    const server = leaderOf(gateway) === 1 ? 2 : 1;
    const client = await RawClient.start(gateway.ports[server - 1]!);
    gateway.fault({ kind: 'pause', server, for: 300 });
    const since = performance.now();
    expect((await client.ask(get('/')))?.err).toBe(ErrorCode.OK);
    expect(performance.now() - since).toBeGreaterThan(250);
  });

  it('a server without power says nothing, and knows nothing of its connections afterwards', async () => {
    const gateway = await started();
    const server = leaderOf(gateway) === 1 ? 2 : 1;
    const client = await RawClient.start(gateway.ports[server - 1]!);
    gateway.fault({ kind: 'powerLoss', server });
    const answer = client.ask(get('/'));
    const silence = new Promise((resolve) => setTimeout(() => resolve('silence'), 100));
    expect(await Promise.race([answer, silence])).toBe('silence');
    expect(client.ended).toBe(null);
    gateway.fault({ kind: 'restart', server });
    expect(await client.closing()).toBe('reset');
  });

  it('what is saved is a run that repeats the session to its trace hash', async () => {
    const gateway = await started({}, { hash: true });
    const client = await RawClient.start(gateway.ports[2]!);
    await client.ask(create('/a'));
    await client.askAll(Array.from({ length: 200 }, (_, i) => (i % 3 === 0 ? set('/a') : get('/a', true))));
    gateway.fault({ kind: 'crash', server: 'leader' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    gateway.fault({ kind: 'restart', server: 'all' });
    client.destroy();
    const word = await RawClient.open(gateway.ports[0]!).catch(() => null);
    word?.say('isro');
    await gateway.serving();
    const folder = mkdtempSync(join(tmpdir(), 'zab-lab-'));
    folders.push(folder);
    const file = join(folder, 'session.json');
    // What happens while it is written is not in it.
    const { traceHash, events } = gateway.simulation.result();
    await gateway.save(file);
    const run = parseRunSpec(JSON.parse(readFileSync(file, 'utf8')));
    const again = simulate(run, catalog);
    expect(again.events).toBe(events);
    expect(again.traceHash).toBe(traceHash);
    expect(Object.entries(again.verdicts).filter(([, verdict]) => verdict === 'violated')).toEqual([]);
  });

  it('a session that has become too long is told of once and cannot be saved', async () => {
    const told: GatewayEvent[] = [];
    const gateway = await started({}, { recordLimit: 2000, onEvent: (event) => told.push(event) });
    const client = await RawClient.start(gateway.ports[0]!);
    await client.askAll(Array.from({ length: 100 }, () => get('/')));
    await client.askAll(Array.from({ length: 100 }, () => get('/')));
    expect(told.filter(({ kind }) => kind === 'recordingFull').length).toBe(1);
    expect(gateway.recorded).toBe(false);
    await expect(gateway.save('/nowhere/session.json')).rejects.toThrow('too long');
  });

  it('WIRE-37 a client that does not read is not heard any more until it does', async () => {
    const gateway = await started({ participants: 1 });
    let answered = 0;
    const probe = gateway.onProbe.bind(gateway);
    gateway.onProbe = (event) => {
      if (event.kind === 'replied' && event.op === OpCode.getData) answered++;
      probe(event);
    };
    const client = await RawClient.start(gateway.ports[0]!);
    await client.ask({ ...create('/large'), data: new Uint8Array(200_000) });
    client.socket.pause();
    const ask = (): void =>
      client.say(Buffer.concat(Array.from({ length: 100 }, () => client.encode(get('/large')))));
    ask();
    await until(() => answered === 100);
    ask();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(answered).toBe(100);
    const asked = Promise.all(Array.from({ length: 200 }, () => client.answer()));
    client.socket.resume();
    await until(() => answered === 200);
    expect((await asked)[0]?.data?.length).toBe(200_000);
  });

  it('SVC-2, WIRE-36 clients that ask for more than a server takes at a time are all answered, in order', async () => {
    const gateway = await started({ outstandingLimit: 3 });
    const clients = await Promise.all(gateway.ports.map((port) => RawClient.start(port)));
    await clients[0]!.ask(create('/a'));
    const answers = await Promise.all(
      clients.map((client) =>
        client.askAll(Array.from({ length: 300 }, (_, i) => (i % 10 === 9 ? get('/') : set('/a')))),
      ),
    );
    expect(answers.flat().every((answer) => answer?.err === ErrorCode.OK)).toBe(true);
    for (const own of answers) {
      const versions = own.flatMap((answer) => (answer?.data === undefined ? [answer!.stat!.version] : []));
      expect(versions).toEqual([...versions].sort((a, b) => a - b));
    }
  });

  it('SVC-5, WIRE-17 takes a request of jute.maxbuffer and ends the connection at a larger one', async () => {
    const gateway = await started({ participants: 1, maxBuffer: 300_000 });
    const client = await RawClient.start(gateway.ports[0]!);
    const most = 300_000 - 8 - 8 - 4 - 4 - 35;
    expect((await client.ask({ ...create('/x'), data: new Uint8Array(most - 100) }))?.err).toBe(ErrorCode.OK);
    expect(await client.ask({ ...create('/y'), data: new Uint8Array(most + 100) })).toBe(null);
    expect(client.ended).not.toBe(null);
  });

  it('a session whose client is gone expires in real time', async () => {
    const gateway = await started({ tickTime: 100 });
    const [one, two] = await Promise.all(
      gateway.ports.slice(0, 2).map((port) => RawClient.start(port, { timeout: 300 })),
    );
    await one!.ask(create('/e', 1));
    await two!.ask({ type: OpCode.sync, path: '/' });
    expect((await two!.ask({ type: OpCode.exists, path: '/e', watch: true }))?.err).toBe(ErrorCode.OK);
    const since = performance.now();
    one!.destroy();
    while (two!.events.length === 0) {
      await two!.ask({ type: OpCode.ping });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(two!.events[0]?.path).toBe('/e');
    expect(performance.now() - since).toBeGreaterThan(250);
  });

  it('a port in use is an error that names it, and nothing stays open', async () => {
    const gateway = await started({ participants: 1 });
    const [port] = gateway.ports;
    await expect(serve({ catalog, run: runOf(), clientPort: port! })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      port,
    });
  });

  it('closing ends all connections in order', async () => {
    const gateway = await started();
    const client = await RawClient.start(gateway.ports[0]!);
    await gateway.close();
    expect(await client.closing()).toBe('closed');
    await new Promise<void>((resolve) => {
      connect({ port: gateway.ports[0]! }).on('error', () => resolve());
    });
  });
});
