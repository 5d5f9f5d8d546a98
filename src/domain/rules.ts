/**
 * The rules table: one rule per command of the operations table.
 */
import type { CommandName } from '../contract/operations.ts';
import { colleagueRequestRule, colleagueSettleRule } from './colleague/decide.ts';
import { snoozeRule } from './inbox/snooze.ts';
import { answerRule, askRule, voteRule, withdrawRule } from './decision/decide.ts';
import type { Rule } from './decision.ts';
import { defineRule, grantRule, removeRule } from './capability/decide.ts';
import { reportUsageRule, setBudgetRule } from './budget/decide.ts';
import { reportHostedRule } from './hosted/decide.ts';
import { deleteRule, putRule } from './knowledge/decide.ts';
import { acquireRule, releaseRule, renewRule } from './lock/decide.ts';
import { readRule, receiveRule, sendRule, subscribeRule, unsubscribeRule } from './message/decide.ts';
import { removeLimitRule, removeResourceRule, setLimitRule, setResourceRule } from './resource/decide.ts';
import { addScheduleRule, pauseScheduleRule, removeScheduleRule, resumeScheduleRule, runScheduleRule } from './schedule/decide.ts';
import { pauseRule, resumeRule } from './pause/decide.ts';
import { rollbackRule } from './rollback/decide.ts';
import { deregisterRule, heartbeatRule, registerRule } from './session/decide.ts';
import { raiseRule, resolveRule } from './signal/decide.ts';
import { configRule } from './swarm/decide.ts';
import { releaseTerminalRule, takeTerminalRule } from './terminal/decide.ts';
import { addRule } from './task/decide-add.ts';
import { reviewRule } from './task/decide-review.ts';
import { parkRule } from './task/decide-park.ts';
import { cancelManyRule, cancelRule, reprioritiseManyRule, reprioritiseRule, retryManyRule, retryRule } from './task/decide-backlog.ts';
import { suspendRule } from './task/decide-suspend.ts';
import { claimRule, completeRule, requestRule, updateRule } from './task/decide-work.ts';

/** Every rule by the name of its command. */
export const RULES: { readonly [N in CommandName]: Rule<N> } = {
  'session.register': registerRule,
  'session.heartbeat': heartbeatRule,
  'session.deregister': deregisterRule,
  'work.request': requestRule,
  'work.claim': claimRule,
  'work.update': updateRule,
  'work.complete': completeRule,
  'work.suspend': suspendRule,
  'work.add': addRule,
  'work.park': parkRule,
  'task.cancel': cancelRule,
  'task.retry': retryRule,
  'task.review': reviewRule,
  'resource.set': setResourceRule,
  'resource.remove': removeResourceRule,
  'limit.set': setLimitRule,
  'limit.remove': removeLimitRule,
  'schedule.add': addScheduleRule,
  'schedule.pause': pauseScheduleRule,
  'schedule.resume': resumeScheduleRule,
  'schedule.remove': removeScheduleRule,
  'schedule.run': runScheduleRule,
  'task.reprioritise': reprioritiseRule,
  'task.cancel_many': cancelManyRule,
  'task.retry_many': retryManyRule,
  'task.reprioritise_many': reprioritiseManyRule,
  'capability.define': defineRule,
  'capability.remove': removeRule,
  'capability.grant': grantRule,
  'knowledge.put': putRule,
  'knowledge.delete': deleteRule,
  'message.send': sendRule,
  'message.receive': receiveRule,
  'message.read': readRule,
  'message.subscribe': subscribeRule,
  'message.unsubscribe': unsubscribeRule,
  'lock.acquire': acquireRule,
  'lock.renew': renewRule,
  'lock.release': releaseRule,
  'decision.ask': askRule,
  'decision.answer': answerRule,
  'decision.vote': voteRule,
  'decision.withdraw': withdrawRule,
  'signal.raise': raiseRule,
  'signal.resolve': resolveRule,
  'colleague.request': colleagueRequestRule,
  'colleague.settle': colleagueSettleRule,
  'inbox.snooze': snoozeRule,
  'usage.report': reportUsageRule,
  'budget.set': setBudgetRule,
  'hosted.report': reportHostedRule,
  'terminal.take': takeTerminalRule,
  'terminal.release': releaseTerminalRule,
  'swarm.pause': pauseRule,
  'swarm.resume': resumeRule,
  'config.apply': configRule,
  'event.rollback': rollbackRule,
};
