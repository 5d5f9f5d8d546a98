/**
 * Owns the reading of the process's environment: everybody else is handed an `Environment`.
 */

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of this process. */
export function processEnvironment(): Environment {
  return process.env;
}
