import { defineConfig } from 'vitest/config';

/** Tests against software of others, where it is installed: `npm run test:interop`. */
export default defineConfig({
  test: {
    include: ['test/interop/**/*.test.ts'],
    globalSetup: ['test/interop/missing-software.ts'],
    pool: 'forks',
    // Servers and clients of several files at a time would take the processors from one another.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
    // Of what is waited for; it comes at once but on a busy machine.
    expect: { poll: { timeout: 10_000 } },
    watch: false,
  },
});
