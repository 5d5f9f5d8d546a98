/** Every page: what it shows, full and empty, in both themes, wide and narrow, to axe, and to somebody who may only look (C12). */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityProblems } from './axe.ts';
import { fill } from './lively-swarm.ts';
import { PAGE_LIST } from './page-list.ts';
import { startWebBed, type WebBed } from './web-bed.ts';

let full: WebBed;
let empty: WebBed;
beforeAll(async () => {
  full = await startWebBed();
  await fill(full.server, full.work);
  empty = await startWebBed();
}, 120_000);
afterAll(async () => {
  await full.close();
  await empty.close();
});

test.each(PAGE_LIST)('C12 $name: shows what is there, fits 320 pixels, and axe finds nothing in either theme', async (each) => {
  const page = await full.open(each.path, { theme: 'dark' });
  await page.getByRole('heading', { level: 1, name: each.heading }).waitFor();
  await page.getByText(each.shows).first().waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'light' });
  await expect.poll(() => page.evaluate('document.documentElement.dataset.theme')).toBe('light');
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
  expect(await page.evaluate('document.querySelector("main").scrollWidth')).toBeLessThanOrEqual(320);
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.context().close();
});

test.each(PAGE_LIST.filter(({ empty }) => empty !== null))(
  'C12 $name: an empty swarm has a page too, for somebody who may only look',
  async ({ path, empty: text }) => {
    const page = await empty.open(path, { role: 'viewer' });
    await page
      .getByText(new RegExp(text ?? ''))
      .first()
      .waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.context().close();
  },
);

test.each([
  ['/tasks/nothing-001', 'Task nothing-001 could not be read.'],
  ['/sessions/nobody', 'Session nobody could not be read.'],
  ['/knowledge?topic=absent', 'Absent could not be read.'],
])('C12: %s says what is wrong and what to do', async (path, text) => {
  const page = await full.open('/', { theme: 'dark' });
  await page.goto(full.server.url + path);
  await page.getByRole('alert').getByText(text).waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.context().close();
});

test('nothing went wrong in the consoles of the pages', () => {
  expect([...full.complaints, ...empty.complaints]).toEqual([]);
});
