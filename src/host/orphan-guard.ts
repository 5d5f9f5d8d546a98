/**
 * Ends the runs of a worker that was killed: a small shell outside of the worker's process group that reads the process
 * groups of its runs from a pipe. The system closes the pipe when the worker dies, however it dies; what is listed then
 * is ended. Invariant: only groups whose run has not been reported as ended are signalled.
 *
 * A process that left its run's group escapes it; the next worker on the data folder looks for those (run-record.ts).
 */
import { spawn } from 'node:child_process';

/** `+ PID` lists a group, `- PID` strikes it off; at the end of the input SIGTERM, five seconds, SIGKILL. */
const GUARD = `
trap '' TERM INT HUP
groups=' '
while read -r sign pid; do
  case "$sign" in
    +) groups="$groups$pid " ;;
    -) case "$groups" in *" $pid "*) groups="\${groups%% $pid *} \${groups#* $pid }" ;; esac ;;
  esac
done
[ "$groups" = ' ' ] && exit 0
for pid in $groups; do kill -s TERM -- "-$pid" 2>/dev/null; done
for second in 1 2 3 4 5; do
  left=0
  for pid in $groups; do kill -s 0 -- "-$pid" 2>/dev/null && left=1; done
  [ "$left" = 0 ] && exit 0
  sleep 1
done
for pid in $groups; do kill -s KILL -- "-$pid" 2>/dev/null; done
`;

/** Watches over the runs of this process. */
export interface OrphanGuard {
  /** A run began; its first process leads a group of its own. */
  add(pid: number): void;
  /** The run has ended with all its processes. */
  remove(pid: number): void;
  /** Ends the guard; what is still listed is ended with it. */
  close(): void;
}

/** Starts the guard. Where there is no shell, runs are not guarded and nothing else is different. */
export function startOrphanGuard(): OrphanGuard {
  const shell = spawn('/bin/sh', ['-c', GUARD], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
  });
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  return {
    add: (pid) => void shell.stdin.write(`+ ${pid}\n`),
    remove: (pid) => void shell.stdin.write(`- ${pid}\n`),
    close: () => void shell.stdin.end(),
  };
}
