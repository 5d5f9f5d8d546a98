/**
 * Fair share between groups: a group that runs more than its share of what runs is set back by whole
 * bands, never by more than `MOST_BANDS`, so that priorities stay meaningful. Source: the fair-share
 * factor of Slurm's multifactor priority, bounded.
 */
import { type DispatchBoard } from './dispatch-board.ts';

const MOST_BANDS = 3;

/**
 * Bands that a group is set back: floor(usage / share - 1), between 0 and 3, where usage is the
 * group's part of the running tasks and share its part of the weights. 0 while only one group has work.
 */
export function fairSharePenalty(board: DispatchBoard, group: number): number {
  if (board.sessions.groups.length < 2 || board.running === 0) return 0;
  let weights = 0;
  let groups = 0;
  for (let index = 0; index < board.sessions.groups.length; index++) {
    if ((board.groupTasks[index] ?? 0) === 0) continue;
    weights += board.groupWeight[index] ?? 1;
    groups++;
  }
  if (groups < 2) return 0;
  const share = (board.groupWeight[group] ?? 1) / weights;
  const usage = (board.groupRunning[group] ?? 0) / board.running;
  return Math.max(0, Math.min(MOST_BANDS, Math.floor(usage / share - 1 + 1e-9)));
}
