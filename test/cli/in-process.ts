/**
 * Runs the command line in this process, for the many calls that end before they launch anything or speak to a server: what it
 * writes and its exit code, without the start of a program. What cannot be tried so is run for real.
 */
import { vi } from 'vitest';
import type { Launch } from '../../src/cli/launch.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import type { Ran } from './ran.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs `tutti` with these arguments from a folder; whatever it would launch fails. One call at a time. */
export async function runInProcess(args: readonly string[], from: string, env: Record<string, string>): Promise<Ran> {
  const said = { stdout: '', stderr: '' };
  const put = (stream: keyof typeof said): (() => void) => {
    const spy = vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      said[stream] += text.toString();
      return true;
    });
    return () => spy.mockRestore();
  };
  const back = [put('stdout'), put('stderr')];
  const listening = listeners();
  const folder = process.cwd();
  process.chdir(from);
  try {
    return { code: await runCli(args, { env, from, launch: NOTHING }), ...said };
  } finally {
    for (const each of back) each();
    process.chdir(folder);
    for (const [target, event, before] of listening) {
      for (const listener of target.rawListeners(event)) if (!before.includes(listener)) target.off(event, listener as () => void);
    }
  }
}

type Listening = readonly [target: NodeJS.EventEmitter, event: string, before: readonly unknown[]];

function listeners(): Listening[] {
  const places: readonly (readonly [NodeJS.EventEmitter, string])[] = [
    [process.stdout, 'error'],
    [process.stderr, 'error'],
    ...SIGNALS.map((signal) => [process as NodeJS.EventEmitter, signal] as const),
  ];
  return places.map(([target, event]) => [target, event, target.rawListeners(event)]);
}

const NOTHING = new Proxy({ version: '0.0.0' } as Launch, {
  get: (target, name) => {
    if (name in target) return target[name as keyof Launch];
    throw new Error(`this call launches ${String(name)}: run it for real`);
  },
});
