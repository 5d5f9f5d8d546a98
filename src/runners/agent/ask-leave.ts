/**
 * Asks for leave on behalf of an agent, and tells that it was asked and how it was answered.
 * Invariant: it never rejects; no answer is no leave.
 */
import { reasonOf } from '../../contract/failure.ts';
import type { AgentBrief, PermissionAnswer, PermissionQuestion, RunnerEvent } from '../runner.ts';

/** What asking works with. */
export interface LeavePorts {
  readonly ask: AgentBrief['ask'];
  readonly send: (event: RunnerEvent) => Promise<void>;
  /** Aborted when the agent has ended: nobody waits for the answer any more. */
  readonly over: AbortSignal;
}

/** Asks, waits, tells. */
export async function askLeave({ ask, send, over }: LeavePorts, question: PermissionQuestion): Promise<PermissionAnswer> {
  if (ask === undefined) return { allow: false, reason: 'Nobody can be asked; do it another way or say what you need.' };
  const { id, tool } = question;
  await send({ kind: 'permission', id, tool, asked: true, allowed: null });
  const answer = await ask(question, over).catch((error: unknown): PermissionAnswer => ({ allow: false, reason: reasonOf(error) }));
  await send({ kind: 'permission', id, tool, asked: false, allowed: answer.allow });
  return answer;
}
