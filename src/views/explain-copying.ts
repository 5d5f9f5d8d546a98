/**
 * Why an attempt that runs far longer than its kind does has a speculative copy, or none (F10).
 */
import type { BlockingReason } from '../contract/views/explain-view.ts';
import { isIdle } from '../domain/dispatch/idle-place.ts';
import { judgeCopy, type NoCopy } from '../domain/dispatch/speculate.ts';
import type { SwarmState } from '../domain/state.ts';
import type { Lease, Task } from '../domain/task/state.ts';
import { shortageReason } from './resource-view.ts';
import { spokenTime } from './time.ts';
import type { ViewContext } from './view-context.ts';
import { pausedReason } from './waiting-reasons.ts';

const NEXT_PASS = 'The next safety pass looks again.';

/** What is done about an attempt that has overrun; null for others, and where nothing is copied. */
export function explainCopying(state: SwarmState, task: Task, lease: Lease, { now, dispatch }: ViewContext): BlockingReason | null {
  if (lease.overrun_at <= 0 || state.settings.straggler_action !== 'copy') return null;
  const idle = new Set([...state.sessions.values()].filter((session) => dispatch.wants(session.id) && isIdle(session, now)));
  const judged = judgeCopy(state, task, lease, { idle, now });
  if ('kind' in judged) return reasonOf(state, task, judged, now);
  const text = `It takes unusually long, and ${judged.place.session.id} is expected to end it sooner.`;
  return { code: 'copy_due', text, unblock: 'The next safety pass gives a copy of it there.' };
}

function reasonOf(state: SwarmState, task: Task, why: NoCopy, now: number): BlockingReason {
  const code = `copy_${why.kind}`;
  switch (why.kind) {
    case 'has_one': {
      const text = `It takes unusually long; its copy ${why.copy.id} runs at ${why.copy.lease?.session_id ?? 'another session'}.`;
      return { code, text, unblock: `The first of the two to complete counts; or end the copy: tutti task cancel ${why.copy.id}` };
    }
    case 'had_one': {
      const text = 'It takes unusually long; its copy ended without a result, and an attempt gets one copy.';
      return { code, text, unblock: `Begin it anew: tutti task cancel ${task.id}, then tutti task retry ${task.id}` };
    }
    case 'never':
      return { code, text: 'It takes unusually long, and is not copied: it is a copy itself, or its id is too long.', unblock: '' };
    case 'question':
      return { code, text: 'It is not copied while it waits for an answer of a person.', unblock: 'Answer it: tutti inbox list' };
    case 'asked': {
      const text = `It takes unusually long; its session was asked, and has until ${spokenTime(why.until)}.`;
      return { code, text, unblock: 'Then it is copied to an idle session that would end it sooner.' };
    }
    case 'paused': {
      const { text, unblock } = pausedReason(why.pause);
      return { code, text: `It is not copied: ${text}`, unblock };
    }
    case 'shortage': {
      const { text, unblock } = shortageReason(state, why.shortage, now);
      return { code, text: `It is not copied: a copy takes as much again. ${text}`, unblock };
    }
    case 'wanted': {
      const text = `It is not copied: a copy would take what others wait for (${why.name}).`;
      return { code, text, unblock: `It is when nobody waits for that any more. ${NEXT_PASS}` };
    }
    case 'share': {
      const text = `It is not copied: ${why.copies} of ${why.slots} slots run copies, and no more than a tenth may.`;
      return { code, text, unblock: `It is when one of them has ended. ${NEXT_PASS}` };
    }
    case 'nobody': {
      const text = 'It is not copied: no idle session that could do it asks for work.';
      return { code, text, unblock: `Start another one. ${NEXT_PASS}` };
    }
    default: {
      const [there, here] = [why.place.expected, why.remaining].map((ms) => Math.round(ms / 60_000));
      const text = `It is not copied: ${why.place.session.id} is expected to take ${there} min for all of it, and here ${here} min are left.`;
      return { code, text, unblock: `It is when what is left here has grown beyond that and a minute. ${NEXT_PASS}` };
    }
  }
}
