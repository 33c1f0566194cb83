import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../interop/free-ports.ts';
import { RawClient } from '../interop/quorum/raw-client.ts';
import { answer, build, file, folder, root } from './command.ts';

beforeAll(build);

describe('zab-lab server', () => {
  it('refuses a configuration in one line that says where and what, with exit code 2', async () => {
    const wrong = async (text: string): Promise<readonly [number | null, string]> => {
      const { code, stderr, stdout } = await answer(['server', file('zoo.cfg', text)]);
      expect(stdout).toBe('');
      return [code, stderr];
    };
    expect(await wrong('dataDir=d\ncleintPort=1\n')).toEqual([
      2,
      "error: zoo.cfg:2: there is no key 'cleintPort'; is it 'clientPort'?\n",
    ]);
    expect(await wrong('dataDir=d\nclientPort=x\n')).toEqual([
      2,
      "error: zoo.cfg:2: clientPort: 'x' is no whole number from 1 to 65535\n",
    ]);
    expect(await answer(['server', 'missing.cfg'])).toMatchObject({
      code: 2,
      stderr: 'error: cannot read missing.cfg: there is no such file\n',
    });
    const ensemble = 'initLimit=5\nsyncLimit=5\nserver.1=a:1:2\nserver.2=b:1:2\nclientPort=1\n';
    expect(await wrong(`dataDir=${folder}\n${ensemble}`)).toEqual([
      2,
      `error: ${folder}/myid is missing: it holds the number of this server, as in server.1\n`,
    ]);
    writeFileSync(join(folder, 'plain'), '');
    expect(await wrong('dataDir=plain\nclientPort=1\n')).toEqual([
      2,
      `error: ${join(folder, 'plain', 'version-2')}: not a directory\n`,
    ]);
  });

  it('serves until it is told to end, and again from the same files', async () => {
    const [port] = await freePorts(1);
    mkdirSync(join(folder, 'alone'));
    const config = file('alone.cfg', `dataDir=${join(folder, 'alone')}\nclientPort=${port}\n`);
    for (const turn of ['first', 'second']) {
      const child = spawn(process.execPath, [join(root, 'dist/bin/zab-lab.js'), 'server', config], {
        cwd: folder,
      });
      let said = '';
      child.stdout.on('data', (bytes) => {
        said += bytes;
      });
      const ended = new Promise((done) => child.on('exit', done));
      let client: RawClient | null = null;
      for (let tries = 0; client === null && tries < 200; tries++) {
        client = await RawClient.connect(port as number, { patience: 500 }).catch(() => null);
        if (client === null) await new Promise((done) => setTimeout(done, 50));
      }
      if (turn === 'first') await client?.create('/kept', 'x');
      expect(await client?.get('/kept')).toBe('x');
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
      expect(said).toMatch(/Z LEADING \(standalone\)\n(?:.*\n)*.*Z ended\n$/);
      expect(client?.closed).toBe(true);
    }
    expect(
      readdirSync(join(folder, 'alone', 'version-2')).filter((name) => name.startsWith('log.')),
    ).toHaveLength(2);
  });
});
