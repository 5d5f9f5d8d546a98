/**
 * tutti logs: the server's own log, one line of JSON each, as a person reads it.
 */
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { dataFiles, requireDataFolder } from '../../config/data-folder.ts';
import { Failure } from '../../contract/failure.ts';
import type { CliContext } from '../cli-context.ts';
import type { Values } from '../command.ts';
import { cleanLine, safeJson } from '../output/clean-text.ts';
import type { Palette } from '../output/terminal.ts';
import { fillTo } from '../output/display-width.ts';
import { clockTime } from '../output/words.ts';

const LOOK_EVERY_MS = 250;
/** Bytes of the file's end that the newest lines are looked for in. */
const TAIL_BYTES = 4 * 1_048_576;
const LEVELS: Readonly<Record<number, string>> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };
const KNOWN = new Set(['level', 'time', 'msg']);

/** Prints the newest lines, and with --follow every further one. */
export async function showLogs({ from, env, globals, terminal }: CliContext, values: Values): Promise<void> {
  const path = dataFiles(requireDataFolder({ from, env, flag: globals.data })).log;
  if (!existsSync(path)) throw new Failure('data_folder_missing', { folder: path });
  const print = (lines: readonly string[]): void =>
    terminal.print(...lines.map((line) => (globals.json ? jsonLine(line) : logLine(line, terminal.out))));
  let position = statSync(path).size;
  const start = Math.max(0, position - TAIL_BYTES);
  const lines = splitLines(readPart(path, start, position)).lines;
  print(lines.slice(start === 0 ? 0 : 1).slice(-Number(values['lines']) || Number.POSITIVE_INFINITY));
  let rest = '';
  while (values['follow'] === true) {
    await delay(LOOK_EVERY_MS);
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size < position) position = 0;
    const part = splitLines(rest + readPart(path, position, size));
    rest = part.rest;
    position = size;
    print(part.lines);
  }
}

/** A line of the log as a person reads it; what is no JSON stays as it is. */
export function logLine(line: string, out: Palette): string {
  const entry = parsed(line);
  if (entry === null) return cleanLine(line);
  const level = LEVELS[Number(entry['level'])] ?? String(entry['level']);
  const paint = level === 'error' || level === 'fatal' ? out.red : level === 'warn' ? out.amber : out.dim;
  const fields = Object.entries(entry).flatMap(([key, value]) =>
    KNOWN.has(key) ? [] : [`${key}=${typeof value === 'string' ? value : safeJson(value)}`],
  );
  const time = typeof entry['time'] === 'string' ? clockTime(entry['time']) : '        ';
  return [
    out.dim(time),
    paint(fillTo(level, 5)),
    cleanLine(typeof entry['msg'] === 'string' ? entry['msg'] : ''),
    out.dim(cleanLine(fields.join(' '))),
  ]
    .join('  ')
    .trimEnd();
}

function jsonLine(line: string): string {
  return safeJson(parsed(line) ?? { msg: line });
}

function parsed(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function splitLines(text: string): { lines: string[]; rest: string } {
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  return { lines: lines.filter((line) => line !== ''), rest };
}

function readPart(path: string, from: number, to: number): string {
  if (to <= from || !existsSync(path)) return '';
  const handle = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(to - from);
    return bytes.toString('utf8', 0, readSync(handle, bytes, 0, bytes.length, from));
  } finally {
    closeSync(handle);
  }
}
