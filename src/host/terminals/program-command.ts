/**
 * How a program is started in a terminal: below its limits and, where the terminal ends with it, below a shell that stays
 * until its last words are read. Pure.
 *
 * tmux takes the end of its child for the end of the output: what is on its way through the system then is lost. So its
 * child is a shell that outlives the program: it lets go of the terminal, and the end of the output, behind the last word,
 * makes tmux close it, which the system tells the shell (SIGHUP). Only then it ends, as the program did. Processes that the
 * program left behind in the terminal keep that from happening: then it waits for a second.
 */
import type { ProcessEnd } from '../../runners/process/process-table.ts';

/** What a program is started with. */
export interface ProgramCommand {
  readonly command: readonly [string, ...string[]];
  /** Address space in MiB; null: as much as there is. */
  readonly memory_mb: number | null;
  /** CPU time in seconds; null: as much as it likes. */
  readonly cpu_seconds: number | null;
}

/** Beyond these a shell's exit code names no signal. */
const SIGNAL_CODES = { first: 129, last: 159 } as const;

/** The command below its limits. */
export function limitedCommand(program: ProgramCommand): readonly [string, ...string[]] {
  const limits = limitsOf(program);
  return limits === '' ? program.command : ['/bin/sh', '-c', `${limits}exec "$@"`, 'sh', ...program.command];
}

/** The command below a shell that stays until the last words are read. */
export function commandBeforeEnd(program: ProgramCommand): readonly [string, ...string[]] {
  // What ends or interrupts the program is the program's own business; what the shell would say about it is nobody's.
  const script = `trap : INT QUIT TERM
exec 3>&2 2>/dev/null
(${limitsOf(program)}exec "$@" 2>&3 3>&-)
end=$?
trap 'kill $!; exit $end' HUP
exec </dev/null >/dev/null 3>&-
PATH=$PATH:/usr/bin:/bin sleep 1 & wait $!
exit $end`;
  return ['/bin/sh', '-c', script, 'sh', ...program.command];
}

/** How a program ended, from how its shell did: shells name a signal by an exit code above 128. */
export function endOfShell({ exit_code, signal }: ProcessEnd): ProcessEnd {
  const named = exit_code !== null && exit_code >= SIGNAL_CODES.first && exit_code <= SIGNAL_CODES.last;
  return named ? { exit_code: null, signal: exit_code - 128 } : { exit_code, signal };
}

function limitsOf({ memory_mb, cpu_seconds }: ProgramCommand): string {
  const limits = [
    memory_mb === null ? '' : `ulimit -v ${memory_mb * 1024} && `,
    cpu_seconds === null ? '' : `ulimit -t ${cpu_seconds} && `,
  ];
  return limits.join('');
}
