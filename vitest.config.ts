import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/interop/**'],
    pool: 'forks',
    // All cores: left to itself, Vitest keeps one of them free, which on two means half the speed.
    maxWorkers: '100%',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    watch: false,
  },
});
