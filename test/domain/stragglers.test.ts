/** Work that reports progress and yet takes far too long (A14, B9). */
import { describe, expect, test } from 'vitest';
import type { SettingsPatch } from '../../src/contract/settings.ts';
import { percentile95 } from '../../src/domain/learning/estimate.ts';
import { nextHealthTime } from '../../src/domain/swarm/health.ts';
import { TestSwarm } from '../support/test-swarm.ts';

const MINUTE = 60_000;

/** A swarm that knows builds to take about ten minutes, with one under way at s1 and s2 idle. */
function swarmWith(settings: SettingsPatch = {}): { readonly swarm: TestSwarm; readonly id: string; readonly limit: number } {
  const swarm = new TestSwarm();
  swarm.configure({ offline_after: 100_000, stall_after: 100_000, ...settings });
  for (const session of ['s1', 's2']) swarm.register(session, ['build']);
  for (let number = 0; number < 12; number += 1) {
    for (const session of ['s1', 's2']) swarm.finish(session, swarm.add(), 'completed', { duration_minutes: 10 });
  }
  const id = swarm.add({ required_capability: 'build' });
  swarm.claim('s1', id);
  const kind = { kind: 'build', nominal: 30 * MINUTE };
  return { swarm, id, limit: percentile95(swarm.state.kinds, swarm.session('s1').performance.learned, kind) };
}

/** Lets time pass to ms after the claim; s1 reports just before the health pass. */
function passReporting(swarm: TestSwarm, id: string, ms: number): readonly string[] {
  swarm.now += ms;
  swarm.must('work.update', { session_id: 's1', task_id: id, progress: swarm.task(id).progress + 0.01 });
  return swarm.passAlive(0, 's1', 's2').map(({ type }) => type);
}

describe('A14: stragglers', () => {
  test('A14: are noticed at the quantile of their kind, exactly and once, whatever they report', () => {
    const { swarm, id, limit } = swarmWith();
    expect(limit).toBeLessThan(40 * MINUTE);
    expect(nextHealthTime(swarm.state, swarm.contacts)).toBe(swarm.now + limit);
    expect(passReporting(swarm, id, limit - 1)).toEqual([]);
    expect(passReporting(swarm, id, 1)).toEqual(['task_probed']);
    expect(swarm.log.at(-1)?.data).toMatchObject({ task_id: id, session_id: 's1', overrun: true });
    expect(passReporting(swarm, id, 1)).toEqual([]);
  });

  test('A14: go to an idle session where beginning anew is expected to end sooner; nobody loses the lease in silence', () => {
    const { swarm, id, limit } = swarmWith();
    passReporting(swarm, id, limit);
    const types: string[] = [];
    for (let minute = 0; minute < 600 && !types.includes('task_released'); minute += 5) types.push(...passReporting(swarm, id, 5 * MINUTE));
    expect(types).toEqual(['task_released']);
    expect(swarm.log.at(-1)?.data).toMatchObject({ task_id: id, session_id: 's1', reason: 'straggling' });
    expect(swarm.dispatch('s2')).toHaveLength(1);
    expect(swarm.task(id)).toMatchObject({ lease: { session_id: 's2' }, lost: 0 });
    expect(swarm.session('s1').breaker.failed).toEqual([]);
  });

  test('A14: stay where nobody else is idle or capable, where people only want to know, and with the check off', () => {
    const busy = swarmWith();
    busy.swarm.claim('s2', busy.swarm.add());
    const probed = swarmWith({ straggler_action: 'probe' });
    const off = swarmWith({ straggler_action: 'off' });
    for (const [{ swarm, id }, expected] of [
      [busy, 1],
      [probed, 1],
      [off, 0],
    ] as const) {
      const types: string[] = [];
      for (let minute = 0; minute < 600; minute += 10) {
        if (swarm === busy.swarm) swarm.must('work.update', { session_id: 's2', task_id: swarm.session('s2').held[0], progress: 0.5 });
        types.push(...passReporting(swarm, id, 10 * MINUTE));
      }
      expect(types.filter((type) => type === 'task_released')).toEqual([]);
      expect(swarm.log.filter(({ type, data }) => type === 'task_probed' && 'task_id' in data && data.task_id === id)).toHaveLength(
        expected,
      );
    }
  });

  test('A14: one that falls silent after it was noticed, or never reports, is taken back as any other: when its silence is long', () => {
    for (const reports of [true, false]) {
      const { swarm, id, limit } = swarmWith({ stall_after: 3600 });
      if (reports) passReporting(swarm, id, limit);
      else expect(swarm.passAlive(limit / 1000, 's1', 's2').map(({ type }) => type)).toEqual(['task_probed']);
      const silence = reports ? 0 : limit / 1000;
      expect(swarm.passAlive(3599 - silence, 's1', 's2')).toEqual([]);
      expect(swarm.passAlive(1, 's1', 's2').map(({ type }) => type)).toEqual(['task_probed']);
      expect(swarm.passAlive(60, 's1', 's2').map(({ data }) => data)).toMatchObject([{ task_id: id, reason: 'stalled' }]);
    }
  });
});
