import { ApacheEnsemble, type ApacheOptions } from '../apache/ensemble.ts';
import type { Target } from './side.ts';

/** `super:test`. */
export const SUPER_DIGEST = 'super:D/InIHSb7yEEbrWz8b9l71RjZJU=';

/** Apache's servers as a sequence needs them: nothing expires or is cleaned up by itself while it is played. */
export async function startApache(options: ApacheOptions): Promise<Target> {
  const ensemble = await ApacheEnsemble.start({
    ...options,
    settings: { tickTime: 10_000, ...options.settings },
    properties: {
      'zookeeper.forceSync': 'no',
      'zookeeper.DigestAuthenticationProvider.superDigest': SUPER_DIGEST,
      'znode.container.checkIntervalMs': '3600000',
      ...options.properties,
    },
  });
  return {
    name: 'Apache',
    ports: ensemble.servers.map(({ clientPort }) => clientPort),
    remove: () => ensemble.remove(),
  };
}
