/**
 * Swarms in which an attempt hangs: it reports, and takes far longer than its kind does.
 */
import { expect } from 'vitest';
import type { TaskInput } from '../../src/contract/operations/work-operations.ts';
import type { SettingsPatch } from '../../src/contract/settings.ts';
import { copyOf } from '../../src/domain/task/copies.ts';
import { TestSwarm, typesOf } from './test-swarm.ts';

const MINUTE = 60_000;

/** A swarm that knows builds to take about ten minutes. */
export function swarmKnowingBuilds(sessions: readonly string[], settings: SettingsPatch = {}, rounds = 12): TestSwarm {
  const swarm = new TestSwarm();
  swarm.configure({ offline_after: 600_000, stall_after: 600_000, task_claim_timeout: 600_000, straggler_action: 'copy', ...settings });
  for (const session of sessions) swarm.register(session, ['build'], 2);
  for (let number = 0; number < rounds; number += 1) {
    for (const session of sessions) swarm.finish(session, swarm.add(), 'completed', { duration_minutes: 10 });
  }
  return swarm;
}

/** A session works on a task for hours, and reports. */
export function hang(swarm: TestSwarm, asks: Partial<TaskInput> = {}, session_id = 's1'): string {
  const id = swarm.add({ required_capability: 'build', ...asks });
  swarm.claim(session_id, id);
  for (let step = 0; step < 20; step += 1) {
    swarm.now += 15 * MINUTE;
    swarm.must('work.update', { session_id, task_id: id, progress: swarm.task(id).progress + 0.01 });
    swarm.passAlive(0, ...swarm.state.sessions.keys());
  }
  return id;
}

/** The copy that s2 was given of what hangs at s1. */
export function copied(swarm: TestSwarm, id: string): string {
  expect(typesOf(swarm.lookAgain('s2', 's3'))).toEqual(['task_added', 'task_assigned']);
  const copy = copyOf(swarm.state, swarm.task(id));
  expect(copy?.options.speculates_on).toBe(id);
  return copy?.id ?? '';
}
