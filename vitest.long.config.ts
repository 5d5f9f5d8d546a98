/** `npm run test:long`: long simulations, crash and chaos runs, soaks. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/long/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 3_600_000,
    hookTimeout: 60_000,
    setupFiles: ['./test/setup/leaks.ts'],
    reporters: ['./test/setup/closing-reporter.ts'],
  },
});
