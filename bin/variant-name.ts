import type { FullCatalog } from '../scenarios/index.ts';
import { InputError } from './input-error.ts';
import { nearest } from './nearest.ts';

/** @throws InputError unless the catalog has a variant of that name */
export function checkVariant(name: string, catalog: FullCatalog): void {
  if (Object.hasOwn(catalog.variants, name)) return;
  const known = Object.keys(catalog.variants);
  const meant = nearest(name, known);
  const hint = meant === undefined ? `known are ${known.join(', ')}` : `did you mean '${meant}'?`;
  throw new InputError(`there is no variant '${name}': ${hint} (--with FILE adds variants of your own)`);
}
