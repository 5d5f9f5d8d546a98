/**
 * The name of the tmux server in which a project's sessions live, and of one session in it. One server per data folder, so
 * that projects never see each other's sessions, and a host that was restarted finds its own again.
 */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';

/** Name of the tmux server of a data folder, for `tmux -L`. */
export function terminalSocket(dataFolder: string): string {
  return `tutti-${createHash('sha256').update(resolve(dataFolder)).digest('hex').slice(0, 12)}`;
}

/** Name of a session in tmux, which takes no dots and colons. */
export function terminalName(sessionId: string): string {
  return sessionId.replaceAll('_', '__').replaceAll('.', '_d').replaceAll(':', '_c');
}

/** The session that has this name in tmux. */
export function sessionOfTerminal(name: string): string {
  return name.replaceAll(/__|_d|_c/g, (coded) => (coded === '__' ? '_' : coded === '_d' ? '.' : ':'));
}
