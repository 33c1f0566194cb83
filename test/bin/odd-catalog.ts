// A catalog with servers that misbehave, as a module that workers of the built command can load.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Variants: `throws` when a leader proposes its tenth transaction, `loops` there for ever, `eats` memory there,
 * `own-ack` commits once the leader itself has logged, `drifts` draws from a place that no seed decides.
 */
const SOURCE = `
import { catalog as shipped, defaultRules, Peer } from 'zab-lab';
const counter = (zxid) => zxid % 2 ** 32;
const zab = (rules) => ({ ...defaultRules, zab: { ...defaultRules.zab, ...rules } });
const odd = (then) => (host) => new Proxy(host, {
  get: (target, name) => {
    const value = target[name];
    if (typeof value !== 'function') return value;
    if (name !== 'probe') return value.bind(target);
    return (event) => {
      if (event.kind === 'proposed' && counter(event.zxid) === 10) then();
      return target.probe(event);
    };
  },
});
let drift = 0;
const hosts = {
  throws: odd(() => { throw new Error('ten is too many'); }),
  loops: odd(() => { for (;;); }),
  eats: odd(() => { for (const all = []; ; ) all.push(new Array(10000).fill({})); }),
};
const rules = {
  'own-ack': zab({ commits: () => true }),
  drifts: zab({ commits: (acks, quorum) => (drift++ % 7 === 0 ? false : defaultRules.zab.commits(acks, quorum)) }),
};
export const catalog = {
  ...shipped,
  variants: { ...shipped.variants, ...hosts, ...rules },
  server: (host, id, config, variant) => {
    if (variant !== undefined && variant.name in hosts)
      return new Peer(hosts[variant.name](host), id, config, defaultRules);
    if (variant !== undefined && variant.name in rules) return new Peer(host, id, config, rules[variant.name]);
    return shipped.server(host, id, config, variant);
  },
};
`;

/** Writes the module; its path. */
export function oddCatalog(): string {
  const path = join(mkdtempSync(join(tmpdir(), 'zab-lab-odd-')), 'catalog.mjs');
  writeFileSync(path, SOURCE);
  return path;
}
