/**
 * Runs in every test file before its tests: the file fails when it leaves handles or processes behind.
 * Its hook is registered first, so it runs after every other afterAll of the file.
 */
import { afterAll } from 'vitest';
import { findLeaks, takeBaseline } from './leak-detector.ts';

const baseline = takeBaseline();

afterAll(async () => {
  const leaks = await findLeaks(baseline);
  if (leaks.length > 0) {
    throw new Error(`This test file left open (LEAK_TRACE=1 shows where each was made):\n${leaks.join('\n')}`);
  }
});
