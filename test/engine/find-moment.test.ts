/** E3, F5: a moment is an event, a time, or how long ago; each finds the last event that had happened. */
import { expect, test } from 'vitest';
import { moment } from '../../src/contract/moment.ts';
import { findMoment } from '../../src/engine/find-moment.ts';
import { JOURNALS, TestEngine } from './test-engine.ts';

test.each(JOURNALS)('F5: moments in a %s log', async (kind) => {
  const test = await TestEngine.open(kind);
  const begin = test.clock.now();
  for (let index = 0; index < 40; index += 1) {
    await Promise.all([test.add(), test.add(), test.add()]);
    await test.clock.advance(index % 7 === 0 ? 0 : 1000);
  }
  const events = await test.events();
  await test.close();
  const log = await test.openJournal();
  const now = test.clock.now();
  try {
    for (let time = begin - 500; time <= now; time += 500) {
      const seq = events.findLast((event) => event.time <= time)?.seq ?? 0;
      expect(await findMoment(log, new Date(time).toISOString(), now)).toEqual({ seq, time });
      expect(await findMoment(log, `-${(now - time) / 1000}s`, now)).toEqual({ seq, time });
    }
    for (const { seq, time } of events) expect(await findMoment(log, String(seq), now)).toEqual({ seq, time });
    expect(await findMoment(log, 0, now)).toEqual({ seq: 0, time: 0 });
    for (const beyond of [events.length + 1, new Date(now + 1).toISOString()]) {
      await expect(findMoment(log, beyond, now)).rejects.toMatchObject({ code: 'moment_unknown' });
    }
  } finally {
    await log.close();
  }
});

test('F5: what is no moment is refused', () => {
  for (const given of ['soon', '-10', '10m', '2026-11-21', '2026-13-01T00:00:00Z', '2026-11-21T09:30:00', -1, 1.5, '', null]) {
    expect(moment.safeParse(given).success).toBe(false);
  }
  for (const given of ['12', 12, '-10m', '-1.5h', '2026-11-21T09:30Z', '2026-11-21T09:30:00.123+02:00']) {
    expect(moment.safeParse(given).success).toBe(true);
  }
});
