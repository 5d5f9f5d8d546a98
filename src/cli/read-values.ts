/**
 * Owns how the texts of arguments and options are read: numbers, lists, JSON, files.
 */
import { readFileSync } from 'node:fs';
import { Failure, reasonOf } from '../contract/failure.ts';
import type { ReadValue } from './command.ts';

/** A number. */
export const asNumber: ReadValue = (text, flag) => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new Failure('usage', { reason: `${flag}: ${text} is not a number.` });
  return value;
};

/** A whole number from 0 on. */
export const asCount: ReadValue = (text, flag) => {
  if (!/^\d{1,9}$/.test(text.trim())) throw new Failure('usage', { reason: `${flag}: ${text} is not a whole number.` });
  return Number(text);
};

const SECONDS_IN: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A length of time in seconds, from 0 on; 15m, 2h and 3d are understood too. */
export const asSeconds: ReadValue = (text, flag) => {
  const [, number, unit = 's'] = /^\s*(\d+(?:\.\d+)?)\s*([smhd])?\s*$/.exec(text) ?? [];
  if (number === undefined) throw new Failure('usage', { reason: `${flag}: ${text} is not a length of time like 90, 15m, 2h or 3d.` });
  return Number(number) * (SECONDS_IN[unit] ?? 1);
};

/** A time in ISO 8601, as UTC. */
export const asTime: ReadValue = (text, flag) => {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new Failure('usage', { reason: `${flag}: ${text} is not a time like 2026-12-24T18:00:00Z.` });
  return time.toISOString();
};

/** A list, separated by commas. */
export const asList: ReadValue = (text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Text as it is, or with @ before it the content of a file; what looks like a JSON object is read as one. */
export const asTextOrJson: ReadValue = (text, flag) => {
  const content = text.startsWith('@') ? readText(text.slice(1), flag) : text;
  if (!content.trimStart().startsWith('{')) return content;
  try {
    return JSON.parse(content) as unknown;
  } catch (error) {
    throw new Failure('usage', { reason: `${flag}: not valid JSON: ${reasonOf(error)}` }, error);
  }
};

/** The text of a file. Throws Failure `usage`. */
export function readText(path: string, flag: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Failure('usage', { reason: `${flag}: ${path} cannot be read: ${reasonOf(error)}` }, error);
  }
}
