/**
 * tutti pause and tutti resume: the swarm, a capability, a session.
 */
import type { PauseView } from '../../contract/views/status-view.ts';
import type { CliCommand, CliOption } from '../command.ts';
import { operationCommand } from '../operation-command.ts';
import { cleanLine } from '../output/clean-text.ts';
import { pauseText } from '../output/status-text.ts';
import type { Terminal } from '../output/terminal.ts';

const PLACES: readonly CliOption[] = [
  { flags: '--capability <name>', description: 'Only tasks that need this capability.', common: true },
  { flags: '--session <id>', description: 'Only this session: it finishes what it has and gets nothing new.', common: true },
];

/** tutti pause */
const pauseCommand = operationCommand({
  path: 'pause',
  summary: 'Pause the swarm, a capability or a session: what runs goes on, nothing new begins.',
  doing: 'pause',
  operation: 'swarm.pause',
  options: [...PLACES, { flags: '--reason <text>', description: 'Why; everybody sees it.', common: true }],
  examples: [
    { run: 'tutti pause --reason "release at noon"', says: 'The whole swarm' },
    { run: 'tutti pause --capability gpu', says: 'Only what needs a GPU' },
    { run: 'tutti pause --session w1', says: 'Drain one session' },
  ],
  print: ({ output }, { terminal, now }) => say(output.paused, terminal, now()),
});

/** tutti resume */
const resumeCommand = operationCommand({
  path: 'resume',
  summary: 'Resume the swarm, a capability or a session.',
  doing: 'resume',
  operation: 'swarm.resume',
  options: PLACES,
  examples: [
    { run: 'tutti resume', says: 'The whole swarm' },
    { run: 'tutti resume --capability gpu', says: 'What needs a GPU' },
    { run: 'tutti resume --session w1', says: 'One session' },
  ],
  print: ({ output }, { terminal, now }) => say(output.paused, terminal, now()),
});

function say(paused: readonly PauseView[], terminal: Terminal, now: number): void {
  if (paused.length === 0) terminal.print('Nothing is paused.');
  else terminal.print(...paused.map((pause) => cleanLine(pauseText(pause, now))));
}

/** Every command of this file. */
export const PAUSE_COMMANDS: readonly CliCommand[] = [pauseCommand, resumeCommand];
