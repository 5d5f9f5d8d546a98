/** `npm test`: everything this machine can run in about ten minutes. `npm run test:long` has its own settings. */
import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'scripts/**/*.test.ts', 'web/src/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/long/**'],
    pool: 'forks',
    maxWorkers: 2,
    // A condition that comes late on a busy machine still comes: a test may wait for several of them, one after the other.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 45_000 } },
    setupFiles: ['./test/setup/leaks.ts', './test/setup/property-seed.ts'],
    reporters: ['./test/setup/closing-reporter.ts'],
  },
});
