/** What looks on at a run as monitors that check nothing: ledger and narrator. */
import type { Narration } from '../../scenarios/scenario.ts';
import type { Catalog } from '../../sim/catalog.ts';
import type { Monitor } from '../../sim/monitor.ts';
import { Ledger } from './ledger.ts';
import { Narrator } from './narrator.ts';

/** The catalog with ledger and narrator among the monitors of every run. */
export function observed(catalog: Catalog, narration: readonly Narration[]): Catalog {
  return {
    ...catalog,
    monitors: (context) => [...catalog.monitors(context), new Ledger(), new Narrator(context, narration)],
  };
}

/** Ledger and narrator of a run that was made with {@link observed}. */
export function observersOf(monitors: readonly Monitor[]): { ledger: Ledger; narrator: Narrator } {
  const ledger = monitors.find((monitor) => monitor instanceof Ledger);
  const narrator = monitors.find((monitor) => monitor instanceof Narrator);
  if (ledger === undefined || narrator === undefined) throw new Error('nobody looks on at this run');
  return { ledger, narrator };
}
