/**
 * A connector: a runner that speaks straight to a model API, and can be asked without a task (C2).
 */
import { isRefusal } from '../../contract/failure.ts';
import { promptOf } from '../agent/agent-options.ts';
import { notStarted } from '../process/process-run.ts';
import { streamRun } from '../process/run-stream.ts';
import type { AgentBrief, Runner, RunnerEvent } from '../runner.ts';
import { type ConnectorOptions, DEFAULT_MOST_TURNS } from './connector-options.ts';
import { holdConversation } from './conversation-run.ts';
import type { ModelProvider } from './model-provider.ts';
import { RETRY_RULES } from './patient-turn.ts';

/** What a connector can do. */
export interface ConnectorCapabilities {
  readonly name: string;
  readonly model: string;
  /** It can call tools, such as the operations of Tutti. */
  readonly tools: boolean;
  /** The provider itself holds to the form of a structured answer; otherwise it is asked for and checked. */
  readonly structured: boolean;
  readonly streaming: boolean;
  /** The provider reports what a turn costs; otherwise it is estimated from a table of prices. */
  readonly reports_cost: boolean;
}

/** What a prompt is executed in. */
export interface ConnectorContext extends Omit<AgentBrief, 'prompt' | 'servers' | 'resume' | 'ask' | 'input'> {
  readonly task_id: string;
  /** File that receives the live log; its folder exists. */
  readonly log_file: string;
  readonly timeout_ms: number;
  readonly signal: AbortSignal;
}

/** A connector to one model of one provider. */
export interface Connector extends Runner {
  capabilities(): ConnectorCapabilities;
  /** Has the model work on a prompt; the events are its live log. */
  execute(prompt: string, context: ConnectorContext): AsyncIterable<RunnerEvent>;
}

/** Makes the connector of a provider. */
export function createConnector(
  name: string,
  { model, retry = {}, most_turns = DEFAULT_MOST_TURNS }: ConnectorOptions,
  { structured, begin }: { readonly structured: boolean; readonly begin: ModelProvider['begin'] },
): Connector {
  const provider: ModelProvider = { name, model, can: { tools: true, structured }, begin };
  const run: Runner['run'] = (request, signal) =>
    streamRun(request, { signal, grace_ms: 0 }, async (running) => {
      const prompt = promptOf(request);
      return isRefusal(prompt)
        ? notStarted(request, prompt)
        : holdConversation(running, provider, prompt, { retry: { ...RETRY_RULES, ...retry }, most_turns });
    });
  return {
    name,
    run,
    capabilities: () => ({ name, model, ...provider.can, streaming: true, reports_cost: false }),
    execute(prompt, { task_id, log_file, timeout_ms, signal, ...brief }) {
      const request = { task_id, attempt: 1, spec: prompt, folder: '', log_file, environment: {}, timeout_ms, brief: { ...brief, prompt } };
      return run(request, signal);
    },
  };
}
