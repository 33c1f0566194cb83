/** Profiles: what a campaign's plans are drawn from. */
import type { Named, RunSpec } from '../spec.ts';
import { type PlanOptions, plan } from './plan.ts';
import { addWorkloads, type WorkloadDefinition } from './workload-definition.ts';

/** A named choice of what may go wrong. */
export interface Profile {
  readonly name: string;
  readonly text: string;
  readonly options: PlanOptions;
}

/** All profiles; the first is the default. */
export const profiles: readonly Profile[] = [
  { name: 'default', text: 'everything that a plan can draw', options: {} },
  {
    name: 'crash',
    text: 'servers and clients die and start again, disks stall; the network is sound',
    options: {
      serverFaults: ['crash', 'powerLoss', 'crashLoop', 'topple', 'blackout', 'diskStall', 'diskFull'],
      clientFaults: ['crash'],
      lossy: false,
    },
  },
  {
    name: 'network',
    text: 'links are cut, slow or lossy and processes stand still; nobody dies',
    options: {
      serverFaults: ['pause', 'partition', 'isolate', 'bridge', 'oneWay', 'swizzle', 'drop', 'slow'],
      clientFaults: ['pause', 'disconnect', 'cut'],
    },
  },
  {
    name: 'calm',
    text: 'no faults: what elections, small limits and busy clients bring about by themselves',
    options: { serverFaults: [], clientFaults: [], lossy: false },
  },
];

/** What decides every run of a campaign. */
export interface Campaign {
  readonly seed: number;
  /** Name of a {@link Profile}. */
  readonly profile: string;
  readonly variant?: Named;
}

/** A run of more events is taken for endless; plans have some ten thousand. */
const MOST_EVENTS = 1_000_000;

/** The seed of a campaign's run, counted from 0: `7-12` is run 12 of seed 7, today and in any later version. */
export function seedOf(campaign: number, run: number): string {
  return `${campaign}-${run}`;
}

/** The plan of a campaign's run, with the clients of these workloads. @throws Error for an unknown profile */
export function planOf(
  campaign: Campaign,
  run: number,
  workloads: readonly WorkloadDefinition[] = [],
): RunSpec {
  const profile = profiles.find(({ name }) => name === campaign.profile);
  if (profile === undefined) throw new Error(`there is no profile ${campaign.profile}`);
  const drawn = addWorkloads(plan(seedOf(campaign.seed, run), profile.options), workloads);
  const { variant } = campaign;
  return { ...drawn, ...(variant && { variant }), end: { ...drawn.end, maxEvents: MOST_EVENTS } };
}
