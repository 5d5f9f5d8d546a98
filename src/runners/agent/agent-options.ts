/**
 * What runners of agent programs have in common: where the program is, what it is given, what it is asked.
 */
import { refuse, type Refusal } from '../../contract/failure.ts';
import type { AgentPermissions, RunRequest } from '../runner.ts';

/** How a runner of an agent program is set up. */
export interface AgentRunnerOptions {
  /** The program and the words that come before ours. */
  readonly program: readonly [string, ...string[]];
  /** Added to the environment of every run: the program's own settings and credentials. */
  readonly environment: Readonly<Record<string, string>>;
  /** Left out: the program's own default. */
  readonly model?: string;
  /** What it may do without being asked. */
  readonly permissions: AgentPermissions;
  /** Words that are added to the command as they are. */
  readonly more_args?: readonly string[];
  /** Time between SIGTERM and SIGKILL, in milliseconds; 5,000 by default. */
  readonly grace_ms?: number;
}

/** Time between SIGTERM and SIGKILL when none is given. */
export const DEFAULT_GRACE_MS = 5_000;

/** What the agent is asked: the brief's prompt, or the words of the task's spec. Refuses when nothing is asked. */
export function promptOf({ brief, spec }: RunRequest): string | Refusal {
  if (brief !== undefined && brief.prompt.trim() !== '') return brief.prompt;
  if (typeof spec === 'string' && spec.trim() !== '') return spec;
  return refuse('invalid_input', { issues: 'spec: says nothing that an agent could be asked' });
}

/** One line for people: the program without its arguments' texts. */
export function programLabel(program: readonly string[], words: readonly string[]): string {
  return [...program, ...words].join(' ');
}
