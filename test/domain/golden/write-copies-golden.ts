/**
 * Writes the golden log of copies and moves: `node test/domain/golden/write-copies-golden.ts`. A log that is there is frozen
 * and never written again.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent } from '../../../src/engine/event-codec.ts';
import { TestSwarm } from '../../support/test-swarm.ts';
import { eventsOf, replay } from './replay-golden.ts';

/** task_added 4, task_completed 2 and task_released 2: a copy wins, another is ended with its task, and unstarted work is moved. */
function firstVersion(): TestSwarm {
  const swarm = new TestSwarm();
  swarm.configure({ straggler_action: 'copy', offline_after: 600_000, stall_after: 600_000, task_claim_timeout: 600_000, policy: 'fifo' });
  for (const session of ['s1', 's2']) swarm.register(session, ['build'], 2);
  for (let number = 0; number < 6; number += 1) {
    for (const session of ['s1', 's2']) swarm.finish(session, swarm.add(), 'completed', { duration_minutes: 10 });
  }
  for (const winner of ['s2', 's1']) {
    const id = swarm.add();
    swarm.claim('s1', id);
    for (let step = 0; step < (winner === 's2' ? 20 : 90); step += 1) {
      swarm.now += 900_000;
      swarm.must('work.update', { session_id: 's1', task_id: id, progress: (step + 1) / 100 });
      swarm.passAlive(0, 's1', 's2');
    }
    swarm.lookAgain('s2');
    swarm.must('work.complete', { session_id: winner, task_id: swarm.session(winner).held[0], status: 'completed' });
  }
  const works = swarm.add();
  swarm.add();
  swarm.dispatch('s1');
  swarm.must('work.update', { session_id: 's1', task_id: works, progress: 0.1 });
  swarm.now += 120_000;
  swarm.lookAgain('s2');
  return swarm;
}

const file = join(import.meta.dirname, 'copies-v1.jsonl');
if (existsSync(file)) throw new Error(`${file} is frozen`);
const log = firstVersion().log.map(encodeEvent).join('\n');
writeFileSync(file, `${log}\n`);
writeFileSync(file.replace('.jsonl', '.json'), `${JSON.stringify(replay(eventsOf(log)), null, 2)}\n`);
