/** Builds the notebooks below the lab's site, and serves them beside a built lab. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { observable } from '@observablehq/notebook-kit/vite';
import { defineConfig, type Plugin } from 'vite';
import { offline } from './offline.ts';

const here = import.meta.dirname;
const lab = join(here, '../dist/lab');
const pages = readdirSync(here).filter((name) => name.endsWith('.html'));
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

/** While notebooks are written, their links into the lab lead to the lab that was built last. */
const labBeside: Plugin = {
  name: 'lab-beside',
  configureServer(server) {
    server.middlewares.use((request, response, next) => {
      const path = (request.url ?? '/').split(/[?#]/)[0]!;
      if (path.startsWith('/notebooks/')) return next();
      const file = join(lab, path === '/' ? 'index.html' : path);
      if (!file.startsWith(lab) || !existsSync(file)) {
        response.writeHead(404, { 'content-type': 'text/plain' });
        response.end('There is no such file. The lab is here once npm run build:lab has built it.\n');
        return;
      }
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
      response.end(readFileSync(file));
    });
  },
};

const folder = (module: string): string => dirname(fileURLToPath(import.meta.resolve(module)));
const kit = folder('@observablehq/notebook-kit');
// The package does not export its style sheet, and the kit takes it from a CDN.
const inputs = folder('@observablehq/inputs');

export default defineConfig(({ command }) => ({
  // A page that is not there is not another one.
  appType: 'mpa',
  resolve: {
    alias: [
      { find: /^observable:(.*)$/, replacement: join(kit, '$1') },
      { find: /^inputs:(.*)$/, replacement: join(inputs, '$1') },
    ],
  },
  root: here,
  // Paths are relative: the site works from any folder of any server.
  base: command === 'serve' ? '/notebooks/' : './',
  publicDir: false,
  plugins: [offline(), labBeside, observable({ template: join(here, 'page/template.html') })],
  build: {
    outDir: '../dist/site/notebooks',
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
    rolldownOptions: { input: pages.map((name) => join(here, name)) },
  },
  worker: { format: 'es' },
  logLevel: command === 'build' ? 'warn' : 'info',
}));
