/**
 * A21 with real processes: a server, twelve worker sessions in four processes, and tasks that note themselves when they begin
 * and end. What was done twice, too early or never is read from these notes, not from what the server says.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TuttiClient } from '../../src/client/client.ts';
import type { TaskInput } from '../../src/contract/operations/work-operations.ts';
import type { LogEvent } from '../../src/contract/event.ts';
import { Project } from '../cli/tutti.ts';
import { recountMetrics } from '../support/recount-metrics.ts';
import type { SessionsToRun } from './sessions-process.ts';

const SESSIONS = 12;
const PROCESSES = 4;
const TASKS = 48;
const KINDS = ['build', 'spec', 'research', 'review'] as const;
const SETTINGS = { offline_after: 15, heartbeat_interval: 1, health_interval: 1, assignment_interval: 1, stall_after: 600 };
/** Hangs where it runs first: who has it is killed. */
const FATAL = 't5';

/** A line that a running task wrote; times in ns since 1970. */
interface Note {
  readonly what: 'begins' | 'fails' | 'ends';
  readonly task: string;
  readonly session: string;
  readonly time: bigint;
}

let project: Project;
let processes: ChildProcess[];
beforeEach(() => {
  project = new Project();
  processes = [];
});
afterEach(async () => {
  for (const child of processes) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
  await project.remove();
});

/** Sessions of one process, each with two of the four capabilities. */
function startSessions(index: number, shared: Omit<SessionsToRun, 'sessions'>): ChildProcess {
  const each = SESSIONS / PROCESSES;
  const sessions = Array.from({ length: each }, (_, place) => {
    const number = index * each + place;
    return { session_id: `s${number}`, capabilities: [KINDS[number % 4] ?? 'build', KINDS[(number + 1) % 4] ?? 'build'] };
  });
  const given: SessionsToRun = { ...shared, sessions };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'sessions-process.ts'), JSON.stringify(given)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  processes.push(child);
  return child;
}

function dependenciesOf(number: number): string[] {
  return number >= SESSIONS && number % 3 === 0 ? [`t${number - 7}`, `t${number - 11}`] : [];
}

/** Tasks of four kinds, some longer than others; every ninth fails once, every third waits for two others. */
function taskOf(number: number, notes: string): TaskInput {
  const id = `t${number}`;
  const note = (what: Note['what']): string => `echo "${what} ${id} $TUTTI_SESSION $(date +%s%N)" >> '${notes}'`;
  const once = (name: string, then: string): string => `if mkdir '${notes}.${name}' 2>/dev/null; then ${then}; fi`;
  const steps = [
    note('begins'),
    ...(id === FATAL ? [once('fatal', 'sleep 600')] : []),
    `sleep 0.${1 + (number % 4)}`,
    ...(number % 9 === 0 ? [once(id, `${note('fails')}; exit 1`)] : []),
    note('ends'),
  ];
  const kind = KINDS[number % 4] ?? 'build';
  return {
    id,
    type: kind,
    title: id,
    required_capability: kind,
    priority: 3 + (number % 5),
    dependencies: dependenciesOf(number),
    max_attempts: 3,
    backoff_seconds: 0,
    spec: { run: steps.join('\n') },
  };
}

function readNotes(file: string): Note[] {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => {
    const [what, task = '', session = '', time = '0'] = line.split(' ');
    return { what: what as Note['what'], task, session, time: BigInt(time) };
  });
}

/** Executions of a task that began while another one of it ran, or after it was done; what `dead` sessions could not report does not count. */
function duplicates(notes: readonly Note[], dead: ReadonlySet<string>): string[] {
  const running = new Map<string, string>();
  const done = new Set<string>();
  const twice: string[] = [];
  for (const { what, task, session } of notes) {
    if (what === 'begins') {
      const other = running.get(task);
      if (done.has(task) || (other !== undefined && !dead.has(other))) twice.push(`${task} at ${session}`);
      running.set(task, session);
      continue;
    }
    running.delete(task);
    if (what === 'ends' && !dead.has(session)) done.add(task);
  }
  return twice;
}

