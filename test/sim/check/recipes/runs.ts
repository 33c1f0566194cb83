/** Runs of recipes on a whole ensemble under faults that follow from a seed. */
import { catalog } from '../../../../scenarios/index.ts';
import type { Catalog } from '../../../../sim/catalog.ts';
import { createRecipeMonitors } from '../../../../sim/check/recipes/index.ts';
import { recipePrograms } from '../../../../sim/clients/recipes/index.ts';
import { type ClientSpec, type Fault, type Json, RUN_FORMAT, type RunSpec } from '../../../../sim/spec.ts';

/** ZooKeeper's server, the recipes' programs and their monitors beside all others. */
export const recipeCatalog: Catalog = {
  ...catalog,
  programs: { ...catalog.programs, ...recipePrograms },
  monitors: (context) => {
    const known = catalog.monitors(context);
    const named = new Set(known.flatMap((monitor) => monitor.ids));
    return [...known, ...createRecipeMonitors(context).filter((monitor) => !named.has(monitor.ids[0]!))];
  },
};

/** Clients of a program. */
export function clients(count: number, name: string, params: Json = {}): ClientSpec[] {
  return Array.from({ length: count }, () => ({ program: { name, params } }));
}

const FAULTS_FROM = 1500;
const HEALED = 20_000;

/** Trouble between 1.5 and 20 s: for sessions, for servers, for links. */
export function recipeRun(seed: number, list: readonly ClientSpec[]): RunSpec {
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  const draw = (count: number) => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5;
    return ((state ^ (state >>> 13)) >>> 0) % count;
  };
  const faults: Fault[] = [];
  for (let at = FAULTS_FROM; at < HEALED; at += 300 + draw(1500)) {
    const until = Math.min(HEALED, at + 300 + draw(3000));
    switch (draw(9)) {
      case 0:
        faults.push({ at, kind: 'crash', server: draw(2) === 0 ? 'leader' : 'random' });
        faults.push({ at: until, kind: 'restart', server: 'all' });
        break;
      case 1:
        faults.push({ at, kind: 'isolate', server: draw(2) === 0 ? 'leader' : 'random' });
        faults.push({ at: until, kind: 'heal' });
        break;
      case 2:
        faults.push({ at, kind: 'pause', server: 'random', for: until - at });
        break;
      case 3:
        faults.push({ at, kind: 'clientPause', client: 'random', for: 500 + draw(6000) });
        break;
      case 4:
        faults.push({ at, kind: 'clientCrash', client: 'random' });
        faults.push({ at: until, kind: 'clientRestart', client: 'all' });
        break;
      case 5:
        faults.push({ at, kind: 'clientCut', client: 'random', to: draw(2) === 0 ? 'connected' : 'all' });
        faults.push({ at: until, kind: 'heal' });
        break;
      case 6:
        faults.push({ at, kind: 'slow', from: 'random', to: 'all', by: 20 + draw(200) });
        faults.push({ at: until, kind: 'heal', speed: true });
        break;
      default:
        faults.push({ at, kind: 'clientDisconnect', client: 'random' });
    }
  }
  faults.push(
    { at: HEALED, kind: 'restart', server: 'all' },
    { at: HEALED, kind: 'clientRestart', client: 'all' },
  );
  faults.push({ at: HEALED, kind: 'heal', speed: true });
  return {
    format: RUN_FORMAT,
    seed,
    ensemble: { participants: 3, tickTime: 500 },
    world: { network: { latency: { lognormal: { median: 2, sigma: 0.8 } } } },
    clients: list,
    faults,
    end: { at: 28_000 },
    expectations: [],
  };
}
