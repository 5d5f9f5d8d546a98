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
/** When the program ends a hook, in s: far beyond what a hook takes by itself, for on a busy machine it is long in starting. */
const [START_S, AWAITED_S, BESIDE_S] = [30, 15, 30];

/** The hooks of Claude Code. Uses of tools and ends of turns are told in the background: they must not hold up the agent. */
export function claudeHooks({ program, takes_work }: HookWish): Readonly<Record<string, readonly HookGroup[]>> {
  const run = hookRunner(program, 'claude');
  const wake = { ...hookRunner(program, `claude --wake${takes_work ? ' --work' : ''}`)(), asyncRewake: true, timeout: DAY_S };
  return {
    SessionStart: [{ hooks: [run({ timeout: START_S }), wake] }],
    UserPromptSubmit: [{ hooks: [run({ timeout: AWAITED_S })] }],
    PostToolUse: [{ hooks: [run({ async: true, timeout: BESIDE_S })] }],
    Notification: [{ hooks: [run({ async: true, timeout: BESIDE_S })] }],
    Stop: [{ hooks: [run({ async: true, timeout: BESIDE_S }), wake] }],
    SessionEnd: [{ hooks: [run({ timeout: AWAITED_S })] }],
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
