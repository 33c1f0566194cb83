import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CreateFlag } from '../../../protocol/request.ts';
import { OpCode } from '../../../protocol/txn.ts';
import { describeWithApache } from '../apache/describe.ts';
import { type Kind, MixedEnsemble } from './mixed-ensemble.ts';
import { expectOneTree } from './one-tree.ts';
import { RawClient } from './raw-client.ts';
import { walk } from './tree-walk.ts';

const ACL = [
  { perms: 31, scheme: 'world', id: 'anyone' },
  { perms: 1, scheme: 'ip', id: '127.0.0.1' },
];
const OPEN = [{ perms: 31, scheme: 'world', id: 'anyone' }];

/** Transactions of every kind, and enough of them for snapshots and several log files. */
async function write(client: RawClient, name: string): Promise<void> {
  const base = await client.create(`/${name}`, 'base');
  const data = Buffer.from('x');
  await client.do({ type: OpCode.create, path: `${base}/acl`, data, acl: ACL, flags: 0 });
  await client.do({ type: OpCode.createContainer, path: `${base}/container`, data, acl: OPEN, flags: 4 });
  await client.do({ type: OpCode.createTTL, path: `${base}/ttl`, data, acl: OPEN, flags: 5, ttl: 3_600_000 });
  await client.do({ type: OpCode.create2, path: `${base}/null`, data: null, acl: OPEN, flags: 0 });
  await client.do({ type: OpCode.setACL, path: `${base}/null`, acl: ACL, version: -1 });
  await client.do({
    type: OpCode.multi,
    ops: [
      { type: OpCode.create, path: `${base}/multi`, data, acl: OPEN, flags: 0 },
      { type: OpCode.setData, path: base, data: Buffer.from('é🙂'), version: -1 },
      { type: OpCode.check, path: base, version: 1 },
    ],
  });
  await client.request({ type: OpCode.delete, path: `${base}/missing`, version: -1 });
  const many = Array.from({ length: 400 }, (_, i) =>
    client.create(`${base}/n-`, `${i}`, CreateFlag.PERSISTENT_SEQUENTIAL),
  );
  const paths = await Promise.all(many);
  await Promise.all(paths.slice(0, 200).map((path) => client.do({ type: OpCode.delete, path, version: -1 })));
  const gone = await RawClient.connect(client.port);
  await gone.create(`${base}/ephemeral`, '', CreateFlag.EPHEMERAL);
  await gone.close();
}

async function treeOf(port: number): Promise<Record<string, string>> {
  const client = await RawClient.connect(port);
  try {
    await client.sync();
    return Object.fromEntries(await walk(client));
  } finally {
    await client.close();
  }
}

const other = (kind: Kind): Kind => (kind === 'ours' ? 'apache' : 'ours');
const PROPERTIES = { snapCount: '150', extendedTypesEnabled: 'true' };

describeWithApache('A data directory', () => {
  for (const end of ['stop', 'kill'] as const) {
    it(`goes back and forth between Apache's server and ours, each ended by ${end}`, async () => {
      const ensemble = await MixedEnsemble.prepare({ participants: ['apache'], properties: PROPERTIES });
      try {
        let tree: Record<string, string> | null = null;
        let kind: Kind = 'apache';
        for (let turn = 0; turn < 4; turn++) {
          ensemble.become(1, kind);
          const server = ensemble.server(1);
          server.start();
          expect(await server.serving()).toBe('standalone');
          if (tree !== null) expect(await treeOf(server.clientPort), `turn ${turn}, ${kind}`).toEqual(tree);
          const client = await RawClient.connect(server.clientPort);
          await write(client, `turn-${turn}`);
          await client.close();
          tree = await treeOf(server.clientPort);
          expect(Object.keys(tree).length).toBeGreaterThan(200 * (turn + 1));
          await server[end]();
          kind = other(kind);
        }
        const files = readdirSync(join(ensemble.folder, '1', 'data', 'version-2'));
        expect(files.filter((file) => file.startsWith('snapshot.')).length).toBeGreaterThan(3);
        expect(files.filter((file) => file.startsWith('log.')).length).toBeGreaterThan(3);
      } catch (error) {
        throw new Error(`${(error as Error).stack}\n${ensemble.logs()}`);
      } finally {
        await ensemble.remove();
      }
    });

    it(`of each of three servers does too, ended by ${end}`, async () => {
      const kinds: Kind[] = ['apache', 'apache', 'apache'];
      const ensemble = await MixedEnsemble.prepare({ participants: kinds, properties: PROPERTIES });
      try {
        let tree: Record<string, string> | null = null;
        for (let turn = 0; turn < 3; turn++) {
          const kind: Kind = turn % 2 === 0 ? 'apache' : 'ours';
          for (const id of [1, 2, 3]) ensemble.become(id, kind);
          for (const server of ensemble.servers) server.start();
          await ensemble.leader();
          const { clientPort } = ensemble.server((turn % 3) + 1);
          if (tree !== null) expect(await treeOf(clientPort), `turn ${turn}`).toEqual(tree);
          const client = await RawClient.connect(clientPort);
          await write(client, `turn-${turn}`);
          await client.close();
          await expectOneTree(ensemble);
          tree = await treeOf(clientPort);
          await Promise.all(ensemble.servers.map((server) => server[end]()));
          expect(existsSync(join(ensemble.folder, '1', 'data', 'version-2', 'replacement'))).toBe(false);
        }
      } catch (error) {
        throw new Error(`${(error as Error).stack}\n${ensemble.logs()}`);
      } finally {
        await ensemble.remove();
      }
    });
  }
});
