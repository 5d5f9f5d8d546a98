/**
 * What follows when an attempt fails, by its reason: whether it is tried again, when, and how often. A task may say otherwise
 * for each reason. A reason without a `max_attempts` of its own goes by the task's.
 */
import type { FailureReason, ReportedReason, RetryRule } from '../../contract/ids.ts';
import type { Task } from './state.ts';

/** The rules of a task that says nothing else. */
const RETRY_RULES: Readonly<Record<ReportedReason, Required<Pick<RetryRule, 'retry'>> & RetryRule>> = {
  reported: { retry: 'backoff' },
  checks_failed: { retry: 'backoff' },
  timed_out: { retry: 'backoff' },
  crashed: { retry: 'backoff' },
  conflict: { retry: 'backoff' },
  environment: { retry: 'backoff' },
  rate_limited: { retry: 'after', after_seconds: 300, max_attempts: 20 },
  invalid_spec: { retry: 'never' },
  not_permitted: { retry: 'never' },
};

const LONGEST_PAUSE_MS = 3_600_000;

/** True for the reasons that a session gives, not Tutti. */
export function isReported(reason: FailureReason): reason is ReportedReason {
  return reason !== 'dependency_failed' && reason !== 'leases_lost' && reason !== 'budget_exhausted';
}

/** The pause in ms before the next attempt, at least 1, or null when there is none. */
export function pauseBeforeRetry(
  task: Task,
  { reason, retryAfter }: { readonly reason: ReportedReason; readonly retryAfter: number | undefined },
  random: () => number,
): number | null {
  const standard = RETRY_RULES[reason];
  const own = task.options.retry?.[reason];
  const rule = { ...standard, ...own };
  const allowed = own?.max_attempts ?? Math.max(task.options.max_attempts, standard.max_attempts ?? 1);
  if (rule.retry === 'never' || task.failures + 1 >= allowed) return null;
  if (retryAfter !== undefined) return Math.max(1, Math.round(retryAfter * 1000));
  if (rule.retry === 'after') return Math.max(1, Math.round((rule.after_seconds ?? task.options.backoff_seconds) * 1000));
  return backoff(task, random);
}

/** Exponential backoff with equal jitter: half fixed, half random. */
function backoff(task: Task, random: () => number): number {
  const pause = Math.min(LONGEST_PAUSE_MS, task.options.backoff_seconds * 1000 * 2 ** task.failures);
  return Math.max(1, Math.round(pause * (0.5 + 0.5 * random())));
}
