/**
 * Makes the output of a program safe to show: what a terminal would obey is removed, what a person reads stays.
 * Invariant: the result holds no control character but newline and tab, and nothing that reorders or hides text.
 */

const ESC = '\\x1b';
/** OSC, DCS, SOS, PM and APC strings. They end at a line end at the latest, so that an open one cannot swallow the rest. */
const STRINGS = `(?:${ESC}[\\]PX^_]|[\\x9d\\x90\\x98\\x9e\\x9f])[^\\x07\\x1b\\x9c\\n]*(?:\\x07|${ESC}\\\\|\\x9c)?`;
/** Colours, cursor movements, modes. */
const SEQUENCES = `(?:${ESC}\\[|\\x9b)[0-?]*[ -/]*[@-~]?`;
const OTHERS = `${ESC}[ -/]*[0-~]?`;
/** In one pass, so that what is left of one sequence cannot become the start of another. */
const COMMANDS = new RegExp(`${STRINGS}|${SEQUENCES}|${OTHERS}`, 'g');
const CONTROLS = /[^\P{Cc}\n\t]/gu;
/** Bidirectional controls, byte order marks, and tag characters, which carry text that nobody sees. */
const HIDDEN = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/** The readable text of some output; a carriage return shows, as in a terminal, only what was written last on its line. */
export function plainText(raw: string): string {
  const text = raw.replace(COMMANDS, '').replace(/[\u2028\u2029\v\f]/g, '\n');
  return text.split('\n').map(lastWritten).join('\n').replace(CONTROLS, '').replace(HIDDEN, '');
}

/** The readable last lines of some output, at most `limit` bytes of UTF-8; a line that was cut is left out when others remain. */
export function plainTail(raw: string, limit: number): string {
  const text = plainText(raw).trimEnd();
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= limit) return text;
  const cut = bytes
    .subarray(bytes.length - limit)
    .toString('utf8')
    .replace(/^\ufffd+/, '');
  const line = cut.indexOf('\n');
  return line === -1 ? cut : cut.slice(line + 1);
}

function lastWritten(line: string): string {
  let end = line.length;
  while (line[end - 1] === '\r') end -= 1;
  return line.slice(line.lastIndexOf('\r', end - 1) + 1, end);
}
