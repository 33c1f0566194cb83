import { serve } from '../../../live/gateway/gateway.ts';
import { catalog } from '../../../scenarios/index.ts';
import { RUN_FORMAT } from '../../../sim/spec.ts';
import { CONTAINER_CHECK, SUPER_DIGEST, type Target, type TargetOptions, TICK } from './target.ts';

const FOREVER = 1e12;

export async function startOurs(options: TargetOptions = {}): Promise<Target> {
  const { servers = 1, extendedTypes = false, enforceQuota = false } = options;
  let failure: string | null = null;
  const gateway = await serve({
    catalog,
    run: {
      format: RUN_FORMAT,
      title: 'differential',
      seed: 1,
      ensemble: {
        participants: servers,
        tickTime: TICK,
        superDigest: SUPER_DIGEST,
        extendedTypes,
        enforceQuota,
        containerCheckInterval: CONTAINER_CHECK,
        maxClientCnxns: 0,
        initialWallClock: Date.now(),
      },
      world: { network: { latency: 0 }, disk: { flush: 0 }, step: 0 },
      clients: [],
      faults: [],
      end: { at: FOREVER, maxEvents: FOREVER },
      expectations: [],
    },
    clientPort: 0,
    recordLimit: 0,
    onEvent: (event) => {
      if (event.kind === 'failed') failure = event.reason;
    },
  });
  await gateway.serving();
  return {
    name: 'zab-lab',
    ports: gateway.ports,
    async remove() {
      await gateway.close();
      if (failure !== null) throw new Error(`zab-lab failed: ${failure}`);
    },
  };
}
