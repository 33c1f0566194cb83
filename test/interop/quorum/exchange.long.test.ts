import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWithApache } from '../apache/describe.ts';
import { PROPERTIES, treeOf, write } from './every-transaction.ts';
import { type Kind, MixedEnsemble } from './mixed-ensemble.ts';
import { expectOneTree } from './one-tree.ts';
import { RawClient } from './raw-client.ts';

describeWithApache('The data directories', () => {
  for (const end of ['stop', 'kill'] as const) {
    it(`of three servers go back and forth between Apache's and ours, all ended by ${end}`, async () => {
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
