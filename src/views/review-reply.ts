/**
 * What a review answers: the task that follows from it.
 */
import type { LogEvent } from '../contract/event.ts';
import type { InputOf, OutputOf } from '../contract/operations.ts';
import { mergeTaskOf } from '../domain/task/decide-review.ts';

/** The follow-up; approving again names the one of the first time. */
export function answerReview({ task_id, verdict }: InputOf<'task.review'>, events: readonly LogEvent[]): OutputOf<'task.review'> {
  const reviewed = events.find((event) => event.type === 'task_reviewed');
  const follow_up = reviewed === undefined ? (verdict === 'approve' ? mergeTaskOf(task_id) : null) : reviewed.data.follow_up;
  return { task_id, verdict, follow_up };
}
