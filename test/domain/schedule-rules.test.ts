/** Cron schedules: time zones, changes of the clock, downtime, overlap, jitter; each firing adds one task, and a replay asks no calendar. */
import { describe, expect, test } from 'vitest';
import type { LogEvent } from '../../src/contract/event.ts';
import { snapshotOf } from '../support/invariants.ts';
import { dataOf, TestSwarm, typesOf } from '../support/test-swarm.ts';

const TASK = { type: 'sweep', title: 'Sweep' };
const HOUR = 3600;

/** A swarm at a time. */
function swarmAt(time: string): TestSwarm {
  const swarm = new TestSwarm();
  swarm.now = Date.parse(time);
  return swarm;
}

function addTo(swarm: TestSwarm, cron: string, more: object = {}): void {
  swarm.must('schedule.add', { schedule_id: 's', cron, task: TASK, ...more });
}

/** Lets time pass up to `until`, with a pass at each time that is due, as the engine makes them. */
function live(swarm: TestSwarm, until: string): LogEvent[] {
  const events: LogEvent[] = [];
  const end = Date.parse(until);
  for (let due = swarm.state.schedules.next_due; due <= end; due = swarm.state.schedules.next_due) {
    events.push(...swarm.pass(Math.max(0, due - swarm.now) / 1000));
  }
  swarm.now = end;
  return events;
}

/** When the tasks were added, as ISO text without the needless. */
function addedAt(events: readonly LogEvent[]): string[] {
  return events.filter(({ type }) => type === 'task_added').map(({ time }) => new Date(time).toISOString().replace(/:00\.000Z$/, 'Z'));
}

async function nextTimes(swarm: TestSwarm): Promise<string[]> {
  return (await swarm.ask('schedule.show', { schedule_id: 's' })).schedule.next_times.map((time) => time.replace(/:00\.000Z$/, 'Z'));
}

describe('when it fires', () => {
  test('each time comes once, with a task like the one described', async () => {
    const swarm = swarmAt('2026-06-01T00:00:30Z');
    addTo(swarm, '*/15 * * * *', { task: { ...TASK, spec: { run: './sweep.sh' }, priority: 8 }, overlap: 'allow' });
    const events = live(swarm, '2026-06-01T00:45:00Z');
    expect(typesOf(events)).toEqual(['task_added', 'schedule_fired', 'task_added', 'schedule_fired', 'task_added', 'schedule_fired']);
    expect(addedAt(events)).toEqual(['2026-06-01T00:15Z', '2026-06-01T00:30Z', '2026-06-01T00:45Z']);
    expect(swarm.task('sweep-002')).toMatchObject({ title: 'Sweep', spec: { run: './sweep.sh' }, priority: 8 });
    const { schedule } = await swarm.ask('schedule.show', { schedule_id: 's' });
    expect(schedule).toMatchObject({ fired: 3, skipped: 0, unfinished: 3, last: { task_id: 'sweep-003' }, status: 'active' });
    expect(schedule.next_at).toBe('2026-06-01T01:00:00.000Z');
    expect(swarm.pass(1)).toEqual([]);
  });

  test.each([
    [
      'half past two does not exist on the 29th: it comes right after the gap',
      '2026-03-28T12:00Z',
      ['2026-03-29T01:00Z', '2026-03-30T00:30Z'],
    ],
    ['half past two comes twice on the 25th: it fires once', '2026-10-24T12:00Z', ['2026-10-25T00:30Z', '2026-10-26T01:30Z']],
  ])('Europe/Berlin: %s', async (_what, from, times) => {
    const swarm = swarmAt(from);
    addTo(swarm, '30 2 * * *', { time_zone: 'Europe/Berlin', overlap: 'allow' });
    expect((await nextTimes(swarm)).slice(0, 2)).toEqual(times);
    expect(addedAt(live(swarm, `${times[1]?.slice(0, 10)}T12:00:00Z`))).toEqual(times);
  });

  test('what comes every half hour goes by the time that passes, over both changes of the clock', () => {
    for (const day of ['2026-03-29', '2026-10-25']) {
      const swarm = swarmAt(`${day}T00:00:00Z`);
      addTo(swarm, '*/30 * * * *', { time_zone: 'Europe/Berlin', overlap: 'allow' });
      expect(addedAt(live(swarm, `${day}T03:00:00Z`))).toEqual(
        ['00:30', '01:00', '01:30', '02:00', '02:30', '03:00'].map((time) => `${day}T${time}Z`),
      );
    }
  });

  test('nine in New York is fourteen or thirteen UTC; weekdays only', async () => {
    const swarm = swarmAt('2026-03-05T20:00:00Z');
    addTo(swarm, '0 9 * * 1-5', { time_zone: 'America/New_York' });
    expect((await nextTimes(swarm)).slice(0, 3)).toEqual(['2026-03-06T14:00Z', '2026-03-09T13:00Z', '2026-03-10T13:00Z']);
  });

  test('a time that never comes again ends it', async () => {
    const swarm = swarmAt('2026-06-01T00:00:00Z');
    addTo(swarm, '0 0 12 1 6 * 2026');
    expect(addedAt(live(swarm, '2026-06-02T00:00:00Z'))).toEqual(['2026-06-01T12:00Z']);
    expect((await swarm.ask('schedule.show', { schedule_id: 's' })).schedule).toMatchObject({
      status: 'ended',
      next_at: null,
      next_times: [],
    });
  });

  test('jitter delays by chance, is said in the event, and never moves the times themselves', async () => {
    const swarm = swarmAt('2026-06-01T00:00:00Z');
    swarm.random = () => 0.25;
    addTo(swarm, '0 * * * *', { jitter_seconds: 600, overlap: 'allow' });
    const events = live(swarm, '2026-06-01T02:30:00Z');
    expect(addedAt(events)).toEqual(['2026-06-01T01:02:30.000Z', '2026-06-01T02:02:30.000Z']);
    expect(events.at(-1)?.data).toMatchObject({ planned_at: Date.parse('2026-06-01T02:00:00Z') });
    expect((await nextTimes(swarm))[0]).toBe('2026-06-01T03:00Z');
  });
});

