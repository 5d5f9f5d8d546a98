/**
 * Reads what `opencode run --format json` writes into runner events. Each step tells its own usage; a cost of 0 means
 * that the program knows no price.
 */
import type { AgentRecord } from '../agent/agent-record.ts';
import { limitOfStatus, problemLimit, refusalIn } from '../agent/limit-words.ts';
import { type LooseObject, numberAt, objectAt, shortText, textAt } from '../../contract/loose-json.ts';
import type { RunnerEvent } from '../runner.ts';

/** Characters of a provider's answer that are searched for a refusal. */
const ANSWER_SEARCHED = 4_096;

/** Makes a reader of lines. `model` is what was asked for; the program does not say. */
export function readOpencodeLine(model: string): (line: LooseObject, record: AgentRecord) => readonly RunnerEvent[] {
  return (line, record) => {
    const part = objectAt(line, 'part');
    const events: RunnerEvent[] = [];
    const id = textAt(line, 'sessionID');
    if (record.conversation === '' && id !== '') {
      record.conversation = id;
      events.push({ kind: 'conversation', id, model });
    }
    switch (textAt(line, 'type')) {
      case 'text':
        record.answer = textAt(part, 'text');
        return [...events, { kind: 'message', text: record.answer }];
      case 'tool_use':
        return [...events, ...readTool(part)];
      case 'step_finish':
        return [...events, readStep(part, record, model)];
      case 'error':
        return [...events, ...readProblem(objectAt(line, 'error'), record)];
      default:
        return events;
    }
  };
}

/** A tool is told once, when it has ended. */
function readTool(part: LooseObject): readonly RunnerEvent[] {
  const state = objectAt(part, 'state');
  const call_id = textAt(part, 'callID');
  return [
    { kind: 'tool_called', call_id, tool: textAt(part, 'tool'), detail: shortText(state['input']) },
    { kind: 'tool_ended', call_id, ok: textAt(state, 'status') === 'completed' },
  ];
}

function readStep(part: LooseObject, record: AgentRecord, model: string): RunnerEvent {
  if (textAt(part, 'reason') !== 'tool-calls') {
    record.ended = true;
    record.problem = null;
    record.limited = null;
  }
  const tokens = objectAt(part, 'tokens');
  const cache = objectAt(tokens, 'cache');
  const cost = numberAt(part, 'cost') ?? 0;
  const usage = {
    model,
    tokens_in: numberAt(tokens, 'input') ?? 0,
    tokens_out: (numberAt(tokens, 'output') ?? 0) + (numberAt(tokens, 'reasoning') ?? 0),
    cache_read: numberAt(cache, 'read') ?? 0,
    cache_write: numberAt(cache, 'write') ?? 0,
    cost_usd: cost === 0 ? null : cost,
  };
  return { kind: 'usage', usage };
}

function readProblem(error: LooseObject, record: AgentRecord): readonly RunnerEvent[] {
  const data = objectAt(error, 'data');
  record.problem = shortText(textAt(data, 'message') || textAt(error, 'message') || error);
  const status = limitOfStatus(numberAt(data, 'statusCode'));
  // What the provider itself wrote says more than the program's words for it.
  const told = status === null ? '' : textAt(data, 'responseBody').slice(0, ANSWER_SEARCHED);
  const found = refusalIn(told) ?? problemLimit(record.problem, Date.now()) ?? (status === null ? null : { limit: status, reset_at: null });
  if (found === null) return [];
  record.limited = found;
  return [{ kind: 'limited', ...found, message: record.problem }];
}
