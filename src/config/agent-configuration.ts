/**
 * What the parts beside an agent take from the configuration. A hook lives for a moment, and to read and check the whole
 * configuration takes longer than all the rest of it: what was found is remembered in the user's state folder.
 * Invariants: what is remembered holds for exactly the version, files, variables and flags that it was made from; it never
 * lies in a project, which may come from a stranger; where it cannot be kept, the configuration is read each time.
 */
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isLooseObject, parsedObject } from '../contract/loose-json.ts';
import { configurationFiles, type ConfigurationSources, userFolder } from './configuration-files.ts';
import type { Configuration } from './configuration-schema.ts';
import { type ServerChoice, serverChoice } from './server-choice.ts';

/** What the parts beside an agent take from the configuration. */
export interface AgentConfiguration extends ServerChoice {
  /** What the sessions of agents can do. */
  readonly capabilities: readonly string[];
  readonly prices: Configuration['prices'];
}

/** The variables that set what is remembered. */
const VARIABLES = ['TUTTI_SERVER', 'TUTTI_SWARM', 'TUTTI_WORKER_CAPABILITIES', 'TUTTI_PRICES'];

/** What is configured, remembered or read; `version` is that of the program. Throws Failure `config_invalid` or `usage`. */
export async function agentConfiguration(sources: ConfigurationSources, version: string): Promise<AgentConfiguration> {
  const { env, flags = {} } = sources;
  const { project, user } = configurationFiles(sources);
  const made_of = JSON.stringify([
    version,
    project,
    stampOf(project),
    user,
    stampOf(user),
    flags,
    VARIABLES.map((name) => env[name] ?? ''),
  ]);
  const file = join(userFolder(env, 'XDG_STATE_HOME', '.local/state'), 'tutti', 'configuration', project ?? 'no project', 'agents.json');
  return remembered(file, made_of) ?? readAnew(sources, { file, made_of });
}

async function readAnew(sources: ConfigurationSources, keeping: { readonly file: string; readonly made_of: string }) {
  const { loadConfiguration } = await import('./load-configuration.ts');
  const loaded = loadConfiguration(sources);
  const { worker, prices } = loaded.configuration;
  const configuration: AgentConfiguration = { ...serverChoice(loaded), capabilities: worker.capabilities, prices };
  remember(keeping.file, { made_of: keeping.made_of, configuration });
  return configuration;
}

/** What changes whenever the file does; null: it is not there. */
function stampOf(file: string | null): string | null {
  if (file === null) return null;
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? null : [stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(' ');
}

function remembered(file: string, made_of: string): AgentConfiguration | null {
  try {
    const kept = parsedObject(readFileSync(file, 'utf8'));
    if (kept === null || kept['made_of'] !== made_of || !isLooseObject(kept['configuration'])) return null;
    return kept['configuration'] as unknown as AgentConfiguration;
  } catch {
    return null;
  }
}

function remember(file: string, kept: { readonly made_of: string; readonly configuration: AgentConfiguration }): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(kept), { mode: 0o600 });
    renameSync(draft, file);
  } catch {
    // Without it the next one reads the configuration again.
  }
}
