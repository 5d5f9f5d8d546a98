/** What can be done on the pages, by keys alone where keys are named, against a real server (C12, C5, F9, F10). */
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityProblems } from './axe.ts';
import { HeldWire } from './held-wire.ts';
import { arrowTo, dialogOf, enter, goWith, leaveDialog } from './keys.ts';
import { fill } from './lively-swarm.ts';
import { startWebBed, type WebBed } from './web-bed.ts';

let bed: WebBed;
beforeAll(async () => {
  bed = await startWebBed();
  await fill(bed.server, bed.work);
}, 300_000);
afterEach(() => bed.closePages());
afterAll(() => bed.close());

/** A task as the API has it. */
async function task(id: string): Promise<Record<string, unknown>> {
  return (await bed.server.request(`/task/${id}`)).body['task'] as Record<string, unknown>;
}

describe('C12: by keys alone', () => {
  test('pages are gone to with G and a letter, the keys are listed behind ?, Escape closes', async () => {
    const page = await bed.open('/');
    for (const [key, heading] of [
      ['b', 'Board'],
      ['g', 'Graph'],
      ['s', 'Sessions'],
      ['i', 'Inbox'],
      ['m', 'Messages'],
      ['t', 'Timeline'],
      ['k', 'Knowledge'],
      ['x', 'Metrics'],
      ['c', 'Settings'],
      ['o', 'Overview'],
    ] as const)
      await goWith(page, key, heading);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).getByText('Add a task').waitFor();
    await leaveDialog(page);
    expect(await page.title()).toBe('Overview · Tutti');
  });

  test('the palette finds a task and goes to it', async () => {
    const page = await bed.open('/board');
    await page.locator('[data-task]').first().waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('resume interr');
    await page.getByRole('option', { name: /build-003/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'build-003' }).waitFor();
    expect(page.url()).toContain('/tasks/build-003');
  });

  test('the palette takes what is typed before it is there, and Enter too', async () => {
    const page = await bed.open('/board');
    await page.locator('[data-task]').first().waitFor();
    // All of it in one go: no moment in between in which the palette could appear.
    await page.evaluate(`
      const press = (key, more = {}) =>
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));
      press('k', { ctrlKey: true });
      for (const key of 'ngb plan-01') press(key);
      for (let times = 0; times < 11; times += 1) press('Backspace');
      for (const key of 'exporter must') press(key);
      press('Enter');
    `);
    await page.getByRole('heading', { level: 1, name: 'plan-001' }).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test('a task is added', async () => {
    const page = await bed.open('/');
    await page.keyboard.press('n');
    await dialogOf(page, 'New task');
    await page.keyboard.type('Count the rows');
    await page.keyboard.press('Tab');
    await page.keyboard.type('wc -l rows.csv');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'task-001' }).waitFor();
    await expect
      .poll(() => task('task-001'))
      .toMatchObject({ title: 'Count the rows', spec: { run: 'wc -l rows.csv' }, status: 'pending' });
  });

  test('a card is moved by its menu, J goes from card to card', async () => {
    const page = await bed.open('/board');
    await page.locator('[data-column="ready"] [data-task]').first().waitFor();
    await page.locator('[data-column="ready"] [data-index="0"] a').focus();
    await page.keyboard.press('j');
    await expect.poll(() => page.evaluate('document.activeElement.closest("[data-index]")?.dataset.index')).toBe('1');
    await page.locator('[data-task="chore-002"]').getByRole('button').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Move to Cancelled' }).waitFor();
    await arrowTo(page, /^Move to Cancelled/);
    await page.keyboard.press('Enter');
    await page.locator('[data-column="cancelled"] [data-task="chore-002"]').waitFor();
    await expect.poll(async () => (await task('chore-002'))['status']).toBe('cancelled');
  });

  test('C5, F9: a decision is answered with the key of its option, is recorded, and its work resumes', async () => {
    const page = await bed.open('/inbox');
    await page.getByRole('heading', { name: /Write semicolons/ }).waitFor();
    expect((await task('build-003'))['waiting_for_person']).toHaveLength(1);
    await page.keyboard.press('2');
    await page.getByText('Decided: Semicolons').waitFor();
    const { body } = await bed.server.request('/decision/list?status=answered');
    expect(body['decisions']).toContainEqual(expect.objectContaining({ answer: 'Semicolons', source: 'person', via: 'web' }));
    await expect.poll(async () => (await task('build-003'))['waiting_for_person']).toEqual([]);
    await page.getByRole('region', { name: 'Decided' }).getByText('Semicolons').first().waitFor();
  });

  test('a task is cancelled with a reason, and retried', async () => {
    const page = await bed.open('/tasks/paint-001');
    await page.getByText('Why it does not run').first().waitFor();
    await enter(page, /^Cancel task$/);
    await dialogOf(page);
    await page.keyboard.type('nobody paints');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Run it again' }).waitFor();
    await expect.poll(() => task('paint-001')).toMatchObject({ status: 'cancelled', failure: 'nobody paints' });
    await enter(page, /^Run it again$/);
    await expect.poll(async () => (await task('paint-001'))['status']).toBe('pending');
  });

  test('a rule is changed after a preview, and the change is undone from its history', async () => {
    const page = await bed.open('/settings');
    const rule = page.getByLabel('stall_after', { exact: true });
    await rule.fill('700');
    await page.keyboard.press('Enter');
    const preview = await dialogOf(page, 'Change the rules?');
    await preview.getByRole('row', { name: 'stall_after 3600 700' }).waitFor();
    await preview.getByRole('button', { name: 'Apply' }).press('Enter');
    await preview.waitFor({ state: 'detached' });
    const settings = async (): Promise<unknown> =>
      ((await bed.server.request('/config')).body['settings'] as Record<string, unknown>)['stall_after'];
    await expect.poll(settings).toBe(700);
    await page.getByRole('button', { name: 'Back to before this' }).first().press('Enter');
    await dialogOf(page, 'Change the rules?');
    await preview.getByRole('row', { name: 'stall_after 700 3600' }).waitFor();
    await preview.getByRole('button', { name: 'Apply' }).press('Enter');
    await expect.poll(settings).toBe(3600);
  });

  test('the team is started with a command, and its sessions are saved as rows', async () => {
    const page = await bed.open('/');
    await enter(page, /^Start team$/);
    await page.getByRole('dialog', { name: 'Start the team' }).getByText('tutti host').waitFor();
    await leaveDialog(page);
    await page.getByRole('link', { name: 'Peek at eng-1' }).press('Enter');
    await page.getByRole('heading', { level: 1, name: 'eng-1' }).waitFor();
    await page.goto(`${bed.server.url}/sessions?q=eng`);
    await page.getByRole('table', { name: 'Working' }).getByRole('link', { name: 'eng-1' }).waitFor();
    await page.getByRole('button', { name: 'Export the filtered sessions' }).press('Enter');
    await page.getByRole('menuitem', { name: 'CSV' }).waitFor();
    await arrowTo(page, /^CSV/);
    const saved = page.waitForEvent('download');
    await page.keyboard.press('Enter');
    const rows = readFileSync(await (await saved).path(), 'utf8').split('\r\n');
    expect(rows[0]).toMatch(/^id,status,role,tasks,/);
    expect(new Set(rows.slice(1).map((row) => row.split(',')[0]))).toEqual(new Set(['eng-1', 'eng-2', 'eng-3']));
  });

  test('a session is sent a message, paused, resumed, and ended', async () => {
    const page = await bed.open('/sessions/docs-1');
    await page.getByRole('button', { name: 'Pause' }).press('Enter');
    await page.getByText('docs-1 finishes what it has and gets nothing new.').waitFor();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    const session = async (): Promise<unknown> => (await bed.server.request('/session/docs-1')).body['session'];
    await expect.poll(session).toMatchObject({ paused: true });
    await page.getByRole('button', { name: 'Resume' }).press('Enter');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await expect.poll(session).toMatchObject({ paused: false });
    await page.getByRole('button', { name: 'Send message' }).press('Enter');
    await dialogOf(page);
    await page.getByLabel('Message', { exact: true }).fill('The format has changed.');
    await page.getByRole('button', { name: 'Send', exact: true }).press('Enter');
    await page.getByText('Sent to one mailbox.').waitFor();
    const { body } = await bed.server.request('/message/list?mailbox=docs-1');
    expect((body['messages'] as unknown[])[0]).toMatchObject({ body: 'The format has changed.', from: 'people', status: 'queued' });
    await page.getByRole('button', { name: 'End session' }).press('Enter');
    await (await dialogOf(page)).getByRole('button', { name: 'End session' }).press('Enter');
    await page.getByText(/Ended docs-1/).waitFor();
  });

  test('A17: a topic is written, and an edit from an old version is refused without losing a word', async () => {
    const page = await bed.open('/knowledge?topic=archive/index');
    await page.getByRole('button', { name: 'Edit' }).press('Enter');
    await dialogOf(page);
    await page.getByRole('textbox', { name: 'Content' }).fill('Mine');
    await bed.server.request('/knowledge/put', { body: { topic: 'archive/index', content: 'Theirs', expected_version: 1 } });
    await page.getByRole('button', { name: 'Write', exact: true }).press('Enter');
    await page.getByText(/Cannot write archive\/index/).waitFor();
    expect(await page.getByRole('textbox', { name: 'Content' }).inputValue()).toBe('Mine');
  });
});

