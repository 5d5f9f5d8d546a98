import { expect, test } from 'vitest';
import { steppedClock } from '../../test/host/host-fixture.ts';
import { closableClock } from './closable-clock.ts';

test('a closed clock runs nothing more and leaves no timer behind', async () => {
  const inner = steppedClock();
  const clock = closableClock(inner);
  const ran: string[] = [];
  clock.after(10, () => ran.push('early'));
  clock.after(100, () => ran.push('late'));
  clock.after(50, () => ran.push('cancelled'))();
  await inner.advance(20);
  clock.close();
  clock.after(5, () => ran.push('after the end'));
  await inner.advance(1000);
  expect({ ran, waiting: inner.waiting }).toEqual({ ran: ['early'], waiting: 0 });
});
