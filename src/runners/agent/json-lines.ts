/**
 * Reads JSON objects, one per line, from text that comes in pieces. Invariant: memory is bounded however long a line is;
 * a line that is no object, or too long, is handed on as plain text (its beginning), never dropped in silence.
 */

/** The longest line that is parsed, in characters. Tool results of agents can be large. */
const LONGEST_LINE = 16 * 1024 * 1024;
const SHOWN = 4_000;

/** What a line holds. */
export type ReadLine = { readonly object: Readonly<Record<string, unknown>> } | { readonly text: string };

/** Makes a reader that takes text as it comes; call it with null at the end. Empty lines are left out. */
export function createLineReader(): (text: string | null) => ReadLine[] {
  let partial = '';
  let dropping = false;
  return (text) => {
    const lines = (partial + (text ?? '\n')).split('\n');
    const rest = lines.pop() ?? '';
    const read = lines.flatMap((line, index) => {
      if (index === 0 && dropping) return [];
      return line.trim() === '' ? [] : [readLine(line)];
    });
    if (lines.length > 0) dropping = false;
    if (rest.length > LONGEST_LINE) {
      if (!dropping) read.push({ text: `${rest.slice(0, SHOWN)}…` });
      dropping = true;
      partial = '';
    } else partial = dropping ? '' : rest;
    return read;
  };
}

function readLine(line: string): ReadLine {
  if (line.startsWith('{')) {
    try {
      return { object: JSON.parse(line) as Record<string, unknown> };
    } catch {
      // Not ours to mend: it is shown as it came.
    }
  }
  return { text: line.slice(0, SHOWN) };
}
