/**
 * Fair share between groups. A group that runs more than its share of what runs is set back by whole bands, never by more
 * than `MOST_BANDS`, so that priorities stay meaningful; within a band the group that is furthest below its share goes
 * first. Source: the fair-share factor of Slurm's multifactor priority, bounded; weighted fair queueing within a band.
 */
import { type DispatchBoard } from './dispatch-board.ts';

const MOST_BANDS = 3;

/**
 * Bands that a group is set back: floor(usage / share - 1), between 0 and 3, where usage is the
 * group's part of the running tasks and share its part of the weights. 0 while only one group has work.
 */
export function fairSharePenalty(board: DispatchBoard, group: number): number {
  if (board.busyGroups < 2 || board.running === 0) return 0;
  const share = board.weightOf(group) / board.busyWeight;
  const usage = (board.groupRunning[group] ?? 0) / board.running;
  return Math.max(0, Math.min(MOST_BANDS, Math.floor(usage / share - 1 + 1e-9)));
}

/** What a group would run per weight with one task more: the smaller goes first. 0 while only one group has work. */
export function fairShareLoad(board: DispatchBoard, group: number): number {
  return board.busyGroups < 2 ? 0 : ((board.groupRunning[group] ?? 0) + 1) / board.weightOf(group);
}
