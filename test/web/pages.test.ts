/** Every page: what it shows, full and empty, in both themes, wide and narrow, to axe, and to somebody who may only look (C12). */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { accessibilityProblems } from './axe.ts';
import { HeldWire } from './held-wire.ts';
import { fill } from './lively-swarm.ts';
import { PAGE_LIST } from './page-list.ts';
import { startWebBed, type WebBed } from './web-bed.ts';

let full: WebBed;
let empty: WebBed;
beforeAll(async () => {
  full = await startWebBed();
  await fill(full.server, full.work);
  empty = await startWebBed();
}, 300_000);
afterEach(async () => {
  await full.closePages();
  await empty.closePages();
});
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
  // What depends on the width of the page is drawn anew a moment after that has changed.
  await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(320);
  await expect.poll(() => page.evaluate('document.querySelector("main").scrollWidth')).toBeLessThanOrEqual(320);
  expect(await accessibilityProblems(page)).toEqual([]);
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
});

interface Logged {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

test('A19, F3: the figures of every page are those of a recount of the log', async () => {
  const { body } = await full.server.request('/event/list?since=0&limit=1000');
  const log = body['events'] as readonly Logged[];
  const of = (type: string): readonly Logged[] => log.filter((event) => event.type === type);
  const [added, completed, failed, cancelled] = ['task_added', 'task_completed', 'task_failed', 'task_cancelled'].map(
    (type) => of(type).length,
  ) as [number, number, number, number];
  const sessions = new Set(of('session_registered').map(({ data }) => data['session_id'])).size;
  const cost = (fits: (data: Logged['data']) => boolean): string => {
    const sum = of('usage_recorded').reduce((total, { data }) => total + (fits(data) ? Number(data['cost_usd']) : 0), 0);
    return `$${sum.toFixed(sum < 1 ? 4 : 2)}`;
  };
  const page = await full.open('/');
  const region = (name: string) => page.getByRole('region', { name });
  await region('Done')
    .getByText(`${completed + failed + cancelled} of ${added}`)
    .waitFor();
  await region('Sessions').getByText(`${sessions} of ${sessions}`).waitFor();
  await region('Open tasks')
    .getByText(String(added - completed - failed - cancelled), { exact: true })
    .waitFor();
  await page
    .getByText(cost(() => true))
    .first()
    .waitFor();
  await page.goto(`${full.server.url}/sessions`);
  await page
    .getByRole('row', { name: /^eng-1 / })
    .getByText(cost(({ session_id }) => session_id === 'eng-1'))
    .waitFor();
  await page.goto(`${full.server.url}/tasks/build-002`);
  await page
    .getByRole('complementary')
    .getByText(cost(({ task_id }) => task_id === 'build-002'))
    .waitFor();
  await page.goto(`${full.server.url}/metrics`);
  await page
    .getByRole('table', { name: 'Tokens and cost by model' })
    .getByText(cost(() => true))
    .waitFor();
  for (const [term, figure] of [
    ['Completed', completed],
    ['Failed', failed],
  ] as const) {
    await expect
      .poll(() =>
        page
          .locator('dl > div')
          .filter({ has: page.getByText(term, { exact: true }) })
          .locator('dd')
          .innerText(),
      )
      .toBe(String(figure));
  }
  const metrics = await (
    await fetch(`${full.server.url}/metrics`, { headers: { authorization: `Bearer ${full.server.tokenOf('viewer')}` } })
  ).text();
  for (const query of await page.getByText(/^(increase\(|tutti_)/).allInnerTexts()) expect(metrics).toContain(/tutti_\w+/.exec(query)?.[0]);
  await page.goto(`${full.server.url}/board`);
  await page.getByText(`${added} tasks`).waitFor();
  const counted = async (column: string): Promise<number> => Number(await page.locator(`[data-column="${column}"] h2 span`).innerText());
  expect((await counted('done')) + (await counted('review'))).toBe(completed);
  expect([await counted('review'), await counted('failed'), await counted('cancelled')]).toEqual([1, failed, cancelled]);
});

test.each(['/', '/board', '/sessions', '/timeline', '/metrics', '/settings'])(
  'C12: %s says that it loads while no answer has come',
  async (path) => {
    const wire = new HeldWire();
    const page = await full.open(path, { before: async (each) => (await wire.stand(each), wire.hold()) });
    await page
      .getByRole('status', { name: /^Loading/ })
      .first()
      .waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  },
);

test('nothing went wrong in the consoles of the pages', () => {
  expect([...full.complaints, ...empty.complaints]).toEqual([]);
});
