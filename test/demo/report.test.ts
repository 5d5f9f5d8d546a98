/** The closing report: derived from events and git alone. */
import { describe, expect, test } from 'vitest';
import { displayWidth } from '../../src/cli/output/display-width.ts';
import { palette } from '../../src/cli/output/terminal.ts';
import { deriveReport } from '../../src/demo/derive-report.ts';
import type { Rewind } from '../../src/demo/rewind.ts';
import { reportLines } from '../../src/demo/report-text.ts';
import { BEGIN, DEAD, eventsOf, GIT, NEXT_LEASE, UNTIL_KILL, WHOLE_RUN } from './sample-facts.ts';

process.env['TZ'] = 'UTC';
const proof = { ...DEAD, code: 'lease_stale', message: '' };
const whole = deriveReport({ events: eventsOf(WHOLE_RUN), git: GIT, killed: DEAD, proof });
const place = {
  home: '/tmp/tutti-demo-x',
  folder: '/tmp/tutti-demo-x/repository',
  branch: 'tutti/demo',
  base_commit: 'c0ffee0000000',
  swarm: 'demo',
  tutti: 'npm run tutti --',
  flags: '',
  out: palette(false),
  columns: 80,
};
const rewound: Rewind = {
  seq: 109,
  time: BEGIN + 2000,
  sessions: [
    { id: 'eng-1', status: 'busy', task_id: 'tests', lease: DEAD.lease },
    { id: 'eng-2', status: 'idle', task_id: null, lease: null },
  ],
  tasks: { completed: 1, in_progress: 1, waiting: 1 },
  before: { status: 'in_progress', session_id: 'eng-1', lease: DEAD.lease },
  after: { status: 'completed', session_id: 'eng-2' },
};

describe('the report', () => {
  test('counts what the log and git hold', () => {
    expect(whole).toMatchObject({
      sessions: 2,
      runners: ['script'],
      tasks: { added: 3, completed: 3, failed: 0, cancelled: 0, duplicates: 0, unchanged: ['summary'] },
      attempts: 4,
      leases_lost: 1,
      wall_ms: 9000,
      git: { commits: 2, tasks_merged: 2, merge_commits: 1, files_changed: 2, insertions: 40 },
    });
  });

  test('tells the story of the killed worker by the lease numbers of the log', () => {
    expect(whole.kill).toEqual({
      ...DEAD,
      last_contact: BEGIN + 2100,
      detected_at: BEGIN + 5100,
      detection_ms: 3000,
      next_lease: NEXT_LEASE,
      next_session: 'eng-2',
      completed_by: 'eng-2',
      refused: 'lease_stale',
      commits_under_dead_lease: 0,
    });
  });

  test('counts a task that was completed twice as a duplicate, and a commit of the dead lease as such', () => {
    const events = eventsOf(WHOLE_RUN);
    const again = events.filter(({ type }) => type === 'task_completed').slice(0, 1);
    const commits = [...GIT.commits, { commit: 'a3', task_id: 'tests', attempt: 1, lease: DEAD.lease, session_id: 'eng-1' }];
    const report = deriveReport({ events: [...events, ...again], git: { ...GIT, commits }, killed: DEAD, proof });
    expect(report.tasks.duplicates).toBe(1);
    expect(report.kill?.commits_under_dead_lease).toBe(1);
  });

  test('claims no kill that the log does not show', () => {
    const report = deriveReport({ events: eventsOf(UNTIL_KILL), git: GIT, killed: DEAD, proof: null });
    expect(report.kill).toBeNull();
    expect(report.tasks).toMatchObject({ added: 3, completed: 1 });
  });

  test('reads well at 80 columns', async () => {
    const lines = reportLines(whole, place, rewound);
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/report-80.txt');
    const prose = lines.filter((line) => !line.includes('npm run') && !line.includes('git -C'));
    expect(Math.max(...prose.map((line) => displayWidth(line)))).toBeLessThanOrEqual(80);
  });

  test('does not say that no model was used when one was', () => {
    const events = eventsOf(WHOLE_RUN).map((event) =>
      event.type === 'session_registered' ? { ...event, data: { ...event.data, runner: 'claude' } } : event,
    );
    const text = reportLines(deriveReport({ events, git: GIT, killed: null, proof: null }), place, null).join('\n');
    expect(text).toContain('driven by claude');
    expect(text).not.toContain('no model used');
  });
});
