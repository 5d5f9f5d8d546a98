/**
 * The queries table: one view per query of the operations table.
 */
import { Failure } from '../contract/failure.ts';
import type { TaskStatus } from '../contract/ids.ts';
import type { InputOf, OutputOf, QueryName, TravelQueryName } from '../contract/operations.ts';
import { arrivedAfter } from '../domain/arrival-order.ts';
import { isMember, type Session } from '../domain/session/state.ts';
import type { SwarmState } from '../domain/state.ts';
import { listBoard, tasksAfter } from './board-view.ts';
import { listCapabilities, listDetected, showOneCapability } from './capability-view.ts';
import { jsonSize } from '../domain/task/json-size.ts';
import { showEstimates } from './estimates-report.ts';
import { fitsFilter } from '../domain/task/choose-tasks.ts';
import { isTerminal, type Task } from '../domain/task/state.ts';
import { listDead } from './dead-letters.ts';
import { listEvents } from './event-list.ts';
import { explainSession } from './explain-session.ts';
import { explainRetired } from './explain-ending.ts';
import { explainTask } from './explain-task.ts';
import { showForecast } from './forecast.ts';
import { listGroups, showOneGroup } from './group-view.ts';
import { taskStory } from '../domain/task/story.ts';
import { showHistory } from './history-view.ts';
import { decisionNamed, listColleagueRequests, listDecisions, listInbox, listSignals, showInboxItem, signalNamed } from './inbox-view.ts';
import { searchKnowledge } from './knowledge-search.ts';
import { listBudgets, listUsage, showUsage } from './budget-view.ts';
import { listHosted, showOneHosted } from './hosted-view.ts';
import { getKnowledge, knowledgeHistory, listKnowledge } from './knowledge-view.ts';
import { checkLock, listLocks } from './lock-view.ts';
import { listChannels, listMessages, showMessage } from './message-view.ts';
import { showMetrics } from './metrics-view.ts';
import { pageOf } from './page.ts';
import { showRetiredTask } from './retired-task-view.ts';
import { listLimits, listResources, showOneResource } from './resource-view.ts';
import { listSchedules, showOneSchedule } from './schedule-view.ts';
import { showSession } from './session-view.ts';
import { showStatus } from './status-view.ts';
import { showDiff } from './task-diff.ts';
import { showTask } from './task-view.ts';
import type { ViewContext } from './view-context.ts';

type QueryView<N extends QueryName> = (state: SwarmState, input: InputOf<N>, context: ViewContext) => OutputOf<N> | Promise<OutputOf<N>>;

const taskList: QueryView<'task.list'> = (state, input) => {
  const { cursor: _cursor, limit: _limit, overdue, ...filter } = input;
  const matches = (task: Task): boolean =>
    (overdue === undefined || (task.overdue && !isTerminal(task.status)) === overdue) && fitsFilter(task, filter);
  const page = pageOf(input, { after: (number) => tasksAfter(state, number), matches, sizeOf });
  return { tasks: page.items.map((task) => showTask(state, task)), next_cursor: page.next };
};

const taskShow: QueryView<'task.show'> = async (state, input, { log }) => {
  const task = state.tasks.get(input.task_id);
  if (task !== undefined) {
    const view = showTask(state, task);
    return { task: view, history: showHistory(await taskStory(log, task.last_seq)) };
  }
  const retired = (await log.retired([input.task_id])).get(input.task_id);
  const events = retired === undefined ? [] : await taskStory(log, retired.last_seq);
  const view = retired === undefined ? null : showRetiredTask(events, retired.status as TaskStatus);
  if (view === null) throw new Failure('task_unknown', { task_id: input.task_id });
  return { task: view, history: showHistory(events) };
};

const taskDiff: QueryView<'task.diff'> = async (state, input, context) => {
  const { task, history } = await taskShow(state, { task_id: input.task_id }, context);
  return showDiff({ ...input, task_id: task.id }, history, context);
};

const sessionList: QueryView<'session.list'> = (state, input, { contacts, now }) => {
  const matches = (session: Session): boolean => {
    if (!isMember(session) && input.ended !== true) return false;
    if (input.status !== undefined && session.status !== input.status) return false;
    return input.capability === undefined || session.capabilities.includes(input.capability);
  };
  const page = pageOf(input, { after: (number) => sessionsAfter(state, number), matches });
  return {
    sessions: page.items.map((session) => showSession(state, session, { heardAt: contacts.get(session.id), now })),
    next_cursor: page.next,
  };
};

