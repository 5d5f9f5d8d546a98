/**
 * What is known of a run of an agent while it goes on, and how it ends from that.
 * Invariant: completed only when the agent itself said that its turn is over and nothing it reported speaks against it.
 */
import { refuse } from '../../contract/failure.ts';
import { plainTail } from '../process/plain-text.ts';
import type { RunFacts } from '../process/process-run.ts';
import type { StopReason } from '../process/run-stop.ts';
import type { LimitKind, RunEvidence, RunRequest } from '../runner.ts';

const ANSWER_BYTES = 4 * 1024;

/** What an agent has told of itself so far. */
export interface AgentRecord {
  conversation: string;
  /** Its last words. */
  answer: string;
  structured: unknown;
  /** The agent said that its turn is over. */
  ended: boolean;
  /** Why its turn failed, in its own words. */
  problem: string | null;
  /** The last limit that it ran into and has not got past. */
  limited: { readonly limit: LimitKind; readonly reset_at: number | null } | null;
}

/** Nothing is known. */
export function createAgentRecord(): AgentRecord {
  return { conversation: '', answer: '', structured: undefined, ended: false, problem: null, limited: null };
}

/** How a run that ended by itself has ended. */
export function agentEnding(request: RunRequest, record: AgentRecord, facts: RunFacts): StopReason {
  const { task_id, log_file } = request;
  if (facts.survivors !== undefined) {
    return { outcome: 'failed', refusal: refuse('processes_left', { task_id, pids: facts.survivors.join(', ') }) };
  }
  if (record.ended && record.problem === null) return { outcome: 'completed', refusal: null };
  if (record.limited !== null) return limitedEnding(request, record.limited);
  const exit = facts.exit_code === null ? `the signal ${facts.signal}` : `exit code ${facts.exit_code}`;
  return { outcome: 'failed', refusal: refuse('agent_failed', { task_id, reason: record.problem ?? `it ended with ${exit}`, log_file }) };
}

/** The end of a run whose provider takes no more for now. */
export function limitedEnding(request: RunRequest, limited: NonNullable<AgentRecord['limited']>): StopReason {
  const reset = limited.reset_at === null ? null : new Date(limited.reset_at).toISOString();
  const when = reset === null ? 'after a while' : `at ${reset}`;
  const params = { task_id: request.task_id, limit: limited.limit, reset_at: reset, when };
  return { outcome: 'failed', refusal: refuse('agent_limited', params) };
}

/** A program that would wait longer than this for its provider is ended, so that its task can wait without it. */
const PATIENCE_MS = 60_000;

/** The end of a run that would only wait from now on; null while it need not. `now` in ms since 1970. */
export function endlessWait(request: RunRequest, { limited }: AgentRecord, now: number): StopReason | null {
  const isFar = limited !== null && limited.reset_at !== null && limited.reset_at - now > PATIENCE_MS;
  return isFar ? limitedEnding(request, limited) : null;
}

/** What a record adds to the evidence. */
export function agentEvidence(record: AgentRecord): Partial<RunEvidence> {
  return {
    ...(record.answer === '' ? {} : { answer: plainTail(record.answer, ANSWER_BYTES) }),
    ...(record.conversation === '' ? {} : { conversation: record.conversation }),
    ...(record.structured === undefined ? {} : { structured: record.structured }),
  };
}
