/** The primary action of each page that actions.test.ts leaves out, with no pointer at all (C12, C5, F5, F6, F9). */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { dialogOf, enter, leaveDialog, tabTo, typeInto } from './keys.ts';
import { fill } from './lively-swarm.ts';
import { startWebBed, type WebBed } from './web-bed.ts';

let bed: WebBed;
let page: Page;
beforeAll(async () => {
  bed = await startWebBed();
  await fill(bed.server, bed.work);
  page = await bed.open('/', { width: 1440, height: 900 });
}, 300_000);
afterAll(() => bed.close());

/** Goes to a page and waits for what is on it. */
async function at(path: string, text: string): Promise<void> {
  await page.goto(bed.server.url + path);
  await page.getByText(text).first().waitFor();
}

async function ask(path: string): Promise<Record<string, unknown>> {
  return (await bed.server.request(path)).body;
}

test('F6: the changes of a task are read file by file, and a file is folded away', async () => {
  await at('/tasks/build-002?tab=diff', 'src/export.ts');
  const changes = page.getByRole('region', { name: 'Changes of src/export.ts' });
  await changes.getByText('for await (const order of readOrders(path)) {').waitFor();
  expect(await page.getByRole('tabpanel').innerText()).toContain('4 files +15 −9');
  await enter(page, /src\/export\.ts$/);
  await changes.getByText('for await').waitFor({ state: 'detached' });
});

test('C5: what a task waits for is decided where the task stands', async () => {
  await at('/tasks/build-003', 'Waits for you (1)');
  await page.keyboard.press('1');
  await page.getByText('Decided: RFC 4180').waitFor();
  expect((await ask('/decision/list?status=answered&task_id=build-003'))['decisions']).toMatchObject([{ answer: 'RFC 4180', via: 'web' }]);
});

test('F9: an item of the inbox is put off and taken up again', async () => {
  await at('/inbox', 'Which separator?');
  await page.keyboard.press('h');
  await page.getByText('Put off (1)').waitFor();
  expect(await ask('/inbox/list')).toMatchObject({ snoozed: 1 });
  await enter(page, /^Which separator\?$/);
  await expect.poll(() => page.url()).toContain('item=message-');
  await page.getByRole('region', { name: 'Chosen item' }).getByRole('heading', { name: 'Which separator?' }).waitFor();
  await page.keyboard.press('h');
  await expect.poll(async () => (await ask('/inbox/list'))['snoozed']).toBe(0);
});

test('a budget, a schedule, a capability, a resource and a limit are set', async () => {
  await at('/settings?tab=budgets', 'Spent by the whole swarm');
  await enter(page, /^Set a budget$/);
  await dialogOf(page);
  await typeInto(page, /^US dollars$/, '30');
  await page.keyboard.press('Enter');
  await page.getByText('of $30.00').first().waitFor();
  await at('/settings?tab=schedules', 'nightly-tests');
  await enter(page, /^Add a schedule$/);
  await dialogOf(page);
  await page.keyboard.type('hourly-look');
  await typeInto(page, /^Cron expression$/, '0 * * * *');
  await typeInto(page, /^Title of the task$/, 'Look around');
  await page.keyboard.press('Enter');
  await page.getByText('hourly-look', { exact: true }).waitFor();
  await at('/settings?tab=capabilities', 'Define design');
  await enter(page, /^Define design$/);
  await dialogOf(page);
  await typeInto(page, /^What it means$/, 'Draws what others build');
  await enter(page, /^Define$/);
  await page.getByText('Draws what others build').waitFor();
  await at('/settings?tab=resources', 'gpu');
  await enter(page, /^Set a resource$/);
  await dialogOf(page);
  await typeInto(page, /^Name$/, 'licence');
  await typeInto(page, /^Capacity$/, '3');
  await page.keyboard.press('Enter');
  await page.getByRole('table', { name: 'Resources' }).getByText('0 of 3').waitFor();
  await enter(page, /^Set a limit$/);
  await dialogOf(page);
  await typeInto(page, /^Key$/, 'type:lint');
  await typeInto(page, /^Tasks at the same time$/, '2');
  await page.keyboard.press('Enter');
  await page.getByRole('table', { name: 'Limits' }).getByText('0 of 2', { exact: true }).waitFor();
  expect((await ask('/budget/list'))['budgets']).toContainEqual(expect.objectContaining({ scope: 'swarm', cost_usd: 30 }));
  expect((await ask('/schedule/hourly-look'))['schedule']).toMatchObject({ cron: '0 * * * *', overlap: 'skip', status: 'active' });
  expect((await ask('/capability/design'))['capability']).toMatchObject({ description: 'Draws what others build' });
  expect((await ask('/limit/list'))['limits']).toContainEqual(expect.objectContaining({ key: 'type:lint', concurrency: 2 }));
});

test('a message is written, a topic is written, a session is launched, a path is focused, time is travelled', async () => {
  await at('/messages', 'Which separator?');
  await enter(page, /^New message$/);
  await dialogOf(page);
  await typeInto(page, /^Message$/, 'The archive is read-only today.');
  await enter(page, /^Send$/);
  await page.getByText(/^Sent to /).waitFor();
  await at('/knowledge', 'archive/index');
  await enter(page, /^Write a topic$/);
  await dialogOf(page);
  await page.keyboard.type('archive/owner');
  await typeInto(page, /^Content$/, 'mara');
  await enter(page, /^Write$/);
  await page.getByText(/Wrote archive\/owner/).waitFor();
  await at('/sessions', 'review-1');
  await enter(page, /^Launch session$/);
  await page.getByRole('dialog', { name: 'Launch a session' }).getByText('tutti worker --capabilities build,test').waitFor();
  await leaveDialog(page);
  await at('/timeline?seq=20', 'Travel to here');
  await enter(page, /^Travel to here$/);
  await page.getByText('As of event 20').waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('As of event').waitFor({ state: 'detached' });
  await at('/graph?view=list', 'Roll the exporter out');
  await tabTo(page, /^Focus path$|^Focus/);
  await at('/metrics', 'Cycle time');
  await tabTo(page, /^Span of time$/);
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => page.url()).toContain('hours=6');
});

test('A19, F3: spent, forecast and budgets on the pages are those of the API, and of a recount of the log', async () => {
  await at('/', 'Last hour');
  const usage = (await ask('/budget/list'))['usage'] as { readonly cost_usd: number; readonly tokens: number };
  const { events } = (await ask('/event/list?since=0&limit=1000&type=usage_recorded')) as { events: { data: Record<string, number> }[] };
  const counted = events.reduce((sum, { data }) => sum + (data['cost_usd'] ?? 0), 0);
  expect(usage.cost_usd).toBeCloseTo(counted, 9);
  await page.getByText(`$${counted.toFixed(2)} of $30.00`).waitFor();
  const tokens = events.reduce((sum, { data }) => sum + (data['tokens_in'] ?? 0) + (data['tokens_out'] ?? 0), 0);
  expect(usage.tokens).toBe(tokens);
  await page.getByText(`${Number((tokens / 1000).toPrecision(3))}k tokens`).waitFor();
  expect(await ask('/swarm/forecast')).toMatchObject({ unknown: null });
  await page.getByText(/^\d+[smhd].* to \d+[smhd]/).waitFor();
});

test('nothing went wrong in the consoles of the pages', () => {
  expect(bed.complaints).toEqual([]);
});
