/**
 * Whether a program can be started by its name, as the system would look for it.
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Environment } from './environment.ts';

/** True when it is there. A relative path is taken to be: it is looked for in the folder of the task. */
export function isProgramThere(program: string, env: Environment): boolean {
  if (isAbsolute(program)) return isExecutable(program);
  if (program.includes('/')) return true;
  return (env['PATH'] ?? '').split(delimiter).some((folder) => folder !== '' && isExecutable(join(folder, program)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
