/**
 * What a rollback answers: each change as a sentence, and what stays as it is. The same whether it was done or only tried.
 */
import type { EventData, Fact, LogEvent } from '../contract/event.ts';
import type { InputOf, OutputOf } from '../contract/operations.ts';
import type { RollbackChange } from '../contract/operations/travel-operations.ts';
import type { Caller } from '../contract/caller.ts';
import { NO_RETIRED } from '../domain/decision.ts';
import type { Earlier } from '../domain/rollback/earlier.ts';
import { planRollback, type RollbackPlan } from '../domain/rollback/plan.ts';
import type { SwarmState } from '../domain/state.ts';
import { isoTime } from './time.ts';
import type { ViewContext } from './view-context.ts';

const LISTED = 200;

/** Of a plan: for a dry run, and where there is nothing to do. */
export function showPlan(
  state: SwarmState,
  input: InputOf<'event.rollback'>,
  earlier: Earlier,
  { now, calendar, caller }: Pick<ViewContext, 'now' | 'calendar'> & { readonly caller: Caller },
): OutputOf<'event.rollback'> {
  const context = { now, caller, random: () => 0, retired: NO_RETIRED, calendar };
  return showRollback(planRollback(state, earlier, context, input.parts), earlier, input);
}

function showRollback(
  { facts, kept, more }: Pick<RollbackPlan, 'facts' | 'more'> & { readonly kept: readonly OutputOf<'event.rollback'>['kept'][number][] },
  { seq, time }: Pick<Earlier, 'seq' | 'time'>,
  { dry_run = false, limit = LISTED }: Pick<InputOf<'event.rollback'>, 'dry_run' | 'limit'>,
): OutputOf<'event.rollback'> {
  const changes = facts.flatMap((fact) => changesOf(fact));
  const to = { seq, time: isoTime(time) };
  const said = { changed: changes.length, changes: changes.slice(0, limit), kept: [...kept].slice(0, limit), kept_total: kept.length };
  return { to, dry_run, ...said, more };
}

/** Of its events. */
export function answerRollback(input: InputOf<'event.rollback'>, events: readonly LogEvent[]): OutputOf<'event.rollback'> {
  const [first, ...facts] = events;
  const data = first?.type === 'swarm_rolled_back' ? first.data : null;
  const { kept = [], kept_total = 0, more = false, to_seq = 0, to_time = 0 } = data ?? {};
  return { ...showRollback({ facts, kept, more }, { seq: to_seq, time: to_time }, { ...input, dry_run: false }), kept_total };
}

/** What a fact of a rollback changes, in words. */
function changesOf({ type, data }: Fact): RollbackChange[] {
  switch (type) {
    case 'task_retried':
      return [{ kind: 'task', id: data.task_id, text: `The task ${data.task_id} waits again: it was cancelled or failed since.` }];
    case 'task_reprioritised':
      return [{ kind: 'task', id: data.task_id, text: `The task ${data.task_id} has priority ${data.priority} again.` }];
    case 'task_cancelled':
      return [{ kind: 'task', id: data.task_id, text: `The task ${data.task_id} is cancelled: it did not wait then.` }];
    case 'config_applied':
      return Object.entries(data.settings).map(([id, value]) => ({
        kind: 'setting',
        id,
        text: `The rule ${id} is ${JSON.stringify(value)} again.`,
      }));
    case 'knowledge_written':
      return [{ kind: 'knowledge', id: data.topic, text: `The topic ${data.topic} says what it said then, as version ${data.version}.` }];
    case 'knowledge_deleted':
      return [{ kind: 'knowledge', id: data.topic, text: `The topic ${data.topic} is deleted: it was not there.` }];
    case 'resource_set':
      return [{ kind: 'resource', id: data.resource, text: `The resource ${data.resource} has a capacity of ${data.capacity} again.` }];
    case 'resource_removed':
      return [{ kind: 'resource', id: data.resource, text: `The resource ${data.resource} is gone: it was not there.` }];
    case 'limit_set':
      return [{ kind: 'limit', id: data.key, text: `The limit of ${data.key} is as it was.` }];
    case 'limit_removed':
      return [{ kind: 'limit', id: data.key, text: `The limit of ${data.key} is gone: there was none.` }];
    case 'schedule_added':
      return [{ kind: 'schedule', id: data.schedule_id, text: `The schedule ${data.schedule_id} is ${data.cron} again.` }];
    case 'schedule_removed':
      return [{ kind: 'schedule', id: data.schedule_id, text: `The schedule ${data.schedule_id} is gone as it is now.` }];
    case 'schedule_paused':
      return [{ kind: 'schedule', id: data.schedule_id, text: `The schedule ${data.schedule_id} rests again.` }];
    case 'schedule_resumed':
      return [{ kind: 'schedule', id: data.schedule_id, text: `The schedule ${data.schedule_id} goes on.` }];
    case 'capability_defined':
      return [{ kind: 'capability', id: data.capability, text: `The capability ${data.capability} is defined as it was.` }];
    case 'capability_removed':
      return [{ kind: 'capability', id: data.capability, text: `The capability ${data.capability} has no definition of its own again.` }];
    case 'work_paused':
      return [
        {
          kind: 'pause',
          id: `${data.scope} ${data.target}`.trim(),
          text: `Work is paused again: ${`${data.scope} ${data.target}`.trim()}.`,
        },
      ];
    case 'work_resumed':
      return [
        { kind: 'pause', id: `${data.scope} ${data.target}`.trim(), text: `Work goes on again: ${`${data.scope} ${data.target}`.trim()}.` },
      ];
    case 'budget_set':
      return [{ kind: 'budget', id: `${data.scope} ${data.target}`.trim(), text: budgetText(data) }];
    case 'signal_raised':
      return [{ kind: 'signal', id: data.signal_id, text: `The signal "${data.title}" is raised again, as ${data.signal_id}.` }];
    case 'signal_resolved':
      return [{ kind: 'signal', id: data.signal_id, text: `The signal ${data.signal_id} is dismissed: it was not open then.` }];
    case 'decision_needed':
      return [{ kind: 'decision', id: data.decision_id, text: `"${data.question}" is asked again, as ${data.decision_id}.` }];
    case 'decision_withdrawn':
      return [{ kind: 'decision', id: data.decision_id, text: `The question ${data.decision_id} is withdrawn: it was not open then.` }];
    default:
      return [];
  }
}

function budgetText({ scope, target, tokens, cost_usd }: EventData<'budget_set'>): string {
  const whose = `The budget of ${scope === 'swarm' ? 'the swarm' : `the ${scope} ${target}`}`;
  const limits = [...(tokens === null ? [] : [`${tokens} tokens`]), ...(cost_usd === null ? [] : [`${cost_usd} USD`])];
  return limits.length === 0 ? `${whose} is gone: there was none.` : `${whose} is ${limits.join(' and ')} again.`;
}
