/** One time cursor for all pages (F5): what is shown is of then, nothing can be changed, and the way back is one key. */
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openSqliteJournal } from '../../src/journal/sqlite/open-sqlite-journal.ts';
import { archiveEvents } from '../../src/travel/archive-log.ts';
import { testFolder } from '../travel/sample-swarm.ts';
import { enter, goWith, tabTo } from './keys.ts';
import { fill } from './lively-swarm.ts';
import { startWebBed, type WebBed } from './web-bed.ts';

let bed: WebBed;
beforeAll(async () => {
  bed = await startWebBed();
  await fill(bed.server);
}, 300_000);
afterEach(() => bed.closePages());
afterAll(() => bed.close());

test('F5: the figures of a moment are those of the log up to it, on every page, and nothing can be changed', async () => {
  const { body } = await bed.server.request('/event/list?since=0&limit=1000');
  const events = body['events'] as { readonly seq: number; readonly type: string }[];
  const moment = events.find(({ type }) => type === 'task_completed')?.seq ?? 0;
  const added = events.filter(({ seq, type }) => seq <= moment && type === 'task_added').length;
  const page = await bed.open(`/?at=${moment}`);
  await page.getByRole('region', { name: 'Done' }).getByText(`1 of ${added}`).waitFor();
  await page.getByText('Nothing can be changed here.').waitFor();
  expect(await page.getByRole('button', { name: 'New task' }).isDisabled()).toBe(true);
  await goWith(page, 'b', 'Board');
  await page.getByText(`${added} tasks`).waitFor();
  expect(page.url()).toContain(`at=${moment}`);
  await page.locator('[data-column="done"] [data-task="plan-001"]').waitFor();
  expect(await page.locator('[data-column="done"] [data-task]').count()).toBe(1);
  await page.keyboard.press('Escape');
  await page.locator('[data-column="cancelled"] [data-task="chore-001"]').waitFor();
  await expect.poll(() => page.url()).not.toContain('at=');
});

test('F5: an event leads there, a key goes on, and then and now stand beside each other', async () => {
  const page = await bed.open('/timeline?seq=20');
  await page.getByRole('button', { name: 'Travel to here' }).press('Enter');
  await page.getByText('As of event 20').waitFor();
  await page.getByRole('region', { name: 'Then and now' }).getByText('tasks in all').waitFor();
  await page.locator('h1').click();
  await page.keyboard.press('ArrowRight');
  await page.getByText('As of event 21').waitFor();
  await page.getByRole('button', { name: 'Back to now' }).press('Enter');
  await page.getByText('As of event').waitFor({ state: 'detached' });
  await expect.poll(() => page.url()).not.toContain('at=');
});

test('F5, E3: by keys alone: what if, the log folds into the same state again, and the way back after a preview', async () => {
  const page = await bed.open('/timeline?panel=what-if');
  await tabTo(page, /^More sessions$/);
  await page.keyboard.type('2');
  await enter(page, /^Replay and compare$/);
  const table = page.getByRole('table', { name: 'What happened and what would have' });
  const { body: status } = await bed.server.request('/swarm/status');
  const { completed } = status['tasks'] as { readonly completed: number };
  await table.getByRole('row', { name: new RegExp(`^Tasks completed ${completed} `) }).waitFor();
  await page.goto(`${bed.server.url}/timeline?panel=log`);
  await page.getByText('none of them archived').waitFor();
  await enter(page, /^Replay up to event/);
  await page.getByText('the same state').waitFor();
  const { body: added } = await bed.server.request('/work/add', { body: { type: 'late', title: 'Came too late' } });
  const moment = Number(status['seq']);
  await page.goto(`${bed.server.url}/timeline?panel=back&at=${moment}`);
  await page.getByText(`Go back to event ${moment}`).waitFor();
  await enter(page, /^Preview$/);
  await page.getByRole('region', { name: 'Would change' }).getByText(String(added['task_id'])).waitFor();
  await enter(page, /^Go back$/);
  await page.getByText(`Went back to event ${moment}`).waitFor();
  const { body: task } = await bed.server.request(`/task/${String(added['task_id'])}`);
  expect(task['task']).toMatchObject({ status: 'cancelled' });
  await page.getByText('As of event').waitFor({ state: 'detached' });
});

test('E3: archived events whose files are away are said where a person looks first, until they are back', async () => {
  const folder = testFolder();
  const own = await startWebBed({ openJournal: () => openSqliteJournal({ folder }) });
  try {
    for (const id of ['a', 'b', 'c']) await own.server.request('/work/add', { body: { id, type: 'build', title: id } });
    await archiveEvents({ folder, swarm: 'default', now: Date.now() }, 3);
    const [archive, away] = [join(folder, 'archive'), join(folder, 'moved')];
    renameSync(archive, away);
    const page = await own.open('/');
    const needs = page.getByRole('region', { name: 'Needs you (1)' });
    await needs.getByText(/^Events 1 to 3 are archived, and not in/).waitFor();
    await needs.getByText(archive).waitFor();
    renameSync(away, archive);
    await page.reload();
    await page.getByText('Nothing waits for you.').waitFor();
    expect(own.complaints).toEqual([]);
  } finally {
    await own.close();
  }
});

test('nothing went wrong in the consoles of the pages', () => {
  expect(bed.complaints).toEqual([]);
});
