/**
 * What the demo's tasks share: the files of the worktree they run in, and how they write down what they found.
 * Invariant: the same files give the same bytes, and what the demo itself wrote is never looked at.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where the demo's tasks write, below the top of the repository. */
const REPORTS = 'housekeeping';
const MOST_BYTES = 8 * 1_048_576;

/** What a task found. */
export interface Findings {
  /** Name of the file, without its ending. */
  readonly name: string;
  readonly title: string;
  /** One sentence with the numbers; also the last line of the task's output. */
  readonly summary: string;
  /** Markdown. */
  readonly lines: readonly string[];
}

/** The repository's own files whose path fits, in git's order. */
export function trackedFiles(fits: RegExp): string[] {
  const listed = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8', maxBuffer: 256 * 1_048_576 });
  return listed.split('\0').filter((path) => path !== '' && !path.startsWith(`${REPORTS}/`) && fits.test(path));
}

/** The text of a file of the worktree; empty when it is no file, or one too large to be written by hand. */
export function textOf(path: string): string {
  try {
    const bytes = readFileSync(path);
    return bytes.length > MOST_BYTES || bytes.includes(0) ? '' : bytes.toString('utf8');
  } catch {
    return '';
  }
}

/** Tells the worker how far the task is, from 0 to 1. */
export function tellProgress(fraction: number, message: string): void {
  process.stdout.write(`::progress ${Math.min(1, fraction).toFixed(2)} ${message}\n`);
}

/** Writes the findings into the repository and says them. */
export function writeFindings({ name, title, summary, lines }: Findings): void {
  const path = join(REPORTS, `${name}.md`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `# ${title}\n\n${summary}\n\n${lines.join('\n')}\n`);
  process.stdout.write(`${summary}\n`);
}

/** A Markdown table. */
export function tableOf(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const line = (cells: readonly (string | number)[]): string =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

/** `1 file`, `2 files`. */
export function countOf(value: number, noun: string): string {
  return `${value.toLocaleString('en-US')} ${noun}${value === 1 ? '' : 's'}`;
}

/** The folder that a file counts for: its first two levels, or one when there are no more. */
export function areaOf(path: string): string {
  const folders = path.split('/').slice(0, -1);
  return folders.length === 0 ? '.' : folders.slice(0, 2).join('/');
}

/** Groups values by a key, the keys sorted. */
export function groupedBy<T>(values: readonly T[], keyOf: (value: T) => string): [key: string, values: T[]][] {
  const groups = new Map<string, T[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
