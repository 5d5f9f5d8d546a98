/**
 * What is shown of the terminal of a session: who types into it, and its screen as text with styles. What the program
 * wrote was interpreted where it runs: no control character, escape sequence, link or title of it is in here.
 */
import { z } from 'zod';
import { sessionId, timestamp } from '../ids.ts';

/** Most columns and rows of a terminal. */
export const TERMINAL_SIZE = { columns: 500, rows: 200 } as const;
/** Most lines above the screen that are kept and shown. */
export const TERMINAL_HISTORY = 2000;
/** Most text of one input, in characters. */
export const TERMINAL_INPUT = 65_536;

const colour = z.union([z.int().min(0).max(255), z.string().regex(/^#[0-9a-f]{6}$/)]);

/** Text that no terminal and no page obeys: no control characters, none that turn the direction of writing. */
const harmless = z
  .string()
  .max(16 * TERMINAL_SIZE.columns)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]*$/u, 'must have no control characters');

/** A piece of a line in one style. */
const styledRun = z.object({
  text: harmless,
  fg: colour.optional(),
  bg: colour.optional(),
  style: z
    .array(z.enum(['bold', 'dim', 'italic', 'underline', 'inverse', 'strike']))
    .max(6)
    .optional(),
});
/** A piece of a line in one style. */
export type StyledRun = z.output<typeof styledRun>;

/** A line: its pieces from the left; blanks in the default style at its end are left out. */
export const styledLine = z.array(styledRun).max(2 * TERMINAL_SIZE.columns);
/** A line of a terminal. */
export type StyledLine = z.output<typeof styledLine>;

/** A place of a screen, counted from 0. */
const place = z.object({
  column: z.int().min(0).max(TERMINAL_SIZE.columns),
  row: z.int().min(0).max(TERMINAL_SIZE.rows),
  visible: z.boolean(),
});

/** The size of a terminal in characters. */
export const terminalSize = {
  columns: z.int().min(2).max(TERMINAL_SIZE.columns),
  rows: z.int().min(1).max(TERMINAL_SIZE.rows),
};

/** A screen: as many lines as it has rows. */
export const terminalScreen = z.object({
  ...terminalSize,
  cursor: place,
  lines: z.array(styledLine).max(TERMINAL_SIZE.rows),
});
/** A screen. */
export type TerminalScreen = z.output<typeof terminalScreen>;

/** What changed of a screen. With `full` these are all its lines; without, only those that changed, by their row. */
export const screenChange = z.object({
  session_id: sessionId,
  full: z.boolean(),
  ...terminalSize,
  cursor: place,
  lines: z.array(z.object({ row: z.int().min(0).max(TERMINAL_SIZE.rows), line: styledLine })).max(TERMINAL_SIZE.rows),
});
/** What changed of a screen. */
export type ScreenChange = z.output<typeof screenChange>;

/** Who may type into a terminal. */
const terminalControl = z.object({
  by: z.string(),
  holder: z.string().nullable(),
  since: timestamp,
  expires_at: timestamp,
});

/** A terminal that can be watched now. */
export const terminalView = z.object({
  session_id: sessionId,
  host: z.string(),
  pid: z.int(),
  started_at: timestamp,
  viewers: z.int(),
  control: terminalControl.nullable(),
});
