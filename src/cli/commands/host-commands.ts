/**
 * The commands on the sessions that a machine keeps: host, session attach, session screen.
 */
import type { OutputOf } from '../../contract/operations.ts';
import type { CliArgument, CliCommand } from '../command.ts';
import { operationCommand } from '../operation-command.ts';
import { cleanLine, cleanText } from '../output/clean-text.ts';
import { type Column, table } from '../output/table.ts';
import { ago, clockTime } from '../output/words.ts';
import { asCount } from '../read-values.ts';

const ID: CliArgument = { field: 'session_id', shown: 'session', description: 'Id of the session.' };

/** tutti host */
const host: CliCommand = {
  path: 'host',
  summary: 'Keep the sessions of this machine that the configuration names; in tmux they outlive it.',
  doing: 'keep the sessions',
  graceful: true,
  options: [
    {
      flags: '--lift <session>',
      description: 'Start one again that ended too often in a row, or well; also while a host runs.',
      repeatable: true,
      common: true,
    },
  ],
  examples: [
    { run: 'tutti host', says: 'Keep what stands under sessions in .tutti/config.yaml' },
    { run: 'tutti host --lift eng-1', says: 'Try a session again that was given up' },
    { run: 'tutti host --json', says: 'Its news, for a program' },
  ],
  run: async (context, values) => (await import('../serve/run-host-command.ts')).runHostCommand(context, values),
};

/** tutti session attach */
const attach: CliCommand = {
  path: 'session attach',
  summary: 'Show the live terminal of a session, on this machine or another; detaching leaves it running.',
  doing: 'attach to the session',
  args: [ID],
  options: [
    { flags: '--control', description: 'Also type into it, as the only one; default: only look.', common: true },
    { flags: '--force', description: 'With --control: take the keyboard from whoever has it.' },
  ],
  examples: [
    { run: 'tutti session attach eng-1', says: 'Look at it; Ctrl-b d detaches, Ctrl-b [ looks back' },
    { run: 'tutti session attach eng-1 --control', says: 'Type into it, too' },
    { run: 'tutti session attach eng-1 --data /srv/tutti', says: 'Of another data folder' },
  ],
  run: async (context, values) => (await import('../serve/run-attach.ts')).runAttach(context, values),
};

/** tutti session screen */
const screen: CliCommand = {
  path: 'session screen',
  summary: 'Print what the terminal of a session shows, on this machine or another.',
  doing: 'read the screen',
  args: [ID],
  options: [{ flags: '--lines <n>', description: 'Last lines, with what scrolled off; default 50.', read: asCount, common: true }],
  examples: [
    { run: 'tutti session screen eng-1', says: 'Its last lines' },
    { run: 'tutti session screen eng-1 --lines 500', says: 'Further back' },
    { run: 'tutti session screen eng-1 | grep -i error', says: 'For another program' },
  ],
  run: async (context, values) => (await import('../serve/run-attach.ts')).runScreen(context, values),
};

/** tutti session terminals */
const terminals = operationCommand({
  path: 'session terminals',
  summary: 'List the terminals of sessions on every machine, and who types into them.',
  doing: 'list the terminals',
  operation: 'terminal.list',
  examples: [
    { run: 'tutti session terminals', says: 'What can be attached to' },
    { run: 'tutti session terminals --json', says: 'For a program' },
    { run: 'tutti session attach eng-1', says: 'Look at one of them' },
  ],
  print: ({ output }, { terminal, now }) => {
    if (output.terminals.length === 0) terminal.say('No terminals: no `tutti host` is connected, or it keeps no session.');
    else terminal.print(...table(output.terminals, terminalColumns(now()), terminal));
  },
});

function terminalColumns(now: number): readonly Column<OutputOf<'terminal.list'>['terminals'][number]>[] {
  return [
    { title: 'SESSION', cell: ({ session_id }) => session_id, paint: (text, _row, { bold }) => bold(text) },
    { title: 'HOST', cell: ({ host }) => host },
    { title: 'PID', cell: ({ pid }) => String(pid), right: true },
    { title: 'STARTED', cell: ({ started_at }) => ago(started_at, now), right: true },
    { title: 'VIEWERS', cell: ({ viewers }) => String(viewers), right: true },
    {
      title: 'KEYBOARD',
      cell: ({ control }) => (control === null ? '–' : `${cleanLine(control.holder ?? control.by)} until ${clockTime(control.expires_at)}`),
      flexible: true,
    },
  ];
}

/** tutti session processes */
const processes = operationCommand({
  path: 'session processes',
  summary: 'List the sessions that hosts keep, and what became of their processes.',
  doing: 'list the processes',
  operation: 'hosted.list',
  options: [{ flags: '--host <name>', description: 'Only those of this machine.', common: true }],
  examples: [
    { run: 'tutti session processes', says: 'Of every machine' },
    { run: 'tutti session processes --host build-1', says: 'Of one' },
    { run: 'tutti session process eng-1', says: 'One, with the last that it showed' },
  ],
  print: ({ output }, { terminal, now }) => {
    if (output.sessions.length === 0) terminal.say('No host has reported a session.');
    else terminal.print(...table(output.sessions, processColumns(now()), terminal));
  },
});

/** tutti session process */
const process = operationCommand({
  path: 'session process',
  summary: 'Show what became of the process of a session that a host keeps, and the last that it showed.',
  doing: 'show the process',
  operation: 'hosted.show',
  args: [ID],
  examples: [
    { run: 'tutti session process eng-1', says: 'How it ended' },
    { run: 'tutti session process eng-1 --json | jq -r .screen', says: 'Only its last screen' },
    { run: 'tutti session attach eng-1', says: 'While it runs' },
  ],
  print: ({ output: { session, screen } }, { terminal, now }) => {
    terminal.print(...table([session], processColumns(now()), terminal));
    if (screen !== null) terminal.print('', ...cleanText(screen).split('\n'));
  },
});

function processColumns(now: number): readonly Column<OutputOf<'hosted.list'>['sessions'][number]>[] {
  return [
    { title: 'SESSION', cell: ({ session_id }) => session_id, paint: (text, _row, { bold }) => bold(text) },
    { title: 'HOST', cell: ({ host: name }) => name },
    { title: 'STATE', cell: ({ status }) => status },
    { title: 'PID', cell: ({ pid }) => (pid === null ? '–' : String(pid)), right: true },
    { title: 'SINCE', cell: ({ since }) => ago(since, now), right: true },
    { title: 'LAST END', cell: ({ exit_code, signal }) => endWords(exit_code, signal) },
    { title: 'FAILURES', cell: ({ failures }) => String(failures), right: true },
    { title: 'STARTS', cell: ({ starts }) => String(starts), right: true },
  ];
}

function endWords(exitCode: number | null, signal: number | null): string {
  if (exitCode !== null) return `exit code ${exitCode}`;
  return signal === null ? '–' : `signal ${signal}`;
}

/** Every command of this file. */
export const HOST_COMMANDS: readonly CliCommand[] = [host, attach, screen, terminals, processes, process];
