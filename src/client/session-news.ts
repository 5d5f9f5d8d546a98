/**
 * What the team has for one session, in words for the agent that is the session: messages, tasks that were given to it,
 * answers to its questions. The hook that wakes an agent and the host that looks after it hear the same.
 */
import type { TaskView } from '../contract/views/task-view.ts';
import type { EventView } from '../contract/views/event-view.ts';
import type { LiveClient } from './live-client.ts';

/** Something that concerns a session. */
export interface SessionNews {
  readonly kind: 'message' | 'task' | 'answer';
  /** The task, or the decision; empty for messages. */
  readonly id: string;
  /** What tells it from others of its kind: the lease of a task, the number of a message; 0 for answers. */
  readonly number: number;
  /** One line for the agent. */
  readonly text: string;
}

/** Whose news, and who hears them. */
export interface NewsFollower {
  readonly session_id: string;
  /** It asks for work, too. */
  readonly takesWork: boolean;
  /** Also a task that was given to it before, and that it has not begun. */
  readonly catchesUp?: boolean;
  /** Told of each; the same one may come twice. Must not throw. */
  readonly onNews: (news: SessionNews) => void;
  /** Told that the session is at work again. Must not throw. */
  readonly onBusy?: () => void;
  /** Told when the session has used something, and when a budget is used up: which task's, or null. Must not throw. */
  readonly onSpent?: (task_id: string | null) => void;
}

/** Follows the news of a session, from the messages that it has not read on. Returns how to stop. */
export function followNews(live: LiveClient, follower: NewsFollower): () => void {
  const { session_id, takesWork, catchesUp = false, onNews, onBusy, onSpent } = follower;
  const stops = [
    live.subscribe({
      // Budgets of the whole swarm are about nobody in particular.
      topics: [
        `message:${session_id}`,
        `work:${session_id}`,
        `session:${session_id}`,
        ...(onSpent === undefined ? [] : (['swarm'] as const)),
      ],
      onEvents: (events) => {
        for (const event of events) {
          if (event.type === 'session_reported' && event.data['status'] === 'busy') onBusy?.();
          const spent = spendingOf(event, session_id);
          if (spent !== null) onSpent?.(spent.task_id);
          const news = newsOf(event, session_id);
          if (news !== null) onNews(news);
        }
      },
      onReset: () => undefined,
    }),
  ];
  if (takesWork)
    stops.push(
      live.wantWork(session_id, ({ task }) => {
        if (task !== null) onNews(taskNews(task.id, task.lease ?? 0, task.title));
      }),
    );
  newestUnread(live, session_id).then(
    (newest) => newest !== null && onNews(messageNews(newest, 'you have unread messages of the team. receive_messages hands them out.')),
    () => undefined,
  );
  if (catchesUp)
    unbegun(live, session_id).then(
      (tasks) => {
        for (const { id, lease, title } of tasks) onNews(taskNews(id, lease ?? 0, title));
      },
      () => undefined,
    );
  return () => {
    for (const stop of stops) stop();
  };
}

/** True while nobody has dealt with the news. Rejects with a Failure. */
export async function isStillNews(live: LiveClient, session_id: string, { kind, id }: SessionNews): Promise<boolean> {
  if (kind === 'message') return (await newestUnread(live, session_id)) !== null;
  if (kind === 'answer') return true;
  const { task } = await live.call('task.show', { task_id: id });
  return task.status === 'assigned' && task.assigned_to === session_id;
}

/** The number of the newest message that it has not read, or null. */
async function newestUnread(live: LiveClient, mailbox: string): Promise<number | null> {
  const [newest] = (await live.call('message.list', { mailbox, unread: true, limit: 1 })).messages;
  return newest?.message_id ?? null;
}

/** Tasks that were given to it before anybody listened for it. */
async function unbegun(live: LiveClient, assigned_to: string): Promise<readonly Pick<TaskView, 'id' | 'lease' | 'title'>[]> {
  return (await live.call('task.list', { assigned_to, status: 'assigned', limit: 1 })).tasks;
}

function newsOf({ type, seq, data }: EventView, session_id: string): SessionNews | null {
  if (type === 'message_sent' && data['from'] !== session_id)
    return messageNews(seq, 'the team wrote to you. receive_messages hands it out; act on it.');
  if (type === 'task_assigned' && data['session_id'] === session_id && data['started'] === false)
    return taskNews(String(data['task_id']), seq, null);
  if (type !== 'decision_answered' || data['session_id'] !== session_id) return null;
  const id = String(data['decision_id']);
  return { kind: 'answer', id, number: 0, text: `Tutti: ${id} was answered: "${String(data['answer']).slice(0, 500)}". Go on with it.` };
}

/** What an event says of spending, or null. */
function spendingOf({ type, data }: EventView, session_id: string): { readonly task_id: string | null } | null {
  if (type === 'budget_exhausted') return { task_id: data['scope'] === 'task' ? String(data['target']) : null };
  return type === 'usage_recorded' && data['session_id'] === session_id ? { task_id: null } : null;
}

function messageNews(number: number, words: string): SessionNews {
  return { kind: 'message', id: '', number, text: `Tutti: ${words}` };
}

function taskNews(id: string, number: number, title: string | null): SessionNews {
  const what = title === null ? '' : ` (${title.slice(0, 200)})`;
  const text = `Tutti: the task ${id}${what} was given to you. request_work hands it out with its context; do it, then complete_task.`;
  return { kind: 'task', id, number, text };
}
