import { defineConfig } from 'vitest/config';

// Two workers, as the machines that run this have two cores and one daemon; the scripts ask for longer time themselves.
export default defineConfig({
  // What the build writes into the bundle.
  define: { __STOWAGE_VERSION__: '"0.0.0-test"', __STOWAGE_BUILD__: '""' },
  test: {
    include: ['test/**/*.test.{ts,mjs}'],
    maxWorkers: 2,
    maxConcurrency: 2,
    testTimeout: 20_000,
    hookTimeout: 300_000,
    passWithNoTests: false,
  },
});
