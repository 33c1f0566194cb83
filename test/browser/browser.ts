// A headless Chromium for the tests of the lab, and the lab served to it.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { serve } from '../../bin/site.ts';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Path of a browser; null where none is installed. */
export const executable: string | null =
  [process.env.ZAB_LAB_CHROMIUM, ...PLACES].find((path) => path !== undefined && existsSync(path)) ?? null;

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: executable ?? '', headless: true, args: FLAGS });
}

export const site = fileURLToPath(new URL('../../dist/lab', import.meta.url));

/** Serves the built lab at a free port; `file`: as `zab-lab lab` serves it, with a start. */
export async function served(start = ''): Promise<{ readonly address: string; readonly stop: () => void }> {
  const { server, port } = await serve(site, 0, start);
  return {
    address: `http://127.0.0.1:${port}/`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
