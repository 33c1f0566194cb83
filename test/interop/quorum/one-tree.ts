import { expect } from 'vitest';
import type { MixedEnsemble } from './mixed-ensemble.ts';
import { RawClient } from './raw-client.ts';
import { walk } from './tree-walk.ts';

/** A write through each running server is read through every other, and all show the same tree, Stats included. */
export async function expectOneTree({ servers }: MixedEnsemble): Promise<void> {
  const running = servers.filter((server) => server.running);
  const clients = await Promise.all(running.map((server) => RawClient.connect(server.clientPort)));
  try {
    for (const writer of clients) {
      const path = await writer.create('/mixed-', `through ${writer.port}`, 2);
      for (const reader of clients) {
        await reader.sync();
        expect(await reader.get(path), `written through ${writer.port}, read through ${reader.port}`).toBe(
          `through ${writer.port}`,
        );
      }
    }
    for (const client of clients) await client.sync();
    const trees = await Promise.all(clients.map(walk));
    for (const tree of trees) expect(Object.fromEntries(tree)).toEqual(Object.fromEntries(trees[0] ?? []));
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}
