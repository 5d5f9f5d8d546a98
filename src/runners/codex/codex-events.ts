/**
 * Reads what `codex exec --json` writes into runner events. Its usage counts cached tokens among those that went in.
 */
import type { AgentRecord } from '../agent/agent-record.ts';
import { problemLimit } from '../agent/limit-words.ts';
import { type LooseObject, numberAt, objectAt, shortText, textAt } from '../../contract/loose-json.ts';
import type { RunnerEvent } from '../runner.ts';

/** Items that are no tools. */
const WORDS = new Set(['agent_message', 'reasoning', 'error', 'todo_list']);

/** The events that a line amounts to. `model` is what was asked for; the program does not say. */
export function readCodexLine(line: LooseObject, record: AgentRecord, model: string): readonly RunnerEvent[] {
  const type = textAt(line, 'type');
  if (type === 'thread.started') {
    record.conversation = textAt(line, 'thread_id');
    return [{ kind: 'conversation', id: record.conversation, model }];
  }
  if (type === 'item.started' || type === 'item.completed') return readItem(objectAt(line, 'item'), type, record);
  if (type === 'turn.completed') return readEnd(objectAt(line, 'usage'), record, model);
  if (type !== 'turn.failed' && type !== 'error') return [];
  record.problem = shortText(type === 'error' ? textAt(line, 'message') : textAt(objectAt(line, 'error'), 'message'));
  const found = problemLimit(record.problem, Date.now());
  if (found === null || record.limited !== null) return [];
  record.limited = found;
  return [{ kind: 'limited', ...found, message: record.problem }];
}

function readItem(item: LooseObject, phase: string, record: AgentRecord): readonly RunnerEvent[] {
  const type = textAt(item, 'type');
  if (type === 'agent_message' && phase === 'item.completed') {
    record.answer = textAt(item, 'text');
    return [{ kind: 'message', text: record.answer }];
  }
  if (WORDS.has(type)) return [];
  const call_id = textAt(item, 'id');
  if (phase === 'item.completed') {
    const failed = ['failed', 'declined'].includes(textAt(item, 'status'));
    return [...(type === 'file_change' ? [called(item, call_id)] : []), { kind: 'tool_ended', call_id, ok: !failed }];
  }
  // A change of files is told twice; it counts once, when it is done.
  return type === 'file_change' ? [] : [called(item, call_id)];
}

function called(item: LooseObject, call_id: string): RunnerEvent {
  const type = textAt(item, 'type');
  const tool = type === 'mcp_tool_call' ? `mcp__${textAt(item, 'server')}__${textAt(item, 'tool')}` : type;
  const detail = shortText(item['arguments'] ?? item['command'] ?? item['changes'] ?? item['query'] ?? '');
  return { kind: 'tool_called', call_id, tool, detail };
}

function readEnd(usage: LooseObject, record: AgentRecord, model: string): readonly RunnerEvent[] {
  record.ended = true;
  record.problem = null;
  record.limited = null;
  const cache_read = numberAt(usage, 'cached_input_tokens') ?? 0;
  const tokens_in = Math.max(0, (numberAt(usage, 'input_tokens') ?? 0) - cache_read);
  const tokens_out = numberAt(usage, 'output_tokens') ?? 0;
  const cache_write = numberAt(usage, 'cache_write_input_tokens') ?? 0;
  return [{ kind: 'usage', usage: { model, tokens_in, tokens_out, cache_read, cache_write, cost_usd: null } }];
}
