/**
 * What is known of the limits of providers: of a session, and of the account that sessions share.
 */
import type { EventOf } from '../../contract/event.ts';

/** Why and until when a session gets nothing. Times are ms since 1970. */
export interface SessionLimit {
  readonly reason: EventOf<'account_limited'>['data']['reason'];
  /** null: the provider does not say. */
  readonly reset_at: number | null;
  /** When this session gets work again: its own moment after the reset. */
  readonly until: number;
  /** Refusals in a row, without a task completed between them. */
  readonly times: number;
  /** What the provider said. */
  readonly message?: string | undefined;
}

/** What was said of an account, and the sequence number of that event. */
export interface AccountLimit extends Readonly<EventOf<'account_limited'>['data']> {
  readonly seq: number;
}

/** Limits by account; those that are over are forgotten with the next one. */
export type AccountLimits = Map<string, AccountLimit>;
