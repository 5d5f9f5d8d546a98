/**
 * Finds in one line of a transcript what a call of a model used. Claude Code tells it with each part of a message, Codex as
 * a growing total, Gemini CLI with each message, some of them twice. Transcripts are hostile: every field is looked at.
 */
import { isLooseObject, type LooseObject, numberAt, objectAt, objectsAt, parsedObject, textAt } from '../../contract/loose-json.ts';
import { isTaskId } from '../../contract/word.ts';

/** Counts of tokens; `tokens_in` leaves out what came from a cache. */
export interface TokenCounts {
  readonly tokens_in: number;
  readonly tokens_out: number;
  readonly cache_read: number;
  readonly cache_write: number;
}

/** True for counts that were kept. */
export function isTokenCounts(value: unknown): value is TokenCounts {
  if (!isLooseObject(value)) return false;
  return ['tokens_in', 'tokens_out', 'cache_read', 'cache_write'].every((field) => numberAt(value, field) !== null);
}

/** What is used under one key so far; a later sample of the same key replaces it. */
export interface UsageSample {
  readonly key: string;
  /** Empty: the one that was named last. */
  readonly model: string;
  readonly total: TokenCounts;
  /** The part of the total that is not from before this transcript was read; null: all of it. */
  readonly last: TokenCounts | null;
}

/** A task that the agent named to one of our tools. */
export interface NamedTask {
  readonly id: string;
  /** Its work ends with this. */
  readonly ends: boolean;
}

/** What a line holds: a sample, the model of what follows, or neither. */
export interface LineUsage {
  readonly sample: UsageSample | null;
  readonly model: string | null;
}

const NOTHING: LineUsage = { sample: null, model: null };
/** Beyond this a count is no count. */
const MOST_TOKENS = 1e12;
const LONGEST_NAME = 200;

/** Bytes that every line with something to count has. */
export const USAGE_MARKS: readonly string[] = ['"usage"', '"token_count"', '"tokens"', '"turn_context"', 'task_id'];

/** Our tools that name the task they are about; true: its work ends with it. */
const TASK_TOOLS: ReadonlyMap<string, boolean> = new Map([
  ['claim_task', false],
  ['update_task', false],
  ['complete_task', true],
  ['park_task', true],
]);

/** Whether a tool of this name, as programs spell it, ends the work on the task that it names; null: it is none of ours. */
export function endsTask(tool: string): boolean | null {
  return TASK_TOOLS.get(/tutti\W*_+(\w+)$/.exec(tool)?.[1] ?? '') ?? null;
}

/** The task that a line names to one of our tools, or null. */
export function taskInLine(line: LooseObject): NamedTask | null {
  const payload = objectAt(line, 'payload');
  const calls: (readonly [string, LooseObject])[] = [
    ...objectsAt(objectAt(line, 'message'), 'content').map((part) => [textAt(part, 'name'), objectAt(part, 'input')] as const),
    ...objectsAt(line, 'toolCalls').map((call) => [textAt(call, 'name'), objectAt(call, 'args')] as const),
    [`${textAt(payload, 'namespace')}__${textAt(payload, 'name')}`, parsedObject(textAt(payload, 'arguments')) ?? {}],
  ];
  for (const [tool, input] of calls) {
    const ends = endsTask(tool);
    const id = input['task_id'];
    if (ends !== null && isTaskId(id)) return { id, ends };
  }
  return null;
}

/** Looks at a line. */
export function usageInLine(line: LooseObject): LineUsage {
  const type = textAt(line, 'type');
  if (type === 'assistant') return claudeMessage(objectAt(line, 'message'));
  if (type === 'gemini') return geminiMessage(line);
  const payload = objectAt(line, 'payload');
  if (type === 'turn_context') return { sample: null, model: named(textAt(payload, 'model')) };
  return type === 'event_msg' && textAt(payload, 'type') === 'token_count' ? codexTotal(objectAt(payload, 'info')) : NOTHING;
}

function claudeMessage(message: LooseObject): LineUsage {
  const id = named(textAt(message, 'id'));
  const usage = objectAt(message, 'usage');
  if (id === '') return NOTHING;
  const total = {
    tokens_in: countAt(usage, 'input_tokens'),
    tokens_out: countAt(usage, 'output_tokens'),
    cache_read: countAt(usage, 'cache_read_input_tokens'),
    cache_write: countAt(usage, 'cache_creation_input_tokens'),
  };
  return { sample: { key: id, model: named(textAt(message, 'model')), total, last: null }, model: null };
}

function codexTotal(info: LooseObject): LineUsage {
  const total = codexCounts(objectAt(info, 'total_token_usage'));
  return { sample: { key: 'total', model: '', total, last: codexCounts(objectAt(info, 'last_token_usage')) }, model: null };
}

/** Cached tokens are among those that went in. */
function codexCounts(usage: LooseObject): TokenCounts {
  const cache_read = countAt(usage, 'cached_input_tokens');
  const cache_write = countAt(usage, 'cache_write_input_tokens');
  const tokens_in = Math.max(0, countAt(usage, 'input_tokens') - cache_read);
  return { tokens_in, tokens_out: countAt(usage, 'output_tokens'), cache_read, cache_write };
}

/** Cached tokens are among those that went in; thoughts are not among those that came out. */
function geminiMessage(line: LooseObject): LineUsage {
  const id = named(textAt(line, 'id'));
  const tokens = objectAt(line, 'tokens');
  if (id === '') return NOTHING;
  const cache_read = countAt(tokens, 'cached');
  const tokens_in = Math.max(0, countAt(tokens, 'input') + countAt(tokens, 'tool') - cache_read);
  const total = { tokens_in, tokens_out: countAt(tokens, 'output') + countAt(tokens, 'thoughts'), cache_read, cache_write: 0 };
  return { sample: { key: id, model: named(textAt(line, 'model')), total, last: null }, model: null };
}

function countAt(usage: LooseObject, field: string): number {
  return Math.min(MOST_TOKENS, Math.trunc(numberAt(usage, field) ?? 0));
}

function named(text: string): string {
  return text.slice(0, LONGEST_NAME);
}
