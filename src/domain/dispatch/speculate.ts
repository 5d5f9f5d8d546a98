/**
 * Whether an attempt that has overrun gets a speculative copy (task/copies.ts), where, or why it gets none: the safety pass
 * and the explanation ask here.
 * Invariant: a copy displaces nothing. It takes a slot of a session that has nothing else to do, and its own amounts of what
 * the task asks for, within every limit and only while nobody waits for any of that.
 */
import type { Fact } from '../../contract/event.ts';
import { copyShare, reassignmentPays } from '../../scheduling/straggler.ts';
import type { Pause } from '../pause/state.ts';
import { type Shortage, shortageOf, waitsBeside } from '../resource/gate.ts';
import { isMember, type Session } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import { expectedToRemain, HANDOVER_MS } from '../swarm/stragglers.ts';
import { copyOf } from '../task/copies.ts';
import type { Lease, Task } from '../task/state.ts';
import { assignedTo, bestPlace, type Place } from './idle-place.ts';

const LONGEST_ID = 128;

/** A copy that pays: where, and what is expected to be left of the attempt that hangs, ms. */
export interface PayingCopy {
  readonly place: Place;
  readonly remaining: number;
}

/** Why an attempt gets no copy now. Times are ms. */
export type NoCopy =
  | { readonly kind: 'has_one'; readonly copy: Task }
  /** Its one copy ended without a result. */
  | { readonly kind: 'had_one' }
  /** It is a copy itself, waits for a person, or has an id that leaves no room for the copy's. */
  | { readonly kind: 'never' | 'question' }
  /** It was asked, and has until then to answer by ending. */
  | { readonly kind: 'asked'; readonly until: number }
  | { readonly kind: 'paused'; readonly pause: Pause }
  | { readonly kind: 'shortage'; readonly shortage: Shortage }
  /** Others wait for what it would take: a resource or the key of a limit. */
  | { readonly kind: 'wanted'; readonly name: string }
  | { readonly kind: 'share'; readonly copies: number; readonly slots: number }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'slower'; readonly place: Place; readonly remaining: number };

/** Judges a copy of an attempt that has overrun, at `now`, among the idle sessions that ask for work. */
export function judgeCopy(
  state: SwarmState,
  task: Task,
  lease: Lease,
  { idle, now }: { readonly idle: ReadonlySet<Session>; readonly now: number },
): PayingCopy | NoCopy {
  const refused = ownRefusal(state, task, lease, now) ?? roomRefusal(state, task, now);
  if (refused !== null) return refused;
  const place = bestPlace(state, task, { idle, holder: lease.session_id, now });
  const remaining = expectedToRemain(state, task, lease, now);
  if (place === null || remaining === null) return { kind: 'nobody' };
  const pays = reassignmentPays({ remaining, elsewhere: place.expected, handover: HANDOVER_MS });
  return pays ? { place, remaining } : { kind: 'slower', place, remaining };
}

/** The facts that add the copy and give it out. */
export function copyFacts(task: Task, lease: Lease, { place, remaining }: PayingCopy, now: number): readonly [Fact, Fact] {
  const order = { ran_seconds: (now - lease.started_at) / 1000, remaining_seconds: remaining / 1000 };
  const id = copyIdOf(task, lease);
  return [copyFact(task, id), assignedTo({ id, attempt: 0 }, place, { rule: 'copy', order })];
}

/** What of the task itself speaks against a copy. */
function ownRefusal(state: SwarmState, task: Task, lease: Lease, now: number): NoCopy | null {
  const copy = copyOf(state, task);
  if (copy !== null) return { kind: 'has_one', copy };
  if (state.copies.get(task.id)?.lease === lease.number) return { kind: 'had_one' };
  if (task.options.speculates_on !== null || copyIdOf(task, lease).length > LONGEST_ID) return { kind: 'never' };
  if (task.questions > 0) return { kind: 'question' };
  const until = lease.overrun_at + state.settings.probe_grace * 1000;
  return now < until ? { kind: 'asked', until } : null;
}

/** What around it speaks against a copy: pauses, what is short or wanted, and too many copies. */
function roomRefusal(state: SwarmState, { needs, required_capability }: Task, now: number): NoCopy | null {
  const pause = state.pauses.swarm ?? (required_capability === null ? undefined : state.pauses.capabilities.get(required_capability));
  if (pause !== undefined) return { kind: 'paused', pause };
  const shortage = needs === null ? null : shortageOf(state, needs, now);
  if (shortage !== null) return { kind: 'shortage', shortage };
  const name = needs === null ? null : waitsBeside(needs);
  if (name !== null) return { kind: 'wanted', name };
  const copies = runningCopies(state);
  const slots = slotsOf(state);
  return copies + 1 > copyShare(slots) ? { kind: 'share', copies, slots } : null;
}

function runningCopies(state: SwarmState): number {
  let copies = 0;
  for (const id of state.copies.keys()) {
    const original = state.tasks.get(id);
    if (original !== undefined && copyOf(state, original) !== null) copies += 1;
  }
  return copies;
}

function slotsOf(state: SwarmState): number {
  let slots = 0;
  for (const session of state.sessions.values()) if (isMember(session) && !session.offline) slots += session.slots;
  return slots;
}

function copyIdOf({ id }: Task, lease: Lease): string {
  return `${id}.copy-${lease.number}`;
}

/** The same work, as a task that is tried once: it asks for the same, and counts for the same limits and shares. */
function copyFact(task: Task, copyId: string): Fact {
  const { type, title, spec, priority, required_capability, estimated_hours, group, asks, options } = task;
  return {
    type: 'task_added',
    data: {
      task_id: copyId,
      prev: 0,
      type,
      title,
      spec,
      priority,
      explicit_priority: true,
      required_capability,
      ...(estimated_hours === null ? {} : { estimated_hours }),
      ...(group === null ? {} : { group }),
      ...(asks === null || asks.resources === null ? {} : { resources: asks.resources }),
      ...(asks === null || asks.concurrency === null ? {} : { concurrency: asks.concurrency }),
      options: { max_attempts: 1, labels: [...options.labels], speculates_on: task.id },
    },
  };
}
