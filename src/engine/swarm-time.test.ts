/** The time of a swarm under clocks that are wrong. */
import { expect, test } from 'vitest';
import { SwarmTime } from './swarm-time.ts';

function timeUnder(clock: { ms: number }): SwarmTime {
  return new SwarmTime({ now: () => clock.ms, after: () => () => undefined, soon: () => undefined });
}

test('it follows the clock, also when that jumps ahead', () => {
  const clock = { ms: 1000 };
  const time = timeUnder(clock);
  expect(time.now(0)).toBe(1000);
  clock.ms = 3_600_000;
  expect(time.now(0)).toBe(3_600_000);
});

test('R33: a clock that is set back neither stops it nor takes it back, and is met again', () => {
  const clock = { ms: 10_000_000 };
  const time = timeUnder(clock);
  expect(time.now(0)).toBe(10_000_000);
  clock.ms = 9_000_000;
  expect(time.now(0)).toBe(10_000_000);
  clock.ms += 1000;
  expect(time.now(0)).toBe(10_000_900);
  clock.ms += 10_000_000;
  expect(time.now(0)).toBe(clock.ms);
});

test('after a restart it begins at the last event and goes on from there, whatever the clock says', () => {
  const clock = { ms: 5000 };
  const time = timeUnder(clock);
  expect(time.now(8000)).toBe(8000);
  clock.ms = 6000;
  expect(time.now(8000)).toBe(8900);
});

test('many looks take it as far as one', () => {
  const clock = { ms: 5000 };
  const time = timeUnder(clock);
  time.now(9_000_000);
  for (let look = 0; look < 1000; look += 1) {
    clock.ms += 1;
    time.now(9_000_000);
  }
  expect(time.now(0)).toBe(9_000_900);
});
