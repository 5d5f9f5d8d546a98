/**
 * The events table and the envelope of an event. Events are additive: a field may be added with a new version
 * and is upcast on read; none is ever changed or removed.
 */
import type { z } from 'zod';
import { capabilityDefined, capabilityRemoved, sessionCapabilityAdded } from './events/capability-events.ts';
import { decisionAnswered, decisionNeeded, decisionVoted, decisionWithdrawn, inboxSnoozed } from './events/decision-events.ts';
import { accountLimited, budgetExhausted, budgetSet, taskParked, usageRecorded } from './events/budget-events.ts';
import { hostedAdopted, hostedExited, hostedQuarantined, hostedRestarting, hostedSpawned, hostedStopped } from './events/hosted-events.ts';
import { knowledgeDeleted, knowledgeWritten } from './events/knowledge-events.ts';
import { lockAcquired, lockReleased, lockRenewed } from './events/lock-events.ts';
import { channelJoined, channelLeft, messagesDelivered, messageSent, messagesRead } from './events/message-events.ts';
import { limitChanged, limitGone, limitRefilled, resourceChanged, resourceGone } from './events/resource-events.ts';
import {
  scheduleAdded,
  scheduleFired,
  schedulePaused,
  scheduleRemoved,
  scheduleResumed,
  scheduleSkipped,
} from './events/schedule-events.ts';
import { sessionDeregistered, sessionOffline, sessionRegistered, sessionReported, sessionReturned } from './events/session-events.ts';
import { configApplied, eventLost, swarmRecovered, swarmRolledBack, workPaused, workResumed } from './events/swarm-events.ts';
import { colleagueRequested, colleagueSettled, signalRaised, signalResolved } from './events/signal-events.ts';
import { terminalExtended, terminalReleased, terminalTaken } from './events/terminal-events.ts';
import {
  groupEnded,
  taskAdded,
  taskAssigned,
  taskCancelled,
  taskCompleted,
  taskDue,
  taskFailed,
  taskOverdue,
  taskProbed,
  taskProgressed,
  taskRecalled,
  taskReleased,
  taskReprioritised,
  taskRetried,
  taskReviewed,
  tasksRetired,
  taskStarted,
  taskSuspended,
} from './events/task-events.ts';

/** Every event type: its data and its newest version. */
export const EVENTS = {
  task_added: { version: 4, data: taskAdded },
  task_assigned: { version: 2, data: taskAssigned },
  task_started: { version: 1, data: taskStarted },
  task_progressed: { version: 1, data: taskProgressed },
  task_probed: { version: 1, data: taskProbed },
  task_completed: { version: 2, data: taskCompleted },
  task_failed: { version: 2, data: taskFailed },
  task_released: { version: 2, data: taskReleased },
  task_due: { version: 1, data: taskDue },
  task_cancelled: { version: 1, data: taskCancelled },
  task_retried: { version: 1, data: taskRetried },
  task_recalled: { version: 1, data: taskRecalled },
  tasks_retired: { version: 2, data: tasksRetired },
  task_reprioritised: { version: 1, data: taskReprioritised },
  task_overdue: { version: 1, data: taskOverdue },
  task_reviewed: { version: 1, data: taskReviewed },
  task_suspended: { version: 1, data: taskSuspended },
  group_ended: { version: 1, data: groupEnded },
  work_paused: { version: 1, data: workPaused },
  work_resumed: { version: 1, data: workResumed },
  session_registered: { version: 1, data: sessionRegistered },
  session_deregistered: { version: 1, data: sessionDeregistered },
  session_offline: { version: 1, data: sessionOffline },
  session_returned: { version: 1, data: sessionReturned },
  session_reported: { version: 1, data: sessionReported },
  session_capability_added: { version: 1, data: sessionCapabilityAdded },
  capability_defined: { version: 1, data: capabilityDefined },
  capability_removed: { version: 1, data: capabilityRemoved },
  resource_set: { version: 1, data: resourceChanged },
  resource_removed: { version: 1, data: resourceGone },
  limit_set: { version: 1, data: limitChanged },
  limit_removed: { version: 1, data: limitGone },
  limit_refilled: { version: 1, data: limitRefilled },
  schedule_added: { version: 1, data: scheduleAdded },
  schedule_fired: { version: 1, data: scheduleFired },
  schedule_skipped: { version: 1, data: scheduleSkipped },
  schedule_paused: { version: 1, data: schedulePaused },
  schedule_resumed: { version: 1, data: scheduleResumed },
  schedule_removed: { version: 1, data: scheduleRemoved },
  knowledge_written: { version: 1, data: knowledgeWritten },
  knowledge_deleted: { version: 1, data: knowledgeDeleted },
  message_sent: { version: 1, data: messageSent },
  messages_delivered: { version: 1, data: messagesDelivered },
  messages_read: { version: 1, data: messagesRead },
  channel_joined: { version: 1, data: channelJoined },
  channel_left: { version: 1, data: channelLeft },
  lock_acquired: { version: 1, data: lockAcquired },
  lock_renewed: { version: 1, data: lockRenewed },
  lock_released: { version: 1, data: lockReleased },
  decision_needed: { version: 1, data: decisionNeeded },
  decision_voted: { version: 1, data: decisionVoted },
  decision_answered: { version: 1, data: decisionAnswered },
  decision_withdrawn: { version: 1, data: decisionWithdrawn },
  signal_raised: { version: 1, data: signalRaised },
  signal_resolved: { version: 1, data: signalResolved },
  colleague_requested: { version: 1, data: colleagueRequested },
  colleague_settled: { version: 1, data: colleagueSettled },
  inbox_snoozed: { version: 1, data: inboxSnoozed },
  usage_recorded: { version: 1, data: usageRecorded },
  budget_set: { version: 1, data: budgetSet },
  budget_exhausted: { version: 1, data: budgetExhausted },
  task_parked: { version: 1, data: taskParked },
  terminal_taken: { version: 1, data: terminalTaken },
  terminal_extended: { version: 1, data: terminalExtended },
  terminal_released: { version: 1, data: terminalReleased },
  account_limited: { version: 1, data: accountLimited },
  hosted_spawned: { version: 1, data: hostedSpawned },
  hosted_adopted: { version: 1, data: hostedAdopted },
  hosted_exited: { version: 1, data: hostedExited },
  hosted_restarting: { version: 1, data: hostedRestarting },
  hosted_quarantined: { version: 1, data: hostedQuarantined },
  hosted_stopped: { version: 1, data: hostedStopped },
  config_applied: { version: 1, data: configApplied },
  swarm_recovered: { version: 1, data: swarmRecovered },
  swarm_rolled_back: { version: 1, data: swarmRolledBack },
  event_lost: { version: 1, data: eventLost },
} as const;

/** Name of an event type. */
export type EventType = keyof typeof EVENTS;
/** The data of an event type. */
export type EventData<T extends EventType> = z.output<(typeof EVENTS)[T]['data']>;

/** What a rule decides: an event without its envelope. */
export type Fact = { readonly [T in EventType]: { readonly type: T; readonly data: EventData<T> } }[EventType];

/** An event of the log. Times are ms since 1970. */
export type LogEvent = { readonly [T in EventType]: EventOf<T> }[EventType];

/** An event of one type. */
export interface EventOf<T extends EventType> {
  readonly seq: number;
  readonly time: number;
  readonly type: T;
  readonly version: number;
  /** Who caused it: a principal, a session, or `tutti` itself. */
  readonly actor: string;
  readonly command_id: string | null;
  readonly data: EventData<T>;
}
