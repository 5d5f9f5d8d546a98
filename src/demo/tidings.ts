/**
 * Says the facts of the demo in words, one line each. Pure.
 */
import { cleanLine } from '../cli/output/clean-text.ts';
import { counted } from '../cli/output/words.ts';
import type { LogEvent } from '../contract/event.ts';
import type { DemoFact } from './demo-fact.ts';
import { findingOf } from './task-finding.ts';

/** How a line is meant; each has a shape and a colour. */
export type Tone = 'good' | 'bad' | 'warning' | 'work' | 'plain';

/** One line of what happened. */
export interface Tiding {
  readonly time: number;
  readonly tone: Tone;
  readonly text: string;
  /** The board shows it anyway; only the line-by-line log says it. */
  readonly minor: boolean;
}

type Said = readonly [tone: Tone, text: string] | null;

/** The line for a fact; null for what nobody needs to read. */
export function tidingOf(fact: DemoFact): Tiding | null {
  const said = fact.kind === 'event' ? sayEvent(fact.event) : sayDeed(fact);
  if (said === null) return null;
  const minor = fact.kind === 'notice' || (fact.kind === 'event' && isMinor(fact.event));
  return { time: fact.time, tone: said[0], text: cleanLine(said[1]), minor };
}

/** A length of time in seconds with one digit, for example 3.1 s. */
export function seconds(ms: number): string {
  return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
}

function sayDeed(fact: Exclude<DemoFact, { kind: 'event' }>): Said {
  switch (fact.kind) {
    case 'notice':
      return ['plain', fact.text];
    case 'lost':
      return ['bad', `${fact.session_id} ended by itself: ${fact.reason}`];
    case 'killed':
      return ['bad', `${fact.session_id} killed with SIGKILL in the middle of ${fact.task_id} (pid ${fact.pid}, lease ${fact.lease})`];
    case 'fenced':
      return fact.code === null
        ? ['bad', `a result under the dead lease ${fact.lease} was ACCEPTED: this is a mistake of Tutti`]
        : ['good', `a late result under the dead lease ${fact.lease} was refused: ${fact.code}`];
    default:
      return null;
  }
}

function sayEvent(event: LogEvent): Said {
  switch (event.type) {
    case 'session_registered':
      return ['good', `${event.data.session_id} joined; it can ${event.data.capabilities.join(', ')}`];
    case 'session_offline':
      return ['warning', `${event.data.session_id} is offline: silent for ${seconds(event.time - event.data.last_contact)}`];
    case 'session_returned':
      return ['good', `${event.data.session_id} is back`];
    case 'task_assigned': {
      const { task_id, session_id, attempt } = event.data;
      return attempt === 1
        ? ['work', `${session_id} takes ${task_id}, lease ${event.seq}`]
        : ['work', `${task_id} goes to ${session_id} as attempt ${attempt}, lease ${event.seq}`];
    }
    case 'task_released': {
      const { task_id, lease, reason } = event.data;
      return ['warning', `lease ${lease} on ${task_id} ended: ${reason.replaceAll('_', ' ')}`];
    }
    case 'task_completed': {
      const { task_id, session_id, duration_ms } = event.data;
      return ['good', `${task_id}: ${findingOf(event)} (${session_id}, ${seconds(duration_ms)})`];
    }
    case 'task_failed':
      return ['bad', `${event.data.task_id} failed: ${findingOf(event)}`];
    case 'task_cancelled':
      return ['plain', `${event.data.task_id} was cancelled: ${event.data.reason}`];
    case 'task_added':
      return null;
    case 'config_applied':
      return ['plain', `the swarm's rules changed: ${counted(Object.keys(event.data.settings).length, 'setting')}`];
    default:
      return null;
  }
}

/** Given, joined and done are on the board; a second attempt is news. */
function isMinor(event: LogEvent): boolean {
  if (event.type === 'task_assigned') return event.data.attempt === 1;
  return event.type === 'session_registered' || event.type === 'config_applied';
}
