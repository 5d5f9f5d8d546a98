/**
 * How a connector reaches its provider.
 */
import type { RetryRules } from './patient-turn.ts';

/** Access to a provider. Credentials are the user's own. */
export interface ConnectorOptions {
  readonly api_key: string;
  readonly model: string;
  /** Left out: the provider's own address. */
  readonly base_url?: string;
  /** Longest answer in tokens; 16,000 by default. */
  readonly max_tokens?: number;
  /** Turns of one run; a model that wants more is going round in circles. 200 by default. */
  readonly most_turns?: number;
  readonly retry?: Partial<RetryRules>;
}

/** Longest answer when none is given. */
export const DEFAULT_MAX_TOKENS = 16_000;

/** Turns of a run when none are given. */
export const DEFAULT_MOST_TURNS = 200;