describe('after downtime', () => {
  test.each([
    ['none', [], 5],
    ['last', ['2026-06-01T05:30Z'], 4],
    ['all', Array.from({ length: 5 }, () => '2026-06-01T05:30Z'), 0],
  ] as const)('catch-up %s', (catch_up, times, skipped) => {
    const swarm = swarmAt('2026-06-01T00:30:00Z');
    addTo(swarm, '0 * * * *', { catch_up, overlap: 'allow' });
    swarm.recover();
    const events = swarm.pass(5 * HOUR);
    expect(addedAt(events)).toEqual(times);
    expect(swarm.state.schedules.by_id.get('s')).toMatchObject({ skipped, fired: times.length });
    expect(addedAt(live(swarm, '2026-06-01T06:00:00Z'))).toEqual(['2026-06-01T06:00Z']);
  });

  test.each([
    ['none', 1, 6],
    ['last', 1, 6],
    ['all', 7, 0],
  ] as const)('catch-up %s: what comes every two seconds is missed after two seconds', (catch_up, fired, skipped) => {
    const swarm = swarmAt('2026-06-01T00:00:00Z');
    addTo(swarm, '*/2 * * * * *', { catch_up, overlap: 'allow' });
    swarm.recover();
    const events = swarm.pass(15);
    expect(addedAt(events)).toHaveLength(fired);
    expect(events.filter((event) => event.type === 'schedule_fired').at(-1)?.data.planned_at).toBe(Date.parse('2026-06-01T00:00:14Z'));
    expect(swarm.state.schedules.by_id.get('s')).toMatchObject({ skipped, fired });
    expect(addedAt(swarm.pass(1))).toHaveLength(1);
    expect(addedAt(swarm.pass(3.5))).toHaveLength(1);
  });

  test('the planned times of what is caught up are those that passed', () => {
    const swarm = swarmAt('2026-06-01T00:30:00Z');
    addTo(swarm, '0 * * * *', { catch_up: 'all', overlap: 'allow' });
    const fired = swarm.pass(3 * HOUR).filter((event) => event.type === 'schedule_fired');
    expect(fired.map(({ data }) => new Date(data.planned_at).getUTCHours())).toEqual([1, 2, 3]);
  });

  test('a month of seconds is caught up with the newest hundred, at once', () => {
    const swarm = swarmAt('2026-06-01T00:00:00Z');
    addTo(swarm, '* * * * * *', { catch_up: 'all', overlap: 'allow' });
    const events = swarm.pass(30 * 24 * HOUR);
    expect(addedAt(events)).toHaveLength(100);
    expect(dataOf(events, 'schedule_skipped')).toMatchObject({ reason: 'missed', count: 1000 });
    expect(swarm.state.schedules.next_due).toBe(swarm.now + 1000);
  });

  test('a pass that is a few seconds late is not downtime', () => {
    const swarm = swarmAt('2026-06-01T00:59:50Z');
    addTo(swarm, '0 * * * *', { catch_up: 'none' });
    expect(addedAt(swarm.pass(30))).toHaveLength(1);
  });

  test('what passed while it was paused is not caught up', () => {
    const swarm = swarmAt('2026-06-01T00:30:00Z');
    addTo(swarm, '0 * * * *', { catch_up: 'all' });
    swarm.must('schedule.pause', { schedule_id: 's' });
    expect(swarm.must('schedule.pause', { schedule_id: 's' })).toEqual([]);
    expect(swarm.pass(5 * HOUR)).toEqual([]);
    swarm.must('schedule.resume', { schedule_id: 's' });
    expect(swarm.must('schedule.resume', { schedule_id: 's' })).toEqual([]);
    expect(addedAt(live(swarm, '2026-06-01T06:10:00Z'))).toEqual(['2026-06-01T06:00Z']);
  });
});

