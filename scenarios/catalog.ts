import { defaultRules } from '../protocol/rules.ts';
import { Peer } from '../protocol/server/peer.ts';
import { ErrorCode } from '../protocol/txn.ts';
import type { Catalog } from '../sim/catalog.ts';
import { createMonitors } from '../sim/check/index.ts';
import { clientPrograms } from '../sim/clients/index.ts';

/** What the names in a run stand for: ZooKeeper's server, the simulated clients, all properties. */
export const catalog: Catalog = {
  server: (host, id, config) => new Peer(host, id, config, defaultRules),
  programs: clientPrograms,
  monitors: createMonitors,
  variants: {},
  hasNode: (server, path) => server instanceof Peer && server.database.tree.exists(path).err === ErrorCode.OK,
};
