/**
 * Edits the configuration of an agent program as text: what is ours goes in or out, everything else stays as it is.
 * Invariant: whatever cannot be read, and a server of our name that is not ours, is refused and left alone.
 */
import { Failure, reasonOf } from '../../contract/failure.ts';
import { HOOK_MARK, type HookGroup } from '../../config/agent-hooks.ts';
import { type FileChange, SERVER_NAME } from './agent-setup.ts';

type Json = Record<string, unknown>;

const BEGIN = '# >>> tutti (tutti install codex --remove takes this out)';
const END = '# <<< tutti';

/** The text of the file after the change; '' when nothing is left of it. Throws Failure `configuration_foreign` or `configuration_unreadable`. */
export function changedText(before: string, change: FileChange, remove: boolean): string {
  if (change.format === 'toml') return changedToml(before, change, remove);
  const content = parsed(before, change.file);
  if (change.server !== null) changeServer(content, change.server, { file: change.file, remove });
  if (change.hooks !== null) changeHooks(content, change.hooks, { file: change.file, remove });
  if (Object.keys(content).length === 0) return '';
  const indent = /^\{\r?\n([ \t]+)/.exec(before)?.[1] ?? '  ';
  const text = JSON.stringify(content, null, indent);
  return JSON.stringify(parsed(before, change.file)) === JSON.stringify(content) ? before : `${text}\n`;
}

function changeServer(content: Json, { key, entry }: { readonly key: string; readonly entry: Json }, { file, remove }: Place): void {
  const servers = objectAt(content, key, file);
  const there = servers[SERVER_NAME];
  if (there !== undefined && !isOurServer(there)) throw new Failure('configuration_foreign', { file, what: `${key}.${SERVER_NAME}` });
  if (remove) delete servers[SERVER_NAME];
  else servers[SERVER_NAME] = entry;
  if (Object.keys(servers).length === 0) delete content[key];
}

interface Place {
  readonly file: string;
  readonly remove: boolean;
}

/** Ours end with the word mcp, after a program that is called tutti or lies in our package. */
function isOurServer(entry: unknown): boolean {
  if (!isObject(entry)) return false;
  const { command, args } = entry;
  const words = [command, args].flat(2).filter((word) => typeof word === 'string');
  return words.at(-1) === 'mcp' && words.some((word) => /(^|[/\\])tutti(\.mjs)?$|[/\\]src[/\\]main\.ts$/.test(word));
}

function changeHooks(content: Json, hooks: Readonly<Record<string, readonly HookGroup[]>>, { file, remove }: Place): void {
  const events = objectAt(content, 'hooks', file);
  for (const event of new Set([...Object.keys(events), ...Object.keys(hooks)])) {
    const there = events[event] ?? [];
    if (!Array.isArray(there)) throw new Failure('configuration_unreadable', { file, reason: `hooks.${event} is no list` });
    const others = there.flatMap((group: unknown) => withoutOurs(group));
    const all = [...others, ...(remove || !Object.hasOwn(hooks, event) ? [] : (hooks[event] ?? []))];
    if (all.length === 0) delete events[event];
    else events[event] = all;
  }
  if (Object.keys(events).length === 0) delete content['hooks'];
}

/** A group without our hooks; nothing when it held only such. */
function withoutOurs(group: unknown): unknown[] {
  if (!isObject(group) || !Array.isArray(group['hooks'])) return [group];
  const hooks: readonly unknown[] = group['hooks'];
  const others = hooks.filter((hook: unknown) => {
    const command = isObject(hook) ? hook['command'] : null;
    return typeof command !== 'string' || !command.endsWith(HOOK_MARK);
  });
  if (others.length === hooks.length) return [group];
  return others.length === 0 ? [] : [{ ...group, hooks: others }];
}

/** Our block stands between two marks, at the end when it is fresh. */
function changedToml(before: string, { file, block }: Extract<FileChange, { format: 'toml' }>, remove: boolean): string {
  const from = before.indexOf(BEGIN);
  const to = before.indexOf(END);
  const ours = from >= 0 && to > from;
  const others = ours ? `${before.slice(0, from)}${before.slice(to + END.length).replace(/^\n/, '')}` : before;
  if (new RegExp(String.raw`^\s*\[mcp_servers\.["']?${SERVER_NAME}["']?\]`, 'm').test(others))
    throw new Failure('configuration_foreign', { file, what: `mcp_servers.${SERVER_NAME}` });
  if (remove) return others.trim() === '' ? '' : ours ? `${others.trimEnd()}\n` : before;
  const text = [BEGIN, ...block, END, ''].join('\n');
  return others.trim() === '' ? text : `${others.trimEnd()}\n\n${text}`;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectAt(content: Json, key: string, file: string): Json {
  const there = (content[key] ??= {});
  if (!isObject(there)) throw new Failure('configuration_unreadable', { file, reason: `${key} is no object` });
  return there;
}

function parsed(text: string, file: string): Json {
  if (text.trim() === '') return {};
  try {
    const content: unknown = JSON.parse(text);
    if (isObject(content)) return content;
  } catch (error) {
    throw new Failure('configuration_unreadable', { file, reason: reasonOf(error).split('\n', 1)[0] }, error);
  }
  throw new Failure('configuration_unreadable', { file, reason: 'it holds no object' });
}
