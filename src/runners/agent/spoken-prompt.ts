/**
 * The prompt of an agent program that takes nothing but a prompt: instructions stand in front of what is asked, the form of
 * a structured answer behind it.
 */
import { isRefusal, type Refusal } from '../../contract/failure.ts';
import type { RunRequest } from '../runner.ts';
import { promptOf } from './agent-options.ts';

/** Instructions, the prompt, the form of the answer. Refuses when nothing is asked. */
export function spokenPrompt(request: RunRequest): string | Refusal {
  const prompt = promptOf(request);
  if (isRefusal(prompt)) return prompt;
  const { instructions, answer_schema } = request.brief ?? {};
  const form =
    answer_schema === undefined ? undefined : `Answer with nothing but JSON that satisfies this schema:\n${JSON.stringify(answer_schema)}`;
  return [instructions, prompt, form].filter((part) => part !== undefined).join('\n\n');
}

/** The part of a text that is JSON: the whole, or its one fenced block; undefined when there is none. */
export function jsonIn(text: string): unknown {
  const fenced = /```(?:json)?\s*\n([\s\S]*?)\n```/.exec(text)?.[1];
  try {
    return JSON.parse(fenced ?? text) as unknown;
  } catch {
    return undefined;
  }
}
