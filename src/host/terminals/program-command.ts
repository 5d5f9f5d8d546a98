/**
 * How a program is started in a terminal that ends with it: below a shell that stays until its last words are read. Pure.
 *
 * tmux takes the end of its child for the end of the output: what is on its way through the system then is lost. So its
 * child is a shell that outlives the program: it lets go of the terminal, and the end of the output, behind the last word,
 * makes tmux close it, which the system tells the shell (SIGHUP). Only then it ends, as the program did. Processes that the
 * program left behind in the terminal keep that from happening: then it waits for a second.
 */
import type { ProcessEnd } from '../../runners/process/process-table.ts';

/** Beyond these a shell's exit code names no signal. */
const SIGNAL_CODES = { first: 129, last: 159 } as const;

/** The command below a shell that stays until the last words are read. */
export function commandBeforeEnd(command: readonly string[]): readonly [string, ...string[]] {
  // What ends or interrupts the program is the program's own business; what the shell would say about it is nobody's.
  const script = `trap : INT QUIT TERM
exec 3>&2 2>/dev/null
(exec "$@" 2>&3 3>&-)
end=$?
trap 'kill $!; exit $end' HUP
exec </dev/null >/dev/null 3>&-
PATH=$PATH:/usr/bin:/bin sleep 1 & wait $!
exit $end`;
  return ['/bin/sh', '-c', script, 'sh', ...command];
}

/** How a program ended, from how its shell did: shells name a signal by an exit code above 128. */
export function endOfShell({ exit_code, signal }: ProcessEnd): ProcessEnd {
  const named = exit_code !== null && exit_code >= SIGNAL_CODES.first && exit_code <= SIGNAL_CODES.last;
  return named ? { exit_code: null, signal: exit_code - 128 } : { exit_code, signal };
}
