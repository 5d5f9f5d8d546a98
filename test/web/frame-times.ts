/**
 * How long the frames of a page take while something happens in it.
 */
import type { Page } from 'playwright-core';

/** Frame times in ms while `run` runs; the first, which began before, is left out. */
export async function framesDuring(page: Page, run: () => Promise<void>): Promise<number[]> {
  await page.evaluate(`
    window.frames = [];
    window.watching = true;
    let last = performance.now();
    const look = (now) => {
      window.frames.push(now - last);
      last = now;
      if (window.watching) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  `);
  await run();
  const frames = await page.evaluate<number[]>('(window.watching = false, window.frames)');
  return frames.slice(1);
}

/** The nearest-rank value below which so much of them lie; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Number((sorted[Math.ceil(sorted.length * share) - 1] ?? 0).toFixed(1));
}
