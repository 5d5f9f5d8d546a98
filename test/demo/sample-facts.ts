/**
 * A short run of the demo as facts: three tasks, two sessions, one of them killed in the middle of a task.
 */
import type { DemoFact } from '../../src/demo/demo-fact.ts';
import type { GitFacts } from '../../src/demo/git-facts.ts';
import type { EventData, EventType, LogEvent } from '../../src/contract/event.ts';

/** When it begins, in ms since 1970. */
export const BEGIN = Date.UTC(2026, 10, 21, 9, 0, 0);

let seq = 100;
function event<T extends EventType>(after: number, type: T, data: EventData<T>): Extract<DemoFact, { kind: 'event' }> {
  seq += 1;
  const time = BEGIN + after;
  const made = { seq, time, type, version: 1, actor: 'tutti', command_id: null, data } as unknown as LogEvent;
  return { kind: 'event', time, event: made };
}

function added(task_id: string, title: string, dependencies: string[] = []): DemoFact {
  const rest = { prev: 0, type: 'demo', spec: {}, priority: 5, explicit_priority: true, required_capability: null };
  return event(0, 'task_added', { task_id, title, ...rest, ...(dependencies.length === 0 ? {} : { dependencies }) });
}

function registered(after: number, session_id: string): DemoFact {
  const rest = { capabilities: ['test', 'docs'], specialties: [], max_concurrent_tasks: 1, role: null, runner: 'script', host: 'here' };
  return event(after, 'session_registered', { session_id, ...rest });
}

function assigned(after: number, task_id: string, session_id: string, attempt = 1): Extract<DemoFact, { kind: 'event' }> {
  const rest = { prev: 1, incarnation: 1, started: true, policy: 'greedy', score: 1 };
  return event(after, 'task_assigned', { task_id, session_id, attempt, ...rest });
}

function completed(after: number, task_id: string, session_id: string, outcome: { lease: number; tail: string; files: number }): DemoFact {
  const { lease, tail, files: changed_files_total } = outcome;
  const result = { tail, exit_code: 0, commit: 'c0ffee', changed_files_total };
  return event(after, 'task_completed', { task_id, prev: 1, lease, session_id, result, duration_ms: 1500 });
}

const spawned = (session_id: string, pid: number): DemoFact => ({ kind: 'spawned', time: BEGIN, session_id, pid });
const BEFORE: readonly DemoFact[] = [
  { kind: 'notice', time: BEGIN, text: 'Short heartbeats' },
  added('tests', 'Run the tests'),
  added('links', 'Check every link of the documents'),
  added('summary', 'Write the summary of all', ['tests', 'links']),
  spawned('eng-1', 4242),
  spawned('eng-2', 4243),
  registered(1000, 'eng-1'),
  registered(1000, 'eng-2'),
];
const first = assigned(1100, 'tests', 'eng-1');
const links = assigned(1200, 'links', 'eng-2');

/** The worker that is killed. */
export const DEAD = { session_id: 'eng-1', pid: 4242, task_id: 'tests', lease: first.event.seq };

/** Up to the kill. */
export const UNTIL_KILL: readonly DemoFact[] = [
  ...BEFORE,
  first,
  links,
  completed(2700, 'links', 'eng-2', { lease: links.event.seq, tail: 'noise\n12 links of 3 documents checked, 0 broken.\n', files: 1 }),
  { kind: 'killed', time: BEGIN + 3000, ...DEAD },
];

/** Up to the moment when the silence was noticed. */
export const UNTIL_OFFLINE: readonly DemoFact[] = [
  ...UNTIL_KILL,
  event(5100, 'task_released', {
    task_id: 'tests',
    prev: 1,
    lease: DEAD.lease,
    session_id: 'eng-1',
    reason: 'session_offline',
    last_contact: BEGIN + 2100,
  }),
  event(5100, 'session_offline', { session_id: 'eng-1', last_contact: BEGIN + 2100 }),
];

const again = assigned(5200, 'tests', 'eng-2', 2);

/** The lease that follows the dead one. */
export const NEXT_LEASE = again.event.seq;

const late: DemoFact = { kind: 'fenced', time: BEGIN + 5300, ...DEAD, code: 'lease_stale', message: 'no longer valid' };
const tail = '156 tests passed, 0 failed, in 14 files.\n';
const tested = completed(7900, 'tests', 'eng-2', { lease: again.event.seq, tail, files: 1 });
const summary = assigned(8000, 'summary', 'eng-2');

/** The whole run. */
export const WHOLE_RUN: readonly DemoFact[] = [
  ...UNTIL_OFFLINE,
  again,
  late,
  tested,
  summary,
  completed(9000, 'summary', 'eng-2', { lease: summary.event.seq, tail: '', files: 0 }),
  event(9500, 'session_deregistered', { session_id: 'eng-2' }),
];

/** The events among facts. */
export function eventsOf(facts: readonly DemoFact[]): LogEvent[] {
  return facts.flatMap((fact) => (fact.kind === 'event' ? [fact.event] : []));
}

/** What git would say about it. */
export const GIT: GitFacts = {
  tip: 'c0ffee',
  commits: [
    { commit: 'a1', task_id: 'links', attempt: 1, lease: links.event.seq, session_id: 'eng-2' },
    { commit: 'a2', task_id: 'tests', attempt: 2, lease: again.event.seq, session_id: 'eng-2' },
  ],
  merge_commits: 1,
  files_changed: 2,
  insertions: 40,
  deletions: 0,
};
