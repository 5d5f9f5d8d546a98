/**
 * What follows from the state at once and is recorded right after its cause, in the same chunk: what becomes of speculative
 * copies and their originals, and groups that have ended.
 * Invariant: recording them leaves nothing more to follow.
 */
import type { EventOf, Fact } from '../contract/event.ts';
import { NOTHING } from './decision.ts';
import { endGroup } from './group/state.ts';
import type { SwarmState } from './state.ts';
import { settleCopies } from './task/settle-copies.ts';

/** The facts that follow. */
export function consequences(state: SwarmState): readonly Fact[] {
  const copies = settleCopies(state);
  return copies.length > 0 ? copies : endedGroups(state);
}

function endedGroups({ groups }: SwarmState): readonly Fact[] {
  if (groups.due.size === 0) return NOTHING;
  return [...groups.due].flatMap((name): Fact[] => {
    const ended = groups.by_name.get(name)?.ended;
    return ended === undefined ? [] : [{ type: 'group_ended', data: { group: name, ...ended } }];
  });
}

/** All tasks of a group have ended. */
export function onGroupEnded({ groups }: SwarmState, event: EventOf<'group_ended'>): void {
  endGroup(groups, event.data.group, event.time);
}