const sessionShow: QueryView<'session.show'> = (state, input, { contacts, now }) => {
  const session = state.sessions.get(input.session_id);
  if (session === undefined) throw new Failure('session_unknown', { session_id: input.session_id });
  return { session: showSession(state, session, { heardAt: contacts.get(session.id), now }) };
};

const whyTask: QueryView<'explain.task'> = async (state, input, context) => {
  const task = state.tasks.get(input.task_id);
  if (task !== undefined) return explainTask(state, task, context);
  const retired = (await context.log.retired([input.task_id])).get(input.task_id);
  if (retired === undefined) throw new Failure('task_unknown', { task_id: input.task_id });
  const status = retired.status as TaskStatus;
  const text = explainRetired(retired);
  return { task_id: input.task_id, status, text, reasons: [], assignment: null, copying: null, order: {}, candidates: [], more: 0 };
};

const whySession: QueryView<'explain.session'> = (state, input, context) => {
  const session = state.sessions.get(input.session_id);
  if (session === undefined) throw new Failure('session_unknown', { session_id: input.session_id });
  return explainSession(state, session, context);
};

/** Every view by the name of its query. */
export const QUERIES: { readonly [N in Exclude<QueryName, TravelQueryName>]: QueryView<N> } = {
  'session.list': sessionList,
  'session.show': sessionShow,
  'board.list': listBoard,
  'task.list': taskList,
  'task.show': taskShow,
  'task.diff': taskDiff,
  'resource.list': listResources,
  'resource.show': (state, input) => showOneResource(state, input.resource),
  'limit.list': (state, _input, { now }) => listLimits(state, now),
  'schedule.list': (state, input, { calendar }) => listSchedules(state, input, calendar),
  'schedule.show': (state, input, { calendar }) => showOneSchedule(state, input.schedule_id, calendar),
  'task.dead': listDead,
  'group.list': listGroups,
  'group.show': showOneGroup,
  'capability.list': listCapabilities,
  'capability.show': showOneCapability,
  'capability.detect': listDetected,
  'usage.show': showUsage,
  'usage.list': listUsage,
  'budget.list': listBudgets,
  'knowledge.get': (state, input, { log }) => getKnowledge(state, input, log),
  'knowledge.list': listKnowledge,
  'knowledge.search': searchKnowledge,
  'knowledge.history': (state, input, { log }) => knowledgeHistory(state, input, log),
  'message.list': listMessages,
  'message.show': (state, input, { log }) => showMessage(state, input.message_id, log),
  'message.channels': listChannels,
  'lock.list': (state, input, { now }) => listLocks(state, input, now),
  'lock.check': (state, input, { now }) => checkLock(state, input, now),
  'decision.list': listDecisions,
  'decision.show': (state, { decision_id }) => decisionNamed(state, decision_id),
  'inbox.list': (state, input, { now }) => listInbox(state, input, now),
  'inbox.show': (state, { item_id }) => showInboxItem(state, item_id),
  'signal.list': listSignals,
  'signal.show': (state, { signal_id }) => signalNamed(state, signal_id),
  'colleague.list': listColleagueRequests,
  'hosted.list': (state, { host }) => listHosted(state, host),
  'hosted.show': (state, { session_id }, { log }) => showOneHosted(state, session_id, log),
  'metrics.show': (state, { history = 0 }, { now, samples = [] }) => showMetrics(state, now, history === 0 ? [] : samples.slice(-history)),
  'swarm.forecast': (state, _input, { now }) => showForecast(state, now),
  'swarm.status': (state, _input, { contacts, now, log }) => showStatus(state, contacts, now, log.archiveMissing?.() ?? null),
  'config.get': (state) => ({ settings: state.settings }),
  'event.list': (_state, input, { log }) => listEvents(input, log),
  'explain.task': whyTask,
  'explain.session': whySession,
  'explain.estimates': (state, _input, { now }) => showEstimates(state, now),
};

function* sessionsAfter(state: SwarmState, after: number): Generator<readonly [number, Session | null]> {
  for (const [number, id] of arrivedAfter(state.session_order, after)) {
    const session = state.sessions.get(id);
    yield [number, session?.incarnation === number ? session : null];
  }
}

/** About the characters of what a task may carry much of. */
function sizeOf(task: Task): number {
  return jsonSize(task.spec, Infinity) + (task.ending?.bytes ?? 0) + task.dependencies.length * 16;
}
