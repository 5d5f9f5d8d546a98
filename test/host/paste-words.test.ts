/**
 * Row B6 with a real tmux: what is pasted into a prompt stands there before Enter is pressed, a lost Enter is pressed again,
 * and nothing is sent to a dialog or to what somebody is typing.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { clientClock } from '../../src/client/system-ports.ts';
import { draftIn, pasteWords } from '../../src/host/terminals/paste-words.ts';
import { isAtWork } from '../../src/host/terminals/interrupt-turn.ts';
import { TmuxTerminal } from '../../src/host/terminals/tmux-terminal.ts';
import { temporaryFolder } from './host-fixture.ts';

/**
 * A program with a prompt like that of Claude Code; it loses so many Enters, and shows a dialog instead when it is told to.
 * It says on its screen what it was asked.
 */
const PROGRAM = String.raw`
const [lost, mode] = [Number(process.argv[2]), process.argv[3]];
let draft = mode === 'typing' ? 'my own words' : '';
let asked = '';
let left = lost;
const rule = '─'.repeat(60);
const draw = () => process.stdout.write('\x1b[2J\x1b[H' + (mode === 'dialog'
  ? 'Do you want to proceed?\r\n❯ 1. Yes\r\n  2. No\r\nasked: ' + asked
  : 'asked: ' + asked + '\r\n' + rule + '\r\n❯\u00a0' + (draft || '\x1b[2mTry "fix it"\x1b[22m') + '\r\n' + rule));
process.stdin.setRawMode(true).setEncoding('utf8').on('data', (text) => {
  for (const part of text.replaceAll(/\x1b\[20[01]~/g, '').split(/(\r)/)) {
    if (part !== '\r') draft += part;
    else if (left > 0) left -= 1;
    else [asked, draft] = [asked + draft + '|', ''];
  }
  draw();
});
process.stdout.write('\x1b[?2004h');
draw();
`;

interface Place {
  readonly terminal: TmuxTerminal;
  readonly screen: () => string;
}

async function start(lost: number, mode = ''): Promise<Place> {
  const folder = await temporaryFolder();
  const file = join(folder, 'program.cjs');
  writeFileSync(file, PROGRAM);
  const socket = `tutti-test-${process.pid}-${Math.trunc(performance.now())}`;
  const environment = { PATH: process.env['PATH'] ?? '', HOME: folder, LANG: 'C.UTF-8', TERM: 'xterm-256color' };
  const tmux = (...args: string[]): string => execFileSync('tmux', ['-u', '-L', socket, ...args], { env: environment, encoding: 'utf8' });
  tmux('-f', '/dev/null', 'new-session', '-d', '-s', 'a', '-x', '80', '-y', '20', process.execPath, file, String(lost), mode);
  const place = { socket, name: 'a', environment };
  const terminal = new TmuxTerminal({ session_id: 'a', place, clock: clientClock, onChange: () => undefined, onEnd: () => undefined });
  onTestFinished(() => {
    terminal.close();
    tmux('kill-server');
  });
  const screen = (): string => tmux('capture-pane', '-p', '-t', 'a');
  // The last of what it draws: what comes first may be seen alone.
  const last = mode === 'dialog' ? /asked:/ : /❯[^]*─{60}/;
  await expect.poll(screen, { timeout: 60_000 }).toMatch(last);
  return { terminal, screen };
}

const WORDS = `Tutti: it's "new" ($HOME; #{x}); do it, and then say what you did, so that all of the team can know it.`;
/** `slower` gives the program of a busy machine so many times as long to show what it was sent. */
function say({ terminal }: Place, slower = 1): Promise<string> {
  const clock = { ...clientClock, now: () => clientClock.now() / slower };
  return pasteWords(terminal, WORDS, clock, new AbortController().signal);
}
const flat = (text: string): string => text.replaceAll('\n', '');

test('B6: words are pasted, seen in the prompt, submitted, and seen to be taken', { timeout: 180_000 }, async () => {
  const place = await start(0);
  expect(await say(place, 10)).toBe('taken');
  expect(flat(place.screen())).toContain(`asked: ${WORDS}|`);
});

test('B6: an Enter that was lost is pressed again, and the words arrive once', { timeout: 180_000 }, async () => {
  const place = await start(2);
  expect(await say(place, 2)).toBe('taken');
  expect(flat(place.screen())).toContain(`asked: ${WORDS}|─`);
});

test('B6: words that nobody takes are told as lost, and submitted without being pasted again', { timeout: 180_000 }, async () => {
  const place = await start(5);
  expect(await say(place)).toBe('lost');
  // On a busy machine the first try may have ended before all of its Enters, or of the words: the next try goes on there.
  let outcome = await say(place);
  while (outcome !== 'taken') outcome = await say(place);
  expect(outcome).toBe('taken');
  expect(flat(place.screen())).toContain(`asked: ${WORDS}|─`);
});

test.each(['typing', 'dialog'])('B6: nothing is sent while the prompt is not free: %s', { timeout: 180_000 }, async (mode) => {
  const place = await start(0, mode);
  const before = place.screen();
  expect(await say(place)).toBe('occupied');
  expect(place.screen()).toBe(before);
});

test('what stands in a prompt is told from suggestions, rules and the rest of the screen', () => {
  const rule = [{ text: '─'.repeat(40), fg: 244 }];
  const line = (text: string) => [{ text }];
  expect(draftIn([line('❯ old'), rule, line('❯ a long'), line('  line'), rule, line('  mode')])).toBe('a long line');
  expect(draftIn([rule, [{ text: '❯ ' }, { text: 'Try it', fg: 246 }], rule])).toBe('');
  expect(draftIn([line('Proceed?'), line('❯ 1. Yes'), line('  2. No')])).toBe(null);
  expect(draftIn([rule, line('❯ cut off')])).toBe(null);
});

test('a turn can be interrupted only while the program says so below its prompt: an agent may write the same above', () => {
  const line = (text: string) => [{ text }];
  const rule = line('─'.repeat(40));
  expect(isAtWork([line('● text'), rule, line('❯ draft'), rule, line('  ⏸ manual mode on · esc to interrupt · ← for agents')])).toBe(true);
  expect(isAtWork([line('  esc to interrupt'), rule, line('❯ '), rule, line('  ⏸ manual mode on · ? for shortcuts')])).toBe(false);
  expect(isAtWork([rule, line('Do you want to proceed?'), line('❯ 1. Yes'), line('Esc to cancel')])).toBe(false);
});
