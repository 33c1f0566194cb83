import { defaultRules } from '../protocol/rules.ts';
import { Peer } from '../protocol/server/peer.ts';
import { ErrorCode } from '../protocol/txn.ts';
import type { Catalog } from '../sim/catalog.ts';
import { createMonitors } from '../sim/check/index.ts';
import { clientPrograms } from '../sim/clients/index.ts';
import { type Variant, variants } from './variants/index.ts';

const known: Readonly<Record<string, Variant>> = Object.fromEntries(
  variants.map((variant) => [variant.id, variant]),
);

/** What the names in a run stand for: ZooKeeper's server, the simulated clients, all properties. */
export const catalog: Catalog = {
  server: (host, id, config, variant) =>
    new Peer(host, id, config, variant === undefined ? defaultRules : known[variant.name]?.rules),
  programs: clientPrograms,
  monitors: createMonitors,
  variants: known,
  hasNode: (server, path) => server instanceof Peer && server.database.tree.exists(path).err === ErrorCode.OK,
};
