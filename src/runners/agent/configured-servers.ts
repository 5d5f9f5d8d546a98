/**
 * Names of the MCP servers in an agent program's own settings, so that a run can go without them: it gets the servers that
 * it is given and none of the user's (E11). Read loosely: what cannot be read names none.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Names in the TOML files of Codex: those of the user, and those of the folders from the working folder upwards. */
export function codexServers(environment: Readonly<Record<string, string>>, folder: string): string[] {
  const home = environment['CODEX_HOME'] ?? join(environment['HOME'] ?? '', '.codex');
  const files = [home, ...upwards(folder).map((each) => join(each, '.codex'))].map((each) => join(each, 'config.toml'));
  const heads = textsOf(files).flatMap((text) => [...text.matchAll(/^\s*\[?\s*mcp_servers\s*\.\s*(?:"([^"\n]+)"|'([^'\n]+)'|([\w-]+))/gm)]);
  return distinct(heads.map(([, double, single, bare]) => double ?? single ?? bare ?? ''));
}

/** Names in the JSON files of OpenCode. */
export function opencodeServers(environment: Readonly<Record<string, string>>, folder: string): string[] {
  const user = join(environment['XDG_CONFIG_HOME'] ?? join(environment['HOME'] ?? '', '.config'), 'opencode');
  const folders = [user, environment['OPENCODE_CONFIG_DIR'] ?? user, ...upwards(folder).flatMap((each) => [each, join(each, '.opencode')])];
  const named = environment['OPENCODE_CONFIG'] === undefined ? [] : [environment['OPENCODE_CONFIG']];
  const files = folders.flatMap((each) => ['config.json', 'opencode.json', 'opencode.jsonc'].map((name) => join(each, name)));
  return distinct(textsOf([...named, ...files]).flatMap((text) => keysOf(text)));
}

/** The keys below `mcp` of JSON with comments. */
function keysOf(text: string): string[] {
  // Strings are kept whole; comments and commas before a closing bracket go.
  const plain = text
    .replaceAll(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, string: string | undefined) => string ?? '')
    .replaceAll(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, (_, string: string | undefined) => string ?? '');
  try {
    const { mcp } = JSON.parse(plain) as { readonly mcp?: unknown };
    return typeof mcp === 'object' && mcp !== null ? Object.keys(mcp) : [];
  } catch {
    return [];
  }
}

function textsOf(files: readonly string[]): string[] {
  return files.flatMap((file) => {
    try {
      return existsSync(file) ? [readFileSync(file, 'utf8')] : [];
    } catch {
      return [];
    }
  });
}

function upwards(folder: string): string[] {
  const folders = [resolve(folder)];
  for (let above = dirname(resolve(folder)); above !== folders.at(-1); above = dirname(above)) folders.push(above);
  return folders;
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names.filter((name) => name !== ''))];
}
