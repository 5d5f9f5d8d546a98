/** What a page needs to review, put off and foresee: task.diff (F6), inbox.snooze (F9), swarm.forecast. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changesIn } from '../../src/workspace/read-changes.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';

let server: TestServer;
let folder: string;
let commits: readonly [base: string, commit: string];
const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], { encoding: 'utf8' }).trim();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tutti-changes-'));
  git('init', '-q');
  writeFileSync(join(folder, 'kept.txt'), 'one\ntwo\nthree\n');
  writeFileSync(join(folder, 'gone.txt'), 'gone\n');
  git('add', '.');
  git('commit', '-qm', 'base');
  const base = git('rev-parse', 'HEAD');
  writeFileSync(join(folder, 'kept.txt'), 'one\n2\u202e <img src=x onerror=alert(1)>\nthree\n');
  writeFileSync(join(folder, 'new\t"file".txt'), 'diff --git a/x b/x\n@@ -1 +1 @@\n');
  writeFileSync(join(folder, 'picture.bin'), Buffer.from([0, 1, 2, 0]));
  writeFileSync(join(folder, 'large.txt'), `${'x'.repeat(99)}\n`.repeat(3000));
  rmSync(join(folder, 'gone.txt'));
  // A text conversion or an external program of the repository must never run.
  writeFileSync(join(folder, '.gitattributes'), '*.txt diff=evil\n');
  git('config', 'diff.evil.textconv', 'touch ran-textconv; cat');
  git('config', 'diff.evil.command', 'touch ran-command');
  git('add', '.');
  git('commit', '-qm', 'work');
  commits = [base, git('rev-parse', 'HEAD')];
  server = await startTestServer({ changes: await changesIn(folder) });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Ends a task with this result and asks for its changes. */
async function diffOf(id: string, result: unknown): Promise<Record<string, unknown>> {
  const must = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const response = await server.request(path, { body });
    expect(response).toMatchObject({ status: 200 });
    return response.body;
  };
  await must('/session/register', { session_id: 'eng-1', capabilities: ['build'], wants_work: false });
  await must('/work/add', { id, type: 'build', title: 'Work' });
  const { lease } = await must('/work/claim', { session_id: 'eng-1', task_id: id });
  await must('/work/complete', { session_id: 'eng-1', task_id: id, status: 'completed', result, lease });
  return (await server.request(`/task/${id}/diff`)).body;
}

describe('F6: task.diff', () => {
  test('says file by file what the commits of the evidence differ in, bounded, and runs nothing of the repository', async () => {
    const [base_commit, commit] = commits;
    const body = await diffOf('diff-001', { base_commit, commit, branch: 'tutti/diff-001' });
    expect(body).toMatchObject({ branch: 'tutti/diff-001', missing: null, changes: { base_commit, commit, files_total: 6 } });
    const files = Object.fromEntries((body['changes'] as { files: { path: string }[] }).files.map((file) => [file.path, file]));
    expect(files['kept.txt']).toMatchObject({ status: 'modified', insertions: 1, deletions: 1, cut: false });
    expect((files['kept.txt'] as unknown as { patch: string }).patch).toMatch(/^@@ -1,3 \+1,3 @@\n one\n-two\n\+2/);
    expect(files['gone.txt']).toMatchObject({ status: 'deleted', insertions: 0, deletions: 1 });
    expect(files['new\t"file".txt']).toMatchObject({ status: 'added', patch: '@@ -0,0 +1,2 @@\n+diff --git a/x b/x\n+@@ -1 +1 @@\n' });
    expect(files['picture.bin']).toMatchObject({ status: 'added', insertions: null, patch: null });
    const large = files['large.txt'] as unknown as { patch: string; cut: boolean };
    expect([large.patch.length, large.cut]).toEqual([200_000, true]);
    expect(git('status', '--porcelain')).toBe('');
  });

  test('E10: says what merging would come to: into a new branch, one that has it, one that is checked out, one that conflicts', async () => {
    const [base_commit, commit] = commits;
    await diffOf('merge-001', { base_commit, commit });
    git('branch', 'before', base_commit);
    git('branch', 'after', commit);
    const tree = git('commit-tree', `${base_commit}^{tree}`, '-p', base_commit, '-m', 'same');
    git('branch', 'aside', tree);
    const outlook = async (into: string): Promise<unknown> => (await server.request(`/task/merge-001/diff?into=${into}`)).body['merge'];
    expect(await outlook('after')).toEqual({ into: 'after', merged: true, checked_out: false, conflicting_files: [] });
    expect(await outlook('aside')).toEqual({ into: 'aside', merged: false, checked_out: false, conflicting_files: [] });
    expect(await outlook(git('branch', '--show-current'))).toMatchObject({ merged: true, checked_out: true });
    const blob = execFileSync('git', ['-C', folder, 'hash-object', '-w', '--stdin'], { input: 'other\n', encoding: 'utf8' }).trim();
    const other = execFileSync('git', ['-C', folder, 'mktree'], { input: `100644 blob ${blob}\tkept.txt\n`, encoding: 'utf8' }).trim();
    git('branch', 'conflict', git('commit-tree', other, '-p', base_commit, '-m', 'other'));
    expect(await outlook('conflict')).toMatchObject({ merged: false, conflicting_files: expect.arrayContaining(['kept.txt']) });
    expect((await server.request('/task/merge-001/diff?into=..')).status).toBe(400);
  });

  test.each([
    ['no result', null, 'no_result'],
    ['a result in words', 'done', 'no_commit'],
    ['no base', { commit: 'f'.repeat(40) }, 'no_base'],
    ['a commit that is not there', { commit: 'f'.repeat(40), base_commit: 'e'.repeat(40) }, 'not_in_repository'],
    ['an option instead of a commit', { commit: '--output=/tmp/written', base_commit: 'HEAD' }, 'not_in_repository'],
    ['a name instead of a commit', { commit: 'HEAD', base_commit: 'HEAD~1' }, 'not_in_repository'],
  ])('%s: says why there is nothing to see', async (name, result, missing) => {
    const body = await diffOf(`why-${name.replaceAll(' ', '-')}`, result ?? undefined);
    expect([body['changes'], body['missing']]).toEqual([null, missing]);
  });
});

