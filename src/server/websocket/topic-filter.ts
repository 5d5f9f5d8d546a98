/**
 * Which events a subscription is about. Invariant: the same topics, in any order, make the same key.
 */
import type { LogEvent } from '../../contract/event.ts';
import type { Topic } from '../../contract/websocket.ts';

/** Which events a subscription is about. */
export interface TopicFilter {
  /** Equal for filters that match the same. */
  readonly key: string;
  readonly wantsStatus: boolean;
  readonly wantsEvents: boolean;
  matches(event: LogEvent): boolean;
}

/** The filter of some topics. */
export function topicFilter(topics: readonly Topic[]): TopicFilter {
  const wanted = new Set<string>(topics);
  const wantsStatus = wanted.delete('status');
  const subjects = [...wanted].some((topic) => topic.includes(':'));
  return {
    key: [...wanted].sort().join(' '),
    wantsStatus,
    wantsEvents: wanted.size > 0,
    matches: wanted.has('events') ? () => true : (event) => wanted.has(kindOf(event)) || (subjects && hasSubject(wanted, event)),
  };
}

function kindOf({ type }: LogEvent): 'task' | 'session' | 'swarm' {
  if (type.startsWith('task')) return 'task';
  return type.startsWith('session') ? 'session' : 'swarm';
}

function hasSubject(wanted: ReadonlySet<string>, event: LogEvent): boolean {
  const { data } = event;
  if ('task_id' in data && wanted.has(`task:${data.task_id}`)) return true;
  if (!('session_id' in data) || data.session_id === null) return false;
  return wanted.has(`session:${data.session_id}`) || ('task_id' in data && wanted.has(`work:${data.session_id}`));
}
