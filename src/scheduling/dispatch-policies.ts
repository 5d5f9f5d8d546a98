/**
 * The dispatch policies by name, each with the order that its board must keep.
 */
import { type Assignment } from './dispatch-decision.ts';
import { type DispatchBoard } from './dispatch-board.ts';
import { fifoPolicy } from './fifo-policy.ts';
import { greedyPolicy } from './greedy-policy.ts';
import { optimalPolicy } from './optimal-policy.ts';
import { type QueueOrder } from './ready-heap.ts';

/** A named rule: pure but for the ageing of the board's own queue. */
export interface BoardPolicy {
  readonly order: QueueOrder;
  readonly decide: (board: DispatchBoard, now: number) => Assignment[];
}

/** Name → policy; `optimal` is the default of a swarm. */
export const DISPATCH_POLICIES = {
  fifo: { order: 'arrival', decide: fifoPolicy },
  greedy: { order: 'priority', decide: greedyPolicy },
  optimal: { order: 'rank', decide: optimalPolicy },
} as const satisfies Record<string, BoardPolicy>;

/** The name of a policy. */
export type PolicyName = keyof typeof DISPATCH_POLICIES;
