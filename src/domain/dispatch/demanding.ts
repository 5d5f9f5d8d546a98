/**
 * The demand of sessions for work, as the dispatch sees it.
 */

/** Which sessions want work. */
export interface Demanding {
  /** In the order in which they asked. */
  sessions(): Iterable<string>;
  has(sessionId: string): boolean;
}
