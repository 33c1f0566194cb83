/** How a worker gets its catalog: functions do not cross over to a thread, so it loads the module that makes them. */
import { catalog as shipped } from '../scenarios/index.ts';
import type { Catalog } from '../sim/catalog.ts';

/** The `catalog` that the module at that URL exports; null: the shipped one. @throws Error where it exports none */
export async function loadCatalog(url: string | null): Promise<Catalog> {
  if (url === null) return shipped;
  const module = (await import(url)) as { readonly catalog?: Catalog };
  if (module.catalog === undefined) throw new Error(`${url} exports no catalog`);
  return module.catalog;
}
