/**
 * Writes the golden log of usage, budgets and parked work: `node test/domain/golden/write-budget-golden.ts`. A log that is
 * there is frozen and never written again.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent } from '../../../src/engine/event-codec.ts';
import { TestSwarm } from '../../support/test-swarm.ts';
import { eventsOf, replay } from './replay-golden.ts';

/** Every event type of version 1, with and without its optional fields. */
function firstVersion(): TestSwarm {
  const swarm = new TestSwarm();
  swarm.register('w1', ['build'], 2);
  const [first, second, third] = [swarm.add(), swarm.add(), swarm.add()];
  swarm.must('budget.set', { cost_usd: 100 });
  swarm.must('budget.set', { task_id: first, tokens: 1_000, cost_usd: 5 });
  swarm.claim('w1', first ?? '');
  const used = { tokens_in: 400, tokens_out: 100, cache_read: 300, cache_write: 200, cost_usd: 0.5, estimated: true };
  swarm.must('usage.report', { session_id: 'w1', task_id: first, lease: 1, runner: 'claude', model: 'm-1', ...used });
  swarm.claim('w1', second ?? '');
  const reset_at = new Date(swarm.now + 60_000).toISOString();
  swarm.must('work.park', { session_id: 'w1', task_id: second, reason: 'usage', reset_at, checkpoint: { conversation: 'c-1' } });
  swarm.claim('w1', third ?? '');
  swarm.must('work.park', { session_id: 'w1', task_id: third, reason: 'overloaded' });
  swarm.must('usage.report', { session_id: 'w1', tokens_out: 5 });
  swarm.must('budget.set', { session_id: 'w1', tokens: 10 });
  swarm.must('budget.set', { session_id: 'w1' });
  return swarm;
}

const file = join(import.meta.dirname, 'budget-v1.jsonl');
if (existsSync(file)) throw new Error(`${file} is frozen`);
const log = firstVersion().log.map(encodeEvent).join('\n');
writeFileSync(file, `${log}\n`);
writeFileSync(file.replace('.jsonl', '.json'), `${JSON.stringify(replay(eventsOf(log)), null, 2)}\n`);
