/**
 * What each command answers, from the state right after it and the events it made; when a command is repeated,
 * from the state of that later moment and the same events.
 * An answer that needs the log is a promise; it is read once the command is durable.
 */
import type { LogEvent } from '../contract/event.ts';
import { Failure } from '../contract/failure.ts';
import type { CommandName, InputOf, OutputOf } from '../contract/operations.ts';
import { notesOnNeeded, notesOnRegistered } from '../domain/capability/check-names.ts';
import { builtInNamed } from '../domain/capability/state.ts';
import { notesOnSize } from '../domain/task/notes-on-size.ts';
import { notesOnSettings } from '../domain/swarm/settings-notes.ts';
import { inputsOf } from '../domain/task/decide-add.ts';
import { parkedUntil } from '../domain/task/decide-park.ts';
import type { SwarmState } from '../domain/state.ts';
import { PEOPLE, unreadOf } from '../domain/message/state.ts';
import { answerDefine } from './capability-view.ts';
import { colleagueRequestNamed, decisionNamed, signalNamed, snoozedUntil } from './inbox-view.ts';
import { answerAsk, answerColleagueRequest, answerRaise } from './inbox-replies.ts';
import { answerBulk } from './bulk-reply.ts';
import { answerDelete, answerPut } from './knowledge-view.ts';
import { answerAcquire, answerRelease, answerRenew } from './lock-view.ts';
import { answerRead, answerReceive, answerSend } from './message-view.ts';
import { showOneLimit, showOneResource } from './resource-view.ts';
import { answerRollback } from './rollback-view.ts';
import { answerReview } from './review-reply.ts';
import { answerRun, showOneSchedule } from './schedule-view.ts';
import { answerBudget, answerUsage } from './budget-view.ts';
import { isoTime } from './time.ts';
import { answerTake } from './terminal-view.ts';
import { showPauses } from './pause-view.ts';
import { outstandingAssignment, showTask } from './task-view.ts';
import { taskContextOf } from './task-context.ts';
import type { ViewContext } from './view-context.ts';

type ReplyView<N extends CommandName> = (
  state: SwarmState,
  input: InputOf<N>,
  events: readonly LogEvent[],
  context: ViewContext,
) => OutputOf<N> | Promise<OutputOf<N>>;

const register: ReplyView<'session.register'> = (state, input, events) => {
  const incarnation = events.find((event) => event.type === 'session_registered')?.seq ?? 0;
  const isCurrent = state.sessions.get(input.session_id)?.incarnation === incarnation;
  const assignment = isCurrent ? outstandingAssignment(state, input.session_id) : null;
  return {
    status: 'registered',
    session_id: input.session_id,
    incarnation,
    heartbeat_interval: state.settings.heartbeat_interval,
    assigned_task: assignment?.task ?? null,
    assignment,
    ...notesOf(notesOnRegistered(state, input.capabilities)),
  };
};

const heartbeat: ReplyView<'session.heartbeat'> = (state, input) => {
  const current = input.current_task ?? null;
  const assignment = outstandingAssignment(state, input.session_id, current);
  return {
    acknowledged: true,
    new_assignment: assignment?.task ?? null,
    assignment,
    revoked: current === null ? [] : revokedFrom(state, input, current),
    unread_messages: unreadOf(state.messages, input.session_id),
    probed: probedOf(state, input.session_id),
  };
};

const deregister: ReplyView<'session.deregister'> = (_state, input, events) => ({
  status: 'deregistered',
  session_id: input.session_id,
  released: events.flatMap((event) => (event.type === 'task_released' ? [event.data.task_id] : [])),
});

const request: ReplyView<'work.request'> = (state, input, _events, context) => {
  const assignment = outstandingAssignment(state, input.session_id);
  const task = assignment === null ? undefined : state.tasks.get(assignment.task_id);
  if (assignment === null || task === undefined) return { task: null, assignment: null };
  return taskContextOf(state, task, context.log).then((taskContext) => ({
    task: { ...assignment.task, context: taskContext },
    assignment,
  }));
};

const claim: ReplyView<'work.claim'> = (state, input, events) => {
  const task = state.tasks.get(input.task_id);
  const current = task?.lease ?? null;
  const lease = leaseOf(events) ?? current?.number ?? null;
  if (task === undefined || current === null || current.number !== lease) {
    throw new Failure('lease_stale', { lease, task_id: input.task_id });
  }
  return {
    status: 'claimed',
    session_id: input.session_id,
    task_id: task.id,
    lease,
    attempt: task.attempt,
    task: showTask(state, task),
  };
};

