/**
 * Edits the configuration of an agent program as text: what is ours goes in or out, everything else stays as it is.
 * Invariant: whatever cannot be read or would lose something by being written again, and a server of our name that is not
 * ours, is refused and left alone.
 */
import { parse as parseToml, TomlError } from 'smol-toml';
import { Failure, reasonOf } from '../../contract/failure.ts';
import { HOOK_MARK, type HookGroup } from '../../config/agent-hooks.ts';
import { type FileChange, SERVER_NAME } from './agent-setup.ts';

type Json = Record<string, unknown>;

const BEGIN = '# >>> tutti (tutti install codex --remove takes this out)';
const END = '# <<< tutti';
const BYTE_ORDER_MARK = '\uFEFF';

/** The text of the file after the change; '' when nothing is left of it. Throws Failure `configuration_foreign` or `configuration_unreadable`. */
export function changedText(before: string, change: FileChange, remove: boolean): string {
  if (change.format === 'toml') return changedToml(before, change, remove);
  const content = parsed(before, change.file);
  if (change.server !== null) changeServer(content, change.server, { file: change.file, remove });
  if (change.hooks !== null) changeHooks(content, change.hooks, { file: change.file, remove });
  if (Object.keys(content).length === 0) return '';
  const indent = /^\uFEFF?\{\r?\n([ \t]+)/.exec(before)?.[1] ?? '  ';
  const text = `${JSON.stringify(content, null, indent)}\n`;
  if (JSON.stringify(parsed(before, change.file)) === JSON.stringify(content)) return before;
  return `${before.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : ''}${withLineEnds(text, before)}`;
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
function parsed(written: string, file: string): Json {
  const text = written.replace(BYTE_ORDER_MARK, '');
  if (text.trim() === '') return {};
  const words = wordsOf(text);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    const comment = words.find(({ word }) => word.startsWith('/'));
    const reason = comment === undefined ? mistakeIn(text, reasonOf(error)) : `line ${comment.line} is a comment, which would be lost`;
    throw new Failure('configuration_unreadable', { file, reason }, error);
  }
  if (!isObject(content)) throw new Failure('configuration_unreadable', { file, reason: 'it holds no object' });
  const loss = lossIn(words, content);
  if (loss !== null) throw new Failure('configuration_unreadable', { file, reason: loss });
  return content;
}

/** What is wrong, and where: the parser says the place of some mistakes only, and quotes the file with the others. */
function mistakeIn(text: string, message: string): string {
  const told = /\(line (\d+) column (\d+)\)/.exec(message);
  const before = text.slice(0, told === null ? lengthThatParses(text) : 0).split('\n');
  const [line, column] = told === null ? [before.length, (before.at(-1) ?? '').length + 1] : [told[1], told[2]];
  return `line ${line}, column ${column}: ${/^.*?(?= in JSON|, "|, \.\.\.|$)/.exec(message)?.[0] ?? 'a mistake'}`;
}

/** Characters up to a token that nothing can go on with. */
function lengthThatParses(text: string): number {
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = Math.trunc((low + high) / 2);
    if (hasStrayToken(text.slice(0, middle))) high = middle;
    else low = middle + 1;
  }
  return Math.max(0, low - 1);
}

function hasStrayToken(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    return reasonOf(error).startsWith('Unexpected token');
  }
}

interface Word {
  readonly word: string;
  readonly line: number;
}

/** Strings, comments, colons and numbers of a JSON text, with their lines. */
function wordsOf(text: string): Word[] {
  let line = 1;
  let from = 0;
  return Array.from(text.matchAll(/"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*|:|-?\d[\d.eE+-]*/g), ({ 0: word, index }) => {
    line += text.slice(from, index).split('\n').length - 1;
    from = index;
    return { word, line };
  });
}

/** What would be lost if the text were written again from what it says; null: nothing. */
function lossIn(words: readonly Word[], content: Json): string | null {
  const long = words.find(({ word }) => /^-?\d+$/.test(word) && !Number.isSafeInteger(Number(word)));
  if (long !== undefined) return `line ${long.line}: the number ${long.word} would not stay what it is`;
  const twice = words.filter(({ word }) => word === ':').length !== keysIn(content);
  return twice ? 'a key stands twice in one object, and only the last would stay' : null;
}

function keysIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((total: number, each) => total + keysIn(each), own);
}
