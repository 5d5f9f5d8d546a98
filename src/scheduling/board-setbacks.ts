/**
 * What a board asks about attempts that came to nothing.
 */

/** Attempts at the tasks of a board that came to nothing. */
export interface BoardSetbacks {
  /** True when there is one of this task. */
  readonly any: (task: number) => boolean;
  /** Until when the task should rather wait than go to this session again, 0 when it need not; undefined without a setback there. */
  readonly until: (task: number, session: number) => number | undefined;
}

/** A board without setbacks. */
export const NO_SETBACKS: BoardSetbacks = { any: () => false, until: () => undefined };
