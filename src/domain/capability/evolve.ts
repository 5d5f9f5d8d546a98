/**
 * What the events of the capability registry do to the state.
 */
import type { EventOf } from '../../contract/event.ts';
import type { SwarmState } from '../state.ts';
import { builtInNamed } from './state.ts';

/** It is defined, or defined anew in its old place. */
export function onCapabilityDefined({ capabilities }: SwarmState, event: EventOf<'capability_defined'>): void {
  const { capability: name, description, skills, time_multiplier, detection } = event.data;
  capabilities.defined.set(name, { name, description, skills, time_multiplier, detection });
}

/** Its definition is gone, or as it came with Tutti. */
export function onCapabilityRemoved({ capabilities }: SwarmState, event: EventOf<'capability_removed'>): void {
  const original = builtInNamed(event.data.capability);
  if (original === undefined) capabilities.defined.delete(event.data.capability);
  else capabilities.defined.set(original.name, original);
}

/** A session can do more. */
export function onSessionCapabilityAdded(state: SwarmState, event: EventOf<'session_capability_added'>): void {
  const session = state.sessions.get(event.data.session_id);
  if (session !== undefined) session.capabilities = [...session.capabilities, event.data.capability];
}
