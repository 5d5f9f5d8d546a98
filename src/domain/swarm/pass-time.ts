/**
 * What time itself brings: the health pass, then the schedules that are due.
 */
import type { Fact } from '../../contract/event.ts';
import type { DecideContext } from '../decision.ts';
import { decideFiring } from '../schedule/fire.ts';
import type { SwarmState } from '../state.ts';
import { type Contacts, decideHealth } from './health.ts';

/**
 * Decides what is due, step by step: `apply` must fold the facts of a step in before the next is decided. Without contacts
 * nobody could be heard lately, and nobody's silence counts.
 */
export function passTime(
  state: SwarmState,
  contacts: Contacts | null,
  context: DecideContext,
  apply: (facts: readonly Fact[]) => void,
): void {
  apply(decideHealth(state, contacts, context.now));
  for (let facts = decideFiring(state, context); facts.length > 0; facts = decideFiring(state, context)) apply(facts);
}
