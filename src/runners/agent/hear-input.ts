/**
 * Passes on what is said to an agent while it runs. Invariant: it never rejects; a broken source says nothing more.
 */
import { reasonOf } from '../../contract/failure.ts';
import type { AgentBrief, AgentInput, RunnerEvent } from '../runner.ts';

/** What hearing works with. */
export interface InputPorts {
  readonly input: AgentBrief['input'];
  readonly heed: (input: AgentInput) => void | Promise<void>;
  readonly send: (event: RunnerEvent) => Promise<void>;
  /** Aborted when the agent has ended. */
  readonly over: AbortSignal;
}

/** Listens until the source or the agent ends. */
export async function hearInput({ input, heed, send, over }: InputPorts): Promise<void> {
  const source = input?.[Symbol.asyncIterator]();
  if (source === undefined) return;
  over.addEventListener('abort', () => void source.return?.(), { once: true });
  try {
    for (let next = await source.next(); next.done !== true && !over.aborted; next = await source.next()) await heed(next.value);
  } catch (error) {
    await send({ kind: 'output', stream: 'stderr', text: `The input of the run broke: ${reasonOf(error)}\n` });
  }
}