const update: ReplyView<'work.update'> = (state, input, events) => {
  const task = state.tasks.get(input.task_id);
  return {
    acknowledged: true,
    task_id: input.task_id,
    status: task?.status ?? 'pending',
    progress: task?.progress ?? 0,
    lease: leaseOf(events) ?? task?.lease?.number ?? 0,
  };
};

const complete: ReplyView<'work.complete'> = (state, input, events) => ({
  task_id: input.task_id,
  status: state.tasks.get(input.task_id)?.status ?? input.status,
  repeated: events.length === 0,
});

const suspend: ReplyView<'work.suspend'> = (state, input) => {
  const task = state.tasks.get(input.task_id);
  return { task_id: input.task_id, status: task?.status ?? 'pending', waiting_for: task?.waiting_for ?? 0 };
};

const add: ReplyView<'work.add'> = (state, input, events) => {
  const needed = undefinedNeeds(state, events);
  const said = [...(needed.size === 0 ? [] : notesOnNeeded(state, needed)), ...notesOnSize(state, events)];
  const notes = said.length === 0 ? null : notesOf(said);
  const only = events[0];
  if (events.length === 1 && only?.type === 'task_added' && !('tasks' in input)) {
    const { task_id } = only.data;
    return notes === null ? { status: 'added', task_id, task_ids: [task_id] } : { status: 'added', task_id, task_ids: [task_id], ...notes };
  }
  const added = events.flatMap((event) => (event.type === 'task_added' ? [event.data.task_id] : []));
  const keyed = (key: string | undefined): string | undefined =>
    key === undefined ? undefined : (state.keys.young.get(key) ?? state.keys.old.get(key))?.task_id;
  const inputs = inputsOf(input);
  const byKey = new Set(inputs.map((task) => keyed(task.idempotency_key)));
  const fresh = added.filter((id) => !byKey.has(id)).values();
  const addedIds = new Set(added);
  const ids = inputs.map(({ id, idempotency_key }) => {
    const known = keyed(idempotency_key) ?? (id !== undefined && !addedIds.has(id) ? id : undefined);
    return known ?? fresh.next().value ?? id ?? '';
  });
  return { status: 'added', task_id: ids[0] ?? '', task_ids: ids, ...notes };
};

const scheduleNow = (
  state: SwarmState,
  { schedule_id }: { readonly schedule_id: string },
  _events: readonly LogEvent[],
  { calendar }: ViewContext,
): OutputOf<'schedule.add'> => showOneSchedule(state, schedule_id, calendar);

