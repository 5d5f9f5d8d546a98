/**
 * The operations table: everything Tutti can be asked, once. A new capability is one entry here,
 * one rule (commands) or view (queries), and it appears at every door.
 */
import type { z } from 'zod';
import { boardList } from './operations/board-operations.ts';
import {
  capabilityDefine,
  capabilityDetect,
  capabilityGrant,
  capabilityList,
  capabilityRemove,
  capabilityShow,
} from './operations/capability-operations.ts';
import {
  decisionAnswer,
  decisionAsk,
  decisionList,
  decisionShow,
  decisionVote,
  decisionWithdraw,
  inboxList,
  inboxShow,
  inboxSnooze,
} from './operations/decision-operations.ts';
import { budgetList, budgetSetOperation, usageList, usageReport, usageShow, workPark } from './operations/budget-operations.ts';
import { hostedList, hostedReport, hostedShow } from './operations/hosted-operations.ts';
import {
  knowledgeDelete,
  knowledgeGet,
  knowledgeHistory,
  knowledgeList,
  knowledgePut,
  knowledgeSearch,
} from './operations/knowledge-operations.ts';
import { lockAcquire, lockCheck, lockList, lockRelease, lockRenew } from './operations/lock-operations.ts';
import {
  messageChannels,
  messageList,
  messageRead,
  messageReceive,
  messageSend,
  messageShow,
  messageSubscribe,
  messageUnsubscribe,
} from './operations/message-operations.ts';
import {
  limitList,
  limitRemove,
  limitSet,
  resourceList,
  resourceRemove,
  resourceSet,
  resourceShow,
} from './operations/resource-operations.ts';
import {
  scheduleAdd,
  scheduleList,
  schedulePause,
  scheduleRemove,
  scheduleResume,
  scheduleRun,
  scheduleShow,
} from './operations/schedule-operations.ts';
import { explainEstimates, explainSession, explainTask } from './operations/explain-operations.ts';
import { sessionDeregister, sessionHeartbeat, sessionList, sessionRegister, sessionShow } from './operations/session-operations.ts';
import {
  colleagueList,
  colleagueRequest,
  colleagueSettle,
  signalList,
  signalRaise,
  signalResolve,
  signalShow,
} from './operations/signal-operations.ts';
import {
  configApply,
  configGet,
  eventList,
  metricsShow,
  swarmForecast,
  swarmPause,
  swarmResume,
  swarmStatus,
} from './operations/swarm-operations.ts';
import {
  groupList,
  groupShow,
  taskCancel,
  taskCancelMany,
  taskDead,
  taskDiff,
  taskList,
  taskReprioritise,
  taskReprioritiseMany,
  taskRetry,
  taskReview,
  taskRetryMany,
  taskShow,
} from './operations/task-operations.ts';
import {
  terminalInput,
  terminalList,
  terminalRelease,
  terminalResize,
  terminalShow,
  terminalTake,
} from './operations/terminal-operations.ts';
import { eventArchive, eventDiff, eventReplay, eventRollback, eventWhatIf } from './operations/travel-operations.ts';
import { workAdd, workClaim, workComplete, workRequest, workSuspend, workUpdate } from './operations/work-operations.ts';

