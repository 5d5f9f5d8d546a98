/**
 * Writes the golden log of the capability registry: `node test/domain/golden/write-capability-golden.ts`. A log that is
 * there is frozen and never written again.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent } from '../../../src/engine/event-codec.ts';
import { TestSwarm } from '../../support/test-swarm.ts';
import { eventsOf, replay } from './replay-golden.ts';

/** Every event type of version 1. */
function firstVersion(): TestSwarm {
  const swarm = new TestSwarm();
  swarm.configure({ detect_capabilities: 'auto', unknown_capabilities: 'refuse', policy: 'fifo' });
  const detection = { task_types: ['contract'], more_than: 0 };
  swarm.must('capability.define', { capability: 'legal', description: 'Reads contracts.', skills: ['law'], time_multiplier: 2, detection });
  swarm.must('capability.define', { capability: 'gpu', description: 'Has a GPU.' });
  swarm.must('capability.remove', { capability: 'gpu' });
  swarm.register('w1', ['build']);
  swarm.must('capability.grant', { session_id: 'w1', capability: 'research' });
  swarm.finish('w1', swarm.add({ type: 'contract' }));
  swarm.finish('w1', swarm.add({ type: 'contract', required_capability: 'legal' }), 'failed');
  return swarm;
}

const file = join(import.meta.dirname, 'capability-v1.jsonl');
if (existsSync(file)) throw new Error(`${file} is frozen`);
const log = firstVersion().log.map(encodeEvent).join('\n');
writeFileSync(file, `${log}\n`);
writeFileSync(file.replace('.jsonl', '.json'), `${JSON.stringify(replay(eventsOf(log)), null, 2)}\n`);
