/** `npm test`: everything this machine can run in about ten minutes. `npm run test:long` has its own settings. */
import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'scripts/**/*.test.ts', 'web/src/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/long/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A condition that comes late on a busy machine still comes.
    expect: { poll: { timeout: 15_000 } },
    setupFiles: ['./test/setup/leaks.ts', './test/setup/property-seed.ts'],
    reporters: ['./test/setup/closing-reporter.ts'],
  },
});
