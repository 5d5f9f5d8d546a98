/**
 * The way of a hook past the parser: agents wait for it, and the parser comes with every command there is. Invariant: it
 * takes exactly what an install writes; whatever else is typed goes to the parser, which knows better.
 */
import type { Environment } from '../config/environment.ts';
import type { Values } from './command.ts';
import { globalFlags } from './global-options.ts';
import { listenForInterruption } from './interruption.ts';
import type { Launch } from './launch.ts';
import { endWithReader } from './output/terminal.ts';
import { runHookCommand } from './serve/run-hook-command.ts';

/** What the hook is given by the program around it. */
interface Surroundings {
  readonly env: Environment;
  readonly from: string;
  readonly launch: Launch;
}

/** The values of `hook AGENT [--wake [--work]]`, as an install writes it, or null for any other arguments. */
export function plainHook(args: readonly string[]): Values | null {
  const [command, agent = '', wake, work, ...more] = args;
  if (command !== 'hook' || !/^[a-z]+$/.test(agent) || more.length > 0) return null;
  if (![undefined, '--wake'].includes(wake) || ![undefined, '--work'].includes(work)) return null;
  return { agent, ...(wake === undefined ? {} : { wake: true }), ...(work === undefined ? {} : { work: true }) };
}

/** Runs the hook as the parser would; resolves with the exit code. */
export async function runHookDirectly(values: Values, surroundings: Surroundings): Promise<number> {
  endWithReader();
  listenForInterruption().endGracefully();
  return runHookCommand({ ...surroundings, globals: globalFlags({}), now: () => Date.now() }, values);
}
