/**
 * Finds progress in a command's output: a line of its own on stdout or stderr,
 *
 *     ::progress 0.42 what is being done
 *
 * with a number from 0 to 1 and an optional message. Any other line is output and nothing else.
 * Invariant: memory is bounded however long a line is.
 */
import { plainText } from '../process/plain-text.ts';

const LONGEST_LINE = 1_000;
const LONGEST_MESSAGE = 200;
const PROGRESS = /^::progress[ \t]+(\d*\.?\d+)(?:[ \t]+(.*))?$/;

/** One report of progress. */
export interface ProgressReport {
  /** 0 to 1. */
  readonly progress: number;
  readonly message: string;
}

/** Makes a reader that takes text as it comes and returns the reports completed by it; call it with null at the end. */
export function createProgressReader(): (text: string | null) => ProgressReport[] {
  let partial = '';
  return (text) => {
    const lines = (partial + (text ?? '\n')).split('\n');
    partial = (lines.pop() ?? '').slice(0, LONGEST_LINE + 1);
    return lines.flatMap((line) => (line.startsWith('::progress') ? (report(line) ?? []) : []));
  };
}

function report(line: string): ProgressReport | null {
  if (line.length > LONGEST_LINE) return null;
  const [, number, message = ''] = PROGRESS.exec(line.trimEnd()) ?? [];
  const progress = Number(number);
  return progress <= 1 ? { progress, message: plainText(message).trim().slice(0, LONGEST_MESSAGE) } : null;
}
