/** How long commands are remembered. */
import { expect, test } from 'vitest';
import { RecentCommands } from './recent-commands.ts';

const DAY = 86_400_000;

test('the first event of a command counts, for 24 hours', () => {
  const commands = new RecentCommands();
  commands.note('a', 7, 1000);
  commands.note('a', 8, 2000);
  expect(commands.firstEvent('a', 1000 + DAY)).toBe(7);
  expect(commands.firstEvent('a', 1001 + DAY)).toBeUndefined();
  expect(commands.firstEvent('b', 1000)).toBeUndefined();
});

test('the newest 100,000 are remembered, and at most twice as many', () => {
  const commands = new RecentCommands();
  for (let seq = 1; seq <= 350_000; seq += 1) commands.note(`c${seq}`, seq, 0);
  expect(commands.firstEvent('c250001', 0)).toBe(250_001);
  expect(commands.firstEvent('c350000', 0)).toBe(350_000);
  expect(commands.firstEvent('c150000', 0)).toBeUndefined();
});
