import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Control } from '../../../live/gateway/control.ts';
import { controlDirectory, controlPath } from '../../../live/gateway/control-directory.ts';
import { ask, ControlSocket, running } from '../../../live/gateway/control-socket.ts';
import { type Gateway, serve } from '../../../live/gateway/gateway.ts';
import { catalog } from '../../../scenarios/catalog.ts';
import { RUN_FORMAT } from '../../../sim/spec.ts';
import { parseRunSpec } from '../../../sim/validate.ts';

const ended: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'zl-'));
  ended.push(() => rmSync(path, { recursive: true }));
  return path;
}

/** An ensemble of three that serves, controlled through a socket in a directory of its own. */
async function controlled() {
  const control = new Control(() => gateway);
  const gateway: Gateway = await serve({
    catalog,
    run: {
      format: RUN_FORMAT,
      seed: 1,
      ensemble: { participants: 3, tickTime: 200 },
      world: { network: { latency: 0 }, disk: { flush: 0 }, step: 0 },
      clients: [],
      faults: [],
      end: { at: 1e12, maxEvents: 1e12 },
      expectations: [],
    },
    clientPort: 0,
    onProbe: (event) => control.onProbe(event),
  });
  ended.push(() => gateway.close());
  const directory = controlDirectory(folder());
  const port = gateway.ports[0]!;
  const socket = await ControlSocket.open(control, port, directory);
  ended.push(() => socket.close());
  await gateway.serving();
  return { gateway, control, socket, directory, port, ask: (text: string) => ask(text, port, directory) };
}

/** What a peer that speaks bytes hears until it is cut off. */
async function heard(path: string, bytes: Uint8Array | string): Promise<string> {
  const socket = connect(path);
  let text = '';
  socket.on('data', (piece) => {
    text += piece.toString();
  });
  socket.on('error', () => {});
  socket.write(bytes);
  await new Promise((resolve) => socket.on('close', resolve));
  return text;
}

describe('control of a running ensemble', () => {
  it('breaks it, heals it and tells what happened', async () => {
    const { ask, directory, port } = await controlled();
    expect(await running(directory)).toEqual([port]);
    const crash = await ask('crash leader');
    expect(crash).toMatchObject({ ok: true });
    expect(crash.text).toMatch(/^server 3 is killed; (server [12] leads epoch 2|no server leads)/);
    expect(crash.servers.map(({ state }) => state)).toEqual(['up', 'up', 'down']);
    expect((await ask('restart all')).text).toMatch(/^server 3 starts; /);
    expect((await ask('partition 1 | 2 3')).text).toMatch(/^the network splits into 1 \| 2,3; /);
    expect((await ask('heal')).text).toMatch(/^all links pass again; /);
    expect((await ask('slow all > all 1ms')).text).toMatch(
      /^messages from all servers to all others take 1 ms/,
    );
    expect((await ask('status')).text).toMatch(/leads|no server/);
    expect((await ask('help')).text).toContain('partition N N | N ...');
  });

  it('says of every fault what it did, or that there was nothing to do', async () => {
    const { ask } = await controlled();
    const answers: readonly (readonly [string, string])[] = [
      ['corrupt 2', 'the log of server 2 has no record that could be damaged'],
      ['restart 2', 'server 2 runs already'],
      ['restart all', 'all servers run already'],
      ['crash 2', 'server 2 is killed'],
      ['crash 2', 'server 2 is down already'],
      ['pause 2 1s', 'server 2 is down, and so cannot be paused'],
      ['power-loss 2', 'server 2, which is down, has no power any more'],
      ['restart 2', 'server 2 starts'],
      ['pause observer 1s', 'nothing happens, since no server observes'],
      ['partition 1 2', 'the network splits into 1,2 | 3'],
      ['cut 1 > 2', 'server 1 does not reach server 2'],
      ['cut 2 - all', 'server 2 and any other server do not reach one another'],
      ['cut 1 > 1', 'server 1 has no link to itself'],
      ['isolate 2', 'server 2 reaches no other server, and none reaches it'],
      ['bridge 2', 'the network splits into 1,2 | 2,3, where server 2 is in both'],
      ['swizzle 2 every 5ms', 'server 2 is cut off from the others for 5 ms'],
      ['slow 1 > 2 3ms', 'messages from server 1 to server 2 take 3 ms longer'],
      ['heal speed', 'all links pass again, and none is slow'],
      ['drop 1 - 1', 'server 1 has no stream to itself'],
      ['drop 1 - 2', 'the streams between server 1 and server 2 break at their next message'],
      ['loss 5%', 'from now on 5% of all messages are lost at random, and 0% of those of elections besides'],
      ['disk-stall 1 10ms', 'what server 1 writes is not on its disk for 10 ms'],
      ['disk-full 1', 'the disk of server 1 is full'],
      ['disk-free 1', 'the disk of server 1 has room'],
      ['clock-jump 1 -2s', 'the wall clock of server 1 jumps back by 2 s'],
      ['pause 1 1m', 'server 1 stands still for 60 s'],
      ['pause 1 1ms', 'server 1 stands still already, for as long as it was to'],
    ];
    for (const [text, answer] of answers) {
      const { ok, text: said } = await ask(text);
      expect([text, ok, said.split('; ')[0]]).toEqual([text, true, answer]);
    }
    expect((await ask('swizzle 1 2 3 every 5ms')).text).toMatch(
      /^servers are cut off from the others one after the other, 5 ms apart, server \d first, and then let back in/,
    );
  });

  it('says in one sentence why nothing happens', async () => {
    const { ask } = await controlled();
    for (const text of [
      '',
      'crsh 2',
      'crash 9',
      'client-crash 1',
      'crash it',
      'save',
      'save /nowhere/at/all.json',
      'status x',
    ]) {
      const { ok, text: said } = await ask(text);
      expect(ok).toBe(false);
      expect(said).toMatch(/^[^\n]+$/);
    }
    expect((await ask('stats')).text).toBe("'stats' is no fault that is known; did you mean 'status'?");
  });

  it('saves the session as a run with the faults that struck', async () => {
    const { ask } = await controlled();
    const file = join(folder(), 'session.json');
    await ask('pause 1 10ms');
    expect(await ask(`save ${file}`)).toMatchObject({ ok: true });
    const run = parseRunSpec(JSON.parse(readFileSync(file, 'utf8')));
    expect(run.outside).toMatchObject([{ kind: 'fault', fault: { kind: 'pause', server: 1, for: 10 } }]);
  });
});

