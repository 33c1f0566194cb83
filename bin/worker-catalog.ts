/** How a worker gets its catalog: functions do not cross over to a thread, so it loads the modules that make them. */
import type { FullCatalog } from '../scenarios/index.ts';
import type { WatchedTask } from './task.ts';
import { loadCatalog } from './with.ts';

/** The catalog of a task. @throws Error where the module at its `catalogUrl` exports none */
export async function watchedCatalog({ catalogUrl, with: files = [] }: WatchedTask): Promise<FullCatalog> {
  const catalog = await loadCatalog(files);
  if (catalogUrl === null) return catalog;
  const module = (await import(catalogUrl)) as { readonly catalog?: Partial<FullCatalog> };
  if (module.catalog === undefined) throw new Error(`${catalogUrl} exports no catalog`);
  return { ...catalog, ...module.catalog };
}
