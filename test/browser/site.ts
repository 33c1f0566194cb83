// The whole site, lab and notebooks, as `npm run build:site` builds it.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from '../../bin/site.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = join(root, 'dist/site');

function newest(folder: string): number {
  return Math.max(
    ...readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|css|html|json)$/.test(name))
      .map((name) => statSync(join(root, folder, name)).mtimeMs),
  );
}

/** Names of the pages. */
export function pages(): string[] {
  return readdirSync(join(root, 'notebooks'))
    .filter((name) => name.endsWith('.html'))
    .map((name) => name.slice(0, -'.html'.length));
}

/** Builds the site where it is missing or older than a source. */
export function buildSite(): string {
  const stamp = join(built, 'notebooks/index.html');
  const sources = Math.max(...['protocol', 'sim', 'scenarios', 'viz', 'notebooks'].map(newest));
  if (!existsSync(stamp) || statSync(stamp).mtimeMs < sources) {
    const { status, stdout, stderr } = spawnSync('npm', ['run', 'build:site'], {
      cwd: root,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`npm run build:site failed:\n${stdout}${stderr}`);
  }
  return built;
}

/** Serves it at a free port. */
export async function servedSite(): Promise<{ readonly address: string; readonly stop: () => void }> {
  const { server, port } = await serve(built, 0, null);
  return {
    address: `http://127.0.0.1:${port}/`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
