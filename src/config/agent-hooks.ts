/**
 * Owns the hooks by which an agent program tells Tutti what its session does, in the form that the programs read.
 * Invariant: every hook of ours ends with the mark, by which it is found again.
 */

/** Hooks of one event as the programs have them. */
export interface HookGroup {
  readonly matcher?: string;
  readonly hooks: readonly Readonly<Record<string, unknown>>[];
}

/** What hooks are made for. */
export interface HookWish {
  /** The program and its arguments before the command. */
  readonly program: readonly string[];
  /** Idle sessions take tasks of the team by themselves. */
  readonly takes_work: boolean;
}

/** At the end of every hook of ours: a comment for the shell, by which it is found again. */
export const HOOK_MARK = '# tutti';

const DAY_S = 86_400;

/** The hooks of Claude Code. Uses of tools and ends of turns are told in the background: they must not hold up the agent. */
export function claudeHooks({ program, takes_work }: HookWish): Readonly<Record<string, readonly HookGroup[]>> {
  const run = hookRunner(program, 'claude');
  const wake = { ...hookRunner(program, `claude --wake${takes_work ? ' --work' : ''}`)(), asyncRewake: true, timeout: DAY_S };
  return {
    SessionStart: [{ hooks: [run({ timeout: 10 }), wake] }],
    UserPromptSubmit: [{ hooks: [run({ timeout: 5 })] }],
    PostToolUse: [{ hooks: [run({ async: true, timeout: 10 })] }],
    Notification: [{ hooks: [run({ async: true, timeout: 10 })] }],
    Stop: [{ hooks: [run({ async: true, timeout: 10 }), wake] }],
    SessionEnd: [{ hooks: [run({ timeout: 5 })] }],
  };
}

/** Makes hooks of one kind: each is a command for the shell. */
export function hookRunner(
  program: readonly string[],
  what: string,
): (more?: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>> {
  const command = `${program.map(quoted).join(' ')} hook ${what} ${HOOK_MARK}`;
  return (more = {}) => ({ type: 'command', command, ...more });
}

/** A word for a POSIX shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
