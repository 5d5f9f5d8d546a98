/**
 * Edits the configuration of an agent program as text: what is ours goes in or out, everything else stays as it is.
 * Invariants: JSON is changed in place, so that comments and layout stay; whatever cannot be read, and a server of our name that
 * is not ours, is refused and left alone.
 */
import { isDeepStrictEqual } from 'node:util';
import { parse as parseToml, TomlError } from 'smol-toml';
import { Failure, reasonOf } from '../../contract/failure.ts';
import { HOOK_MARK, type HookGroup } from '../../config/agent-hooks.ts';
import { type FileChange, SERVER_NAME } from './agent-setup.ts';
import { addEntry, isBlank, type JsonPath, readJson, removeEntry, replaceValue } from './edit-json.ts';

type Json = Record<string, unknown>;

const BEGIN = '# >>> tutti (tutti install codex --remove takes this out)';
const END = '# <<< tutti';
const BYTE_ORDER_MARK = '\uFEFF';

/** The text of the file after the change; '' when nothing is left of it. Throws Failure `configuration_foreign` or `configuration_unreadable`. */
export function changedText(before: string, change: FileChange, remove: boolean): string {
  if (change.format === 'toml') return changedToml(before, change, remove);
  const mark = before.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
  const text = before.slice(mark.length);
  const content = parsed(text, change.file);
  const wanted = wantedContent(content, change, remove);
  if (isDeepStrictEqual(content, wanted)) return before;
  if (Object.keys(wanted).length === 0 && (text.trim() === '' || isOnly(text))) return '';
  if (text.trim() === '') return `${mark}${JSON.stringify(wanted, null, 2)}\n`;
  const after = edited(text, content, wanted);
  // What was put in place must say what is wanted, whatever else stands there.
  if (!isDeepStrictEqual(parsed(after, change.file), wanted)) {
    throw new Failure('configuration_unreadable', { file: change.file, reason: 'it is written in a way that cannot be changed in place' });
  }
  return `${mark}${after}`;
}

/** What the file is to say. */
function wantedContent(content: Json, change: Extract<FileChange, { format: 'json' }>, remove: boolean): Json {
  const wanted = structuredClone(content);
  const place = { file: change.file, remove: remove || change.leaves === true };
  if (change.server !== null) changeServer(wanted, change.server, place);
  if (change.hooks !== null) changeHooks(wanted, change.hooks, place);
  return wanted;
}

/** True when no comment would be lost with the file. */
function isOnly(text: string): boolean {
  return !/\/[/*]/.test(text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""'));
}

/** The text with what differs below its first two levels changed in place: servers by name, hooks by event and group. */
function edited(before: string, content: Json, wanted: Json): string {
  let text = before;
  for (const key of new Set([...Object.keys(content), ...Object.keys(wanted)])) {
    const [was, is] = [ownOf(content, key), ownOf(wanted, key)];
    if (isDeepStrictEqual(was, is)) continue;
    if (was === undefined) text = addEntry(text, [], { key, value: is });
    else if (isObject(was)) text = editedObject(text, key, { was, is: isObject(is) ? is : {} });
  }
  return text;
}

function editedObject(before: string, key: string, { was, is }: { readonly was: Json; readonly is: Json }): string {
  let text = before;
  for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
    const [old, fresh] = [ownOf(was, name), ownOf(is, name)];
    if (isDeepStrictEqual(old, fresh)) continue;
    if (old === undefined) text = addEntry(text, [key], { key: name, value: fresh });
    else if (fresh === undefined) text = removeEntry(text, [key, name]);
    else if (Array.isArray(old) && Array.isArray(fresh)) text = editedList(text, [key, name], { was: old, is: fresh });
    else text = replaceValue(text, [key, name], fresh);
  }
  return Object.keys(is).length === 0 && isBlank(text, [key]) ? removeEntry(text, [key]) : text;
}

/** A field, unless it is one that every object has. */
function ownOf(content: Json, key: string): unknown {
  return Object.hasOwn(content, key) ? content[key] : undefined;
}

/** Ours stand at the end: from the first that differs on, entries go, then come. */
function editedList(
  before: string,
  place: JsonPath,
  { was, is }: { readonly was: readonly unknown[]; readonly is: readonly unknown[] },
): string {
  let text = before;
  const kept: unknown[] = [];
  for (const each of was) {
    if (kept.length < is.length && isDeepStrictEqual(each, is[kept.length])) kept.push(each);
    else text = removeEntry(text, [...place, kept.length]);
  }
  for (const value of is.slice(kept.length)) text = addEntry(text, place, { value });
  return text;
}

/** The line ends of a file stay what they are. */
function withLineEnds(text: string, before: string): string {
  return before.includes('\r\n') ? text.replaceAll(/\r?\n/g, '\r\n') : text;
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
  const others = ours ? `${before.slice(0, from)}${before.slice(to + END.length).replace(/^\r?\n/, '')}` : before;
  const servers = tomlIn(others, file)['mcp_servers'] ?? {};
  if (!isObject(servers)) throw new Failure('configuration_unreadable', { file, reason: 'mcp_servers is no table' });
  if (Object.hasOwn(servers, SERVER_NAME)) throw new Failure('configuration_foreign', { file, what: `mcp_servers.${SERVER_NAME}` });
  if (remove) return others.trim() === '' ? '' : ours ? `${others.trimEnd()}\n` : before;
  const text = [BEGIN, ...block, END, ''].join('\n');
  if (others.trim() === '') return text;
  const after = withLineEnds(`${others.trimEnd()}\n\n${text}`, others);
  try {
    parseToml(after);
  } catch {
    throw new Failure('configuration_unreadable', { file, reason: 'mcp_servers is written as a value, to which no table can be added' });
  }
  return after;
}

/** What a file holds, which is only looked at. */
function tomlIn(text: string, file: string): Json {
  try {
    return parseToml(text.replace(BYTE_ORDER_MARK, ''));
  } catch (error) {
    const [what = ''] = reasonOf(error).replace('Invalid TOML document: ', '').split('\n', 1);
    const reason = error instanceof TomlError ? `line ${error.line}, column ${error.column}: ${what}` : what;
    throw new Failure('configuration_unreadable', { file, reason }, error);
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectAt(content: Json, key: string, file: string): Json {
  const there = (content[key] ??= {});
  if (!isObject(there)) throw new Failure('configuration_unreadable', { file, reason: `${key} is no object` });
  return there;
}

/** What a file holds. */
function parsed(text: string, file: string): Json {
  if (text.trim() === '') return {};
  const read = readJson(text);
  if ('mistake' in read) throw new Failure('configuration_unreadable', { file, reason: read.mistake });
  return read.content;
}
