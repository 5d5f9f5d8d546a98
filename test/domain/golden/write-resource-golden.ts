/**
 * Writes the golden log of resources, limits, recalled tasks and lost events: `node test/domain/golden/write-resource-golden.ts`.
 * A log that is there is frozen and never written again.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent } from '../../../src/engine/event-codec.ts';
import { TestSwarm } from '../../support/test-swarm.ts';
import { eventsOf, replay } from './replay-golden.ts';

/** Every event type of version 1. */
function firstVersion(): TestSwarm {
  const swarm = new TestSwarm();
  swarm.configure({ policy: 'fifo' });
  swarm.register('s1', [], 5);
  swarm.must('resource.set', { resource: 'gpu', capacity: 2, description: 'In the rack' });
  swarm.must('resource.set', { resource: 'web', ports: { from: 8100, to: 8102 } });
  swarm.must('resource.set', { resource: 'spare', capacity: 1 });
  swarm.must('resource.remove', { resource: 'spare' });
  swarm.must('limit.set', { key: 'type:deploy', concurrency: 1, rate: { count: 1, per_seconds: 60 } });
  swarm.must('limit.set', { key: 'type:gone', concurrency: 1 });
  swarm.must('limit.remove', { key: 'type:gone' });
  const [trains, serves] = [swarm.add({ resources: { gpu: 2 } }), swarm.add({ resources: { web: 2 }, concurrency: { key: 'db', limit: 1 } })];
  swarm.add({ resources: { gpu: 1 }, concurrency: { key: 'db', limit: 1 } });
  for (const id of [trains, serves]) swarm.claim('s1', id);
  const [deploy] = [swarm.add({ type: 'deploy' }), swarm.add({ type: 'deploy' })];
  swarm.finish('s1', deploy);
  swarm.pass(61);
  swarm.must('resource.set', { resource: 'gpu', capacity: 1 });
  const before = swarm.add({ id: 'before' });
  const again = swarm.add({
    dependencies: [before],
    labels: ['night'],
    group: 'release',
    resources: { gpu: 1 },
    on_dependency_failure: 'ignore',
  });
  swarm.finish('s1', before);
  swarm.must('work.complete', { session_id: 's1', task_id: trains, status: 'completed', result: 'trained' });
  swarm.finish('s1', again, 'failed', { result: 'no room' });
  swarm.record([
    { type: 'tasks_retired', data: { count: 1, of: 'failed' } },
    { type: 'event_lost', data: { reason: 'unreadable', was: null } },
  ]);
  swarm.must('task.retry', { task_id: again });
  swarm.record([{ type: 'event_lost', data: { reason: 'unfit', was: 'task_completed' } }]);
  swarm.claim('s1', again);
  return swarm;
}

const file = join(import.meta.dirname, 'resource-v1.jsonl');
if (existsSync(file)) throw new Error(`${file} is frozen`);
const log = firstVersion().log.map(encodeEvent).join('\n');
writeFileSync(file, `${log}\n`);
writeFileSync(file.replace('.jsonl', '.json'), `${JSON.stringify(replay(eventsOf(log)), null, 2)}\n`);
