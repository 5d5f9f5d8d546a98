/**
 * Reads what Gemini CLI writes with `--output-format stream-json` into runner events. Its usage counts cached tokens
 * among those that went in; it comes once, at the end, by model.
 */
import type { AgentRecord } from '../agent/agent-record.ts';
import { problemLimit } from '../agent/limit-words.ts';
import { type LooseObject, numberAt, objectAt, shortText, textAt } from '../../contract/loose-json.ts';
import type { RunnerEvent } from '../runner.ts';

/** The events that a line amounts to. */
export function readGeminiLine(line: LooseObject, record: AgentRecord): readonly RunnerEvent[] {
  const call_id = textAt(line, 'tool_id');
  switch (textAt(line, 'type')) {
    case 'init':
      record.conversation = textAt(line, 'session_id');
      return [{ kind: 'conversation', id: record.conversation, model: textAt(line, 'model') }];
    case 'message':
      return readMessage(line, record);
    case 'tool_use':
      record.answer = '';
      return [{ kind: 'tool_called', call_id, tool: textAt(line, 'tool_name'), detail: shortText(line['parameters']) }];
    case 'tool_result':
      return [{ kind: 'tool_ended', call_id, ok: textAt(line, 'status') === 'success' }];
    case 'error':
      return readProblem(textAt(line, 'message'), record);
    case 'result':
      return readResult(line, record);
    default:
      return [];
  }
}

/** Words come in pieces; the last ones after the last tool are the answer. */
function readMessage(line: LooseObject, record: AgentRecord): readonly RunnerEvent[] {
  if (textAt(line, 'role') !== 'assistant') return [];
  const text = textAt(line, 'content');
  record.answer = line['delta'] === true ? record.answer + text : text;
  return [{ kind: 'message', text }];
}

function readProblem(message: string, record: AgentRecord): readonly RunnerEvent[] {
  record.problem = shortText(message);
  const found = problemLimit(message, Date.now());
  if (found === null) return [];
  record.limited = found;
  return [{ kind: 'limited', ...found, message: record.problem }];
}

function readResult(line: LooseObject, record: AgentRecord): readonly RunnerEvent[] {
  record.ended = true;
  const failed = textAt(line, 'status') !== 'success';
  const problem = failed ? readProblem(textAt(objectAt(line, 'error'), 'message') || textAt(line, 'status'), record) : [];
  if (!failed) {
    record.problem = null;
    record.limited = null;
  }
  const models = objectAt(objectAt(line, 'stats'), 'models');
  const usage = Object.keys(models).map((model): RunnerEvent => {
    const counts = objectAt(models, model);
    const cache_read = numberAt(counts, 'cached') ?? 0;
    const tokens_in = Math.max(0, (numberAt(counts, 'input_tokens') ?? 0) - cache_read);
    const tokens_out = numberAt(counts, 'output_tokens') ?? 0;
    return { kind: 'usage', usage: { model, tokens_in, tokens_out, cache_read, cache_write: 0, cost_usd: null } };
  });
  return [...problem, ...usage];
}
