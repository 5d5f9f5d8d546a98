/**
 * Says of a replay what it cannot know, and what of its period it leaves out, so that nobody takes it for a prophecy.
 */
import type { EventType, LogEvent } from '../contract/event.ts';
import type { OtherwiseFigures } from './what-if.ts';

/** What is left out, and how it is called. */
const LEFT_OUT: readonly (readonly [EventType, string])[] = [
  ['task_failed', 'failed attempts'],
  ['task_released', 'leases that ended before their task'],
  ['task_parked', 'waits for a provider'],
  ['task_suspended', 'waits of tasks for others'],
  ['decision_needed', 'questions to people'],
  ['budget_exhausted', 'budgets that were used up'],
  ['limit_refilled', 'waits for the rate of a limit'],
];

/** The sentences. */
export function assumptionsOf(events: readonly LogEvent[], { guessed, unfinished }: OtherwiseFigures): string[] {
  const counts = new Map<EventType, number>();
  for (const { type } of events) counts.set(type, (counts.get(type) ?? 0) + 1);
  const left = LEFT_OUT.flatMap(([type, name]) => (counts.has(type) ? [`${counts.get(type)} ${name}`] : []));
  return [
    'Each task takes as long as it took, whoever does it.',
    ...(guessed === 0
      ? []
      : [`${guessed} of the tasks completed never in the period: how long they take is a guess, the mean of the others.`]),
    ...(unfinished === 0 ? [] : [`${unfinished} of the tasks are not done at the end: nobody there could do them, or work was paused.`]),
    ...(left.length === 0 ? [] : [`Left out: ${left.join(', ')}.`]),
  ];
}
