/**
 * Reads the notifications of `codex app-server` into runner events. It tells limits by type, and used tokens as a growing
 * total in which cached ones are among those that went in.
 */
import type { AgentRecord } from '../agent/agent-record.ts';
import { limitOfStatus, problemLimit } from '../agent/limit-words.ts';
import { type LooseObject, numberAt, objectAt, shortText, textAt } from '../../contract/loose-json.ts';
import type { LimitKind, RunnerEvent } from '../runner.ts';

/** Items that are tools, with the field that says what is done. */
const TOOLS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    commandExecution: 'command',
    fileChange: 'changes',
    mcpToolCall: 'arguments',
    dynamicToolCall: 'arguments',
    webSearch: 'query',
    imageView: 'path',
    collabAgentToolCall: 'prompt',
  }),
);
/** Errors that are limits. */
const LIMITS: ReadonlyMap<string, LimitKind> = new Map<string, LimitKind>(
  Object.entries({
    usageLimitExceeded: 'usage',
    sessionBudgetExceeded: 'usage',
    rateLimitExceeded: 'rate',
    serverOverloaded: 'overloaded',
    unauthorized: 'access',
  } as const),
);
const FULL_PERCENT = 100;
const COUNTED = ['inputTokens', 'cachedInputTokens', 'cacheWriteInputTokens', 'outputTokens'] as const;

/** Collects what one conversation tells. */
export interface AppServerReader {
  /** The events that a notification amounts to; the record is brought up to date. */
  readonly read: (method: string, params: LooseObject) => readonly RunnerEvent[];
  /** The conversation has begun, with this model. */
  readonly begin: (model: string) => void;
}

/** Makes a reader. */
export function createAppServerReader(record: AgentRecord): AppServerReader {
  let model = '';
  let counted: Readonly<Record<(typeof COUNTED)[number], number>> | null = null;
  let reset_at: number | null = null;
  const turns = new Set<string>();

  const readUsage = (params: LooseObject): readonly RunnerEvent[] => {
    const usage = objectAt(params, 'tokenUsage');
    const at = (of: LooseObject, field: string): number => numberAt(of, field) ?? 0;
    const [total, last] = [objectAt(usage, 'total'), objectAt(usage, 'last')];
    // A conversation that goes on begins with what it used before.
    const before = counted ?? Object.fromEntries(COUNTED.map((field) => [field, at(total, field) - at(last, field)]));
    // Told as well when a conversation is taken up again, before anything is asked.
    const isOurs = turns.has(textAt(params, 'turnId'));
    counted = { inputTokens: 0, cachedInputTokens: 0, cacheWriteInputTokens: 0, outputTokens: 0 };
    for (const field of COUNTED) counted = { ...counted, [field]: at(total, field) };
    if (!isOurs) return [];
    const grown = (field: (typeof COUNTED)[number]): number => Math.max(0, at(total, field) - (before[field] ?? 0));
    const cache_read = grown('cachedInputTokens');
    const cache_write = grown('cacheWriteInputTokens');
    const tokens_in = Math.max(0, grown('inputTokens') - cache_read);
    const tokens_out = grown('outputTokens');
    if (tokens_in + tokens_out + cache_read + cache_write === 0) return [];
    return [{ kind: 'usage', usage: { model, tokens_in, tokens_out, cache_read, cache_write, cost_usd: null } }];
  };

  const readError = (error: LooseObject): readonly RunnerEvent[] => {
    const message = shortText(textAt(error, 'message'));
    const details = textAt(error, 'additionalDetails');
    record.problem = message;
    const words = problemLimit(`${message}\n${details}`, Date.now());
    const limit = typedLimit(error['codexErrorInfo']) ?? words?.limit ?? null;
    if (limit === null || record.limited !== null) return [];
    record.limited = { limit, reset_at: words?.reset_at ?? reset_at };
    return [{ kind: 'limited', ...record.limited, message }];
  };

  const readEnd = (turn: LooseObject): readonly RunnerEvent[] => {
    record.ended = true;
    const status = textAt(turn, 'status');
    if (status === 'completed') {
      record.problem = null;
      record.limited = null;
      return [];
    }
    if (status === 'interrupted') record.problem = 'its turn was interrupted';
    else if (typeof turn['error'] === 'object' && turn['error'] !== null) return readError(objectAt(turn, 'error'));
    else record.problem ??= `its turn ended as ${status}`;
    return [];
  };

  return {
    begin(name) {
      model = name;
    },
    read(method, params) {
      if (method === 'turn/started') turns.add(textAt(objectAt(params, 'turn'), 'id'));
      if (method === 'item/started') return readStart(objectAt(params, 'item'));
      if (method === 'item/completed') return readDone(objectAt(params, 'item'), record);
      if (method === 'thread/tokenUsage/updated') return readUsage(params);
      if (method === 'error') return readError(objectAt(params, 'error'));
      if (method === 'turn/completed') return readEnd(objectAt(params, 'turn'));
      if (method === 'account/rateLimits/updated') reset_at = resetOf(objectAt(params, 'rateLimits')) ?? reset_at;
      return [];
    },
  };
}

function readStart(item: LooseObject): readonly RunnerEvent[] {
  const type = textAt(item, 'type');
  const field = TOOLS.get(type);
  if (field === undefined) return [];
  const tool = type === 'mcpToolCall' ? `mcp__${textAt(item, 'server')}__${textAt(item, 'tool')}` : textAt(item, 'tool') || type;
  return [{ kind: 'tool_called', call_id: textAt(item, 'id'), tool, detail: shortText(item[field] ?? '') }];
}

function readDone(item: LooseObject, record: AgentRecord): readonly RunnerEvent[] {
  const type = textAt(item, 'type');
  if (type === 'agentMessage') {
    record.answer = textAt(item, 'text');
    return record.answer === '' ? [] : [{ kind: 'message', text: record.answer }];
  }
  if (!TOOLS.has(type)) return [];
  return [{ kind: 'tool_ended', call_id: textAt(item, 'id'), ok: !['failed', 'declined'].includes(textAt(item, 'status')) }];
}

/** The limit that an error names: by its word, or by the status that the provider answered with. */
function typedLimit(info: unknown): LimitKind | null {
  if (typeof info === 'string') return LIMITS.get(info) ?? null;
  if (typeof info !== 'object' || info === null) return null;
  const [inner] = Object.values(info) as unknown[];
  const status = typeof inner === 'object' && inner !== null ? numberAt(inner as LooseObject, 'httpStatusCode') : null;
  return limitOfStatus(status);
}

/** When the last of the allowances that are used up is renewed, ms since 1970; null when none is used up. */
function resetOf(limits: LooseObject): number | null {
  const full = ['primary', 'secondary']
    .map((name) => objectAt(limits, name))
    .filter((each) => (numberAt(each, 'usedPercent') ?? 0) >= FULL_PERCENT);
  const resets = full.map((each) => numberAt(each, 'resetsAt')).filter((each) => each !== null);
  return resets.length === 0 ? null : Math.max(...resets) * 1_000;
}
