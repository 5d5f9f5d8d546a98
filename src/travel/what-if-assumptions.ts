/**
 * Says of a replay what it cannot know, and what of its period it leaves out, so that nobody takes it for a prophecy.
 */
import type { EventType, LogEvent } from '../contract/event.ts';
import type { OtherwiseFigures } from './what-if.ts';

/** What is left out, and how it is called. */
const LEFT_OUT: readonly (readonly [EventType, string])[] = [['budget_exhausted', 'budgets that were used up']];

/** The sentences. */
export function assumptionsOf(events: readonly LogEvent[], { guessed, unfinished }: OtherwiseFigures): string[] {
  const counts = new Map<string, number>();
  const count = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const { type, data } of events) {
    count(type);
    if (type === 'task_added' && data.options?.speculates_on !== undefined) count('copies');
    if (type === 'task_added' && data.options?.parent !== undefined) count('parts');
  }
  const left = [...LEFT_OUT, ['copies', 'copies of attempts'] as const].flatMap(([type, name]) =>
    counts.has(type) ? [`${counts.get(type)} ${name}`] : [],
  );
  const has = (type: EventType): boolean => counts.has(type);
  return [
    'Each attempt takes as long as it took and ends as it ended, whoever makes it; whoever has a free slot takes work at once.',
    ...(has('task_failed') ? ['A task that failed is tried again after the pause it had then.'] : []),
    ...(has('task_parked')
      ? ['A provider takes no more from the same accounts at the same work; a session of another account goes on with it.']
      : []),
    ...(has('decision_needed') ? ['People answer as long after a question as they did then.'] : []),
    ...(counts.has('parts') ? ['The parts of a task come when it is at work, as long after its beginning as they did then.'] : []),
    ...(has('lock_acquired') ? ['What an attempt waited for while it kept its session, a lock for example, is part of its length.'] : []),
    ...(has('session_offline') ? ['A session that was found offline did nothing since it was last heard of.'] : []),
    ...(guessed === 0
      ? []
      : [`${guessed} of the tasks made attempts whose end the period does not tell: they take the mean of the others, and complete.`]),
    ...(unfinished === 0 ? [] : [`${unfinished} of the tasks are not done at the end: nobody there could do them, or work was paused.`]),
    ...(left.length === 0 ? [] : [`Left out: ${left.join(', ')}.`]),
  ];
}
