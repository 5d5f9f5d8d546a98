/**
 * What is known of a swarm once its log was read.
 */
import type { SwarmState } from '../domain/state.ts';
import type { RecentCommands } from './recent-commands.ts';

/** What a log folds into. */
export interface Recovered {
  readonly state: SwarmState;
  readonly commands: RecentCommands;
}
