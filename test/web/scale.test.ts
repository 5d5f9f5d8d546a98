/** Ten thousand tasks and five hundred events a second (C12): what is drawn stays small, and the page keeps up. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { goWith } from './keys.ts';
import { framesDuring, quantile } from './frame-times.ts';
import { report, startWebBed, type WebBed } from './web-bed.ts';

const TASKS = 10_000;

let bed: WebBed;
beforeAll(async () => {
  bed = await startWebBed();
  const tasks = Array.from({ length: TASKS }, (_, index) => ({
    id: `many-${String(index).padStart(5, '0')}`,
    type: 'many',
    title: `Task ${index} of many`,
    priority: 1 + (index % 10),
  }));
  const { status } = await bed.server.request('/work/add', { body: { tasks } });
  if (status !== 200) throw new Error(`adding ${TASKS} tasks: ${status}`);
}, 300_000);
afterEach(() => bed.closePages());
afterAll(() => bed.close());

test('a board of 10,000 tasks draws fewer than 80 rows, also while it is scrolled, and finds any of them', async () => {
  const page = await bed.open('/');
  const started = performance.now();
  await goWith(page, 'b', 'Board');
  await page.locator('[data-task]').first().waitFor();
  const shown = performance.now() - started;
  await page.getByText(`${TASKS} tasks`).first().waitFor();
  await page.getByRole('button', { name: 'Table' }).click();
  await page.locator('[data-testid="board-table"] [data-task]').first().waitFor();
  let most = 0;
  const frames = await framesDuring(page, async () => {
    await page.locator('[data-testid="board-table"]').hover();
    for (let step = 0; step < 60; step += 1) {
      await page.mouse.wheel(0, 900);
      most = Math.max(most, await page.locator('[data-task]').count());
    }
  });
  expect(most).toBeLessThan(80);
  await page.getByLabel('Words').fill('many-09876');
  await page.getByText('Task 9876 of many').waitFor();
  report(
    `10,000 tasks: shown after ${shown.toFixed(0)} ms, p95 frame while scrolling ${quantile(frames, 0.95).toFixed(0)} ms, at most ${most} rows`,
  );
});

test('500 events a second for four seconds: every one arrives, and the page goes on', async () => {
  const page = await bed.open('/board');
  await page.locator('[data-task]').first().waitFor();
  const rounds = 20;
  const started = performance.now();
  const frames = await framesDuring(page, async () => {
    for (let round = 0; round < rounds; round += 1) {
      const tasks = Array.from({ length: 100 }, (_, index) => ({ id: `flood-${round}-${index}`, type: 'flood', title: 'One of a flood' }));
      await bed.server.request('/work/add', { body: { tasks } });
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, started + (round + 1) * 200 - performance.now())));
    }
  });
  const seconds = (performance.now() - started) / 1000;
  await page
    .getByText(`${TASKS + rounds * 100} tasks`)
    .first()
    .waitFor();
  expect(await page.locator('[data-task]').count()).toBeLessThan(80);
  await goWith(page, 't', 'Timeline');
  report(`flood: ${((rounds * 100) / seconds).toFixed(0)} events/s, p95 frame ${quantile(frames, 0.95).toFixed(0)} ms`);
});

test('nothing went wrong in the consoles of the pages', () => {
  expect(bed.complaints).toEqual([]);
});
