/** All experiments by name: for the worker and for the script that measures the committed data. */
import { availability } from './availability/experiment.ts';
import { disk } from './disk/experiment.ts';
import { election } from './election/experiment.ts';
import type { Experiment } from './experiment.ts';
import { failures } from './failures/experiment.ts';
import { coverage } from './fuzzer/coverage.ts';
import { hunts } from './fuzzer/hunts.ts';
import { staleness } from './staleness/experiment.ts';
import { throughput } from './throughput/experiment.ts';
import { timeouts } from './timeouts/experiment.ts';

// Points and settings are each experiment's own; whoever takes one by its name passes on what it gave.
// biome-ignore lint/suspicious/noExplicitAny: a list of experiments of different types
export const experiments: readonly Experiment<any, any>[] = [
  availability,
  coverage,
  disk,
  election,
  failures,
  hunts,
  staleness,
  throughput,
  timeouts,
];

/** @throws Error where there is none of that name */
// biome-ignore lint/suspicious/noExplicitAny: as above
export function experimentNamed(name: string): Experiment<any, any> {
  const found = experiments.find((one) => one.name === name);
  if (found === undefined) {
    throw new Error(`there is no experiment "${name}": ${experiments.map((one) => one.name).join(', ')}`);
  }
  return found;
}
