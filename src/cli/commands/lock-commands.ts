/**
 * The commands on locks: list, acquire, renew, release, check.
 */
import { Failure } from '../../contract/failure.ts';
import type { LockView } from '../../contract/views/lock-view.ts';
import type { CliArgument, CliCommand, CliOption, Values } from '../command.ts';
import { operationCommand } from '../operation-command.ts';
import { cleanLine } from '../output/clean-text.ts';
import { type Column, table } from '../output/table.ts';
import { ago, duration } from '../output/words.ts';
import { asCount, asSeconds } from '../read-values.ts';

const LIST_LIMIT = 200;
const NAME: CliArgument = { field: 'name', shown: 'name', description: 'Name of the lock, or a file glob such as file:src/**.' };
const SESSION: CliOption = { flags: '--session <id>', description: 'Session that holds it.', field: 'session_id', common: true };
const TTL: CliOption = {
  flags: '--ttl <seconds>',
  description: 'How long it lasts unless it is renewed.',
  field: 'ttl_seconds',
  read: asSeconds,
};
const TOKEN: CliOption = { flags: '--token <n>', description: 'Its fencing token.', read: asCount };

/** Files are named with `file:` before them. Throws Failure `usage` for a glob without it. */
function namedIn(values: Values): Values {
  const { name } = values;
  if (typeof name === 'string' && /[*?]/.test(name) && !name.startsWith('file:'))
    throw new Failure('usage', { reason: `name: ${name} is a glob of files; write it as 'file:${name}'.` });
  return values;
}

/** tutti lock list */
const lockList = operationCommand({
  path: 'lock list',
  summary: 'List the locks that are held.',
  doing: 'list the locks',
  operation: 'lock.list',
  options: [
    { ...SESSION, description: 'Only locks of this session.' },
    { flags: '--conflicts-with <name>', description: 'Only locks that would keep another session from this one.' },
    { flags: '--limit <n>', description: `At most so many; default ${LIST_LIMIT}, at most 1000.`, read: asCount },
    { flags: '--cursor <cursor>', description: 'The next page, as an earlier list named it.' },
  ],
  examples: [
    { run: 'tutti lock list', says: 'Who holds what, and until when' },
    { run: 'tutti lock list --session w1', says: 'What one session holds' },
    { run: 'tutti lock list --conflicts-with file:src/main.ts', says: 'Who could be in the way' },
  ],
  input: (values) => ({ limit: LIST_LIMIT, ...values }),
  print: ({ output }, { terminal, now }) => {
    if (output.locks.length === 0) terminal.say('No locks.');
    else terminal.print(...table(output.locks, lockColumns(now()), terminal));
    if (output.next_cursor !== null) terminal.say(`More: tutti lock list --cursor ${cleanLine(output.next_cursor)}`);
  },
});

/** tutti lock acquire */
const lockAcquire = operationCommand({
  path: 'lock acquire',
  summary: 'Lock a name or files for a session, against every other session.',
  doing: 'acquire the lock',
  operation: 'lock.acquire',
  args: [NAME],
  input: namedIn,
  options: [SESSION, TTL, { flags: '--reason <text>', description: 'What for; others see it.' }],
  examples: [
    { run: 'tutti lock acquire deploy --session w1', says: 'A name that everybody agrees on' },
    { run: "tutti lock acquire 'file:src/cli/**' --session w1", says: 'Files' },
    { run: 'tutti lock acquire deploy --session w1 --ttl 60 --json | jq .token', says: 'For a minute, and its fencing token' },
  ],
  print: ({ output: { name, expires_at, token } }, { terminal, now }) => {
    terminal.print(`${cleanLine(name)} is locked ${lasting(expires_at, now())}; its token is ${token}.`);
    if (name.includes('/') && !name.startsWith('file:'))
      terminal.say(`It is a name and no file: to lock the file, write file:${cleanLine(name)}`);
  },
});

/** tutti lock renew */
const lockRenew = operationCommand({
  path: 'lock renew',
  summary: 'Keep a lock for longer.',
  doing: 'renew the lock',
  operation: 'lock.renew',
  args: [NAME],
  input: namedIn,
  options: [SESSION, TTL, TOKEN],
  examples: [
    { run: 'tutti lock renew deploy --session w1', says: 'As long again as before' },
    { run: 'tutti lock renew deploy --session w1 --ttl 600', says: 'For ten minutes from now' },
    { run: 'tutti lock renew deploy --session w1 --token 42', says: 'Only if it is still this one' },
  ],
  print: ({ output }, { terminal, now }) => terminal.print(`${cleanLine(output.name)} is locked ${lasting(output.expires_at, now())}.`),
});

/** tutti lock release */
const lockRelease = operationCommand({
  path: 'lock release',
  summary: 'Release a lock.',
  doing: 'release the lock',
  operation: 'lock.release',
  args: [NAME],
  input: namedIn,
  options: [SESSION, TOKEN],
  examples: [
    { run: 'tutti lock release deploy --session w1', says: 'Give it back' },
    { run: 'tutti lock release deploy --session w1 --token 42', says: 'Only if it is still this one' },
    { run: 'tutti lock list', says: 'What is still held' },
  ],
  print: ({ output }, { terminal }) => terminal.print(`${cleanLine(output.name)} is released.`),
});

/** tutti lock check */
const lockCheck = operationCommand({
  path: 'lock check',
  summary: 'Check whether a fencing token is good for a name or path right now.',
  doing: 'check the token',
  operation: 'lock.check',
  args: [{ ...NAME, description: 'Name of the lock, or a path that its glob covers.' }],
  options: [{ ...TOKEN, common: true }],
  examples: [
    { run: 'tutti lock check deploy --token 42', says: 'Before something that cannot be undone' },
    { run: 'tutti lock check file:src/cli/main.ts --token 42', says: 'For a path' },
    { run: 'tutti lock check deploy --token 42 --json | jq .valid', says: 'For a script' },
  ],
  print: ({ output }, { terminal }) => {
    const { out } = terminal;
    terminal.print(
      output.valid ? `${out.green('✓')} valid` : `${out.red('✕')} not valid: ${cleanLine(output.reason).replaceAll('_', ' ')}`,
    );
  },
});

/** Every command of this file. */
export const LOCK_COMMANDS: readonly CliCommand[] = [lockList, lockAcquire, lockRenew, lockRelease, lockCheck];

function lockColumns(now: number): readonly Column<LockView>[] {
  return [
    { title: 'LOCK', cell: ({ name }) => name, paint: (text, _row, { bold }) => bold(text) },
    { title: 'SESSION', cell: ({ session_id }) => session_id },
    { title: 'TOKEN', cell: ({ token }) => String(token), right: true, drop: 2 },
    { title: 'SINCE', cell: ({ acquired_at }) => ago(acquired_at, now), right: true, drop: 1 },
    { title: 'LEFT', cell: ({ expires_at }) => duration((Date.parse(expires_at) - now) / 1000), right: true },
    { title: 'REASON', cell: ({ reason }) => reason ?? '', flexible: true },
  ];
}

function lasting(expiresAt: string, now: number): string {
  return `for ${duration((Date.parse(expiresAt) - now) / 1000)}`;
}
