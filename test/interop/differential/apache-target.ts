import { ApacheEnsemble } from '../apache/ensemble.ts';
import { CONTAINER_CHECK, SUPER_DIGEST, type Target, type TargetOptions, TICK } from './target.ts';

export async function startApache(options: TargetOptions = {}): Promise<Target> {
  const { servers = 1, extendedTypes = false, enforceQuota = false } = options;
  const ensemble = await ApacheEnsemble.start({
    participants: servers,
    settings: { tickTime: TICK },
    properties: {
      'zookeeper.forceSync': 'no',
      'zookeeper.DigestAuthenticationProvider.superDigest': SUPER_DIGEST,
      'zookeeper.extendedTypesEnabled': String(extendedTypes),
      'zookeeper.enforceQuota': String(enforceQuota),
      'znode.container.checkIntervalMs': String(CONTAINER_CHECK),
    },
  });
  return {
    name: 'Apache',
    ports: ensemble.servers.map(({ clientPort }) => clientPort),
    remove: () => ensemble.remove(),
  };
}
