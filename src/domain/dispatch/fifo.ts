/**
 * The policy `fifo`: the most urgent task, first come first served, goes to whoever asked first.
 */
import { isCapable } from '../session/state.ts';
import { nextTask } from './next-task.ts';
import { type DispatchPolicy, namedCandidates } from './policy.ts';

/** The policy `fifo`. */
export const fifoPolicy: DispatchPolicy = {
  name: 'fifo',
  choose: (state, free) => {
    const task = nextTask(state, free);
    const capable = task === null ? [] : free.filter((candidate) => isCapable(candidate, task.required_capability));
    const [session] = capable;
    if (task === null || session === undefined) return null;
    const candidates = capable.map((candidate, place) => ({ session: candidate, terms: { asked: place + 1 } }));
    return { task, session, score: 1, why: { rule: 'fifo', order: { priority: task.priority }, ...namedCandidates(candidates, session) } };
  },
};
