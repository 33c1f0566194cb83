// Both kinds of ensembles that the tests of clients run against: a claim that holds of Apache's has to hold of ours.
import { ApacheEnsemble } from '../apache/ensemble.ts';
import { missing } from '../apache/installed.ts';
import type { Ensemble } from './ensemble.ts';
import { ServedEnsemble } from './served-ensemble.ts';

export interface Wanted {
  /** In ms, default 2000. */
  readonly tickTime?: number;
}

export interface Maker {
  readonly name: string;
  /** Whether it cannot be started here. */
  readonly skip: boolean;
  /** Starts three servers and waits until they serve. */
  start(wanted?: Wanted): Promise<Ensemble>;
}

export const apache: Maker = {
  name: "Apache's servers",
  skip: missing !== null,
  start: ({ tickTime = 2000 } = {}) => ApacheEnsemble.start({ participants: 3, settings: { tickTime } }),
};

export const served: Maker = {
  name: 'npx zab-lab serve',
  skip: false,
  start: (wanted = {}) => ServedEnsemble.start(wanted),
};

export const ensembles: readonly Maker[] = [apache, served];