describe('C12, E10: a review, by keys alone', () => {
  test('lines are commented, files marked as viewed, both survive a reload, and all comments go to one task', async () => {
    const page = await bed.open('/tasks/build-002');
    const lines = page.getByRole('region', { name: 'Lines of src/export.ts' });
    await lines.locator('[data-line][tabindex="0"]').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Comment on line 1' }).waitFor();
    await page.keyboard.type('Say where drain comes from.');
    await page.keyboard.press('Control+Enter');
    await page.getByLabel('Viewed README.md').focus();
    await page.keyboard.press('Space');
    await page.getByText('1 of 4 viewed, 1 comments not sent').waitFor();
    await page.reload();
    await page.getByText('1 of 4 viewed, 1 comments not sent').waitFor();
    await page.getByText('Say where drain comes from.').waitFor();
    await enter(page, /^Request changes \(1\)$/);
    await dialogOf(page, 'Request changes of build-002?');
    await page.keyboard.type('Handle a closed stream.');
    await enter(page, /^Request changes$/);
    await page.getByText('build-002-rework goes on with it.').waitFor();
    const { spec } = await task('build-002-rework');
    expect(spec).toMatchObject({
      base: bed.work.commit,
      review: {
        of: 'build-002',
        summary: 'Handle a closed stream.',
        comments: [{ path: 'src/export.ts', line: 1, side: 'after', text: 'Say where drain comes from.' }],
      },
    });
    await page.getByText('1 of 4 viewed').waitFor();
    await expect.poll(() => page.getByText('not sent').count()).toBe(0);
  });

  test('work is approved once it is known how it merges; the task that merges it is linked', async () => {
    const page = await bed.open('/tasks/build-002');
    await enter(page, /^Approve & merge$/);
    const dialog = await dialogOf(page, 'Approve and merge build-002?');
    await dialog.getByText('It merges without a conflict.').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await expect
      .poll(() => task('build-002-merge'))
      .toMatchObject({
        type: 'merge',
        spec: { repository: '/srv/exporter', merge_from: bed.work.commit, merge_into: 'approved' },
      });
    await page.getByRole('link', { name: 'approved, to be merged' }).press('Enter');
    await page.getByRole('heading', { level: 1, name: 'build-002-merge' }).waitFor();
  });

  test('what is said of running work goes to its session as one message', async () => {
    const page = await bed.open('/tasks/build-001');
    await enter(page, /^Request changes$/);
    await dialogOf(page);
    await page.keyboard.type('Read the index first.');
    await enter(page, /^Request changes$/);
    await page.getByText('Sent to eng-1.').waitFor();
    const { body } = await bed.server.request('/message/list?mailbox=eng-1');
    expect((body['messages'] as unknown[])[0]).toMatchObject({ subject: 'Review of build-001' });
  });
});

