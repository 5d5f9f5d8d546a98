/**
 * Reads what Claude Code writes with `--output-format stream-json`, line by line, into runner events.
 * Usage and cost are cumulative there, so each event carries the difference.
 */
import { limitOfStatus, problemLimit } from '../agent/limit-words.ts';
import { type LooseObject, numberAt, objectAt, objectsAt, shortText, textAt } from '../../contract/loose-json.ts';
import type { AgentRecord } from '../agent/agent-record.ts';
import type { RunnerEvent, RunUsage } from '../runner.ts';

type Counted = Omit<RunUsage, 'model' | 'cost_usd' | 'prices_tokens'> & { readonly cost_usd: number };

/** Reads the lines of one process. */
export interface ClaudeReader {
  /** The events that a line amounts to; the record is brought up to date. */
  read(line: LooseObject): readonly RunnerEvent[];
}

/** Makes a reader. `now` in ms since 1970. */
export function createClaudeReader(record: AgentRecord, now: () => number): ClaudeReader {
  const counted = new Map<string, Counted>();
  const handlers: Readonly<Record<string, (line: LooseObject) => readonly RunnerEvent[]>> = {
    system: (line) => readSystem(line, record, now),
    assistant: (line) => readAssistant(line, record, now),
    user: readUser,
    rate_limit_event: (line) => readLimit(objectAt(line, 'rate_limit_info'), record),
    result: (line) => [...readResult(line, record, now), ...usageOf(line, counted)],
  };
  return { read: (line) => handlers[textAt(line, 'type')]?.(line) ?? [] };
}

function readSystem(line: LooseObject, record: AgentRecord, now: () => number): readonly RunnerEvent[] {
  const subtype = textAt(line, 'subtype');
  if (subtype === 'init') {
    // Every turn begins like this.
    if (record.conversation !== '') return [];
    record.conversation = textAt(line, 'session_id');
    return [{ kind: 'conversation', id: record.conversation, model: textAt(line, 'model') }];
  }
  if (subtype !== 'api_retry') return [];
  const limit = limitOfStatus(numberAt(line, 'error_status'));
  const delay = numberAt(line, 'retry_delay_ms');
  if (limit === null) return [];
  record.limited = { limit, reset_at: delay === null ? null : now() + delay };
  record.refusals = limit === 'access' || limit === 'model' ? record.refusals + 1 : 0;
  if (record.refusals > 0) record.problem = `${textAt(line, 'error').replaceAll('_', ' ')} (status ${numberAt(line, 'error_status')})`;
  return [{ kind: 'limited', ...record.limited, message: `${textAt(line, 'error')}: attempt ${numberAt(line, 'attempt') ?? 0}` }];
}

function readAssistant(line: LooseObject, record: AgentRecord, now: () => number): readonly RunnerEvent[] {
  const content = objectsAt(objectAt(line, 'message'), 'content');
  const failed = textAt(line, 'error');
  if (failed !== '') {
    const text = content.map((part) => textAt(part, 'text')).join('\n');
    const found = problemLimit(`${failed} ${text}`, now());
    if (found !== null) {
      record.limited = { limit: found.limit, reset_at: found.reset_at ?? record.limited?.reset_at ?? null };
      return [{ kind: 'limited', ...record.limited, message: shortText(text) }];
    }
  } else {
    record.limited = null;
    record.refusals = 0;
    record.problem = null;
  }
  return content.flatMap((part): RunnerEvent[] => {
    if (textAt(part, 'type') === 'text' && textAt(part, 'text') !== '') return [{ kind: 'message', text: textAt(part, 'text') }];
    if (textAt(part, 'type') !== 'tool_use') return [];
    return [{ kind: 'tool_called', call_id: textAt(part, 'id'), tool: textAt(part, 'name'), detail: shortText(part['input']) }];
  });
}

function readUser(line: LooseObject): readonly RunnerEvent[] {
  return objectsAt(objectAt(line, 'message'), 'content').flatMap((part): RunnerEvent[] =>
    textAt(part, 'type') === 'tool_result'
      ? [{ kind: 'tool_ended', call_id: textAt(part, 'tool_use_id'), ok: part['is_error'] !== true }]
      : [],
  );
}

/** Subscriptions tell their state with every answer; only a refusal is a limit. */
function readLimit(info: LooseObject, record: AgentRecord): readonly RunnerEvent[] {
  if (textAt(info, 'status') !== 'rejected') return [];
  const resets = numberAt(info, 'resetsAt');
  record.limited = { limit: 'usage', reset_at: resets === null ? null : resets * 1_000 };
  return [{ kind: 'limited', ...record.limited, message: textAt(info, 'rateLimitType') }];
}

function readResult(line: LooseObject, record: AgentRecord, now: () => number): readonly RunnerEvent[] {
  record.ended = true;
  record.answer = textAt(line, 'result');
  if (line['structured_output'] !== undefined) record.structured = line['structured_output'];
  const failed = line['is_error'] === true || textAt(line, 'subtype') !== 'success';
  record.problem = failed ? shortText(record.answer === '' ? textAt(line, 'subtype') : record.answer) : null;
  if (!failed) record.limited = null;
  else if (record.limited === null) {
    const limit = limitOfStatus(numberAt(line, 'api_error_status'));
    record.limited = problemLimit(record.answer, now()) ?? (limit === null ? null : { limit, reset_at: null });
  }
  return [];
}

function usageOf(line: LooseObject, counted: Map<string, Counted>): readonly RunnerEvent[] {
  const byModel = objectAt(line, 'modelUsage');
  return Object.keys(byModel).flatMap((model): RunnerEvent[] => {
    const total = countedIn(objectAt(byModel, model));
    const before = counted.get(model);
    counted.set(model, total);
    const usage = before === undefined ? total : difference(total, before);
    const isNothing = usage.tokens_in + usage.tokens_out + usage.cache_read + usage.cache_write === 0;
    return isNothing ? [] : [{ kind: 'usage', usage: { model, ...usage } }];
  });
}

function countedIn(usage: LooseObject): Counted {
  return {
    tokens_in: numberAt(usage, 'inputTokens') ?? 0,
    tokens_out: numberAt(usage, 'outputTokens') ?? 0,
    cache_read: numberAt(usage, 'cacheReadInputTokens') ?? 0,
    cache_write: numberAt(usage, 'cacheCreationInputTokens') ?? 0,
    cost_usd: numberAt(usage, 'costUSD') ?? 0,
  };
}

function difference(total: Counted, before: Counted): Counted {
  const minus = (field: keyof Counted): number => Math.max(0, total[field] - before[field]);
  return {
    tokens_in: minus('tokens_in'),
    tokens_out: minus('tokens_out'),
    cache_read: minus('cache_read'),
    cache_write: minus('cache_write'),
    cost_usd: minus('cost_usd'),
  };
}
