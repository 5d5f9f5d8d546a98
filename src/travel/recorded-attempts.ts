/**
 * How each attempt at a task ended, as a log tells it: the attempts that a replay makes again.
 * Invariant: what cut an attempt off from outside (its session left, another copy won) is no end of the attempt: whoever
 * makes it again makes it whole.
 */
import type { EventData, EventOf, Fact, LogEvent } from '../contract/event.ts';
import { isReported } from '../domain/task/retry-rules.ts';

/** How an attempt ended, `took` ms after it was given out. */
export type AttemptEnd =
  | { readonly kind: 'completed'; readonly took: number; readonly duration_ms: number }
  /** `pause`: in ms until it was tried again; null: it had failed for good. */
  | {
      readonly kind: 'failed';
      readonly took: number;
      readonly duration_ms: number;
      readonly reason: EventData<'task_failed'>['reason'];
      readonly pause: number | null;
    }
  /** It was taken back from a session that did not get on with it. */
  | {
      readonly kind: 'released';
      readonly took: number;
      readonly reason: 'stalled' | 'straggling' | 'claim_timeout';
      readonly session_id: string;
      /** When that was, ms since 1970. */
      readonly at: number;
    }
  /** Its provider took no more from the account, or without one from the session. */
  | {
      readonly kind: 'parked';
      readonly took: number;
      readonly session_id: string;
      readonly account: string | null;
      readonly reason: EventData<'task_parked'>['reason'];
      /** When the provider takes more, as far as it was said, ms since 1970. */
      readonly reset_at: number | null;
      /** How long the task waits, and what shares the limit, in ms. */
      readonly pause: number;
      readonly limited: number;
      readonly spread: number;
    }
  /** It was given back until people had answered, `pause` ms later; null: they had not when the period ended. */
  | { readonly kind: 'asked'; readonly took: number; readonly decision_id: string; readonly pause: number | null }
  /** It was given back until others had ended. */
  | {
      readonly kind: 'suspended';
      readonly took: number;
      readonly wait_for: readonly string[];
      readonly on_dependency_failure: EventData<'task_suspended'>['on_dependency_failure'];
    }
  /** It waited for something that a replay leaves out, and goes on at once there. */
  | { readonly kind: 'broken_off'; readonly took: number };

/** Something that an attempt brings forth, `after` ms from when it was given out. */
export interface BroughtFact {
  readonly after: number;
  readonly fact: Fact;
}

/** An attempt: how it ended, and the parts that it added until then. */
export type RecordedAttempt = AttemptEnd & { readonly brings: readonly BroughtFact[] };

/** The attempts at each task that ended, in order. */
export type RecordedAttempts = ReadonlyMap<string, readonly RecordedAttempt[]>;

type Release = EventData<'task_released'>['reason'];

const TAKEN_BACK: ReadonlySet<Release> = new Set(['stalled', 'straggling', 'claim_timeout']);

/** Reads a period. */
export class AttemptRecorder {
  readonly #ends = new Map<string, RecordedAttempt[]>();
  readonly #begun = new Map<string, { readonly at: number; readonly brings: BroughtFact[] }>();
  /** The question that was asked last for a task, and the tasks that were given back at one. */
  readonly #asked = new Map<string, string>();
  readonly #unanswered = new Map<string, { readonly task_id: string; readonly since: number }>();
  /** When tasks failed for good. */
  readonly #failed = new Map<string, number>();
  /** The task that was parked last: what limits its account is said right after it. */
  #parked = '';

  /** `running`: tasks that had been given out when the period began, which is `time`. */
  constructor(running: Iterable<string>, time: number) {
    for (const id of running) this.#begun.set(id, { at: time, brings: [] });
  }

  get attempts(): RecordedAttempts {
    return this.#ends;
  }

  /** True while somebody has the task. */
  isHeld(taskId: string): boolean {
    return this.#begun.has(taskId);
  }

