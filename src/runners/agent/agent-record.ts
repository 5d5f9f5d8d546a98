/**
 * What is known of a run of an agent while it goes on, and how it ends from that.
 * Invariant: completed only when the agent itself said that its turn is over and nothing it reported speaks against it.
 */
import { refuse } from '../../contract/failure.ts';
import { plainTail, plainText } from '../process/plain-text.ts';
import type { RunFacts } from '../process/process-run.ts';
import type { StopReason } from '../process/run-stop.ts';
import type { LimitKind, RunEvidence, RunRequest } from '../runner.ts';

const ANSWER_BYTES = 4 * 1024;
const REASON_LENGTH = 400;
/** Providers quote the key that they refuse. */
const SECRET = /\b((?:sk|pk|key|AIza|gsk|xai)[-_]?)[A-Za-z0-9*_-]{8,}/g;
/** When nobody says why. */
const REFUSED_WORDS = { access: 'it refuses the key', model: 'it does not have the model' } as const;

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
  /** Times in a row that its provider refused the key or the model, as far as the program tells while it goes on trying. */
  refusals: number;
}

/** Nothing is known. */
export function createAgentRecord(): AgentRecord {
  return { conversation: '', answer: '', structured: undefined, ended: false, problem: null, limited: null, refusals: 0 };
}

/** How a run that ended by itself has ended. */
export function agentEnding(request: RunRequest, record: AgentRecord, facts: RunFacts): StopReason {
  const { task_id, log_file } = request;
  if (facts.survivors !== undefined) {
    return { outcome: 'failed', refusal: refuse('processes_left', { task_id, pids: facts.survivors.join(', ') }) };
  }
  if (record.ended && record.problem === null) return { outcome: 'completed', refusal: null };
  if (record.limited !== null) return limitedEnding(request, record.limited, record.problem);
  const exit = facts.exit_code === null ? `the signal ${facts.signal}` : `exit code ${facts.exit_code}`;
  return { outcome: 'failed', refusal: refuse('agent_failed', { task_id, reason: record.problem ?? `it ended with ${exit}`, log_file }) };
}

/** The end of a run whose provider takes no more; `said` is what it said, when that is known. */
export function limitedEnding(request: RunRequest, limited: NonNullable<AgentRecord['limited']>, said: string | null): StopReason {
  if (limited.limit === 'access' || limited.limit === 'model') {
    const words = plainText(said ?? '')
      .replaceAll(/\s+/g, ' ')
      .replaceAll(SECRET, '$1…');
    const reason = words.trim().slice(0, REASON_LENGTH) || REFUSED_WORDS[limited.limit];
    return { outcome: 'failed', refusal: refuse('agent_refused', { task_id: request.task_id, refused: limited.limit, reason }) };
  }
  const reset = limited.reset_at === null ? null : new Date(limited.reset_at).toISOString();
  const when = reset === null ? 'after a while' : `at ${reset}`;
  const params = { task_id: request.task_id, limit: limited.limit, reset_at: reset, when };
  return { outcome: 'failed', refusal: refuse('agent_limited', params) };
}

/** A program that would wait longer than this for its provider is ended, so that its task can wait without it. */
const PATIENCE_MS = 60_000;
/** A provider that refuses a key means it: a program that goes on trying is ended after so many times. */
const REFUSALS = 3;

/** The end of a run that would only wait from now on; null while it need not. `now` in ms since 1970. */
export function endlessWait(request: RunRequest, { limited, refusals, problem }: AgentRecord, now: number): StopReason | null {
  if (limited !== null && refusals >= REFUSALS) return limitedEnding(request, limited, problem);
  const isFar = limited !== null && limited.reset_at !== null && limited.reset_at - now > PATIENCE_MS;
  return isFar ? limitedEnding(request, limited, null) : null;
}

/** What a record adds to the evidence. */
export function agentEvidence(record: AgentRecord): Partial<RunEvidence> {
  return {
    ...(record.answer === '' ? {} : { answer: plainTail(record.answer, ANSWER_BYTES) }),
    ...(record.conversation === '' ? {} : { conversation: record.conversation }),
    ...(record.structured === undefined ? {} : { structured: record.structured }),
  };
}
