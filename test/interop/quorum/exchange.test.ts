import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWithApache } from '../apache/describe.ts';
import { PROPERTIES, treeOf, write } from './every-transaction.ts';
import { type Kind, MixedEnsemble } from './mixed-ensemble.ts';
import { RawClient } from './raw-client.ts';

const other = (kind: Kind): Kind => (kind === 'ours' ? 'apache' : 'ours');
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
  }
});