  /** Takes the next event. */
  take(event: LogEvent): void {
    // What an attempt that was cut off had brought forth is there: whoever makes it again brings what is missing.
    if (event.type === 'task_assigned')
      this.#begun.set(event.data.task_id, { at: event.time, brings: this.#begun.get(event.data.task_id)?.brings ?? [] });
    else if (event.type === 'task_added') this.#bring(event);
    else if (event.type === 'task_completed') {
      const { task_id, duration_ms } = event.data;
      this.#end(event, (took) => ({ kind: 'completed', took, duration_ms }));
      this.#failed.delete(task_id);
    } else if (event.type === 'task_failed') this.#fail(event);
    else if (event.type === 'task_released') {
      const { reason, session_id } = event.data;
      if (TAKEN_BACK.has(reason))
        this.#end(event, (took) => ({ kind: 'released', took, reason: reason as 'stalled', session_id, at: event.time }));
      else if (reason === 'budget_exhausted') this.#end(event, (took) => ({ kind: 'broken_off', took }));
      else if (reason === 'waiting_for_person') this.#giveBack(event);
    } else if (event.type === 'task_parked') {
      const { session_id, reason, reset_at, until } = event.data;
      const pause = Math.max(0, until - event.time);
      this.#end(event, (took) => ({ kind: 'parked', took, session_id, account: null, reason, reset_at, pause, limited: pause, spread: 0 }));
      this.#parked = event.data.task_id;
    } else if (event.type === 'account_limited') {
      const { account, until, spread } = event.data;
      this.#amend(this.#parked, (end) =>
        end.kind === 'parked' ? { ...end, account, limited: Math.max(0, until - event.time), spread } : end,
      );
    } else if (event.type === 'task_suspended') {
      const { wait_for, on_dependency_failure } = event.data;
      this.#end(event, (took) => ({ kind: 'suspended', took, wait_for, on_dependency_failure }));
    } else if (event.type === 'decision_needed') {
      if (event.data.blocks && event.data.task_id !== null) this.#asked.set(event.data.task_id, event.data.decision_id);
    } else if (event.type === 'decision_answered' || event.type === 'decision_withdrawn') this.#answer(event);
    else if (event.type === 'task_retried' || event.type === 'task_recalled') this.#retry(event);
  }

  #fail(event: EventOf<'task_failed'>): void {
    const { task_id, lease, session_id, reason, duration_ms, retry_at } = event.data;
    if (lease === null) return;
    if (reason === 'leases_lost')
      this.#end(event, (took) => ({ kind: 'released', took, reason: 'stalled', session_id: session_id ?? '', at: event.time }));
    else if (!isReported(reason) && reason !== 'budget_exhausted') this.#end(event, (took) => ({ kind: 'broken_off', took }));
    else {
      const pause = retry_at === null ? null : Math.max(0, retry_at - event.time);
      this.#end(event, (took) => ({ kind: 'failed', took, duration_ms, reason, pause }));
      if (pause === null) this.#failed.set(task_id, event.time);
    }
  }

  #bring(event: EventOf<'task_added'>): void {
    const { type, data, time } = event;
    const begun = this.#begun.get(data.options?.parent ?? '');
    if (begun !== undefined) begun.brings.push({ after: time - begun.at, fact: { type, data } });
  }

  #giveBack(event: EventOf<'task_released'>): void {
    const { task_id } = event.data;
    const decision_id = this.#asked.get(task_id) ?? '';
    this.#end(event, (took) => ({ kind: 'asked', took, decision_id, pause: null }));
    this.#unanswered.set(decision_id, { task_id, since: event.time });
  }

  #answer({ time, data: { decision_id } }: EventOf<'decision_answered' | 'decision_withdrawn'>): void {
    const waiting = this.#unanswered.get(decision_id);
    if (waiting === undefined) return;
    this.#unanswered.delete(decision_id);
    this.#amend(waiting.task_id, (end) => (end.kind === 'asked' ? { ...end, pause: time - waiting.since } : end));
  }

  /** Somebody put it back into the queue: the pause before another attempt was theirs. */
  #retry({ time, data: { task_id } }: EventOf<'task_retried' | 'task_recalled'>): void {
    const since = this.#failed.get(task_id);
    if (since === undefined) return;
    this.#amend(task_id, (end) => (end.kind === 'failed' ? { ...end, pause: time - since } : end));
    this.#failed.delete(task_id);
  }

  #amend(taskId: string, change: (end: AttemptEnd) => AttemptEnd): void {
    const ends = this.#ends.get(taskId);
    const last = ends?.at(-1);
    if (ends !== undefined && last !== undefined) ends[ends.length - 1] = { ...change(last), brings: last.brings };
  }

  #end(
    { time, data: { task_id } }: { readonly time: number; readonly data: { readonly task_id: string } },
    end: (took: number) => AttemptEnd,
  ): void {
    const begun = this.#begun.get(task_id);
    if (begun === undefined) return;
    this.#begun.delete(task_id);
    const ends = this.#ends.get(task_id) ?? [];
    if (ends.length === 0) this.#ends.set(task_id, ends);
    ends.push({ ...end(time - begun.at), brings: begun.brings });
  }
}