describe('C12: dragging', () => {
  test('a card dropped on Cancelled is cancelled; one dropped where people cannot put it stays, and the reason is said', async () => {
    const page = await bed.open('/board', { width: 1720 });
    const card = page.locator('[data-task="test-001"]');
    await card.dragTo(page.locator('[data-column="in_progress"]'));
    await page.getByText('Cannot move test-001 to In progress.').waitFor();
    expect((await task('test-001'))['status']).toBe('pending');
    await card.dragTo(page.locator('[data-column="cancelled"]'));
    await page.locator('[data-column="cancelled"] [data-task="test-001"]').waitFor();
    await expect.poll(async () => (await task('test-001'))['status']).toBe('cancelled');
  });

  test('a move is shown at once; when the server refuses, the card goes back and the reason is said', async () => {
    const wire = new HeldWire();
    const page = await bed.open('/board', { role: 'operator', width: 1720, before: (each) => wire.stand(each) });
    const cardIn = (column: string) => page.locator(`[data-column="${column}"] [data-task="docs-001"]`);
    await cardIn('ready').waitFor();
    wire.hold();
    // The task ends, and the page does not know yet.
    await bed.server.request('/session/register', { body: { session_id: 'docs-2', capabilities: ['docs'], wants_work: false } });
    const claim = await bed.server.request('/work/claim', { body: { session_id: 'docs-2', task_id: 'docs-001' } });
    const ended = { session_id: 'docs-2', task_id: 'docs-001', status: 'completed', lease: claim.body['lease'] };
    expect((await bed.server.request('/work/complete', { body: ended })).status).toBe(200);
    await cardIn('ready').dragTo(page.locator('[data-column="cancelled"]'));
    await cardIn('cancelled').waitFor();
    await expect.poll(() => wire.letThrough('task_terminal')).toBe(true);
    await cardIn('ready').waitFor();
    await page.getByText('Cannot cancel docs-001: The task docs-001 is already completed.').waitFor();
    expect(await cardIn('cancelled').count()).toBe(0);
    wire.release();
    await cardIn('done').waitFor();
    expect((await task('docs-001'))['status']).toBe('completed');
  });
});

