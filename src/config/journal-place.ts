/**
 * Owns where the journal of a swarm lies, given the configuration. Invariant: no two swarms share a folder.
 */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { LoadedConfiguration } from './load-configuration.ts';

/** The swarm whose journal is in the folder itself; the others have folders of their own below it. */
const FIRST_SWARM = 'default';
const SWARMS = 'swarms';

/** Where the journals are: in memory (null), or in a folder. */
export interface JournalPlace {
  readonly folder: string | null;
  /** The folder of a swarm's journal; null in memory. */
  folderOf(swarm: string): string | null;
  /** The swarms to open: the first one, those that have a journal already, and the configured one. */
  readonly swarms: readonly string[];
}

/** Where relative paths of the configuration start from. */
export interface JournalBase {
  /** The data folder. */
  readonly data: string;
  /** The current folder, for flags and variables. */
  readonly from: string;
}

/** Where the journals are. A relative folder starts at what named it: the current folder, or the project of the file. */
export function journalPlace({ configuration, values }: LoadedConfiguration, { data, from }: JournalBase): JournalPlace {
  const named = configuration.journal.replace(/^(sqlite|memory):/, '');
  const origin = values.find(({ key }) => key === 'journal')?.origin;
  const base = origin?.source === 'project' || origin?.source === 'user' ? dirname(data) : from;
  const folder = configuration.journal.startsWith('memory:') ? null : named === '' ? data : resolve(base, named);
  const present = folder === null ? [] : swarmFolders(folder);
  return {
    folder,
    folderOf: (swarm) => (folder === null ? null : swarm === FIRST_SWARM ? folder : join(folder, SWARMS, swarm)),
    swarms: [...new Set([FIRST_SWARM, ...present, configuration.swarm])],
  };
}

function swarmFolders(folder: string): string[] {
  const below = join(folder, SWARMS);
  if (!existsSync(below)) return [];
  return readdirSync(below, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^[a-z0-9][a-z0-9-]{0,62}$/.test(entry.name))
    .map(({ name }) => name)
    .toSorted();
}
