/**
 * Writes a golden log: `node test/domain/golden/write-golden.ts`. A log that is there is frozen and never written again:
 * a new event type or version gets a new file, beside those of all versions before it.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent } from '../../../src/engine/event-codec.ts';
import { TestSwarm } from '../../support/test-swarm.ts';
import { eventsOf, replay } from './replay-golden.ts';

/** Tasks, sessions and settings: every event type of version 1, with and without its optional fields. */
function firstVersion(): TestSwarm {
  const swarm = new TestSwarm();
  swarm.configure({ offline_after: 200, max_lost_attempts: 2, policy: 'fifo' });
  swarm.must('session.register', { session_id: 's1', capabilities: ['build'], specialties: ['rust'], role: 'engineer', runner: 'script', host: 'h' });
  swarm.register('s2', ['build', 'test'], 2);
  swarm.register('s3');
  swarm.must('work.add', { type: 'build', title: 'compile', spec: { run: 'make', env: { A: '1' } }, estimated_hours: 0.5, critical: true });
  swarm.must('work.add', { id: 'unit', type: 'test', title: 'unit tests', dependencies: ['build-001'], required_capability: 'test' });
  swarm.must('work.add', {
    tasks: [
      { id: 'flaky', type: 'test', title: 'flaky', max_attempts: 2, backoff_seconds: 10, priority: 9 },
      { id: 'after', type: 'test', title: 'after', dependencies: ['flaky'], on_dependency_failure: 'cascade' },
      { id: 'anyway', type: 'docs', title: 'anyway', dependencies: ['flaky'], on_dependency_failure: 'ignore' },
      { id: 'dropped', type: 'docs', title: 'dropped', spec: 'as text' },
    ],
  });
  swarm.dispatch('s1', 's2');
  swarm.now += 5000;
  swarm.must('session.heartbeat', { session_id: 's1', status: 'busy', current_task: swarm.session('s1').held[0], progress: 0.4 });
  swarm.must('work.complete', { session_id: 's1', task_id: swarm.session('s1').held[0], status: 'failed', result: { exit: 1 } });
  swarm.must('work.update', { session_id: 's2', task_id: 'build-001', progress: 0.7, details: 'linking' });
  swarm.must('work.complete', { session_id: 's2', task_id: 'build-001', status: 'completed', result: 'ok', duration_minutes: 3 });
  swarm.passAlive(15, 's1', 's2', 's3');
  swarm.finish('s1', 'flaky', 'failed');
  swarm.must('task.cancel', { task_id: 'dropped', reason: 'not needed' });
  swarm.must('task.retry', { task_id: 'flaky' });
  swarm.claim('s1', 'flaky');
  swarm.passAlive(700, 's1', 's2');
  swarm.passAlive(100, 's1', 's2');
  swarm.must('session.heartbeat', { session_id: 's3', status: 'idle' });
  swarm.claim('s3', 'anyway');
  swarm.recover();
  swarm.pass(250);
  swarm.must('session.heartbeat', { session_id: 's2', status: 'idle' });
  swarm.finish('s2', 'unit', 'completed', { result: { passed: 12 } });
  swarm.dispatch('s2');
  swarm.must('session.deregister', { session_id: 's2' });
  swarm.record([{ type: 'tasks_retired', data: { count: 1 } }]);
  return swarm;
}

/** What version 3 of task_added, version 2 of task_failed and tasks_retired, and the events of the whole queue brought. */
function thirdVersion(): TestSwarm {
  const swarm = new TestSwarm();
  const at = (seconds: number): string => new Date(swarm.now + seconds * 1000).toISOString();
  swarm.register('s1', ['build']);
  swarm.register('s2');
  swarm.must('work.add', { type: 'build', title: 'keyed', idempotency_key: 'k1', labels: ['x', 'y'], group: 'g', retry: { timed_out: { retry: 'never' } } });
  const late = swarm.add({ deadline: at(30), delay: 5, group: 'g' });
  swarm.passAlive(40, 's1', 's2');
  const parent = swarm.add({ max_attempts: 2 });
  swarm.claim('s1', parent);
  const part = swarm.add({ parent });
  swarm.must('work.suspend', { session_id: 's1', task_id: parent, wait_for: [part], checkpoint: { step: 1 } });
  swarm.finish('s1', part, 'failed', { reason: 'invalid_spec', message: 'no such file' });
  swarm.must('task.reprioritise', { task_id: parent, priority: 9 });
  swarm.must('swarm.pause', { reason: 'release' });
  swarm.must('swarm.pause', { capability: 'build' });
  swarm.must('swarm.pause', { session: 's2' });
  swarm.must('swarm.resume', { capability: 'build' });
  swarm.must('swarm.resume', {});
  swarm.finish('s1', late);
  swarm.finish('s1', 'build-001', 'failed', { reason: 'timed_out' });
  swarm.finish('s1', parent, 'failed', { reason: 'rate_limited', retry_after: 60 });
  swarm.record([{ type: 'tasks_retired', data: { count: 1, of: 'others' } }]);
  swarm.record([{ type: 'tasks_retired', data: { count: 1, of: 'failed' } }]);
  return swarm;
}

/** What version 2 of task_added and task_assigned brought: groups, and why a session got a task, by every policy. */
function secondVersion(): TestSwarm {
  const swarm = new TestSwarm();
  swarm.register('s1', ['build'], 2);
  swarm.register('s2', ['build']);
  for (const policy of ['greedy', 'fifo', 'optimal'] as const) {
    swarm.configure({ policy, max_wait: 600, breaker_failures: 3, breaker_pause: 30 });
    swarm.add({ group: policy, required_capability: 'build', estimated_hours: 1 });
    swarm.now += 1000;
    swarm.dispatch('s1', 's2');
  }
  return swarm;
}

const VERSIONS = { v1: firstVersion, v2: secondVersion, v3: thirdVersion };

for (const [name, make] of Object.entries(VERSIONS)) {
  const file = join(import.meta.dirname, `${name}.jsonl`);
  if (existsSync(file)) continue;
  const records = make().log.map(encodeEvent);
  writeFileSync(file, `${records.join('\n')}\n`);
  writeFileSync(file.replace('.jsonl', '.json'), `${JSON.stringify(replay(eventsOf(records.join('\n'))), null, 2)}\n`);
}