test('C12: the address has everything: filter, view, sort and selection survive a reload, and lead back', async () => {
  const page = await bed.open('/board?view=table&q=exporter&sort=title');
  await page.getByText('Roll the exporter out').waitFor();
  await page.getByLabel('Words').fill('archive');
  await page.getByText('Read orders from the archive').waitFor();
  await page.reload();
  await page.getByText('Read orders from the archive').waitFor();
  expect(await page.getByLabel('Words').inputValue()).toBe('archive');
  expect(page.url()).toContain('sort=title');
});

test('A19: the figures of the page are those of the API, and of a recount of the log', async () => {
  const page = await bed.open('/');
  await page.getByText('Last hour').waitFor();
  const { body: status } = await bed.server.request('/swarm/status');
  const { body: log } = await bed.server.request('/event/list?since=0&limit=1000');
  const types = (log['events'] as { readonly type: string }[]).map(({ type }) => type);
  const tasks = status['tasks'] as Record<string, number>;
  const counted = (type: string): number => types.filter((each) => each === type).length;
  expect([tasks['total'], tasks['completed']]).toEqual([counted('task_added'), counted('task_completed')]);
  const done = page.getByRole('region', { name: 'Done' });
  const ended = (tasks['completed'] ?? 0) + (tasks['failed'] ?? 0) + (tasks['cancelled'] ?? 0);
  await expect.poll(() => done.innerText()).toContain(`${ended} of ${tasks['total']}`);
});

test('nothing went wrong in the consoles of the pages', () => {
  expect(bed.complaints).toEqual([]);
});
