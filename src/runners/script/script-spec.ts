/**
 * What a task says about the command to run. A spec that names none, or names it wrongly, is refused and never guessed.
 * Other fields are left out: a spec may describe the task for people too.
 */
import { z } from 'zod';
import { refuse, type Refusal } from '../../contract/failure.ts';

const text = z.string().refine((value) => !value.includes('\0'), 'must not hold a NUL character');
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/, 'must be the name of an environment variable');

const scriptSpec = z.object({
  run: z.union([text, z.array(text)]).optional(),
  timeout_seconds: z.number().positive().optional(),
  env: z.record(variable, text).optional(),
  repository: text.min(1).optional(),
  base: text.min(1).optional(),
});

/** The fields of a task's spec that the script runner and its host understand. */
export interface ScriptSpec {
  /** A string runs through /bin/sh, an array is executed directly. */
  readonly run: string | readonly [string, ...string[]];
  /** Own limit of the task in seconds; it can only shorten the worker's. */
  readonly timeout_seconds?: number | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Folder of the git repository to work in. */
  readonly repository?: string | undefined;
  /** Branch or commit to start from. */
  readonly base?: string | undefined;
}

/** Reads a task's spec. Refuses with `script_missing` when it names no command and `invalid_input` when a field is wrong. */
export function readScriptSpec(task_id: string, spec: unknown): ScriptSpec | Refusal {
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) return refuse('script_missing', { task_id });
  const parsed = scriptSpec.safeParse(spec);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `spec.${issue.path.join('.')}: ${issue.message}`).join('; ');
    return refuse('invalid_input', { issues });
  }
  const run = commandOf(parsed.data.run);
  return run === null ? refuse('script_missing', { task_id }) : { ...parsed.data, run };
}

/** One line that a person can read and, for an array, paste into a shell. */
export function commandLabel(run: ScriptSpec['run']): string {
  if (typeof run === 'string') return run.trim();
  return run.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}

function commandOf(run: string | string[] | undefined): ScriptSpec['run'] | null {
  if (typeof run === 'string') return run.trim() === '' ? null : run;
  const [file, ...rest] = run ?? [];
  return file === undefined || file === '' ? null : [file, ...rest];
}
