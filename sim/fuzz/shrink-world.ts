/** Fewer servers, and a plainer world: constant latencies, no loss, Apache's settings. */
import { serversOf } from '../../protocol/config.ts';
import { configOf } from '../simulation.ts';
import type { EnsembleSpec, Fault, RunSpec, Target } from '../spec.ts';
import type { Candidates } from './candidates.ts';
import { changes } from './shrink-list.ts';

/** No observers; then one participant less as long as that will do. */
export function* fewerServers(spec: RunSpec): Candidates {
  let best = yield* changes(spec, [withoutObservers]);
  for (;;) {
    const candidate = withoutParticipant(best);
    if (candidate === null || (yield candidate) === null) return best;
    best = candidate;
  }
}

function withoutObservers(spec: RunSpec): RunSpec | null {
  const { observers, ...ensemble } = spec.ensemble;
  return observers === undefined ? null : reduced({ ...spec, ensemble });
}

/** Only for ensembles given by their size: groups and weights would name the one that goes. */
function withoutParticipant(spec: RunSpec): RunSpec | null {
  const { participants, observers, quorum } = spec.ensemble;
  if (typeof participants !== 'number' || participants <= 1 || quorum !== undefined) return null;
  if (observers !== undefined && observers !== 0) return null;
  return reduced({ ...spec, ensemble: { ...spec.ensemble, participants: participants - 1 } });
}

/** Takes out what names a server that is gone. */
function reduced(spec: RunSpec): RunSpec | null {
  const ids = serversOf(configOf(spec.ensemble));
  const there = (target: unknown): boolean => typeof target !== 'number' || ids.includes(target);
  const clients = spec.clients.map((client) =>
    client.servers === undefined ? client : { ...client, servers: client.servers.filter(there) },
  );
  if (clients.some(({ servers }) => servers?.length === 0)) return null;
  const faults: Fault[] = [];
  for (const fault of spec.faults) {
    if (fault.kind === 'partition') {
      const groups = fault.groups.map((group) => group.filter(there)).filter(({ length }) => length > 0);
      if (groups.length > 1) faults.push({ ...fault, groups });
    } else if (fault.kind === 'swizzle') {
      const servers = fault.servers.filter(there);
      if (servers.length > 0) faults.push({ ...fault, servers });
    } else {
      const { server, from, to } = fault as { server?: Target; from?: Target; to?: Target };
      if (there(server) && there(from) && there(to)) faults.push(fault);
    }
  }
  const { down, ...ensemble } = spec.ensemble;
  return {
    ...spec,
    clients,
    faults,
    ensemble: down === undefined ? ensemble : { ...ensemble, down: down.filter(there) },
  };
}

/** Constant latencies, no loss. */
export function simplerWorld(spec: RunSpec): Candidates {
  return changes(spec, [
    (run) => (Object.keys(run.world).length === 0 ? null : { ...run, world: {} }),
    (run) => network(run, 'dropRate', undefined),
    (run) => network(run, 'electionLossRate', undefined),
    (run) => network(run, 'links', undefined),
    (run) => network(run, 'window', undefined),
    (run) => network(run, 'latency', undefined),
    (run) => network(run, 'latency', mean(run.world.network?.latency)),
    (run) => network(run, 'retransmissionLimit', undefined),
    (run) => part(run, 'wire'),
    (run) => part(run, 'disk'),
    (run) => part(run, 'step'),
    (run) => part(run, 'clocks'),
    (run) => part(run, 'cost'),
  ]);
}

type Network = NonNullable<RunSpec['world']['network']>;

function network<K extends keyof Network>(
  run: RunSpec,
  name: K,
  value: Network[K] | undefined,
): RunSpec | null {
  const now = run.world.network;
  if (now?.[name] === undefined || now[name] === value) return null;
  const { [name]: _old, ...rest } = now;
  return {
    ...run,
    world: { ...run.world, network: value === undefined ? rest : { ...rest, [name]: value } },
  };
}

/** The middle of a uniform distribution, whole ms. */
function mean(latency: Network['latency']): number | undefined {
  if (typeof latency !== 'object' || !('uniform' in latency)) return latency as number | undefined;
  return Math.max(1, Math.round((latency.uniform[0] + latency.uniform[1]) / 2));
}

function part(run: RunSpec, name: 'wire' | 'disk' | 'step' | 'clocks' | 'cost'): RunSpec | null {
  const { [name]: old, ...world } = run.world;
  return old === undefined ? null : { ...run, world };
}

/** What makes up the ensemble; all else are settings with defaults. */
const MEMBERS: readonly (keyof EnsembleSpec)[] = ['participants', 'observers', 'quorum', 'down'];

/** Default settings: all of them, else one by one. */
export function simplerEnsemble(spec: RunSpec): Candidates {
  const settings = (Object.keys(spec.ensemble) as (keyof EnsembleSpec)[]).filter(
    (name) => !MEMBERS.includes(name),
  );
  const half = settings.length >> 1;
  const groups = [settings, settings.slice(0, half), settings.slice(half), ...settings.map((name) => [name])];
  return changes(
    spec,
    groups.map((names) => (run: RunSpec) => withoutSettings(run, names)),
  );
}

function withoutSettings(run: RunSpec, names: readonly (keyof EnsembleSpec)[]): RunSpec | null {
  const present = names.filter((name) => run.ensemble[name] !== undefined);
  if (present.length === 0) return null;
  const kept = Object.entries(run.ensemble).filter(([name]) => !present.includes(name as keyof EnsembleSpec));
  return { ...run, ensemble: Object.fromEntries(kept) as unknown as EnsembleSpec };
}
