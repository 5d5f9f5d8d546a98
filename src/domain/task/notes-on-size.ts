/**
 * What is said about tasks that are larger than one session should do alone (B5, B7).
 */
import type { LogEvent } from '../../contract/event.ts';
import type { SwarmState } from '../state.ts';

/** The proposal to split what was just added and is estimated above the collaboration threshold; nothing else. */
export function notesOnSize({ settings }: SwarmState, events: readonly LogEvent[]): string[] {
  const large = events.flatMap(({ type, data }) =>
    type === 'task_added' && (data.estimated_hours ?? 0) > settings.collaboration_threshold ? [data] : [],
  );
  const [first] = large;
  if (first === undefined) return [];
  const others = large.length === 1 ? '' : ` So are ${large.length - 1} more.`;
  return [
    `${first.task_id} is estimated at ${first.estimated_hours} hours, more than ${settings.collaboration_threshold} (collaboration_threshold): ` +
      `its parts could run side by side. Add them with \`tutti task add --parent ${first.task_id} …\`, and let it wait for them with \`tutti task suspend\`.${others}`,
  ];
}
