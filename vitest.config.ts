import { defineConfig } from 'vitest/config';

/** Of these, each file needs modules, a document or a folder of its own. */
const APART = ['test/*.test.ts', 'test/{bin,browser,live,notebooks,viz}/**/*.test.ts'];

export default defineConfig({
  test: {
    pool: 'forks',
    // All cores: left to itself, Vitest keeps one of them free, which on two means half the speed.
    maxWorkers: '100%',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    watch: false,
    // Of what is waited for; it comes at once but on a busy machine.
    expect: { poll: { timeout: 10_000 } },
    // What is built is taken as it is.
    server: { deps: { external: [/\/dist\//] } },
    projects: [
      { extends: true, test: { name: 'apart', include: APART } },
      {
        extends: true,
        test: {
          name: 'together',
          setupFiles: ['test/seed.ts'],
          include: ['test/{protocol,sim,scenarios,ensemble}/**/*.test.ts'],
          // Nothing that they import keeps anything: one copy of it serves the files of a worker, in half the time.
          isolate: false,
        },
      },
    ],
  },
});
