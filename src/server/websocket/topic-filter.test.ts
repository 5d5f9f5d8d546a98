/** Which topics match which events. */
import { expect, test } from 'vitest';
import type { LogEvent } from '../../contract/event.ts';
import { topicFilter } from './topic-filter.ts';

function event(type: string, data: object): LogEvent {
  return { seq: 1, time: 0, type, version: 1, actor: 'tutti', command_id: null, data } as unknown as LogEvent;
}

const ASSIGNED = event('task_assigned', { task_id: 't', session_id: 'a' });
const RETIRED = event('tasks_retired', { count: 1 });
const OFFLINE = event('session_offline', { session_id: 'a' });
const CONFIG = event('config_applied', { settings: {} });
const CANCELLED = event('task_cancelled', { task_id: 't', session_id: null });

test.each([
  [['events'], [ASSIGNED, RETIRED, OFFLINE, CONFIG, CANCELLED]],
  [['task'], [ASSIGNED, RETIRED, CANCELLED]],
  [['session'], [OFFLINE]],
  [['swarm'], [CONFIG]],
  [['task:t'], [ASSIGNED, CANCELLED]],
  [['task:u'], []],
  [['session:a'], [ASSIGNED, OFFLINE]],
  [['work:a'], [ASSIGNED]],
  [['work:b', 'swarm'], [CONFIG]],
  [['status'], []],
])('%s', (topics, expected) => {
  const filter = topicFilter(topics);
  expect([ASSIGNED, RETIRED, OFFLINE, CONFIG, CANCELLED].filter((each) => filter.matches(each))).toEqual(expected);
  expect(filter.wantsEvents).toBe(topics[0] !== 'status');
  expect(filter.wantsStatus).toBe(topics[0] === 'status');
});

test('the same topics in another order share frames', () => {
  expect(topicFilter(['status', 'task', 'session:a']).key).toBe(topicFilter(['session:a', 'task']).key);
  expect(topicFilter(['task']).key).not.toBe(topicFilter(['session']).key);
});
