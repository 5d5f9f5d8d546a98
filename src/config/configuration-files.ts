/**
 * Owns where configuration comes from, without reading it.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { dataFiles, findDataFolder } from './data-folder.ts';
import type { Environment } from './environment.ts';

/** What configuration is made of. */
export interface ConfigurationSources {
  /** The current folder. */
  readonly from: string;
  readonly env: Environment;
  /** Dotted key → text of the flag that set it. */
  readonly flags?: Readonly<Record<string, string | undefined>>;
  /** The data folder, when a flag named it. */
  readonly data?: string | undefined;
}

/** The files, whether or not they are there; `project` null: there is no data folder. */
export function configurationFiles({ from, env, data }: ConfigurationSources): { readonly project: string | null; readonly user: string } {
  const folder = findDataFolder({ from, env, flag: data });
  return { project: folder === null ? null : dataFiles(folder).config, user: userConfigurationFile(env) };
}

/** The user's own file, for all projects. */
export function userConfigurationFile(env: Environment): string {
  return join(userFolder(env, 'XDG_CONFIG_HOME', '.config'), 'tutti', 'config.yaml');
}

/** A folder of the user as the XDG base directories have it: named by the variable, else below the home folder. */
export function userFolder(env: Environment, variable: string, fallback: string): string {
  const named = env[variable];
  return named === undefined || named === '' ? join(env['HOME'] ?? homedir(), fallback) : named;
}
