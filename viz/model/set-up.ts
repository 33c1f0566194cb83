/** Setting up a run: another scenario, seed, ensemble or protocol; or one as the fuzzer draws it. */
import type { FullCatalog } from '../../scenarios/index.ts';
import { type Campaign, planOf, profiles } from '../../sim/fuzz/profile.ts';
import { configOf } from '../../sim/simulation.ts';
import type { Distribution, RunSpec } from '../../sim/spec.ts';
import { parseRunSpec } from '../../sim/validate.ts';
import type { Drawing, Setup, SetupShown } from './messages.ts';
import { type Opened, openRun, openScenario } from './opening.ts';

/** The run that is open with other settings, or another run. @throws SpecError or Error with what cannot be set so */
export function setUp(catalog: FullCatalog, opened: Opened, setup: Setup): Opened {
  if (setup.drawing !== undefined) return openDrawn(catalog, setup.drawing, setup.variant);
  const from = setup.scenario === undefined ? opened : openScenario(catalog, setup.scenario);
  const { run } = from;
  const { participants, observers, seed, variant, latency, flush } = setup;
  if (participants !== undefined || observers !== undefined) {
    const fixed = fixedEnsemble(run);
    if (fixed !== '') throw new Error(`${fixed} Choose another scenario to change how many there are.`);
    const { participants: voters, observers: watching } = leastOf(run);
    if ((participants ?? voters) < voters || (observers ?? watching) < watching)
      throw new Error(
        `This run speaks of its servers by number: it needs at least ${voters} ${voters === 1 ? 'server' : 'servers'}` +
          `${watching === 0 ? '' : ` and ${watching} ${watching === 1 ? 'observer' : 'observers'}`}.`,
      );
  }
  const { variant: old, ...rest } = run;
  const next: RunSpec = {
    ...rest,
    seed: seed ?? run.seed,
    ensemble: {
      ...run.ensemble,
      ...(participants !== undefined && { participants }),
      ...(observers !== undefined && { observers }),
    },
    world: {
      ...run.world,
      ...(latency !== undefined && { network: { ...run.world.network, latency: { uniform: latency } } }),
      ...(flush !== undefined && { disk: { ...run.world.disk, flush: { uniform: flush } } }),
    },
    ...(variant === undefined
      ? old !== undefined && { variant: old }
      : variant !== '' && { variant: { name: variant } }),
  };
  const made = openRun(catalog, parseRunSpec(next), from.scenario);
  return { ...made, title: from.title, story: from.story };
}

/** Why the servers of a run cannot be more or fewer; empty: they can. */
function fixedEnsemble({ ensemble }: RunSpec): string {
  if (typeof ensemble.quorum === 'object')
    return 'The quorum of this run is made of certain servers: their number is fixed.';
  if (typeof ensemble.participants !== 'number' || typeof (ensemble.observers ?? 0) !== 'number')
    return 'This run lists its servers one by one: their number is fixed.';
  return '';
}

/** How few servers and observers a run can be made with, each with as many of the others as it has now. */
function leastOf(run: RunSpec): { readonly participants: number; readonly observers: number } {
  const config = configOf(run.ensemble);
  const now = { participants: config.participants.length, observers: config.observers.length };
  if (fixedEnsemble(run) !== '') return now;
  const least = (kind: 'participants' | 'observers', from: number): number => {
    for (let count = from; count < now[kind]; count++)
      if (isRun({ ...run, ensemble: { ...run.ensemble, [kind]: count } })) return count;
    return now[kind];
  };
  return { participants: least('participants', 1), observers: least('observers', 0) };
}

function isRun(run: RunSpec): boolean {
  try {
    parseRunSpec(run);
    return true;
  } catch {
    return false;
  }
}

/** The run of that number of a campaign, as `zab-lab fuzz` makes it. */
function openDrawn(catalog: FullCatalog, { seed, run: number, profile }: Drawing, variant = ''): Opened {
  const campaign: Campaign = { seed, profile, ...(variant !== '' && { variant: { name: variant } }) };
  const run = planOf(campaign, number, catalog.workloads);
  return {
    ...openRun(catalog, run),
    title: `Run ${number} of seed ${seed}`,
    story:
      `A run as zab-lab fuzz draws it, of the profile ${profile}: ` +
      `${profiles.find(({ name }) => name === profile)!.text}. After a phase under faults all heals.`,
  };
}

/** How the fuzzer comes to a run; null: it does not. */
function drawingOf(catalog: FullCatalog, run: RunSpec): Drawing | null {
  const found = /^(\d{1,15})-(\d{1,9})$/.exec(String(run.seed));
  if (found === null) return null;
  const { variant } = run;
  for (const { name: profile } of profiles) {
    const drawing = { seed: Number(found[1]), run: Number(found[2]), profile };
    const campaign: Campaign = { ...drawing, ...(variant && { variant }) };
    const drawn = planOf(campaign, drawing.run, catalog.workloads);
    if (sameValue(drawn, run)) return drawing;
  }
  return null;
}

/** Whether two values say the same, whatever the order of their members. */
function sameValue(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = (one: Record<string, unknown>): string[] =>
    Object.keys(one).filter((key) => one[key] !== undefined);
  const names = keys(left);
  return names.length === keys(right).length && names.every((name) => sameValue(left[name], right[name]));
}

/** The settings of what is open, as the panel shows them. */
export function setupOf(catalog: FullCatalog, { run, scenario }: Opened): SetupShown {
  const { participants, observers } = configOf(run.ensemble);
  return {
    scenario,
    seed: run.seed,
    variant: run.variant?.name ?? '',
    participants: participants.length,
    observers: observers.length,
    fixedEnsemble: fixedEnsemble(run),
    least: leastOf(run),
    latency: boundsOf(run.world.network?.latency ?? 1),
    flush: boundsOf(run.world.disk?.flush ?? 1),
    drawing: drawingOf(catalog, run),
  };
}

function boundsOf(distribution: Distribution): readonly [number, number] | null {
  if (typeof distribution === 'number') return [distribution, distribution];
  return 'uniform' in distribution ? distribution.uniform : null;
}
