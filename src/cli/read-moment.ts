/**
 * Reads a moment as a person writes it.
 */
import { Failure, reasonOf } from '../contract/failure.ts';
import { type Moment, moment } from '../contract/moment.ts';

/** A moment as an option gave it; a time without its zone is one of this machine, a day its beginning. Throws Failure `usage`. */
export function readMoment(text: string, flag: string): Moment {
  const local = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?))?$/.exec(text);
  const today = /^\d\d:\d\d(?::\d\d)?$/.test(text);
  const now = new Date();
  const date = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
  const given = today ? `${date}T${text}` : local === null ? null : `${local[1]}T${local[2] ?? '00:00'}`;
  try {
    const { success, data } = moment.safeParse(given === null ? text : new Date(given).toISOString());
    if (success) return data;
  } catch (error) {
    throw new Failure('usage', { reason: `${flag}: ${text} is no time: ${reasonOf(error)}` }, error);
  }
  throw new Failure('usage', {
    reason: `${flag}: ${text} is no moment: name an event such as 1200, a time such as 14:05, 2026-11-21 or 2026-11-21T09:30:00Z, or -10m.`,
  });
}
