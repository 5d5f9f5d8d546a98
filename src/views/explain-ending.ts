/**
 * Why a task has ended as it did, and how it could run again (F10).
 */
import type { RetiredRecord } from '../domain/decision.ts';
import type { SwarmState } from '../domain/state.ts';
import type { Task } from '../domain/task/state.ts';
import { againCommands, failedBefore } from './failed-chain.ts';
import { listed, several } from './phrases.ts';
import { spokenTime } from './time.ts';

/** A task in memory. */
export function explainEnding(state: SwarmState, task: Task): string {
  const { id, status, attempt, ending } = task;
  if (ending === null) return `It has ended: ${status}.`;
  const { time, session_id, failure, message } = ending;
  const before = failure === 'dependency_failed' ? failedBefore(state, task).map((each) => each.id) : [];
  const end = { id, status, time, session_id, reason: failure, message: message ?? listed(before), attempt };
  return sentence({ ...end, again: againCommands(state, [task], { verb: 'requeue' }) });
}

/** A task that has left memory, by its last event. */
export function explainRetired({ id, status, last, story }: RetiredRecord): string {
  const { data, time } = last;
  const session_id = 'session_id' in data ? (data.session_id ?? null) : null;
  const reason = 'reason' in data ? String(data.reason) : null;
  const message = 'message' in data && typeof data.message === 'string' ? data.message : null;
  const attempt = story.filter(({ type }) => type === 'task_assigned').length;
  return sentence({ id, status, time, session_id, reason, message, attempt, again: `tutti task requeue ${id}` });
}

interface End {
  readonly id: string;
  readonly status: string;
  readonly time: number;
  readonly session_id: string | null;
  readonly reason: string | null;
  readonly message: string | null;
  /** Attempts begun; 0 where that is not known. */
  readonly attempt: number;
  /** The commands that let it run again. */
  readonly again: string;
}

function sentence({ id, status, time, session_id, reason, message, attempt, again }: End): string {
  const at = spokenTime(time);
  const because = [reason, message].filter((each) => each !== null && each !== '').join(': ');
  const said = because === '' ? '.' : `: ${because}.`;
  if (status === 'completed') return `${session_id ?? 'A session'} completed it at ${at}.`;
  if (status === 'cancelled') return `It was cancelled at ${at}${said} To run it after all: tutti task retry ${id}`;
  const tried = attempt === 0 ? '' : ` after ${several(attempt, 'attempt', 'attempts')}`;
  return `It failed at ${at}${tried}${said} To try it again: ${again}`;
}
