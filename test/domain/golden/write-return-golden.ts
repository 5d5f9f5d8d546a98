/**
 * Writes the golden log of a rollback of budgets, signals and questions, of items that are put off and of a limited account:
 * `node test/domain/golden/write-return-golden.ts`. A log that is there is frozen and never written again.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent } from '../../../src/engine/event-codec.ts';
import { rollBack } from '../../support/roll-back.ts';
import { TestSwarm } from '../../support/test-swarm.ts';
import { eventsOf, replay } from './replay-golden.ts';

const swarm = new TestSwarm();
swarm.must('session.register', { session_id: 'w1', capabilities: ['build'], max_concurrent_tasks: 2, account: 'claude:one' });
const ids = [swarm.add(), swarm.add()];
swarm.must('budget.set', { tokens: 1000 });
swarm.must('signal.raise', { type: 'quality_issue', title: 'slow', details: { p95: 3 }, urgency: 'high' });
swarm.must('decision.ask', { question: 'Which?', options: [{ answer: 'a' }, { answer: 'b' }], task_id: ids[0] });
swarm.must('decision.ask', { question: 'Now?', default_answer: 'no', deadline_seconds: 60, task_id: ids[0] });
const then = swarm.state.seq;
swarm.must('inbox.snooze', { item_id: 'decision-001', seconds: 60 });
swarm.must('budget.set', { tokens: 5000 });
swarm.must('budget.set', { session_id: 'w1', cost_usd: 2 });
swarm.must('signal.resolve', { signal_id: 'signal-001', resolution: 'made faster' });
swarm.must('signal.raise', { type: 'innovation', title: 'since' });
swarm.must('decision.withdraw', { decision_id: 'decision-001' });
swarm.must('decision.ask', { question: 'Since?' });
swarm.must('message.send', { to: 'w1', body: 'stays' });
swarm.claim('w1', ids[1] ?? '');
swarm.must('work.park', { session_id: 'w1', task_id: ids[1], reason: 'usage' });
swarm.passAlive(61, 'w1');
rollBack(swarm, then);

const text = swarm.log.map((event) => `${encodeEvent(event)}\n`).join('');
const file = join(import.meta.dirname, 'return-v1');
if (existsSync(`${file}.jsonl`)) throw new Error(`${file}.jsonl is frozen`);
writeFileSync(`${file}.jsonl`, text);
writeFileSync(`${file}.json`, `${JSON.stringify(replay(eventsOf(text)), null, 2)}\n`);
