/**
 * Pauses as they are shown.
 */
import type { PauseView } from '../contract/views/status-view.ts';
import { allPauses } from '../domain/pause/state.ts';
import type { SwarmState } from '../domain/state.ts';
import { isoTime } from './time.ts';

/** Everything that is paused. */
export function showPauses({ pauses }: SwarmState): PauseView[] {
  return allPauses(pauses).map(({ since, ...pause }) => ({ ...pause, since: isoTime(since) }));
}
