/**
 * Owns the way to the user: data on stdout, messages on stderr, colour only where it is wanted and seen.
 * Invariant: a reader that went away ends the program quietly; nothing but cleaned text and our own colours is written.
 */
/** What of the environment and the flags decides how output looks. */
export interface TerminalWishes {
  readonly no_color: boolean;
  /** Never ask. */
  readonly no_input: boolean;
}

/** A colour or weight; text in, text out. */
export type Paint = (text: string) => string;

/** Colours of one stream; each leaves the text as it is where colour is not wanted. */
export interface Palette {
  readonly coloured: boolean;
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly amber: Paint;
  readonly accent: Paint;
}

/** Where commands write to, and whom they ask. */
export interface Terminal {
  readonly out: Palette;
  readonly err: Palette;
  /** Columns of stdout; null when nobody looks at it. */
  readonly columns: number | null;
  /** A person can be asked. */
  readonly interactive: boolean;
  /** Writes lines of data to stdout. */
  print(...lines: readonly string[]): void;
  /** Writes lines of messages to stderr. */
  say(...lines: readonly string[]): void;
  /** Asks a yes/no question; no when nobody can be asked. */
  confirm(question: string): Promise<boolean>;
}

/** The terminal of this process. */
export function processTerminal(wishes: TerminalWishes): Terminal {
  const { stdin, stdout, stderr } = process;
  const interactive = stdin.isTTY && stderr.isTTY && !wishes.no_input;
  return {
    out: palette(stdout.isTTY && !wishes.no_color),
    err: palette(stderr.isTTY && !wishes.no_color),
    columns: stdout.isTTY ? Math.max(20, stdout.columns) : null,
    interactive,
    print: (...lines) => write(stdout, lines),
    say: (...lines) => write(stderr, lines),
    confirm: async (question) => interactive && (await ask(question)),
  };
}

/** Ends the program quietly when a reader such as `head` has gone: a failed write then is no failure. */
export function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(typeof process.exitCode === 'number' ? process.exitCode : 0);
      throw error;
    });
  }
}

/** Our colours, or none. */
export function palette(coloured: boolean): Palette {
  const paint = (on: number, off: number): Paint => (coloured ? (text) => `\u001b[${on}m${text}\u001b[${off}m` : (text) => text);
  return {
    coloured,
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    amber: paint(33, 39),
    accent: paint(36, 39),
  };
}

function write(stream: NodeJS.WriteStream, lines: readonly string[]): void {
  if (lines.length > 0) stream.write(`${lines.join('\n')}\n`);
}

async function ask(question: string): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises');
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await reader.question(`${question} [y/N] `)).trim());
  } finally {
    reader.close();
  }
}