describe('the control socket', () => {
  it('bears anything that is said to it', async () => {
    const { directory, port, ask } = await controlled();
    const path = controlPath(port, directory);
    expect(await heard(path, 'x'.repeat(5000))).toContain('at most 4096 bytes');
    expect(await heard(path, `${'x'.repeat(5000)}\nstatus\n`)).toContain('at most 4096 bytes');
    const garbage = Uint8Array.from({ length: 8192 }, (_, i) => (i * 7919) % 256).filter(
      (byte) => byte !== 10,
    );
    expect(await heard(path, garbage)).toContain('at most 4096 bytes');
    const silent = Array.from({ length: 20 }, () => connect(path));
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const socket of silent) socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await ask('status')).toMatchObject({ ok: true });
  });

  it('answers commands in their order, also those that come at once', async () => {
    const { directory, port } = await controlled();
    const socket = connect(controlPath(port, directory));
    socket.write('crsh 1\nhelp\ncrsh 2\n');
    let text = '';
    for await (const piece of socket) {
      text += piece.toString();
      if (text.split('\n').length > 3) break;
    }
    const oks = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).ok);
    expect(oks).toEqual([false, true, false]);
  });

  it('is for its user alone, and gone with the ensemble', async () => {
    const { directory, port, socket } = await controlled();
    const other = new Control(() => {
      throw new Error('never asked');
    });
    await expect(ControlSocket.open(other, port, directory)).rejects.toThrow('another ensemble');
    await socket.close();
    expect(existsSync(controlPath(port, directory))).toBe(false);
    expect(await running(directory)).toEqual([]);
  });

  it('of a process that died is replaced, and not taken for one that runs', async () => {
    const directory = controlDirectory(folder());
    const path = controlPath(2181, directory);
    const dead = createServer();
    await new Promise<void>((resolve) => dead.listen(path, resolve));
    await new Promise((resolve) => dead.close(resolve));
    // What a killed process leaves behind is a name with nobody behind it.
    writeFileSync(path, '');
    expect(await running(directory)).toEqual([]);
    expect(existsSync(path)).toBe(false);
  });

  it('is in no directory that others could have made or may enter', () => {
    const parent = folder();
    const path = controlDirectory(parent);
    expect(controlDirectory(parent)).toBe(path);
    chmodSync(path, 0o755);
    expect(() => controlDirectory(parent)).toThrow('closed to others');
    rmSync(path, { recursive: true });
    writeFileSync(path, '');
    expect(() => controlDirectory(parent)).toThrow('closed to others');
    const deep = join(parent, 'd'.repeat(100));
    mkdirSync(deep);
    expect(() => controlPath(2181, controlDirectory(deep))).toThrow('too long');
  });
});