/** Every operation by name. */
export const OPERATIONS = {
  'session.register': sessionRegister,
  'session.heartbeat': sessionHeartbeat,
  'session.deregister': sessionDeregister,
  'session.list': sessionList,
  'session.show': sessionShow,
  'work.request': workRequest,
  'work.claim': workClaim,
  'work.update': workUpdate,
  'work.complete': workComplete,
  'work.suspend': workSuspend,
  'work.add': workAdd,
  'work.park': workPark,
  'board.list': boardList,
  'task.list': taskList,
  'task.show': taskShow,
  'task.diff': taskDiff,
  'task.cancel': taskCancel,
  'task.retry': taskRetry,
  'task.review': taskReview,
  'resource.set': resourceSet,
  'resource.list': resourceList,
  'resource.show': resourceShow,
  'resource.remove': resourceRemove,
  'limit.set': limitSet,
  'limit.list': limitList,
  'limit.remove': limitRemove,
  'schedule.add': scheduleAdd,
  'schedule.list': scheduleList,
  'schedule.show': scheduleShow,
  'schedule.pause': schedulePause,
  'schedule.resume': scheduleResume,
  'schedule.remove': scheduleRemove,
  'schedule.run': scheduleRun,
  'task.reprioritise': taskReprioritise,
  'task.cancel_many': taskCancelMany,
  'task.retry_many': taskRetryMany,
  'task.reprioritise_many': taskReprioritiseMany,
  'task.dead': taskDead,
  'group.list': groupList,
  'group.show': groupShow,
  'capability.list': capabilityList,
  'capability.detect': capabilityDetect,
  'capability.show': capabilityShow,
  'capability.define': capabilityDefine,
  'capability.remove': capabilityRemove,
  'capability.grant': capabilityGrant,
  'knowledge.put': knowledgePut,
  'knowledge.get': knowledgeGet,
  'knowledge.list': knowledgeList,
  'knowledge.search': knowledgeSearch,
  'knowledge.history': knowledgeHistory,
  'knowledge.delete': knowledgeDelete,
  'message.send': messageSend,
  'message.receive': messageReceive,
  'message.read': messageRead,
  'message.list': messageList,
  'message.show': messageShow,
  'message.subscribe': messageSubscribe,
  'message.unsubscribe': messageUnsubscribe,
  'message.channels': messageChannels,
  'lock.acquire': lockAcquire,
  'lock.renew': lockRenew,
  'lock.release': lockRelease,
  'lock.list': lockList,
  'lock.check': lockCheck,
  'decision.ask': decisionAsk,
  'decision.answer': decisionAnswer,
  'decision.vote': decisionVote,
  'decision.withdraw': decisionWithdraw,
  'decision.list': decisionList,
  'decision.show': decisionShow,
  'inbox.list': inboxList,
  'inbox.show': inboxShow,
  'inbox.snooze': inboxSnooze,
  'signal.raise': signalRaise,
  'signal.resolve': signalResolve,
  'signal.list': signalList,
  'signal.show': signalShow,
  'colleague.request': colleagueRequest,
  'colleague.settle': colleagueSettle,
  'colleague.list': colleagueList,
  'usage.report': usageReport,
  'usage.show': usageShow,
  'usage.list': usageList,
  'budget.set': budgetSetOperation,
  'budget.list': budgetList,
  'hosted.report': hostedReport,
  'hosted.list': hostedList,
  'hosted.show': hostedShow,
  'terminal.list': terminalList,
  'terminal.show': terminalShow,
  'terminal.take': terminalTake,
  'terminal.release': terminalRelease,
  'terminal.input': terminalInput,
  'terminal.resize': terminalResize,
  'swarm.status': swarmStatus,
  'swarm.forecast': swarmForecast,
  'metrics.show': metricsShow,
  'swarm.pause': swarmPause,
  'swarm.resume': swarmResume,
  'config.get': configGet,
  'config.apply': configApply,
  'event.list': eventList,
  'event.diff': eventDiff,
  'event.what_if': eventWhatIf,
  'event.replay': eventReplay,
  'event.archive': eventArchive,
  'event.rollback': eventRollback,
  'explain.task': explainTask,
  'explain.session': explainSession,
  'explain.estimates': explainEstimates,
} as const;

/** Name of an operation. */
export type OperationName = keyof typeof OPERATIONS;
type OfKind<K extends string> = { [N in OperationName]: (typeof OPERATIONS)[N]['kind'] extends K ? N : never }[OperationName];
/** Name of an operation that changes state. */
export type CommandName = OfKind<'command'>;
/** Name of an operation that reads state. */
export type QueryName = OfKind<'query'>;
/** Name of an operation on what is not in the log. */
export type LiveName = OfKind<'live'>;
/** Queries that look at more than one moment: they are answered from the log, never from the state as it is now. */
export const TRAVELS = ['event.diff', 'event.what_if', 'event.replay', 'event.archive'] as const satisfies readonly QueryName[];
/** Name of such a query. */
export type TravelQueryName = (typeof TRAVELS)[number];
/** What an operation is given, validated. */
export type InputOf<N extends OperationName> = z.output<(typeof OPERATIONS)[N]['input']>;
/** What an operation answers. */
export type OutputOf<N extends OperationName> = z.output<(typeof OPERATIONS)[N]['output']>;
