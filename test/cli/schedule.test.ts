/**
 * Schedules from the command line, against a real server; and each firing adds its task exactly once, however the server ends.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EventView } from '../../src/contract/views/event-view.ts';
import { failureOf, Project } from './tutti.ts';

let project: Project;
beforeAll(() => {
  project = new Project();
});
afterAll(() => project.remove());

async function tutti(...args: readonly string[]): Promise<string> {
  return (await project.succeed(args)).stdout;
}

describe('tutti schedule', () => {
  beforeAll(async () => {
    await project.up('--journal', 'memory:');
  });
  afterAll(() => tutti('down'));

  test('add, list, show, pause, resume, run, remove', async () => {
    // Far from now, whenever this runs.
    const hour = (new Date().getUTCHours() + 12) % 24;
    const added = await tutti(
      'schedule',
      'add',
      'nightly',
      `30 ${hour} * * *`,
      '-z',
      'Europe/Berlin',
      '--run',
      'npm test',
      '--jitter',
      '60',
    );
    expect(added).toContain(`30 ${hour} * * * in Europe/Berlin\n`);
    expect(added).toMatch(/state +● active\nwhen .*\njitter +up to 1m\nadds +“npm test” · type task/);
    expect(added).toMatch(new RegExp(`\\d\\d/\\d\\d/\\d{4},? ${String(hour).padStart(2, '0')}:30 (CET|CEST|GMT\\+[12])`));
    const [row = ''] = (await tutti('schedule', 'list')).split('\n').filter((line) => line.startsWith('nightly'));
    expect(row).toContain(`30 ${hour} * * * Europe/Berlin`);
    expect(row).toMatch(/^nightly +● active .* in \d+[hm].* – +0 +npm test$/);
    expect(await tutti('schedule', 'pause', 'nightly')).toBe('nightly is paused.\n');
    expect(await tutti('schedule', 'list')).toMatch(/nightly +‖ paused/);
    expect(await tutti('schedule', 'resume', 'nightly')).toContain('active');
    expect(await tutti('schedule', 'run', 'nightly')).toBe('task-001\n');
    expect(await tutti('task', 'show', 'task-001', '--json')).toContain('"run": "npm test"');
    expect(await tutti('schedule', 'show', 'nightly')).toMatch(/fired +1 time · 0 skipped · 1 not over/);
    expect(await tutti('schedule', 'remove', 'nightly')).toBe('nightly is removed.\n');
    const gone = await project.run(['schedule', 'show', 'nightly']);
    expect([gone.code, failureOf(gone).code]).toEqual([3, 'schedule_unknown']);
  });

  test('what makes no sense is said in words', async () => {
    const ran = await project.run(['schedule', 'add', 'x', '0 25 * * *', '-t', 'x']);
    expect([ran.code, failureOf(ran)]).toEqual([
      2,
      expect.objectContaining({ code: 'schedule_invalid', why: expect.stringContaining('hour: 25') }),
    ]);
  });
});

test('kill -9 at any moment: each second fires once, with one task, and none is left out', async () => {
  const own = new Project();
  const { server, running } = await own.up();
  const client = own.client(server);
  const task = { type: 'tick', title: 'Tick' };
  await client.call('schedule.add', { schedule_id: 's', cron: '* * * * * *', task, overlap: 'allow', catch_up: 'all' });
  let last = running;
  for (let kill = 0; kill < 3; kill += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1500 + 377 * kill));
    last.child.kill('SIGKILL');
    await last.ended;
    last = (await own.up()).running;
  }
  await new Promise((resolve) => setTimeout(resolve, 1200));
  const { stdout } = await own.run(['event', 'list', '--since', '0', '--limit', '1000', '--json']);
  const { events } = JSON.parse(stdout) as { events: readonly EventView[] };
  await own.remove();
  const of = (type: string): EventView[] => events.filter((event) => event.type === type);
  const planned = of('schedule_fired').map(({ data }) => Number(data['planned_at']));
  expect(planned.length).toBeGreaterThanOrEqual(5);
  expect(planned).toEqual(planned.map((_, place) => (planned[0] ?? 0) + 1000 * place));
  expect(of('schedule_fired').map(({ data }) => data['task_id'])).toEqual(of('task_added').map(({ data }) => data['task_id']));
});
