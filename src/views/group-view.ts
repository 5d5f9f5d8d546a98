/**
 * Groups of tasks as they are shown.
 */
import { Failure } from '../contract/failure.ts';
import type { InputOf, OutputOf } from '../contract/operations.ts';
import type { GroupView } from '../contract/views/task-view.ts';
import { arrivedAfter } from '../domain/arrival-order.ts';
import type { Group } from '../domain/group/state.ts';
import type { SwarmState } from '../domain/state.ts';
import { pageOf } from './page.ts';
import { isoTime, isoTimeOrNull } from './time.ts';

/** A page of groups. */
export function listGroups(state: SwarmState, input: InputOf<'group.list'>): OutputOf<'group.list'> {
  const matches = ({ open }: Group): boolean => input.open === undefined || open > 0 === input.open;
  const page = pageOf(input, { after: (number) => groupsAfter(state, number), matches });
  return { groups: page.items.map(showGroup), next_cursor: page.next };
}

/** One group. Throws Failure `group_unknown`. */
export function showOneGroup({ groups }: SwarmState, { group: name }: InputOf<'group.show'>): OutputOf<'group.show'> {
  const group = groups.by_name.get(name);
  if (group === undefined) throw new Failure('group_unknown', { group: name });
  return { group: showGroup(group) };
}

function showGroup({ name, open, ended, began_at, ended_at }: Group): GroupView {
  return { group: name, open, ...ended, began_at: isoTime(began_at), ended_at: isoTimeOrNull(ended_at) };
}

function* groupsAfter({ groups }: SwarmState, after: number): Generator<readonly [number, Group | null]> {
  for (const [number, name] of arrivedAfter(groups.order, after)) {
    const group = groups.by_name.get(name);
    yield [number, group?.number === number ? group : null];
  }
}
