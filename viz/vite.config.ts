import { defineConfig, type UserConfig } from 'vite';
import { fullCatalog } from '../scenarios/full-catalog.ts';
import type { Reply } from './model/messages.ts';
import { Session } from './model/session.ts';
import { STANDARD } from './model/standard.ts';

// What is built is for those who use it, also where a test builds it: libraries bring other code for development.
process.env.NODE_ENV = 'production';

/** What the worker replies first where no link is given: the page shows it while the worker is still being loaded. */
async function firstReplies(): Promise<readonly Reply[]> {
  const replies: Reply[] = [];
  const session = new Session(fullCatalog, STANDARD, (reply) => replies.push(reply));
  await session.handle({ kind: 'link', fragment: '' });
  return replies.filter(({ kind }) => kind === 'catalog' || kind === 'opened' || kind === 'frame');
}

// Paths are relative: the site works from any folder of any server.
export default defineConfig(
  async (): Promise<UserConfig> => ({
    root: import.meta.dirname,
    base: './',
    publicDir: false,
    define: { FIRST_REPLIES: JSON.stringify(JSON.stringify(await firstReplies())) },
    build: { outDir: '../dist/lab', emptyOutDir: true, target: 'es2023', modulePreload: { polyfill: false } },
    worker: { format: 'es' },
    logLevel: 'warn',
  }),
);
