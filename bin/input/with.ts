/** Modules that somebody brings along (`--with mine.js`): read here, in the main thread as in each worker. */
import { createHash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import * as protocol from '../../protocol/index.ts';
import * as lab from '../../scenarios/api.ts';
import { type Extension, extend, type FullCatalog } from '../../scenarios/extension.ts';
import { fullCatalog } from '../../scenarios/full-catalog.ts';
import * as scenarios from '../../scenarios/index.ts';
import { CheckError } from '../../sim/check/own-property.ts';
import type { Finding, ModuleDigest } from '../../sim/fuzz/finding.ts';
import * as sim from '../../sim/index.ts';
import { SpecError } from '../../sim/spec-error.ts';
import { InputError } from './input-error.ts';
import { readBytes } from './read-file.ts';

/** A catalog with the modules that went into it. */
export interface LoadedCatalog extends FullCatalog {
  /** Absolute paths, in order; what workers are given to load the same. */
  readonly files: readonly string[];
  readonly modules: readonly ModuleDigest[];
}

/** The finding, with the modules it was made with. */
export function withModules(finding: Finding, { modules }: LoadedCatalog): Finding {
  return modules.length === 0 ? finding : { ...finding, with: modules };
}

/** Names of modules that a finding was made with and that are other files, or absent, today. */
export function changedModules(finding: Finding, { modules }: LoadedCatalog): string[] {
  const today = new Set(modules.map(({ digest }) => digest));
  return (finding.with ?? []).filter(({ digest }) => !today.has(digest)).map(({ file }) => file);
}

const loaded = new Map<string, Promise<LoadedCatalog>>();

/**
 * The catalog of this package and what the modules add to it, each once in a thread.
 * @throws InputError with one line that names the file and what is wrong with it
 */
export function loadCatalog(files: readonly string[]): Promise<LoadedCatalog> {
  const paths = files.map((file) => resolve(file));
  const key = JSON.stringify(paths);
  let catalog = loaded.get(key);
  if (catalog === undefined) {
    catalog = load(files, paths);
    loaded.set(key, catalog);
  }
  return catalog;
}

async function load(files: readonly string[], paths: readonly string[]): Promise<LoadedCatalog> {
  let catalog: FullCatalog = fullCatalog;
  const modules: ModuleDigest[] = [];
  for (const [i, path] of paths.entries()) {
    const file = files[i]!;
    const digest = createHash('sha256').update(read(file, path)).digest('hex').slice(0, 16);
    modules.push({ file: basename(path), digest });
    const module = await evaluate(file, path);
    try {
      if (module.catalog !== undefined) catalog = { ...catalog, ...module.catalog };
      else catalog = extend(catalog, module.default!);
    } catch (error) {
      if (error instanceof SpecError || error instanceof CheckError)
        throw new InputError(`${file}: ${error.message}`);
      throw error;
    }
  }
  return { ...catalog, files: paths, modules };
}

/** What a module may export. */
interface OwnModule {
  readonly default?: Extension;
  /** In place of an extension, unchecked: parts of a catalog, for servers that no rules can express. */
  readonly catalog?: Partial<FullCatalog>;
}

function read(file: string, path: string): Buffer {
  if (!/\.[cm]?[jt]s$/.test(path))
    throw new InputError(
      `--with is '${file}': give a module in JavaScript or TypeScript, as in --with ./mine.js`,
    );
  return readBytes(path, file);
}

/**
 * Runs a module. `jiti` reads every file, JavaScript too: what a package.json nearby says of its folder then does not
 * matter, and an import of this package is this very one — there must not be two of its classes.
 */
async function evaluate(file: string, path: string): Promise<OwnModule> {
  const { createJiti } = await import('jiti');
  const jiti = createJiti(import.meta.url, {
    fsCache: false,
    interopDefault: false,
    virtualModules: thisPackage(),
  });
  let module: OwnModule;
  try {
    module = await jiti.import(path);
  } catch (error) {
    throw new InputError(`cannot load ${file}: ${complaint(error, path)}`);
  }
  if (module.catalog !== undefined) return module;
  if (module.default === undefined)
    throw new InputError(`${file} has no default export: end it with export default define({ … })`);
  if (module.default instanceof Promise) throw new InputError(`${file}: extension: is a promise; await it`);
  return module;
}

/** What was thrown, in one line, with the line of the file where it is known (columns are not the file's own). */
function complaint(error: unknown, path: string): string {
  if (!(error instanceof Error)) return `it throws ${String(error)}`;
  const [first = '', second = ''] = error.message.split('\n').map((line) => line.trim());
  const parsed = /^ParseError: (.*)$/.exec(first);
  if (parsed !== null) return `${parsed[1]} (${basename(second)})`;
  const { stack = '' } = error;
  const at = stack.indexOf(`${path}:`);
  const place = at < 0 ? null : /^:\d+/.exec(stack.slice(at + path.length));
  return place === null ? first : `${first} (${basename(path)}${place[0]})`;
}

/** Entry points by the names that others import them by; to ask for something they do not export is an error. */
function thisPackage(): Readonly<Record<string, object>> {
  const entries = {
    'zab-lab': lab,
    'zab-lab/protocol': protocol,
    'zab-lab/sim': sim,
    'zab-lab/scenarios': scenarios,
  };
  return Object.fromEntries(Object.entries(entries).map(([name, exports]) => [name, strict(name, exports)]));
}

function strict(name: string, exports: object): object {
  const missing = new Proxy(
    {},
    {
      get(_target, key) {
        if (typeof key === 'symbol' || key === 'then' || key === 'default' || key === '__esModule')
          return undefined;
        throw new Error(`${name} exports no '${key}'`);
      },
    },
  );
  return Object.assign(Object.create(missing) as object, exports);
}
