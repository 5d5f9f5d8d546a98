/**
 * Writes the golden log of decisions, signals and requests for colleagues: `node test/domain/golden/write-inbox-golden.ts`.
 * A log that is there is frozen and never written again.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent } from '../../../src/engine/event-codec.ts';
import { TestSwarm } from '../../support/test-swarm.ts';
import { eventsOf, replay } from './replay-golden.ts';
import { replayInbox } from './replay-inbox.ts';

/** Every event type of version 1, with and without its optional fields. */
function firstVersion(): TestSwarm {
  const swarm = new TestSwarm();
  swarm.register('w1');
  swarm.register('w2');
  swarm.must('work.add', { id: 't1', type: 'build', title: 'Build' });
  swarm.must('work.claim', { session_id: 'w1', task_id: 't1' });
  const options = [{ answer: 'yes', details: 'now' }, { answer: 'no' }];
  swarm.must('decision.ask', { question: 'Deploy?', options, context: { env: 'test' }, evidence: ['a.log'], session_id: 'w1', release_task: true });
  swarm.must('decision.answer', { decision_id: 'decision-001', answer: 'yes', reason: 'green', via: 'cli', data: { by: 'hand' } });
  swarm.must('decision.ask', { question: 'Wait?', options, deadline_seconds: 5, default_answer: 'no', session_id: 'w2' });
  swarm.must('decision.ask', { question: 'Which?', kind: 'question', votes_needed: 2, priority: 9 });
  swarm.must('decision.vote', { decision_id: 'decision-003', answer: 'this', session_id: 'w1', reason: 'smaller' });
  swarm.must('decision.vote', { decision_id: 'decision-003', answer: 'this', session_id: 'w2' });
  swarm.passAlive(10, 'w1', 'w2');
  swarm.must('decision.ask', { question: 'May I?', kind: 'permission', session_id: 'w2' });
  swarm.must('decision.withdraw', { decision_id: 'decision-004', session_id: 'w2', reason: 'no need' });
  swarm.must('decision.ask', { question: 'Still open?', session_id: 'w1', blocks: false });
  swarm.must('signal.raise', { type: 'quality_issue', title: 'Flaky', urgency: 'high', impact: 'noise', evidence: ['t'], session_id: 'w1' });
  swarm.must('signal.raise', { type: 'innovation', title: 'Cache', details: { how: 'lru' }, task_id: 't1' });
  swarm.must('signal.resolve', { signal_id: 'signal-001', resolution: 'retried' });
  swarm.must('colleague.request', { role: 'intern', name: 'docs', instructions: 'Write them.', session_id: 'w1', task_id: 't1' });
  swarm.must('colleague.request', { role: 'software-engineer', instructions: 'Build it.' });
  swarm.must('colleague.settle', { request_id: 'colleague-001', outcome: 'started', colleague: 'w2' });
  return swarm;
}

const file = join(import.meta.dirname, 'inbox-v1.jsonl');
if (existsSync(file)) throw new Error(`${file} is frozen`);
const log = firstVersion().log.map(encodeEvent).join('\n');
writeFileSync(file, `${log}\n`);
const events = eventsOf(log);
writeFileSync(file.replace('.jsonl', '.json'), `${JSON.stringify(replay(events), null, 2)}\n`);
writeFileSync(file.replace('.jsonl', '.shown.json'), `${JSON.stringify(replayInbox(events), null, 2)}\n`);
