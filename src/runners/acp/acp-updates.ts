/**
 * Reads the notifications of the Agent Client Protocol into runner events. Words come in pieces and are put together until
 * something else happens.
 */
import type { SessionUpdate } from '@agentclientprotocol/sdk';
import type { AgentRecord } from '../agent/agent-record.ts';
import { shortText } from '../../contract/loose-json.ts';
import type { RunnerEvent } from '../runner.ts';

/** Collects what an agent says and does. */
export interface UpdateReader {
  /** The events that an update amounts to. */
  readonly read: (update: SessionUpdate) => readonly RunnerEvent[];
  /** The words that were not handed on yet, at the end of a turn. */
  readonly flush: () => readonly RunnerEvent[];
}

/** Makes a reader. */
export function createUpdateReader(record: AgentRecord): UpdateReader {
  let words = '';
  let message: string | null | undefined = null;
  const told = new Set<string>();
  const flush = (): readonly RunnerEvent[] => {
    if (words === '') return [];
    const text = words;
    words = '';
    record.answer = text;
    return [{ kind: 'message', text }];
  };
  const called = (call: { toolCallId: string; title?: string | null; rawInput?: unknown }): readonly RunnerEvent[] => {
    if (told.has(call.toolCallId)) return [];
    told.add(call.toolCallId);
    return [{ kind: 'tool_called', call_id: call.toolCallId, tool: call.title ?? 'tool', detail: shortText(call.rawInput ?? '') }];
  };
  return {
    flush,
    read(update) {
      if (update.sessionUpdate === 'agent_message_chunk') {
        const before = update.messageId === message ? [] : flush();
        message = update.messageId;
        if (update.content.type === 'text') words += update.content.text;
        return before;
      }
      if (update.sessionUpdate !== 'tool_call' && update.sessionUpdate !== 'tool_call_update') return [];
      const ended = update.status === 'completed' || update.status === 'failed';
      const end: RunnerEvent[] = ended ? [{ kind: 'tool_ended', call_id: update.toolCallId, ok: update.status === 'completed' }] : [];
      return [...flush(), ...called(update), ...end];
    },
  };
}