describe('F9: inbox.snooze', () => {
  test('an item that is put off is out of the list until it is taken up again, and the log says who did it', async () => {
    const asked = await server.request('/decision/ask', { body: { question: 'Now or later?' } });
    const { decision_id } = asked.body['decision'] as { readonly decision_id: string };
    const listed = async (path = '/inbox/list'): Promise<unknown[]> =>
      ((await server.request(path)).body['items'] as { readonly item_id: string }[]).map(({ item_id }) => item_id);
    expect(await listed()).toContain(decision_id);
    const put = await server.request(`/inbox/${decision_id}/snooze`, { body: { seconds: 3600 } });
    expect(put.status).toBe(200);
    expect(await listed()).not.toContain(decision_id);
    expect(await listed('/inbox/list?snoozed=true')).toEqual([decision_id]);
    expect((await server.request('/inbox/list')).body).toMatchObject({ snoozed: 1, wakes_at: put.body['snoozed_until'] });
    expect((await server.request(`/inbox/${decision_id}/snooze`, { body: { seconds: 0 } })).body['snoozed_until']).toBeNull();
    expect(await listed()).toContain(decision_id);
    const { body } = await server.request('/event/list?since=0&limit=1000&type=inbox_snoozed');
    expect((body['events'] as unknown[]).length).toBe(2);
  });

  test('what is not in the inbox cannot be put off, and a viewer may not', async () => {
    const absent = await server.request('/inbox/decision-999/snooze', { body: {} });
    expect([absent.status, absent.body['code']]).toEqual([404, 'inbox_item_unknown']);
    const asked = await server.request('/decision/ask', { body: { question: 'And this?' } });
    const { decision_id } = asked.body['decision'] as { readonly decision_id: string };
    const viewer = await server.request(`/inbox/${decision_id}/snooze`, { body: {}, token: server.tokenOf('viewer') });
    expect(viewer.status).toBe(403);
  });

  test('it comes back by itself at its time', async () => {
    const asked = await server.request('/decision/ask', { body: { question: 'In a moment?' } });
    const { decision_id } = asked.body['decision'] as { readonly decision_id: string };
    await server.request(`/inbox/${decision_id}/snooze`, { body: { seconds: 0.2 } });
    const items = async (): Promise<unknown> => (await server.request('/inbox/list')).body['items'];
    await expect.poll(items).toContainEqual(expect.objectContaining({ item_id: decision_id }));
  });
});

describe('F10: swarm.forecast', () => {
  test('says why it cannot tell, then gives a range that grows with the backlog and the chain', async () => {
    const own = await startTestServer();
    try {
      const forecast = async (): Promise<Record<string, unknown>> => (await own.request('/swarm/forecast')).body;
      const add = (tasks: readonly object[]) => own.request('/work/add', { body: { tasks } });
      expect(await forecast()).toMatchObject({ open: 0, unknown: 'nothing_open' });
      await own.request('/session/register', { body: { session_id: 'eng-1', capabilities: ['build'], wants_work: false } });
      const task = (id: string, more: object = {}) => ({
        id,
        type: 'build',
        title: id,
        estimated_hours: 1,
        required_capability: 'build',
        ...more,
      });
      await add([1, 2, 3, 4, 5].map((number) => task(`done-${number}`)));
      expect(await forecast()).toMatchObject({ open: 5, ended: 0, ended_needed: 5, unknown: 'too_few_ended', from: null });
      for (const number of [1, 2, 3, 4, 5]) {
        const { body } = await own.request('/work/claim', { body: { session_id: 'eng-1', task_id: `done-${number}` } });
        const ending = { session_id: 'eng-1', task_id: `done-${number}`, status: 'completed', result: 'x', lease: body['lease'] };
        await own.request('/work/complete', { body: ending });
      }
      await add([task('next-1')]);
      const span = async (): Promise<readonly [number, number]> => {
        const { from, to, unknown } = await forecast();
        expect(unknown).toBeNull();
        return [Date.parse(String(from)), Date.parse(String(to))];
      };
      const [shortFrom, shortTo] = await span();
      expect(shortFrom).toBeLessThan(shortTo);
      await add([2, 3, 4, 5, 6, 7, 8, 9].map((number) => task(`next-${number}`, { dependencies: [`next-${number - 1}`] })));
      const [longFrom, longTo] = await span();
      expect([longFrom > shortFrom, longTo > shortTo]).toEqual([true, true]);
      await add([task('odd-1', { required_capability: 'nobody' })]);
      expect(await forecast()).toMatchObject({ unreachable: 1 });
    } finally {
      await own.close();
    }
  });
});
