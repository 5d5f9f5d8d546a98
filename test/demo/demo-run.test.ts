/**
 * The first five minutes, end to end (F8, F7): the command that `npm start` runs, on a real clone, with a real kill.
 * Every number that it says is derived again here, from the event log and from git, by other code than its own.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttpClient } from '../../src/client/http-client.ts';
import { AccessTokens, loadSecret } from '../../src/config/access-tokens.ts';
import { processLives } from '../../src/config/find-server.ts';
import type { EventView } from '../../src/contract/views/event-view.ts';
import type { Rewind } from '../../src/demo/rewind.ts';
import type { DemoReport } from '../../src/demo/derive-report.ts';
import { makeSampleRepository } from './sample-repository.ts';

interface Printed extends DemoReport {
  readonly swarm: string;
  readonly home: string;
  readonly repository: string;
  readonly branch: string;
  readonly base_commit: string;
  readonly rewind: Rewind | null;
}

const PATIENCE_MS = 400_000;
const MAIN = join(import.meta.dirname, '../../src/main.ts');

let folder = '';
let server: ChildProcess;
let exit: Promise<number | null>;
let report: Printed;
let events: EventView[] = [];

function git(...words: readonly string[]): string[] {
  return execFileSync('git', ['-C', report.repository, ...words], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '');
}

function textOf(event: EventView | undefined, field: string): string {
  const value = event?.data[field];
  return typeof value === 'string' ? value : '';
}

function ofType(type: string): EventView[] {
  return events.filter((event) => event.type === type);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tutti-demo-test-'));
  const repository = await makeSampleRepository(join(folder, 'sample'));
  const flags = ['--port', '0', '--data', join(folder, 'data'), '--repo', repository, '--json'];
  server = spawn(process.execPath, [MAIN, 'start', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: folder },
  });
  exit = new Promise((resolve) => {
    server.once('exit', (code) => resolve(code));
  });
  let said = '';
  server.stderr?.on('data', (text: Buffer) => {
    said += text.toString();
  });
  const lines: Record<string, unknown>[] = [];
  if (server.stdout === null) throw new Error('the output is piped');
  for await (const line of createInterface({ input: server.stdout })) {
    lines.push(JSON.parse(line) as Record<string, unknown>);
    if (lines.at(-1)?.['demo'] !== undefined) break;
  }
  const [up] = lines;
  const found = lines.at(-1)?.['demo'];
  if (up === undefined || found === undefined) throw new Error(`the demo ended without a report: ${said}`);
  report = found as Printed;
  const token = new AccessTokens(loadSecret(join(folder, 'data'))).tokenOf('viewer');
  const client = createHttpClient({ url: String(up['url']), token, swarm: report.swarm });
  ({ events } = await client.call('event.list', { since: report.first_seq - 1, limit: 1000 }));
}, PATIENCE_MS);

afterAll(async () => {
  if (server.exitCode === null) server.kill('SIGKILL');
  await exit;
  await rm(folder, { recursive: true, force: true, maxRetries: 20 });
});

describe('the demo', () => {
  test('F8: works on a real clone in a temporary folder, in a swarm of its own', () => {
    expect(report.swarm).toBe('demo');
    expect(report.home.startsWith(folder)).toBe(true);
    expect(existsSync(join(report.repository, '.git'))).toBe(true);
    expect(git('rev-parse', 'HEAD')).toEqual([report.base_commit]);
  });

  test('F8: changes the rules to short heartbeats, in the log', () => {
    expect(ofType('config_applied')[0]?.data['settings']).toMatchObject({ heartbeat_interval: 1, offline_after: 3 });
  });

  test('F8: kills a worker for real: its process is gone, its lease ends by silence, another one completes the task once', () => {
    const { kill } = report;
    if (kill === null) throw new Error('nobody was killed');
    expect(processLives(kill.pid)).toBe(false);
    const about = events.filter(({ data }) => data['task_id'] === kill.task_id);
    const dead = about.find(({ seq }) => seq === kill.lease);
    expect([dead?.type, textOf(dead, 'session_id')]).toEqual(['task_assigned', kill.session_id]);
    // On a busy machine others may have been silent for too long before.
    const released = about.find(({ type, data }) => type === 'task_released' && data['lease'] === kill.lease);
    expect(released?.data).toMatchObject({ reason: 'session_offline', lease: kill.lease, session_id: kill.session_id });
    const next = about.find(({ type, seq }) => type === 'task_assigned' && seq > (released?.seq ?? Infinity));
    expect([next?.seq, textOf(next, 'session_id')]).toEqual([kill.next_lease, kill.next_session]);
    expect(kill.next_lease).toBeGreaterThan(kill.lease);
    expect(kill.next_session).not.toBe(kill.session_id);
    const completions = about.filter(({ type }) => type === 'task_completed');
    expect(completions.map((event) => textOf(event, 'session_id'))).toEqual([kill.completed_by]);
    expect(ofType('session_offline').map((event) => textOf(event, 'session_id'))).toContain(kill.session_id);
    expect(kill.detection_ms).toBe(Date.parse(released?.time ?? '') - Number(released?.data['last_contact']));
  });

  test('F8: ends with its rewind: the moment before the kill, from the log', () => {
    const { kill, rewind } = report;
    if (kill === null || rewind === null) throw new Error('nobody was killed');
    const released = events.find(({ type, data }) => type === 'task_released' && data['lease'] === kill.lease);
    expect(rewind.seq).toBeGreaterThanOrEqual(kill.lease);
    expect(rewind.seq).toBeLessThan(released?.seq ?? 0);
    expect(rewind.before).toEqual({ status: 'in_progress', session_id: kill.session_id, lease: kill.lease });
    expect(rewind.after.status).toBe('completed');
    expect(rewind.sessions).toContainEqual({ id: kill.session_id, status: 'busy', task_id: kill.task_id, lease: kill.lease });
  });

  test('F2: the dead lease is fenced: a late result is refused, and none of its commits is on the branch', () => {
    expect(report.kill?.refused).toBe('lease_stale');
    const leases = git('log', '--format=%(trailers:key=Tutti-Lease,valueonly)', `${report.base_commit}..${report.branch}`);
    expect(leases.length).toBeGreaterThan(0);
    expect(leases).not.toContain(String(report.kill?.lease));
    expect(report.kill?.commits_under_dead_lease).toBe(0);
  });

  test('every number about tasks is what the log says', () => {
    const completed = ofType('task_completed').map((event) => textOf(event, 'task_id'));
    const unchanged = ofType('task_completed').filter(
      ({ data }) => (data['result'] as { changed_files_total: number }).changed_files_total === 0,
    );
    expect(report.tasks).toMatchObject({
      added: ofType('task_added').length,
      completed: new Set(completed).size,
      failed: ofType('task_failed').length,
      duplicates: completed.length - new Set(completed).size,
      unchanged: unchanged.map((event) => textOf(event, 'task_id')),
    });
    expect(report.tasks).toMatchObject({ completed: report.tasks.added, failed: 0, duplicates: 0 });
    expect(report.attempts).toBe(ofType('task_assigned').length);
    const registered = ofType('session_registered');
    expect(report.sessions).toBe(new Set(registered.map((event) => textOf(event, 'session_id'))).size);
    expect(report.runners).toEqual([...new Set(registered.map((event) => textOf(event, 'runner')))]);
    const last = ofType('task_completed').at(-1)?.time ?? '';
    expect(report.wall_ms).toBe(Date.parse(last) - Date.parse(events[0]?.time ?? ''));
  });

  test('every number about the branch is what git says', () => {
    const range = `${report.base_commit}..${report.branch}`;
    const [shortstat = ''] = git('diff', '--shortstat', report.base_commit, report.branch);
    const numberBefore = (word: string): number => Number(new RegExp(`(\\d+) ${word}`).exec(shortstat)?.[1] ?? 0);
    expect(report.git).toMatchObject({
      tip: git('rev-parse', report.branch)[0],
      commits: Number(git('rev-list', '--count', '--no-merges', range)[0]),
      merge_commits: Number(git('rev-list', '--count', '--merges', range)[0]),
      tasks_merged: new Set(git('log', '--no-merges', '--format=%(trailers:key=Tutti-Task,valueonly)', range)).size,
      files_changed: numberBefore('file'),
      insertions: numberBefore('insertion'),
      deletions: numberBefore('deletion'),
    });
    expect(report.git.commits).toBe(ofType('task_completed').length - report.tasks.unchanged.length);
  });

  test('a review that finds identical bytes changes nothing', () => {
    const reviews = ofType('task_completed').filter((event) => textOf(event, 'task_id').startsWith('review-'));
    expect(reviews.length).toBe(2);
    for (const { data } of reviews) {
      expect(data['result']).toMatchObject({ exit_code: 0, changed_files_total: 0 });
      expect((data['result'] as { tail: string }).tail).toMatch(/identical bytes, sha256 [0-9a-f]{12}; no change/);
    }
  });

  test('the summary names every task, and the broken link that is really there was found', () => {
    const summary = git('show', `${report.branch}:housekeeping/README.md`).join('\n');
    const others = ofType('task_added').map((event) => textOf(event, 'task_id'));
    for (const id of others.filter((each) => each !== 'summary')) expect(summary).toContain(`| ${id} |`);
    expect(git('show', `${report.branch}:housekeeping/links.md`).join('\n')).toContain('| README.md | missing.md | no such file |');
  });

  test('F7: the worktree of the killed worker is kept', () => {
    const { kill } = report;
    expect(git('worktree', 'list').join('\n')).toMatch(new RegExp(`\\[tutti/${kill?.task_id}/\\d+\\]`));
  });

  test('its workers are gone while the server goes on; Ctrl-C then ends it with 130', async () => {
    const gone = new Set(ofType('session_deregistered').map((event) => textOf(event, 'session_id')));
    expect(gone.size).toBe(report.sessions - 1);
    expect(server.exitCode).toBeNull();
    server.kill('SIGINT');
    expect(await exit).toBe(130);
  });
});
