/**
 * Items of the inbox that are put off: they come back by themselves at their time, or when somebody wakes them.
 * Bounds: those whose time has come are forgotten with the next event of this kind, and beyond 10,000 the oldest.
 */
import type { EventOf } from '../../contract/event.ts';
import type { Rule } from '../decision.ts';
import { NOTHING } from '../decision.ts';
import { PEOPLE } from '../message/state.ts';
import { refusal } from '../refuse.ts';
import type { SwarmState } from '../state.ts';

const SNOOZED_AT_MOST = 10_000;

/** Putting off again changes the time; 0 seconds wake it. */
export const snoozeRule: Rule<'inbox.snooze'> = {
  decide: (state, { item_id, seconds = 3600 }, { now, caller }) => {
    if (!isOpenItem(state, item_id)) return refusal('inbox_item_unknown', { item_id });
    const until = seconds === 0 ? null : now + seconds * 1000;
    if (until === null && !state.snoozed.has(item_id)) return NOTHING;
    return [{ type: 'inbox_snoozed', data: { item_id, until, snoozed_by: caller.actor } }];
  },
};

/** It is put off, or comes back. */
export function onInboxSnoozed({ snoozed }: SwarmState, { time, data: { item_id, until } }: EventOf<'inbox_snoozed'>): void {
  for (const [id, end] of snoozed) if (end <= time) snoozed.delete(id);
  snoozed.delete(item_id);
  if (until !== null) snoozed.set(item_id, until);
  for (const id of snoozed.keys()) {
    if (snoozed.size <= SNOOZED_AT_MOST) break;
    snoozed.delete(id);
  }
}

/** True while somebody has to deal with it. */
function isOpenItem({ decisions, signals, colleagues, messages }: SwarmState, id: string): boolean {
  if (decisions.open.has(id) || signals.open.has(id) || colleagues.open.has(id)) return true;
  const number = Number(/^message-(\d{1,15})$/.exec(id)?.[1] ?? 0);
  return messages.mailboxes.get(PEOPLE)?.unread.has(number) ?? false;
}
