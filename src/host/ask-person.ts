/**
 * Puts an agent's question for leave before a person (F9): it stands in the inbox at once, and the run goes on with the
 * answer. Invariant: no answer is no leave.
 */
import type { TuttiClient } from '../client/client.ts';
import { pause } from '../client/pause.ts';
import { Failure } from '../contract/failure.ts';
import type { Clock } from '../contract/ports.ts';
import type { PermissionAnswer, PermissionQuestion } from '../runners/runner.ts';
import type { HeldTask } from './held-task.ts';
import type { ServerLink } from './server-link.ts';

const WAIT_SECONDS = 60;
const AGAIN_MS = 1_000;
const ALLOW = 'allow';

/** What asking works with. */
export interface AskPorts {
  readonly link: ServerLink;
  readonly client: TuttiClient;
  readonly clock: Clock;
  readonly session_id: string;
}

/** Asks, and waits for as long as the run does. */
export async function askPerson(
  ports: AskPorts,
  held: HeldTask,
  question: PermissionQuestion,
  signal: AbortSignal,
): Promise<PermissionAnswer> {
  const { link, client, clock, session_id } = ports;
  const until = AbortSignal.any([signal, held.signal]);
  const { decision } = await link.call(
    'decision.ask',
    {
      kind: 'permission',
      question: `May ${session_id} use ${question.tool} for the task ${held.task.id}?`,
      options: [{ answer: ALLOW }, { answer: 'deny' }],
      context: { tool: question.tool, detail: question.detail },
      task_id: held.task.id,
      session_id,
      lease: held.lease,
    },
    until,
  );
  const { decision_id } = decision;
  for (let shown = decision; !until.aborted;) {
    if (shown.status !== 'open')
      return { allow: shown.answer === ALLOW, reason: shown.reason ?? `a person answered ${shown.answer ?? 'nothing'}` };
    try {
      shown = (await client.call('decision.show', { decision_id, wait: WAIT_SECONDS }, { signal: until })).decision;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      await pause(clock, AGAIN_MS, until);
    }
  }
  return { allow: false, reason: 'the run has ended' };
}
