/**
 * Operations of the terminals of sessions: look at one, take and give back its keyboard, type, resize.
 * Only who has the keyboard is in the log; what is shown and typed never is. To follow a screen, send `watch` over the
 * WebSocket.
 */
import { z } from 'zod';
import { commandId, sessionId, timestamp } from '../ids.ts';
import { command, get, live, post } from '../operation.ts';
import { styledLine, TERMINAL_HISTORY, TERMINAL_INPUT, terminalScreen, terminalSize, terminalView } from '../views/terminal-view.ts';

const control = z.int().positive().describe('Number of the control that `terminal.take` gave.');

/** Terminals that can be watched now. */
export const terminalList = live(
  'List the terminals of sessions that hosts offer now.',
  { input: z.strictObject({}), output: z.object({ terminals: z.array(terminalView) }) },
  { role: 'viewer', paths: [get('/terminal/list'), get('/api/terminals')] },
);

/** The screen as it is now, once. */
export const terminalShow = live(
  'Show what the terminal of a session shows now, with what scrolled off it.',
  {
    input: z.strictObject({
      session_id: sessionId,
      history: z.int().min(0).max(TERMINAL_HISTORY).optional().describe('Lines above the screen; default 0.'),
    }),
    output: z.object({
      terminal: terminalView,
      screen: terminalScreen,
      history: z.array(styledLine),
      text: z.string().describe('History and screen as plain text, without the empty lines at the end.'),
    }),
  },
  { role: 'viewer', paths: [get('/terminal/{session_id}'), get('/api/terminals/{session_id}')], tool: 'terminal_screen' },
);

/** One writer at a time. */
export const terminalTake = command(
  'Take the keyboard of a terminal, or keep it for longer.',
  {
    input: z.strictObject({
      session_id: sessionId,
      holder: z.string().max(128).optional(),
      seconds: z.int().min(5).max(3600).optional().describe('How long; default 300.'),
      control: control.optional(),
      force: z.boolean().optional(),
      command_id: commandId.optional(),
    }),
    output: z.object({ session_id: sessionId, control, expires_at: timestamp }),
  },
  { role: 'operator', paths: [post('/terminal/take')] },
);

/** Give it back. */
export const terminalRelease = command(
  'Give the keyboard of a terminal back.',
  {
    input: z.strictObject({ session_id: sessionId, control, command_id: commandId.optional() }),
    output: z.object({ session_id: sessionId, status: z.literal('released') }),
  },
  { role: 'operator', paths: [post('/terminal/release')] },
);

/** Typing. */
export const terminalInput = live(
  'Type into a terminal whose keyboard one has.',
  {
    input: z.strictObject({
      session_id: sessionId,
      control,
      data: z.string().min(1).max(TERMINAL_INPUT).describe('Text, and keys as a terminal sends them (\\r for Enter).'),
    }),
    output: z.object({ session_id: sessionId, typed: z.int() }),
  },
  { role: 'operator', paths: [post('/terminal/input')] },
);

/** Its size. */
export const terminalResize = live(
  'Change the size of a terminal whose keyboard one has.',
  {
    input: z.strictObject({ session_id: sessionId, control, ...terminalSize }),
    output: z.object({ session_id: sessionId, ...terminalSize }),
  },
  { role: 'operator', paths: [post('/terminal/resize')] },
);