/** Every answer by the name of its command. */
export const REPLIES: { readonly [N in CommandName]: ReplyView<N> } = {
  'session.register': register,
  'session.heartbeat': heartbeat,
  'session.deregister': deregister,
  'work.request': request,
  'work.claim': claim,
  'work.update': update,
  'work.complete': complete,
  'work.suspend': suspend,
  'work.add': add,
  'work.park': (_state, { task_id }, events) => ({ task_id, status: 'parked', until: isoTime(parkedUntil(events) ?? 0) }),
  'usage.report': answerUsage,
  'budget.set': answerBudget,
  'task.cancel': (_state, input) => ({ task_id: input.task_id, status: 'cancelled' }),
  'task.retry': (_state, input) => ({ task_id: input.task_id, status: 'pending' }),
  'task.review': (_state, input, events) => answerReview(input, events),
  'resource.set': (state, { resource }) => showOneResource(state, resource),
  'resource.remove': (_state, { resource }) => ({ resource, status: 'removed' }),
  'limit.set': (state, { key }, _events, { now }) => showOneLimit(state, key, now),
  'limit.remove': (_state, { key }) => ({ key, status: 'removed' }),
  'schedule.add': scheduleNow,
  'schedule.pause': scheduleNow,
  'schedule.resume': scheduleNow,
  'schedule.remove': (_state, { schedule_id }) => ({ schedule_id, status: 'removed' }),
  'schedule.run': (_state, { schedule_id }, events) => answerRun(schedule_id, events),
  'task.reprioritise': (_state, { task_id, priority }) => ({ task_id, priority }),
  'task.cancel_many': (state, input, events, { log }) => answerBulk('task.cancel_many', state, input, { events, log }),
  'task.retry_many': (state, input, events, { log }) => answerBulk('task.retry_many', state, input, { events, log }),
  'task.reprioritise_many': (state, input, events, { log }) => answerBulk('task.reprioritise_many', state, input, { events, log }),
  'hosted.report': (_state, { facts }) => ({ recorded: facts.length }),
  'terminal.take': (_state, { session_id }, events) => answerTake(session_id, events),
  'terminal.release': (_state, { session_id }) => ({ session_id, status: 'released' }),
  'capability.define': (state, { capability }) => answerDefine(state, capability),
  'capability.remove': (_state, { capability }) => ({
    capability,
    status: builtInNamed(capability) === undefined ? 'removed' : 'restored',
  }),
  'capability.grant': (state, { session_id }) => ({ session_id, capabilities: [...(state.sessions.get(session_id)?.capabilities ?? [])] }),
  'knowledge.put': (state, { topic }, events) => answerPut(state, topic, events),
  'knowledge.delete': (state, { topic }, events) => answerDelete(state, topic, events),
  'message.send': (state, _input, events) => answerSend(state, events),
  'message.receive': (state, input) => answerReceive(state.messages.mailboxes.get(input.session_id ?? PEOPLE), input.limit),
  'message.read': (state, input) => answerRead(state.messages.mailboxes.get(input.session_id ?? PEOPLE), input.message_ids),
  'message.subscribe': (_state, { channel }) => ({ channel, status: 'subscribed' }),
  'message.unsubscribe': (_state, { channel }) => ({ channel, status: 'unsubscribed' }),
  'lock.acquire': (_state, input, events) => answerAcquire(input, events),
  'lock.renew': (_state, input, events) => answerRenew(input, events),
  'lock.release': (_state, input, events) => answerRelease(input, events),
  'swarm.pause': (state) => ({ paused: showPauses(state) }),
  'swarm.resume': (state) => ({ paused: showPauses(state) }),
  'config.apply': (state) => ({ settings: state.settings, ...notesOf(notesOnSettings(state.settings)) }),
  'event.rollback': (_state, input, events) => answerRollback(input, events),
  'decision.ask': (state, input, events) => answerAsk(state, input, events),
  'decision.answer': (state, { decision_id }) => decisionNamed(state, decision_id),
  'decision.vote': (state, { decision_id }) => decisionNamed(state, decision_id),
  'decision.withdraw': (state, { decision_id }) => decisionNamed(state, decision_id),
  'signal.raise': (state, input, events) => answerRaise(state, input, events),
  'signal.resolve': (state, { signal_id }) => signalNamed(state, signal_id),
  'colleague.request': (state, input, events) => answerColleagueRequest(state, input, events),
  'colleague.settle': (state, { request_id }) => colleagueRequestNamed(state, request_id),
  'inbox.snooze': (state, { item_id }) => ({ item_id, snoozed_until: snoozedUntil(state, item_id) }),
};

/** Capabilities that just added tasks need and nobody defined. */
function undefinedNeeds({ capabilities }: SwarmState, events: readonly LogEvent[]): ReadonlySet<string> {
  let needed: Set<string> | null = null;
  for (const { type, data } of events) {
    if (type !== 'task_added' || data.required_capability === null || capabilities.defined.has(data.required_capability)) continue;
    (needed ??= new Set()).add(data.required_capability);
  }
  return needed ?? NONE;
}

const NONE: ReadonlySet<string> = new Set();

/** Notes, where there are some. */
function notesOf(notes: string[]): { notes?: string[] } {
  return notes.length === 0 ? {} : { notes };
}

/** The lease that a command's events are about: when the command is repeated, another may have taken its place. */
function leaseOf(events: readonly LogEvent[]): number | null {
  for (const event of events) {
    if (event.type === 'task_assigned') return event.seq;
    if (event.type === 'task_started' || event.type === 'task_progressed') return event.data.lease;
  }
  return null;
}

function revokedFrom(state: SwarmState, input: InputOf<'session.heartbeat'>, taskId: string): OutputOf<'session.heartbeat'>['revoked'] {
  const task = state.tasks.get(taskId);
  const lease = task?.lease ?? null;
  const holds = lease?.session_id === input.session_id && (input.lease === undefined || input.lease === lease.number);
  if (holds) return [];
  const ended = task === undefined || task.status === 'completed' || task.status === 'failed' || task.status === 'cancelled';
  const reason = ended ? `the task is ${task?.status ?? 'no longer known'}` : 'the lease ended; the task was given back';
  return [{ task_id: taskId, reason }];
}

function probedOf(state: SwarmState, sessionId: string): string[] {
  const held = state.sessions.get(sessionId)?.held ?? [];
  return held.filter((id) => (state.tasks.get(id)?.lease?.probed_at ?? 0) !== 0);
}
