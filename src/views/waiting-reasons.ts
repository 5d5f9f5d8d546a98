/**
 * Why a pending task is not running, and what would change it (F10): every reason, in the order in which they have to go.
 */
import { needsPerson } from '../domain/session/provider-limit.ts';
import type { BlockingReason } from '../contract/views/explain-view.ts';
import type { WaitingReason } from '../contract/views/task-view.ts';
import { type SessionsBlocker, sessionObstacle, sessionsBlockers, type TaskBlocker, taskBlockers } from '../domain/dispatch/blockers.ts';
import { type Pause, pausedThing } from '../domain/pause/state.ts';
import { isMember, type Session } from '../domain/session/state.ts';
import type { SwarmState } from '../domain/state.ts';
import type { Task } from '../domain/task/state.ts';
import { againCommands } from './failed-chain.ts';
import { listed, several } from './phrases.ts';
import { shortageReason } from './resource-view.ts';
import { spokenTime } from './time.ts';

/** Tasks of a cascade that are looked at: lists tell of many tasks. */
const LOOKED_AT = 100;

/** A reason of a waiting task. */
interface TaskReason extends BlockingReason {
  readonly code: WaitingReason['code'] | 'session_offline';
}

/** The first thing that keeps a pending task from running; null when it is not pending. */
export function firstReason(state: SwarmState, task: Task): WaitingReason | null {
  if (task.status !== 'pending') return null;
  for (const { code, text, unblock } of waitingReasons(state, task, state.time)) {
    // A list of tasks says of each dependency what it waits for in its own line.
    if (code !== 'session_offline') return { code, text: code === 'dependency' ? text : `${text} ${unblock}`.trim() };
  }
  return null;
}

/** Everything that keeps a pending task from running, the first to go first. */
export function* waitingReasons(state: SwarmState, task: Task, now: number): Generator<TaskReason> {
  if (task.status !== 'pending') return;
  const own = [...taskBlockers(state, task, now)];
  const others = [...sessionsBlockers(state, task, now)];
  for (const blocker of own) if (!comesAfterSessions(blocker)) yield ownReason(state, blocker, { task, now });
  for (const blocker of others) if (isAbsence(blocker)) yield sessionsReason(blocker, { task, now });
  for (const blocker of own) if (comesAfterSessions(blocker)) yield ownReason(state, blocker, { task, now });
  // What has to come about first is told without what passes meanwhile: by then others are free.
  const near = task.queued || task.waiting_for > 0;
  for (const blocker of others) if (!isAbsence(blocker) && (near || needsSomebody(blocker))) yield sessionsReason(blocker, { task, now });
  if (own.length > 0 || others.length > 0) return;
  const capable = [...state.sessions.values()].filter(
    (session) => sessionObstacle(session, task, now) !== 'not_capable' && isMember(session),
  );
  const willing = capable.filter((session) => sessionObstacle(session, task, now) === null).length;
  const there = capable.filter(({ offline }) => !offline).length;
  const who =
    there === 1 ? 'the only session that could do it has a free slot' : `${willing} of ${there} sessions that could do it have a free slot`;
  const beside = state.ready.size - 1;
  const then =
    beside > 0
      ? `. ${several(beside, 'other task is', 'other tasks are')} ready too: who asks gets the most urgent one that it can do.`
      : there === 1
        ? ' and gets it when it asks.'
        : ', and the first that asks gets it.';
  const text = `It is ready; ${who}${then}`;
  yield { code: 'ready', text, unblock: 'A session asks by a request, an idle heartbeat or a standing wish.' };
}

/** What passes by itself is told after sessions that are missing. */
function comesAfterSessions({ kind }: TaskBlocker): boolean {
  return kind === 'delayed' || kind === 'shortage' || kind === 'turn';
}

/** What keeps sessions back until somebody does something. */
function needsSomebody({ kind }: SessionsBlocker): boolean {
  return kind === 'budget' || kind === 'sessions_paused';
}

function isAbsence({ kind }: SessionsBlocker): boolean {
  return kind === 'no_capable_session' || kind === 'sessions_offline';
}

function ownReason(state: SwarmState, blocker: TaskBlocker, { task, now }: { readonly task: Task; readonly now: number }): TaskReason {
  switch (blocker.kind) {
    case 'paused':
      return pausedReason(blocker.pause);
    case 'dependency_lost': {
      const text = `It can never run: some of these failed and have left memory: ${listed(blocker.ids)}.`;
      return { code: 'dependency_failed', text, unblock: 'Cancel it and add it again without them.' };
    }
    case 'dependency_failed': {
      const text = `It waits until these are retried and complete: ${listed(blocker.tasks.map(named))}.`;
      const again = againCommands(state, blocker.tasks, { verb: 'retry', looked: LOOKED_AT });
      return { code: 'dependency_failed', text, unblock: `Retry them: ${again}` };
    }
    case 'dependency': {
      const text = `It waits for ${blocker.tasks.length} of its dependencies: ${listed(blocker.tasks.map(named))}.`;
      return { code: 'dependency', text, unblock: `See what holds them up: tutti why task ${blocker.tasks[0]?.id ?? ''}` };
    }
    case 'question': {
      const [first, ...others] = blocker.questions;
      const more = others.length === 0 ? '' : `, and ${others.length} more`;
      const text = `A person has to answer ${first?.id ?? 'a question'}${more}: ${first?.question.slice(0, 200) ?? ''}`;
      return {
        code: 'waiting_for_person',
        text,
        unblock: first === undefined ? '' : `Answer it: tutti decision answer ${first.id} <answer>`,
      };
    }
    case 'delayed': {
      const unblock = 'It becomes ready by itself then.';
      const what = task.attempt > 0 ? 'Its next attempt begins at' : 'It was delayed until';
      return { code: 'delayed', text: `${what} ${spokenTime(blocker.until)}.`, unblock };
    }
    case 'copied': {
      const { id, lease } = blocker.copy;
      const text = `Its copy ${id} runs at ${lease?.session_id ?? 'a session'} and completes it.`;
      return {
        code: 'copied',
        text,
        unblock: `It goes on by itself when the copy ends without a result; or end that: tutti task cancel ${id}`,
      };
    }
    case 'shortage':
      return shortageReason(state, blocker.shortage, now);
    default: {
      const text = `${several(blocker.before, 'task that needs the same stands', 'tasks that need the same stand')} before it.`;
      return { code: 'resource_busy', text, unblock: 'It moves up when one of them starts; a higher priority goes first.' };
    }
  }
}

