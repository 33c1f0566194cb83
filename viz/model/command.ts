import type { RunSpec } from '../../sim/spec.ts';

/** Whether two runs are the same but for seed and variant. */
function same(a: RunSpec, b: RunSpec): boolean {
  const { seed: _s, variant: _v, ...left } = a;
  const { seed: _t, variant: _w, ...right } = b;
  return JSON.stringify(left) === JSON.stringify(right);
}

/** What to type to run it in a terminal: by the scenario's name where that says it all, else with the run as a file. */
export function shellCommand(run: RunSpec, scenario: string, original: RunSpec | undefined): string {
  const { seed, variant } = run;
  if (
    original !== undefined &&
    same(run, original) &&
    typeof seed === 'number' &&
    variant?.params === undefined
  ) {
    const options = `${seed === original.seed ? '' : ` --seed ${seed}`}${variant === undefined ? '' : ` --variant ${variant.name}`}`;
    return `npx zab-lab run ${scenario}${options}`;
  }
  const json = JSON.stringify(run).replaceAll("'", "'\\''");
  return `printf '%s' '${json}' > run.json && npx zab-lab run run.json`;
}
