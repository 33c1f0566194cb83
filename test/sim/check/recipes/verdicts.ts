import { DEFAULT_CONFIG } from '../../../../protocol/config.ts';
import { createRecipeMonitors, recipeProperties } from '../../../../sim/check/recipes/index.ts';
import type { SimEvent } from '../../../../sim/world-event.ts';

/** What the monitors of the recipes say of these events, and which properties were put to the test. */
export function verdicts(events: readonly SimEvent[]): { violations: string[]; checked: string[] } {
  const violations: string[] = [];
  let at = 0;
  const monitors = createRecipeMonitors({
    config: DEFAULT_CONFIG,
    now: () => at,
    event: () => at,
    violate: (property, text) => violations.push(`${property}: ${text}`),
  });
  for (const event of events) {
    at++;
    for (const monitor of monitors) if (monitor.kinds.includes(event.kind)) monitor.onProbe(event);
  }
  const checked = recipeProperties
    .map((property) => property.id)
    .filter((id) => monitors.some((monitor) => monitor.ids.includes(id) && monitor.checked?.(id) === true));
  return { violations, checked };
}
