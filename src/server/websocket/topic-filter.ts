/**
 * Which events a subscription is about. Invariant: the same topics, in any order, make the same key.
 */
import type { EventData, LogEvent } from '../../contract/event.ts';
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

/** First words of event types that are a topic; the rest are about the swarm. */
const KINDS: Readonly<Record<string, string>> = {
  task: 'task',
  tasks: 'task',
  group: 'task',
  session: 'session',
  terminal: 'session',
  hosted: 'session',
  knowledge: 'knowledge',
  message: 'message',
  messages: 'message',
  channel: 'message',
  lock: 'lock',
  decision: 'inbox',
  signal: 'inbox',
  colleague: 'inbox',
};

function kindOf({ type }: LogEvent): string {
  return KINDS[type.slice(0, type.indexOf('_'))] ?? 'swarm';
}

function hasSubject(wanted: ReadonlySet<string>, event: LogEvent): boolean {
  const { data } = event;
  if (event.type === 'message_sent') return isAddressed(wanted, event.data);
  if ('task_id' in data && wanted.has(`task:${data.task_id}`)) return true;
  if (!('session_id' in data) || data.session_id === null) return false;
  return wanted.has(`session:${data.session_id}`) || ('task_id' in data && wanted.has(`work:${data.session_id}`));
}

/** True for what comes into one of these mailboxes: direct, through a channel, or to everybody but its sender. */
function isAddressed(wanted: ReadonlySet<string>, { from, to, channel, recipients }: EventData<'message_sent'>): boolean {
  if (to !== undefined) return wanted.has(`message:${to}`);
  if (wanted.has(`channel:${channel}`) || recipients?.some((id) => wanted.has(`message:${id}`)) === true) return true;
  if (recipients !== undefined) return false;
  for (const topic of wanted) if (topic.startsWith('message:') && topic !== `message:${from}`) return true;
  return false;
}
