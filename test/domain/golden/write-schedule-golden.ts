/**
 * Writes the golden log of schedules: `node test/domain/golden/write-schedule-golden.ts`. A log that is there is frozen
 * and never written again.
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
  const task = { type: 'sweep', title: 'Sweep', spec: { run: './sweep.sh' }, priority: 7 };
  const more = { time_zone: 'Europe/Berlin', catch_up: 'all', overlap: 'queue', jitter_seconds: 30 };
  swarm.must('schedule.add', { schedule_id: 'hourly', cron: '0 * * * *', task, ...more });
  swarm.must('schedule.add', { schedule_id: 'once', cron: '0 0 0 15 11 * 2023', task });
  swarm.pass(3 * 3600);
  swarm.pass(103 * 3600);
  swarm.must('schedule.run', { schedule_id: 'once' });
  swarm.must('schedule.pause', { schedule_id: 'hourly' });
  swarm.must('schedule.resume', { schedule_id: 'hourly' });
  swarm.must('schedule.remove', { schedule_id: 'hourly' });
  return swarm;
}

const file = join(import.meta.dirname, 'schedule-v1.jsonl');
if (existsSync(file)) throw new Error(`${file} is frozen`);
const log = firstVersion().log.map(encodeEvent).join('\n');
writeFileSync(file, `${log}\n`);
writeFileSync(file.replace('.jsonl', '.json'), `${JSON.stringify(replay(eventsOf(log)), null, 2)}\n`);
