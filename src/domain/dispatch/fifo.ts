/**
 * The policy `fifo`: the most urgent task, first come first served, goes to whoever asked first.
 */
import { isCapable } from '../session/state.ts';
import { nextTask } from './next-task.ts';
import type { DispatchPolicy } from './policy.ts';

/** The policy `fifo`. */
export const fifoPolicy: DispatchPolicy = {
  name: 'fifo',
  choose: (state, free) => {
    const task = nextTask(state, free);
    const session = task === null ? undefined : free.find((candidate) => isCapable(candidate, task.required_capability));
    return task === null || session === undefined ? null : { task, session, score: 1 };
  },
};
