/**
 * Changes single entries of a JSON text, with comments and trailing commas as they may be, in place: every other byte stays.
 * Invariant: taking out what was put in restores the text, unless the object or list that held it was empty.
 */
import { createScanner, findNodeAtLocation, getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';

/** Kinds of tokens; the package has them as numbers that leave no trace when it is compiled. */
const LINE_COMMENT = 12;
const BLOCK_COMMENT = 13;
const END_OF_TEXT = 17;

/** A way to a value: keys and places. */
export type JsonPath = readonly (string | number)[];

/** What a text holds, or what is wrong with it and where. */
export function readJson(text: string): { readonly content: Record<string, unknown> } | { readonly mistake: string } {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error !== undefined) {
    const words = printParseErrorCode(error.error).replaceAll(/(?<!^)([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
    return { mistake: `${placeIn(text, error.offset)}: ${words}.` };
  }
  if (root?.type !== 'object') return { mistake: 'it holds no object' };
  const twice = keyTwice(root);
  return twice === null
    ? { content: JSON.parse(JSON.stringify(getNodeValue(root))) as Record<string, unknown> }
    : { mistake: `${placeIn(text, twice)}: a key stands twice in one object` };
}

/** Puts an entry at the end of an object (with its key) or of a list. */
export function addEntry(text: string, place: JsonPath, entry: { readonly key?: string; readonly value: unknown }): string {
  const holder = nodeAt(text, place);
  const children = holder.children ?? [];
  const last = children.at(-1);
  const end = holder.offset + holder.length - 1;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const key = entry.key === undefined ? '' : `${JSON.stringify(entry.key)}: `;
  if (last === undefined) {
    const indent = `${eol}${indentAt(text, holder.offset)}${unitOf(text)}`;
    const isBare = text.slice(holder.offset + 1, end).trim() === '';
    const after = isBare ? `${eol}${indentAt(text, holder.offset)}` : '';
    const put = `${indent}${key}${drawn(entry.value, indent, unitOf(text))}${after}`;
    return spliced(text, holder.offset + 1, isBare ? end : holder.offset + 1, put);
  }
  const lastEnd = last.offset + last.length;
  const comma = commaAfter(text, lastEnd, end);
  const line = /\r?\n/.exec(blanked(text, lastEnd, end));
  if (line === null) {
    const put = `${key}${JSON.stringify(entry.value)}`;
    return comma === null ? spliced(text, lastEnd, lastEnd, `, ${put}`) : spliced(text, comma + 1, comma + 1, ` ${put},`);
  }
  const indent = `${eol}${indentAt(text, last.offset)}`;
  const put = `${indent}${key}${drawn(entry.value, indent, unitOf(text))}${comma === null ? '' : ','}`;
  const withEntry = spliced(text, lastEnd + line.index, lastEnd + line.index, put);
  return comma === null ? spliced(withEntry, lastEnd, lastEnd, ',') : withEntry;
}

/** Writes another value in the place of one. */
export function replaceValue(text: string, place: JsonPath, value: unknown): string {
  const node = nodeAt(text, place);
  const isShort = !text.slice(node.offset, node.offset + node.length).includes('\n');
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const put = isShort ? JSON.stringify(value) : drawn(value, `${eol}${indentAt(text, node.offset)}`, unitOf(text));
  return spliced(text, node.offset, node.offset + node.length, put);
}

/** Takes an entry out of its object or list. */
export function removeEntry(text: string, place: JsonPath): string {
  const value = nodeAt(text, place);
  const entry = value.parent?.type === 'property' ? value.parent : value;
  const siblings = entry.parent?.children ?? [];
  const index = siblings.indexOf(entry);
  const [before, after] = [siblings[index - 1], siblings[index + 1]];
  const holder = entry.parent;
  if (holder === undefined) return text;
  const end = entry.offset + entry.length;
  const ownComma = commaAfter(text, end, after?.offset ?? holder.offset + holder.length - 1);
  const gap = /(?:\r?\n)?[ \t]*$/.exec(text.slice(0, entry.offset))?.[0].length ?? 0;
  const without = spliced(text, entry.offset - gap, ownComma === null ? end : ownComma + 1, '');
  if (ownComma !== null || before === undefined) return without;
  const comma = commaAfter(text, before.offset + before.length, entry.offset);
  return comma === null ? without : spliced(without, comma, comma + 1, '');
}

/** True when there is nothing between the braces of a value, not even a comment. */
export function isBlank(text: string, place: JsonPath): boolean {
  const { offset, length } = nodeAt(text, place);
  return text.slice(offset + 1, offset + length - 1).trim() === '';
}

function nodeAt(text: string, place: JsonPath): Node {
  const root = parseTree(text, [], { allowTrailingComma: true });
  const node = root === undefined ? undefined : findNodeAtLocation(root, [...place]);
  if (node === undefined) throw new TypeError(`there is no ${place.join('.')}`);
  return node;
}

function spliced(text: string, from: number, to: number, put: string): string {
  return `${text.slice(0, from)}${put}${text.slice(to)}`;
}

/** Where the comma after an entry stands, not one in a comment; null when there is none before `end`. */
function commaAfter(text: string, from: number, end: number): number | null {
  const index = blanked(text, from, end).indexOf(',');
  return index === -1 ? null : from + index;
}

/** A part of the text with its comments blanked out. */
function blanked(text: string, from: number, end: number): string {
  const scanner = createScanner(text.slice(from, end), false);
  let plain = '';
  for (let token: number = scanner.scan(); token !== END_OF_TEXT; token = scanner.scan()) {
    const [at, length] = [from + scanner.getTokenOffset(), scanner.getTokenLength()];
    plain += token === BLOCK_COMMENT || token === LINE_COMMENT ? ' '.repeat(length) : text.slice(at, at + length);
  }
  return plain;
}

function drawn(value: unknown, indent: string, unit: string): string {
  return JSON.stringify(value, null, unit).replaceAll('\n', indent);
}

/** The white space that the line of a place begins with. */
function indentAt(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return /^[ \t]*/.exec(line.replace('\uFEFF', ''))?.[0] ?? '';
}

/** What one step of indentation is in the text. */
function unitOf(text: string): string {
  return /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
}

function placeIn(text: string, offset: number): string {
  const lines = text.slice(0, offset).split('\n');
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}

/** Where a key stands that its object has already; null: nowhere. */
function keyTwice(node: Node): number | null {
  const keys = new Set<string>();
  for (const child of node.children ?? []) {
    const [key] = child.children ?? [];
    if (node.type === 'object' && key !== undefined) {
      if (keys.has(String(key.value))) return key.offset;
      keys.add(String(key.value));
    }
    const inside = keyTwice(child);
    if (inside !== null) return inside;
  }
  return null;
}
