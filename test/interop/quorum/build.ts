// The command that is tested is the built one, as its users run it.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of the repository, whether this is run as it is or as it was built. */
const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/dist\/$/, '/');

/** The built command. */
export const entry: string = join(root, 'dist/bin/zab-lab.js');

let built = false;

/** Builds it anew, once in a test run, where a source is newer; the lab is not part of it. */
export function build(): void {
  if (built) return;
  built = true;
  let newest = 0;
  for (const folder of ['protocol', 'sim', 'scenarios', 'live', 'bin']) {
    for (const file of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      if (file.endsWith('.ts')) newest = Math.max(newest, statSync(join(root, folder, file)).mtimeMs);
    }
  }
  if (existsSync(entry) && statSync(entry).mtimeMs > newest) return;
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const result = spawnSync(process.execPath, [tsc, '-p', root], { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`tsc failed:\n${result.stdout}${result.stderr}`);
}
