/**
 * Writes the golden log of knowledge, messages and locks: `node test/domain/golden/write-team-golden.ts`. A log that is
 * there is frozen and never written again.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent } from '../../../src/engine/event-codec.ts';
import { TestSwarm } from '../../support/test-swarm.ts';
import { eventsOf, replay } from './replay-golden.ts';
import { replayTeam } from './replay-team.ts';

/** Every event type of version 1, with and without its optional fields. */
function firstVersion(): TestSwarm {
  const swarm = new TestSwarm();
  swarm.register('w1', ['build']);
  swarm.register('w2');
  const source = { task_id: 'build-001', session_id: 'w1', commit: 'abcdef1' };
  swarm.must('knowledge.put', { topic: 'api/errors', content: 'Errors are problems.', session_id: 'w1', tags: ['api'], source });
  swarm.must('knowledge.put', { topic: 'api/errors', content: { format: 'RFC 9457' } });
  swarm.must('knowledge.put', { topic: 'gone', content: 'soon' });
  swarm.must('knowledge.delete', { topic: 'gone' });
  swarm.must('message.subscribe', { session_id: 'w2', channel: 'builds' });
  swarm.must('message.subscribe', { channel: 'left' });
  swarm.must('message.unsubscribe', { channel: 'left' });
  const asked = swarm.must('message.send', { session_id: 'w1', to: 'people', subject: 'merge', body: 'May I?', priority: 8 })[0]?.seq;
  swarm.now += 1000;
  swarm.must('message.receive', {});
  swarm.must('message.read', { message_ids: [asked] });
  swarm.must('message.send', { to: 'w1', body: { merge: true }, reply_to: asked });
  swarm.must('message.send', { session_id: 'w1', channel: 'builds', body: 'green' });
  swarm.must('message.send', { session_id: 'w2', channel: 'all', body: 'hello' });
  swarm.must('lock.acquire', { session_id: 'w1', name: 'file:src/**', reason: 'rename' });
  swarm.must('lock.acquire', { session_id: 'w2', name: 'deploy', ttl_seconds: 5 });
  swarm.must('lock.acquire', { session_id: 'w2', name: 'short', ttl_seconds: 60 });
  swarm.must('lock.renew', { session_id: 'w1', name: 'file:src/**', ttl_seconds: 600 });
  swarm.passAlive(10, 'w1', 'w2');
  swarm.must('lock.release', { session_id: 'w2', name: 'short' });
  swarm.must('lock.acquire', { session_id: 'w2', name: 'again', ttl_seconds: 30 });
  swarm.recover();
  return swarm;
}

const file = join(import.meta.dirname, 'team-v1.jsonl');
if (existsSync(file)) throw new Error(`${file} is frozen`);
const log = firstVersion().log.map(encodeEvent).join('\n');
writeFileSync(file, `${log}\n`);
const events = eventsOf(log);
writeFileSync(file.replace('.jsonl', '.json'), `${JSON.stringify(replay(events), null, 2)}\n`);
writeFileSync(file.replace('.jsonl', '.shown.json'), `${JSON.stringify(replayTeam(events), null, 2)}\n`);
