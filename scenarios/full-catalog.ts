import { properties } from '../sim/check/index.ts';
import type { FullCatalog } from './extension.ts';
import { catalog, scenarios } from './index.ts';
import { variants } from './variants/index.ts';

/** The catalog of this package, with what it knows. */
export const fullCatalog: FullCatalog = {
  ...catalog,
  properties,
  variants: Object.fromEntries(variants.map((variant) => [variant.id, variant])),
  workloads: [],
  scenarios,
};
