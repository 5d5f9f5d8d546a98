/**
 * The commands that go back: replay and rollback.
 */
import type { Terminal } from '../output/terminal.ts';
import { rollbackPart } from '../../contract/events/swarm-events.ts';
import type { OutputOf } from '../../contract/operations.ts';
import type { CliCommand } from '../command.ts';
import { operationCommand } from '../operation-command.ts';
import { cleanLine } from '../output/clean-text.ts';
import { eventLine } from '../output/event-text.ts';
import { counted } from '../output/words.ts';
import { asNumber } from '../read-values.ts';

/** tutti event replay */
const eventReplay = operationCommand({
  path: 'event replay',
  summary: 'Replay the log to a moment (--at): what led there, and whether the checkpoints agree.',
  doing: 'replay the log',
  operation: 'event.replay',
  options: [
    { flags: '--from <moment>', description: 'Count and list only what came after this event or time.', common: true },
    { flags: '--limit <n>', description: 'List so many of the last events; default 20.', read: asNumber },
  ],
  examples: [
    { run: 'tutti event replay --at 1200', says: 'The swarm after event 1200, made of the events alone' },
    { run: 'tutti event replay --at 14:05 --from 14:00', says: 'What happened in these five minutes' },
    { run: 'tutti event replay --at -1h --json', says: 'For a program: counts, types, fingerprint' },
  ],
  input: async ({ from, ...values }) => {
    const { readMoment } = await import('../read-moment.ts');
    return { ...values, ...(typeof from === 'string' ? { from: readMoment(from, '--from') } : {}) };
  },
  exit: ({ same }) => (same ? 0 : 1),
  print: ({ output }, { terminal }) => {
    const { from, to, replayed, took_s, fingerprint, same, counts, types, events } = output;
    terminal.print(`Event ${to.seq} of ${to.time}: ${counted(replayed, 'event')} replayed in ${took_s} s.`);
    terminal.print(`  then     ${said(counts)}`);
    terminal.print(`  ${from.seq === 0 ? 'events ' : `since ${from.seq}`}  ${said(types)}`);
    terminal.print(...events.map((event) => `  ${eventLine(event, terminal)}`));
    terminal.print(`  state    ${fingerprint.slice(0, 16)}: ${same ? 'the checkpoints give the same' : 'THE CHECKPOINTS GIVE ANOTHER'}`);
    if (!same) terminal.say('Remove the folder checkpoints beside the journal: they are made anew. Please report it.');
  },
});

/** tutti event rollback */
const eventRollback = operationCommand({
  path: 'event rollback',
  summary: 'Bring tasks, rules, knowledge and more back to a moment, by new events; running work goes on.',
  doing: 'roll back',
  operation: 'event.rollback',
  args: [{ field: 'moment', shown: 'moment', description: 'An event, a time, or how long ago: 1200, 14:05, 2026-11-21T09:30:00Z, -10m.' }],
  options: [
    {
      flags: '--only <part>',
      description: 'Only this part; several times for more.',
      field: 'parts',
      repeatable: true,
      common: true,
      choices: rollbackPart.options,
    },
    { flags: '--limit <n>', description: 'List at most so many changes; default 200.', read: asNumber },
  ],
  examples: [
    { run: 'tutti event rollback --dry-run -- -10m', says: 'What it would change; -- keeps -10m from being an option' },
    { run: 'tutti event rollback 1200 --only settings', says: 'The rules as they were after event 1200' },
    { run: 'tutti event rollback 14:05 --only tasks --only knowledge --yes', says: 'Without a question' },
  ],
  input: async (values) => {
    const { readMoment } = await import('../read-moment.ts');
    return { ...values, moment: readMoment(String(values['moment']), 'moment') };
  },
  tried: (input) => ({ ...input, dry_run: true }),
  question: async (client, input, { terminal }) => {
    const planned = await client.call('event.rollback', { ...input, dry_run: true });
    if (planned.changed === 0) return null;
    printRollback(planned, terminal);
    return `Change ${counted(planned.changed, 'thing')} by new events?`;
  },
  print: ({ output }, { terminal }) => printRollback(output, terminal),
});

function printRollback({ to, dry_run, changed, changes, kept, kept_total, more }: OutputOf<'event.rollback'>, terminal: Terminal): void {
  const what = `to event ${to.seq} of ${to.time}`;
  if (changed === 0) terminal.print(`There is nothing to bring back ${what}.`);
  else
    terminal.print(
      dry_run ? `It would change ${counted(changed, 'thing')}, ${what}:` : `Rolled back ${what}: ${counted(changed, 'thing')} changed.`,
    );
  terminal.print(...changes.map(({ text }) => `  ${cleanLine(text)}`));
  if (changes.length < changed) terminal.say(`${changed - changes.length} more: --limit ${Math.min(1000, changed)}`);
  if (kept_total > 0) terminal.print(kept_total === 1 ? '1 thing stays as it is:' : `${kept_total} things stay as they are:`);
  terminal.print(...kept.map(({ kind, id, reason }) => `  ${cleanLine(`${kind} ${id}`.trim())}: ${cleanLine(reason)}`));
  if (kept.length < kept_total) terminal.say(`${kept_total - kept.length} more stay.`);
  if (more) terminal.say('There is more to bring back than fits into one decision: run it again.');
}

function said(counts: Readonly<Record<string, number>>): string {
  const shown = Object.entries(counts).filter(([, count]) => count !== 0);
  return shown.length === 0 ? 'nothing' : shown.map(([name, count]) => `${name} ${count}`).join(' · ');
}

/** Every command of this file. */
export const REWIND_COMMANDS: readonly CliCommand[] = [eventReplay, eventRollback];
