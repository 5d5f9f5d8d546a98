/**
 * What the events of the swarm as a whole do to the state.
 */
import type { EventOf } from '../../contract/event.ts';
import type { Settings } from '../../contract/settings.ts';
import { graceLocks } from '../lock/evolve.ts';
import type { SwarmState } from '../state.ts';

/** Protocol rules changed. */
export function onConfigApplied(state: SwarmState, event: EventOf<'config_applied'>): void {
  for (const key of Object.keys(event.data.settings)) state.settings_recorded.add(key);
  state.settings = { ...state.settings, ...event.data.settings } as Settings;
}

/** A writer took over. */
export function onSwarmRecovered(state: SwarmState, event: EventOf<'swarm_recovered'>): void {
  state.recovered_at = event.time;
  graceLocks(state, event.time);
}
