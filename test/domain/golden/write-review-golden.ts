/**
 * Writes the golden log of reviews: `node test/domain/golden/write-review-golden.ts`. A log that is there is frozen and never
 * written again.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent } from '../../../src/engine/event-codec.ts';
import { TestSwarm } from '../../support/test-swarm.ts';
import { eventsOf, replay } from './replay-golden.ts';

/** task_reviewed 1: work is approved, other work is to be changed, and a running session is told. */
function firstVersion(): TestSwarm {
  const swarm = new TestSwarm();
  swarm.register('s1', ['build'], 2);
  const [approved, changed] = ['a'.repeat(40), 'b'.repeat(40)].map((commit) => {
    const id = swarm.add({ spec: { repository: '/project', run: 'make' } });
    swarm.finish('s1', id, 'completed', { result: { commit, exit_code: 0 } });
    return id;
  });
  swarm.must('task.review', { task_id: approved, verdict: 'approve', into: 'approved' });
  const comments = [{ path: 'src/a.ts', line: 3, text: 'Why?' }];
  swarm.must('task.review', { task_id: changed, verdict: 'request_changes', summary: 'Shorter', comments });
  const running = swarm.add();
  swarm.claim('s1', running);
  swarm.must('task.review', { task_id: running, verdict: 'request_changes', comments });
  return swarm;
}

const file = join(import.meta.dirname, 'review-v1.jsonl');
if (existsSync(file)) throw new Error(`${file} is frozen`);
const log = firstVersion().log.map(encodeEvent).join('\n');
writeFileSync(file, `${log}\n`);
writeFileSync(file.replace('.jsonl', '.json'), `${JSON.stringify(replay(eventsOf(log)), null, 2)}\n`);