async function wholeLog(client: TuttiClient): Promise<LogEvent[]> {
  const events: LogEvent[] = [];
  for (;;) {
    const page = await client.call('event.list', { since: events.at(-1)?.seq ?? 0, limit: 1000 });
    if (page.events.length === 0) return events;
    events.push(...page.events.map((event) => ({ ...event, time: Date.parse(event.time) }) as unknown as LogEvent));
  }
}

test('A21: twelve sessions share 48 tasks, a quarter of them is killed: all of it is done once, in order, without anybody doing anything', async () => {
  const { server } = await project.up();
  const client = project.client(server);
  await client.call('config.apply', { settings: SETTINGS });
  const notes = join(project.folder, 'notes');
  writeFileSync(notes, '');
  const token = readFileSync(server.token_file ?? '', 'utf8').trim();
  const shared = { url: server.url, token, data_folder: join(project.data, 'workers') };
  for (let index = 0; index < PROCESSES; index += 1) startSessions(index, shared);
  const total = async (): Promise<number> => (await client.call('metrics.show', {})).total_sessions;
  await expect.poll(total, { timeout: 120_000 }).toBe(SESSIONS);
  await client.call('work.add', { tasks: Array.from({ length: TASKS }, (_, number) => taskOf(number, notes)) });

  const begun = (): Note | undefined => readNotes(notes).find(({ what, task }) => what === 'begins' && task === FATAL);
  await expect.poll(begun, { timeout: 120_000 }).toBeDefined();
  const victim = Math.floor((Number(begun()?.session.slice(1)) / SESSIONS) * PROCESSES);
  processes[victim]?.kill('SIGKILL');
  const each = SESSIONS / PROCESSES;
  const dead = new Set(Array.from({ length: each }, (_, place) => `s${victim * each + place}`));

  const counts = async (): Promise<unknown> => {
    const { tasks_completed, tasks_failed, tasks_cancelled, offline_sessions } = await client.call('metrics.show', {});
    return { tasks_completed, tasks_failed, tasks_cancelled, offline_sessions };
  };
  await expect
    .poll(counts, { timeout: 240_000, interval: 200 })
    .toEqual({ tasks_completed: TASKS, tasks_failed: 0, tasks_cancelled: 0, offline_sessions: each });

  const told = readNotes(notes);
  expect(duplicates(told, dead)).toEqual([]);
  const ends = new Map(told.filter(({ what }) => what === 'ends').map(({ task, time }) => [task, time]));
  expect(ends.size).toBe(TASKS);
  for (const { what, task, time } of told) {
    if (what !== 'begins') continue;
    for (const before of dependenciesOf(Number(task.slice(1)))) expect(ends.get(before), `${task} after ${before}`).toBeLessThan(time);
  }
  expect((await client.call('inbox.list', {})).items).toEqual([]);

  const events = await wholeLog(client);
  const completed = events.flatMap((event) => (event.type === 'task_completed' ? [event.data.task_id] : []));
  expect([completed.length, new Set(completed).size]).toEqual([TASKS, TASKS]);
  const lost = events.filter((event) => event.type === 'task_released' && event.data.reason === 'session_offline');
  expect(lost.map((event) => (event.type === 'task_released' ? event.data.task_id : ''))).toContain(FATAL);
  const { task } = await client.call('task.show', { task_id: FATAL });
  expect(dead.has(task.assigned_to ?? '')).toBe(false);

  const metrics = await client.call('metrics.show', {});
  const { avg_session_utilization, avg_task_time, ...others } = recountMetrics(events, Date.parse(metrics.time));
  expect(metrics).toMatchObject(others);
  expect(metrics.avg_task_time).toBeCloseTo(avg_task_time ?? 0, 2);
  expect(metrics.avg_session_utilization).toBeCloseTo(avg_session_utilization, 6);
  expect(metrics.avg_session_utilization).toBeGreaterThan(0);
}, 500_000);
