import { defineConfig } from 'vite';

// What is built is for those who use it, also where a test builds it: libraries bring other code for development.
process.env.NODE_ENV = 'production';

// Paths are relative: the site works from any folder of any server.
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  publicDir: false,
  build: { outDir: '../dist/lab', emptyOutDir: true, target: 'es2023', modulePreload: { polyfill: false } },
  worker: { format: 'es' },
  logLevel: 'warn',
});
