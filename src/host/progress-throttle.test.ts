import { describe, expect, test } from 'vitest';
import { steppedClock } from '../../test/host/host-fixture.ts';
import { createProgressThrottle } from './progress-throttle.ts';

describe('the progress throttle', () => {
  test('sends the first at once, then the newest, once per interval', async () => {
    const clock = steppedClock();
    const sent: [number, number][] = [];
    const throttle = createProgressThrottle<number>(clock, 1000, (report) => {
      sent.push([clock.now() - 1_000_000, report]);
      return Promise.resolve();
    });
    for (let report = 1; report <= 50; report += 1) {
      throttle.offer(report);
      await clock.advance(100);
    }
    await clock.advance(5000);
    expect(sent).toEqual([
      [0, 1],
      [1000, 10],
      [2000, 20],
      [3000, 30],
      [4000, 40],
      [5000, 50],
    ]);
    await throttle.close();
    expect(clock.waiting).toBe(0);
  });

  test('has one report under way at a time', async () => {
    const clock = steppedClock();
    const arrive: (() => void)[] = [];
    const sent: number[] = [];
    const throttle = createProgressThrottle<number>(clock, 1000, (report) => {
      sent.push(report);
      return new Promise((resolve) => arrive.push(resolve));
    });
    throttle.offer(1);
    throttle.offer(2);
    await clock.advance(10_000);
    throttle.offer(3);
    expect(sent).toEqual([1]);
    arrive[0]?.();
    await clock.advance(0);
    expect(sent).toEqual([1, 3]);
    arrive[1]?.();
    await throttle.close();
  });

  test('takes nothing after its end and waits for what is under way', async () => {
    const clock = steppedClock();
    const sent: number[] = [];
    let arrive = (): void => undefined;
    const throttle = createProgressThrottle<number>(clock, 1000, (report) => {
      sent.push(report);
      return new Promise((resolve) => (arrive = resolve));
    });
    throttle.offer(1);
    throttle.offer(2);
    let closed = false;
    const closing = throttle.close().then(() => (closed = true));
    throttle.offer(3);
    await clock.advance(5000);
    expect({ sent, closed }).toEqual({ sent: [1], closed: false });
    arrive();
    await closing;
    expect({ sent, closed, waiting: clock.waiting }).toEqual({ sent: [1], closed: true, waiting: 0 });
  });
});
