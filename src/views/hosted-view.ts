/**
 * The sessions that hosts keep, as they are shown.
 */
import { Failure } from '../contract/failure.ts';
import type { OutputOf } from '../contract/operations.ts';
import type { HostedView } from '../contract/operations/hosted-operations.ts';
import type { ReportedSession } from '../domain/hosted/state.ts';
import type { SwarmState } from '../domain/state.ts';
import { isoTime } from './time.ts';
import type { LogReader } from './view-context.ts';

/** All of them, or those of one host; by id. */
export function listHosted({ hosted }: SwarmState, host: string | undefined): OutputOf<'hosted.list'> {
  const all = Array.from(hosted.values()).filter((each) => host === undefined || each.host === host);
  return { sessions: all.map(showHosted).toSorted((a, b) => (a.session_id < b.session_id ? -1 : 1)) };
}

/** One of them, with its last screen. */
export async function showOneHosted({ hosted }: SwarmState, session_id: string, log: LogReader): Promise<OutputOf<'hosted.show'>> {
  const known = hosted.get(session_id);
  if (known === undefined) throw new Failure('session_not_hosted', { session_id });
  const event = known.screen_seq === 0 ? null : await log.at(known.screen_seq);
  const screen = event?.type === 'hosted_exited' || event?.type === 'hosted_quarantined' ? event.data.screen : null;
  return { session: showHosted(known), screen };
}

function showHosted({ screen_seq: _seq, since, next_start, ...rest }: ReportedSession): HostedView {
  return { ...rest, since: isoTime(since), next_start: next_start === null ? null : isoTime(next_start) };
}
