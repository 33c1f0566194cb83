import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { check, znode } from '../../../sim/check/linearizability/index.ts';
import { missing, PYTHON } from '../clients/kazoo/kazoo.ts';
import { Load } from './load.ts';
import { MixedEnsemble } from './mixed-ensemble.ts';
import { expectOneTree } from './one-tree.ts';
import { RawClient } from './raw-client.ts';
import { walk } from './tree-walk.ts';

const SCRIPT = `
import sys
from kazoo.client import KazooClient
zk = KazooClient(hosts=sys.argv[1])
zk.start(timeout=20)
seen = []
@zk.DataWatch('/watched')
def changed(data, stat):
    seen.append(data)
zk.ensure_path('/a/b/c')
zk.create('/watched', b'1')
zk.set('/watched', b'2')
with zk.Lock('/lock', 'me'):
    t = zk.transaction()
    t.create('/a/t', b'x')
    t.check('/a', 0)
    t.delete('/watched')
    r = t.commit()
    assert r == ['/a/t', True, True], r
names = sorted(zk.create('/a/n-', b'', ephemeral=True, sequence=True) for _ in range(3))
assert len(zk.get_children('/a')) == 5, zk.get_children('/a')
counter = zk.Counter('/count')
counter += 5
assert counter.value == 5
zk.stop()
zk.start(timeout=20)
assert sorted(zk.get_children('/a')) == ['b', 't'], zk.get_children('/a')
zk.stop()
assert seen[0] is None and seen[-1] is None and {b'1', b'2'} & set(seen), seen
print('fine')
`;

describe('Three servers of ours', () => {
  it.skipIf(missing !== null)('serve kazoo', async () => {
    const ensemble = await MixedEnsemble.start({ participants: ['ours', 'ours', 'ours'] });
    try {
      const hosts = ensemble.servers.map((server) => `127.0.0.1:${server.clientPort}`).join(',');
      const { stdout, stderr } = spawnSync(PYTHON, ['-c', SCRIPT, hosts], {
        encoding: 'utf8',
        timeout: 60_000,
      });
      expect(stdout, stderr).toContain('fine');
    } finally {
      await ensemble.remove();
    }
  });

  it('lose no acknowledged write when leader, follower or all are killed under load, and agree', async () => {
    const ensemble = await MixedEnsemble.start({
      participants: ['ours', 'ours', 'ours'],
      // Log roll, snapshot and SNAP come along.
      properties: { snapCount: '400', commitLogCount: '50', snapshotSizeFactor: '-1' },
    });
    const load = new Load(
      ensemble.servers.map((server) => server.clientPort),
      6,
    );
    try {
      for (let round = 0; round < 2; round++) {
        await load.progress(300);
        const leader = await ensemble.leader();
        await ensemble.server(leader).kill();
        await load.progress(300);
        ensemble.server(leader).start();
        await load.progress(100);
        const next = await ensemble.leader();
        const follower = ensemble.server((next % 3) + 1);
        await follower.kill();
        await load.progress(300);
        follower.start();
        await follower.serving();
      }
      await Promise.all(ensemble.servers.map((server) => server.kill()));
      for (const server of ensemble.servers) server.start();
      await load.progress(300);
      await ensemble.serving();
      await load.end();
      const { verdict } = check(znode, load.history);
      expect(verdict).toBe('linearizable');
      // Writes that nobody acknowledges any more make it wrong: the check can fail.
      const forgotten = load.history.filter(({ output }, i) => output?.err !== 0 || i % 50 !== 0);
      expect(check(znode, forgotten).verdict).toBe('not-linearizable');
      await expectOneTree(ensemble);
      const logs = ensemble.servers.map((server) => server.log()).join('');
      expect(logs).toMatch(/synchronizes server \d by SNAP/);
      expect(logs).toMatch(/took a snapshot/);
    } catch (error) {
      throw new Error(`${(error as Error).stack}\n${ensemble.logs()}`);
    } finally {
      await ensemble.remove();
      await Promise.race([load.end().catch(() => {}), new Promise((done) => setTimeout(done, 5000))]);
    }
  });

  it('go on where they were after all have been ended in order', async () => {
    const ensemble = await MixedEnsemble.start({ participants: ['ours', 'ours', 'ours'] });
    try {
      const client = await RawClient.connect(ensemble.server(1).clientPort);
      for (let i = 0; i < 50; i++) await client.create(`/n${i}`, `${i}`);
      const before = await walk(client);
      client.drop();
      await Promise.all(ensemble.servers.map((server) => server.stop()));
      for (const server of ensemble.servers) expect(server.log()).toMatch(/ended\n$/);
      for (const server of ensemble.servers) server.start();
      await ensemble.leader();
      const again = await RawClient.connect(ensemble.server(2).clientPort);
      await again.sync();
      expect(Object.fromEntries(await walk(again))).toEqual(Object.fromEntries(before));
      await again.close();
    } finally {
      await ensemble.remove();
    }
  });
});
