/**
 * Folds one event into the state: the only way the state changes.
 * Invariants asserted here: events come in order without a hole, and a task's events name each other.
 */
import type { EventOf, EventType, LogEvent } from '../contract/event.ts';
import { onCapabilityDefined, onCapabilityRemoved, onSessionCapabilityAdded } from './capability/evolve.ts';
import { onColleagueRequested, onColleagueSettled } from './colleague/evolve.ts';
import { onInboxSnoozed } from './inbox/snooze.ts';
import { onDecisionAnswered, onDecisionNeeded, onDecisionVoted, onDecisionWithdrawn } from './decision/evolve.ts';
import { onGroupEnded } from './consequences.ts';
import {
  onHostedAdopted,
  onHostedExited,
  onHostedQuarantined,
  onHostedRestarting,
  onHostedSpawned,
  onHostedStopped,
} from './hosted/evolve.ts';
import { invariant } from './invariant.ts';
import { onBudgetExhausted, onBudgetSet, onUsageRecorded } from './budget/evolve.ts';
import { onKnowledgeDeleted, onKnowledgeWritten } from './knowledge/evolve.ts';
import { onLockAcquired, onLockReleased, onLockRenewed } from './lock/evolve.ts';
import { onChannelJoined, onChannelLeft, onMessagesDelivered, onMessageSent, onMessagesRead } from './message/evolve.ts';
import { onLimitRefilled, onLimitRemoved, onLimitSet, onResourceRemoved, onResourceSet } from './resource/evolve.ts';
import {
  onScheduleAdded,
  onScheduleFired,
  onSchedulePaused,
  onScheduleRemoved,
  onScheduleResumed,
  onScheduleSkipped,
} from './schedule/evolve.ts';
import { onAccountLimited } from './session/provider-limit.ts';
import { onSessionDeregistered, onSessionOffline, onSessionRegistered, onSessionReported, onSessionReturned } from './session/evolve.ts';
import { onSignalRaised, onSignalResolved } from './signal/evolve.ts';
import { onWorkPaused, onWorkResumed } from './pause/evolve.ts';
import type { SwarmState } from './state.ts';
import { onConfigApplied, onSwarmRecovered } from './swarm/evolve.ts';
import { onTerminalExtended, onTerminalReleased, onTerminalTaken } from './terminal/evolve.ts';
import {
  onTaskAdded,
  onTaskAssigned,
  onTaskCancelled,
  onTaskCompleted,
  onTaskDue,
  onTaskFailed,
  onTaskParked,
  onTaskProbed,
  onTaskProgressed,
  onTaskReleased,
  onTaskRecalled,
  onTaskRetried,
  onTaskOverdue,
  onTaskReprioritised,
  onTasksRetired,
  onTaskStarted,
  onTaskSuspended,
} from './task/evolve.ts';
import { onTaskReviewed } from './task/evolve-review.ts';

type Evolvers = { readonly [T in EventType]: (state: SwarmState, event: EventOf<T>) => void };

const EVOLVERS: Evolvers = {
  task_added: onTaskAdded,
  task_assigned: onTaskAssigned,
  task_started: onTaskStarted,
  task_progressed: onTaskProgressed,
  task_probed: onTaskProbed,
  task_completed: onTaskCompleted,
  task_failed: onTaskFailed,
  task_released: onTaskReleased,
  task_due: onTaskDue,
  task_cancelled: onTaskCancelled,
  task_retried: onTaskRetried,
  task_recalled: onTaskRecalled,
  tasks_retired: onTasksRetired,
  task_overdue: onTaskOverdue,
  task_reprioritised: onTaskReprioritised,
  task_reviewed: onTaskReviewed,
  task_suspended: onTaskSuspended,
  group_ended: onGroupEnded,
  work_paused: onWorkPaused,
  work_resumed: onWorkResumed,
  session_registered: onSessionRegistered,
  session_deregistered: onSessionDeregistered,
  session_offline: onSessionOffline,
  session_returned: onSessionReturned,
  session_reported: onSessionReported,
  session_capability_added: onSessionCapabilityAdded,
  capability_defined: onCapabilityDefined,
  capability_removed: onCapabilityRemoved,
  resource_set: onResourceSet,
  resource_removed: onResourceRemoved,
  limit_set: onLimitSet,
  limit_removed: onLimitRemoved,
  limit_refilled: onLimitRefilled,
  schedule_added: onScheduleAdded,
  schedule_fired: onScheduleFired,
  schedule_skipped: onScheduleSkipped,
  schedule_paused: onSchedulePaused,
  schedule_resumed: onScheduleResumed,
  schedule_removed: onScheduleRemoved,
  knowledge_written: onKnowledgeWritten,
  knowledge_deleted: onKnowledgeDeleted,
  message_sent: onMessageSent,
  messages_delivered: onMessagesDelivered,
  messages_read: onMessagesRead,
  channel_joined: onChannelJoined,
  channel_left: onChannelLeft,
  lock_acquired: onLockAcquired,
  lock_renewed: onLockRenewed,
  lock_released: onLockReleased,
  decision_needed: onDecisionNeeded,
  decision_voted: onDecisionVoted,
  decision_answered: onDecisionAnswered,
  decision_withdrawn: onDecisionWithdrawn,
  signal_raised: onSignalRaised,
  signal_resolved: onSignalResolved,
  colleague_requested: onColleagueRequested,
  colleague_settled: onColleagueSettled,
  inbox_snoozed: onInboxSnoozed,
  usage_recorded: onUsageRecorded,
  budget_set: onBudgetSet,
  budget_exhausted: onBudgetExhausted,
  task_parked: onTaskParked,
  terminal_taken: onTerminalTaken,
  terminal_extended: onTerminalExtended,
  terminal_released: onTerminalReleased,
  account_limited: onAccountLimited,
  hosted_spawned: onHostedSpawned,
  hosted_adopted: onHostedAdopted,
  hosted_exited: onHostedExited,
  hosted_restarting: onHostedRestarting,
  hosted_quarantined: onHostedQuarantined,
  hosted_stopped: onHostedStopped,
  config_applied: onConfigApplied,
  swarm_recovered: onSwarmRecovered,
  swarm_rolled_back: () => undefined,
  event_lost: () => undefined,
};

/** Folds the next event into the state, in place. Throws when it is not the next one. */
export function evolve(state: SwarmState, event: LogEvent): void {
  invariant(event.seq === state.seq + 1, () => `event ${event.seq} came after ${state.seq}`);
  state.seq = event.seq;
  state.time = event.time;
  (EVOLVERS[event.type] as (state: SwarmState, event: LogEvent) => void)(state, event);
}
