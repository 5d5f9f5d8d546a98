/**
 * Owns the one loader of configuration: flags before environment before project file before user file before defaults.
 * Invariant: every value knows where it came from, and nothing invalid is taken from anywhere.
 */
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { explainIssues } from '../contract/explain-issues.ts';
import { Failure, reasonOf } from '../contract/failure.ts';
import { DEFAULT_SETTINGS } from '../contract/settings.ts';
import {
  BUILT_IN_ROLES,
  type Configuration,
  CONFIGURATION_KEYS,
  type ConfigurationKey,
  configurationSchema,
} from './configuration-schema.ts';
import { configurationFiles, type ConfigurationSources } from './configuration-files.ts';
import type { Environment } from './environment.ts';

/** Where a value came from. */
export interface Origin {
  readonly source: 'flag' | 'environment' | 'project' | 'user' | 'default';
  /** The flag, the variable or the file; empty for a default. */
  readonly place: string;
}

/** One configured value with its origin. */
export interface ConfiguredValue {
  readonly key: string;
  /** null: not set, and there is no default. */
  readonly value: unknown;
  readonly origin: Origin;
}

/** The whole configuration. */
export interface LoadedConfiguration {
  readonly configuration: Configuration;
  readonly values: readonly ConfiguredValue[];
}

interface Given {
  readonly value: unknown;
  readonly origin: Origin;
}

/** Loads the configuration. Throws Failure `config_invalid`, or `usage` for an invalid flag. */
export function loadConfiguration(sources: ConfigurationSources): LoadedConfiguration {
  const { env, flags = {} } = sources;
  const { project, user } = configurationFiles(sources);
  const layers = [
    fromFlags(flags),
    fromEnvironment(env),
    project === null ? new Map<string, Given>() : fromFile(project, 'project'),
    fromFile(user, 'user'),
  ];
  const tree: Record<string, unknown> = {};
  const origins = new Map<string, Origin>();
  for (const { key } of CONFIGURATION_KEYS) {
    const given = layers.map((layer) => layer.get(key)).find((each) => each !== undefined);
    if (given === undefined) continue;
    put(tree, key, given.value);
    origins.set(key, given.origin);
  }
  const parsed = configurationSchema.parse(tree);
  const configuration = { ...parsed, roles: { ...BUILT_IN_ROLES, ...parsed.roles } };
  const values = CONFIGURATION_KEYS.map(({ key }) => ({
    key,
    value: pick(configuration, key) ?? pick({ settings: DEFAULT_SETTINGS }, key) ?? null,
    origin: origins.get(key) ?? { source: 'default' as const, place: '' },
  }));
  return { configuration, values };
}

function fromFlags(flags: Readonly<Record<string, string | undefined>>): Map<string, Given> {
  return layer((each) => {
    const text = flags[each.key];
    if (text === undefined) return null;
    const flag = `--${each.key.replace(/^.*\./, '').replaceAll('_', '-')}`;
    return {
      value: checked(each, fromText(each, text), (reason) => new Failure('usage', { reason: `${flag}: ${reason}` })),
      source: 'flag',
      place: flag,
    };
  });
}

function fromEnvironment(env: Environment): Map<string, Given> {
  return layer((each) => {
    const text = env[each.variable];
    if (text === undefined || text === '') return null;
    const fail = (reason: string): Failure => new Failure('config_invalid', { place: each.variable, issues: reason });
    return { value: checked(each, fromText(each, text), fail), source: 'environment', place: each.variable };
  });
}

function fromFile(file: string, source: 'project' | 'user'): Map<string, Given> {
  if (!existsSync(file)) return new Map();
  const tree = readTree(file);
  const result = configurationSchema.safeParse(tree);
  if (!result.success) throw new Failure('config_invalid', { place: file, issues: explainIssues(result.error.issues) });
  return layer((each) => {
    const value = pick(tree, each.key);
    return value === undefined ? null : { value, source, place: file };
  });
}

function readTree(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8')) ?? {};
  } catch (error) {
    throw new Failure('config_invalid', { place: file, issues: reasonOf(error).split('\n', 1)[0] ?? '' }, error);
  }
}

function layer(
  find: (key: ConfigurationKey) => { readonly value: unknown; readonly source: Origin['source']; readonly place: string } | null,
): Map<string, Given> {
  const found = new Map<string, Given>();
  for (const each of CONFIGURATION_KEYS) {
    const given = find(each);
    if (given !== null) found.set(each.key, { value: given.value, origin: { source: given.source, place: given.place } });
  }
  return found;
}

/** What a text means for this key; text that does not fit is handed on, for the schema to refuse. */
function fromText(each: ConfigurationKey, text: string): unknown {
  const trimmed = text.trim();
  if (each.kind === 'number') return trimmed !== '' && Number.isFinite(Number(trimmed)) ? Number(trimmed) : text;
  if (each.kind === 'boolean') return /^(1|true|yes|on)$/i.test(trimmed) ? true : /^(0|false|no|off)$/i.test(trimmed) ? false : text;
  if (each.kind === 'table') return asJson(text);
  if (each.kind === 'list')
    return trimmed
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  return text;
}

/** A table is given as JSON; text that is none is handed on, for the schema to refuse. */
function asJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function checked(each: ConfigurationKey, value: unknown, fail: (reason: string) => Failure): unknown {
  const result = each.schema.safeParse(value);
  if (result.success) return result.data;
  // The text was no such value; which kind of value text is, nobody asked.
  throw fail(
    explainIssues(result.error.issues)
      .replaceAll('input: ', '')
      .replace(/, not \w+$/, ''),
  );
}

function pick(tree: unknown, key: string): unknown {
  let value = tree;
  for (const part of key.split('.')) value = (value as Record<string, unknown> | null | undefined)?.[part];
  return value;
}

function put(tree: Record<string, unknown>, key: string, value: unknown): void {
  const parts = key.split('.');
  const last = parts.pop() ?? key;
  let branch = tree;
  for (const part of parts) branch = (branch[part] ??= {}) as Record<string, unknown>;
  branch[last] = value;
}
