/**
 * How the user calls this program: in a checkout, where npm started it, there is no `tutti` on the path.
 */
import type { Environment } from '../config/environment.ts';

/** `tutti`, or `npx tutti` when npm started this process. */
export function programName(env: Environment): string {
  return env['npm_execpath'] === undefined ? 'tutti' : 'npx tutti';
}

/** The text with its commands as the user would type them. */
export function asTyped(text: string, env: Environment): string {
  return text.replaceAll('`tutti ', `\`${programName(env)} `);
}
