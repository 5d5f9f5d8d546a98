/**
 * Writes the golden log of a rollback: `node test/domain/golden/write-rollback-golden.ts`. A log that is there is frozen and
 * never written again.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { earlierOf, thingsOf } from '../../../src/domain/rollback/earlier.ts';
import { rollbackRule } from '../../../src/domain/rollback/decide.ts';
import { cronCalendar } from '../../../src/engine/cron-calendar.ts';
import { encodeEvent } from '../../../src/engine/event-codec.ts';
import { ANYONE, TestSwarm } from '../../support/test-swarm.ts';
import { eventsOf, replay } from './replay-golden.ts';

const swarm = new TestSwarm();
swarm.configure({ policy: 'greedy' });
swarm.register('w1', ['build']);
const ids = [1, 2, 3].map((priority) => swarm.add({ priority }));
swarm.must('knowledge.put', { topic: 'rules', content: 'first', tags: ['t'] });
swarm.must('resource.set', { resource: 'gpu', capacity: 2 });
const then = thingsOf(swarm.state);
const time = swarm.now;
swarm.now += 60_000;
swarm.must('task.cancel', { task_id: ids[0] });
swarm.must('task.reprioritise', { task_id: ids[1], priority: 9 });
swarm.finish('w1', ids[2] ?? '');
swarm.add();
swarm.configure({ policy: 'fifo' });
swarm.must('knowledge.put', { topic: 'rules', content: 'second' });
swarm.must('resource.set', { resource: 'gpu', capacity: 5 });
swarm.must('limit.set', { key: 'type:build', concurrency: 1 });
const earlier = earlierOf(then, time, thingsOf(swarm.state));
const context = { now: swarm.now, random: () => 0.5, caller: ANYONE, retired: new Map(), calendar: cronCalendar, earlier };
const facts = rollbackRule.decide(swarm.state, { moment: then.seq }, context);
if ('refused' in facts) throw new Error(facts.refused);
swarm.record(facts);

const text = swarm.log.map((event) => `${encodeEvent(event)}\n`).join('');
const file = join(import.meta.dirname, 'rollback-v1');
if (existsSync(`${file}.jsonl`)) throw new Error(`${file}.jsonl is frozen`);
writeFileSync(`${file}.jsonl`, text);
writeFileSync(`${file}.json`, `${JSON.stringify(replay(eventsOf(text)), null, 2)}\n`);