function sessionsReason(blocker: SessionsBlocker, { task, now }: { readonly task: Task; readonly now: number }): TaskReason {
  const { required_capability } = task;
  const flag = required_capability === null ? '' : ` --capabilities ${required_capability}`;
  switch (blocker.kind) {
    case 'no_capable_session': {
      const text = required_capability === null ? 'No session is there.' : `No session has the capability ${required_capability}.`;
      return { code: 'no_capable_session', text, unblock: `Start one: tutti worker${flag}` };
    }
    case 'sessions_offline': {
      const text = `It could be done by ${listed(idsOf(blocker.sessions))}, but offline.`;
      return { code: 'session_offline', text, unblock: 'A heartbeat or a request brings a session back.' };
    }
    case 'budget': {
      const { scope, limited_by, spent, limit } = blocker.spent;
      const whose = scope === 'swarm' ? 'the swarm' : `${someOf(blocker)} (${listed(idsOf(blocker.sessions))})`;
      const text = `The budget of ${whose} is used up: ${spent} of ${limit} ${limited_by === 'tokens' ? 'tokens' : 'USD'}.`;
      return { code: 'budget_exhausted', text, unblock: 'Raise it: tutti budget set.' };
    }
    case 'no_free_session': {
      const { sessions, of } = blocker;
      const text =
        of === 1
          ? `The only session that could do it is busy: ${listed(idsOf(sessions))}.`
          : `${sessions.length === of ? `All ${of}` : `${sessions.length} of the ${of}`} sessions that could do it ${sessions.length === 1 ? 'is' : 'are'} busy: ${listed(idsOf(sessions))}.`;
      const next = sessions.length === 1 ? 'It can take it when it is done' : 'The first of them that is done can take it';
      return { code: 'no_free_session', text, unblock: `${next}; or start another: tutti worker${flag}` };
    }
    case 'provider_limited': {
      const { sessions, until } = blocker;
      if (sessions.every(({ limited }) => limited !== null && needsPerson(limited)))
        return {
          code: 'provider_limited',
          text: `The provider of ${listed(idsOf(sessions))} refuses the key or the model; one tries again after ${spokenTime(until)}.`,
          unblock: `See why: tutti session show ${sessions[0]?.id ?? ''}; mend it, then start the session anew.`,
        };
      const text = `The provider of ${listed(idsOf(sessions))} takes no more until ${spokenTime(until)}.`;
      return {
        code: 'provider_limited',
        text,
        unblock: 'Then it is given out; or start a session with another account, or claim it by name.',
      };
    }
    case 'sessions_paused': {
      const { sessions, of } = blocker;
      const text = `Paused: ${listed(idsOf(sessions))}${sessions.length === of ? ', and nobody else could do it' : ''}.`;
      return { code: 'paused', text, unblock: `Resume one: tutti resume --session ${sessions[0]?.id ?? ''}` };
    }
    default:
      return breakerReason(blocker.sessions, blocker.until, now);
  }
}

/** Sessions on pause because they failed; on trial once the pause is over. */
function breakerReason(sessions: readonly Session[], until: number, now: number): TaskReason {
  const who = listed(idsOf(sessions));
  if (until <= now) {
    const unblock = 'When that is completed it takes more; or register another session, or claim the task by name.';
    return { code: 'breaker_open', text: `${who} failed again and again, and is on trial with one task.`, unblock };
  }
  const text = `${who} failed again and again, and gets nothing until ${spokenTime(until)}.`;
  return { code: 'breaker_open', text, unblock: 'Then it is tried once; or register another session, or claim the task by name.' };
}

function someOf({ sessions, of }: { readonly sessions: readonly Session[]; readonly of: number }): string {
  return sessions.length === of ? 'the sessions that could do it' : 'some of the sessions that could do it';
}

function named({ id, status }: Task): string {
  return `${id} (${status})`;
}

function idsOf(sessions: readonly Session[]): string[] {
  return sessions.map(({ id }) => id);
}

/** Why nothing begins where it is paused. */
export function pausedReason(pause: Pause): BlockingReason & { readonly code: 'paused' } {
  const { scope, target, reason, by, since } = pause;
  const said = reason === null ? '' : ` They say: ${reason.slice(0, 200)}`;
  const flag = scope === 'swarm' ? '' : ` --${scope} ${target}`;
  return {
    code: 'paused',
    text: `${pausedThing(pause).replace('the', 'The')} was paused at ${spokenTime(since)} by ${by}.${said}`,
    unblock: `Resume it: tutti resume${flag}`,
  };
}