describe('when a task of it is not over', () => {
  test('skip: no other, until it is over', () => {
    const swarm = swarmAt('2026-06-01T00:30:00Z');
    addTo(swarm, '0 * * * *', { overlap: 'skip' });
    const events = live(swarm, '2026-06-01T02:00:00Z');
    expect(typesOf(events)).toEqual(['task_added', 'schedule_fired', 'schedule_skipped']);
    expect(dataOf(events, 'schedule_skipped')).toMatchObject({ reason: 'overlap', count: 1 });
    swarm.register('w1');
    swarm.finish('w1', 'sweep-001');
    expect(addedAt(live(swarm, '2026-06-01T03:00:00Z'))).toHaveLength(1);
  });

  test('queue: the next waits for it, however it ends', () => {
    const swarm = swarmAt('2026-06-01T00:30:00Z');
    swarm.register('w1');
    addTo(swarm, '0 * * * *', { overlap: 'queue' });
    live(swarm, '2026-06-01T03:00:00Z');
    expect(['sweep-001', 'sweep-002', 'sweep-003'].map((id) => swarm.task(id).queued)).toEqual([true, false, false]);
    swarm.finish('w1', 'sweep-001', 'failed');
    swarm.must('task.cancel', { task_id: 'sweep-002' });
    expect(swarm.task('sweep-003')).toMatchObject({ queued: true, priority: 5 });
  });

  test('queue and allow are bounded', () => {
    for (const [overlap, bound] of [
      ['queue', 100],
      ['allow', 1000],
    ] as const) {
      const swarm = swarmAt('2026-06-01T00:00:00Z');
      addTo(swarm, '* * * * * *', { overlap });
      live(swarm, '2026-06-01T00:20:00Z');
      expect(swarm.state.schedules.by_id.get('s')).toMatchObject({ fired: bound, unfinished: bound, skipped: 1200 - bound });
    }
  });

  test('a task that may not be added is skipped with the reason, and the schedule goes on', () => {
    const swarm = swarmAt('2026-06-01T00:30:00Z');
    addTo(swarm, '0 * * * *', { task: { ...TASK, required_capability: 'gpu' } });
    swarm.configure({ unknown_capabilities: 'refuse' });
    expect(dataOf(live(swarm, '2026-06-01T01:00:00Z'), 'schedule_skipped')).toMatchObject({
      reason: 'refused',
      code: 'capability_unknown',
    });
    swarm.configure({ unknown_capabilities: 'allow' });
    expect(addedAt(live(swarm, '2026-06-01T02:00:00Z'))).toHaveLength(1);
  });
});

describe('by hand', () => {
  test('run adds one now, paused or not, and leaves the next time alone', async () => {
    const swarm = swarmAt('2026-06-01T00:30:00Z');
    addTo(swarm, '0 * * * *');
    swarm.must('schedule.pause', { schedule_id: 's' });
    expect(await swarm.answer('schedule.run', { schedule_id: 's' })).toEqual({ schedule_id: 's', task_id: 'sweep-001' });
    expect(await swarm.answer('schedule.run', { schedule_id: 's' })).toMatchObject({ task_id: 'sweep-002' });
    expect(swarm.state.schedules.by_id.get('s')).toMatchObject({
      paused: true,
      fired: 2,
      next: { planned_at: Date.parse('2026-06-01T01:00:00Z') },
    });
  });

  test('adding the same again changes nothing, another under its id is refused; it is gone once removed', () => {
    const swarm = swarmAt('2026-06-01T00:30:00Z');
    addTo(swarm, '0 * * * *');
    expect(swarm.must('schedule.add', { schedule_id: 's', cron: '0 * * * *', task: TASK, overlap: 'skip' })).toEqual([]);
    expect(swarm.run('schedule.add', { schedule_id: 's', cron: '1 * * * *', task: TASK })).toMatchObject({ refused: 'schedule_exists' });
    swarm.must('schedule.run', { schedule_id: 's' });
    swarm.must('schedule.remove', { schedule_id: 's' });
    expect(live(swarm, '2026-06-01T05:00:00Z')).toEqual([]);
    expect(swarm.task('sweep-001').status).toBe('pending');
    expect(swarm.state.schedules.tasks.size).toBe(0);
  });

  test('no more than 1,000', () => {
    const swarm = new TestSwarm();
    for (let count = 0; count < 1000; count += 1) swarm.must('schedule.add', { schedule_id: `s${count}`, cron: '@yearly', task: TASK });
    expect(swarm.run('schedule.add', { schedule_id: 'one-more', cron: '@yearly', task: TASK })).toMatchObject({
      refused: 'schedule_limit',
    });
  });
});

test('E3: the log of a schedule folds into the same state without a calendar', () => {
  const swarm = swarmAt('2026-10-24T00:30:00Z');
  swarm.register('w1');
  swarm.random = () => 0.7;
  addTo(swarm, '*/20 * * * *', { time_zone: 'Europe/Berlin', jitter_seconds: 100, overlap: 'skip', catch_up: 'last' });
  live(swarm, '2026-10-24T03:00:00Z');
  swarm.finish('w1', 'sweep-001');
  swarm.pass(10 * HOUR);
  swarm.must('schedule.run', { schedule_id: 's' });
  swarm.must('schedule.pause', { schedule_id: 's' });
  swarm.must('schedule.resume', { schedule_id: 's' });
  expect(snapshotOf(swarm.refold())).toEqual(snapshotOf(swarm.state));
});
