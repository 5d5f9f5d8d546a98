import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../contract/errors/error-entry.ts';
import {
  FRESH,
  nextPass,
  reconcile,
  type SeenSession,
  type SessionMemory,
  SUPERVISION_RULES,
  type SupervisionState,
  type WantedSession,
} from './reconcile.ts';

const want = (id: string, more: Partial<WantedSession> = {}): WantedSession => ({
  id,
  restart: 'always',
  limit_ms: null,
  memory_mb: null,
  cpu_seconds: null,
  ...more,
});
const alive = (id: string, started_at = 0): SeenSession => ({ id, alive: true, started_at, exit_code: null });
const ended = (id: string, exit_code: number | null, started_at = 0): SeenSession => ({ id, alive: false, started_at, exit_code });
const state = (more: Partial<SupervisionState>): SupervisionState => ({
  wanted: [],
  seen: [],
  memory: new Map(),
  busy: new Set(),
  now: 1_000,
  ...more,
});
const pass = (more: Partial<SupervisionState>) => reconcile(state(more), SUPERVISION_RULES);

describe('D8: what a host does next', () => {
  test('starts what is wanted and absent, leaves what runs, stops what is not wanted any more', () => {
    expect(pass({ wanted: [want('a'), want('b')], seen: [alive('b'), alive('c')] })).toEqual([
      { do: 'stop', id: 'c', why: 'not_wanted', memory: null },
      { do: 'start', id: 'a' },
    ]);
  });

  test('restarts what has ended after a pause that grows, and gives up after three in a row', () => {
    let memory: SessionMemory = FRESH;
    const pauses: number[] = [];
    for (let failures = 1; failures <= 3; failures += 1) {
      const [action] = pass({ wanted: [want('a')], seen: [ended('a', 1)], memory: new Map([['a', memory]]) });
      if (action?.do !== 'collect') throw new Error('it was not collected');
      memory = action.memory;
      pauses.push(memory.not_before - 1_000);
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000]);
    expect(memory.quarantined_at).toBe(1_000);
    expect(pass({ wanted: [want('a')], memory: new Map([['a', memory]]), now: 1e12 })).toEqual([]);
  });

  test('who has run for long has not failed at once', () => {
    const known = new Map([['a', { ...FRESH, failures: 2 }]]);
    const [action] = pass({ wanted: [want('a')], seen: [ended('a', 1, 0)], memory: known, now: 60_000 });
    expect(action).toMatchObject({ do: 'collect', memory: { failures: 1, quarantined_at: null, not_before: 61_000 } });
  });

  test('what ended well is started again only when it always is; what never is stays ended', () => {
    const memoryOf = (restart: WantedSession['restart'], exit_code: number | null) => {
      const [action] = pass({ wanted: [want('a', { restart })], seen: [ended('a', exit_code)] });
      return action?.do === 'collect' && action.memory.done;
    };
    expect([memoryOf('always', 0), memoryOf('on_failure', 0), memoryOf('on_failure', null), memoryOf('never', 1)]).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  test('who ended because another has its place is not started again: they would end each other for ever', () => {
    const [action] = pass({ wanted: [want('a')], seen: [ended('a', EXIT.replaced)] });
    expect(action).toMatchObject({ do: 'collect', memory: { done: true } });
    if (action?.do !== 'collect') throw new Error('it was not collected');
    expect(pass({ wanted: [want('a')], memory: new Map([['a', action.memory]]), now: 1e12 })).toEqual([]);
  });

  test('no more than the limit are alive at once', () => {
    const wanted = Array.from({ length: 5 }, (_, number) => want(`s${number}`));
    const rules = { ...SUPERVISION_RULES, most_sessions: 3 };
    const seen = [alive('s0'), alive('s1')];
    expect(reconcile(state({ wanted, seen }), rules)).toEqual([{ do: 'start', id: 's2' }]);
    expect(reconcile(state({ wanted, seen: [...seen, alive('s2')] }), rules)).toEqual([]);
  });

  test('a time limit stops it, and the next pass is due then', () => {
    const wanted = [want('a', { limit_ms: 5_000 })];
    expect(nextPass(state({ wanted, seen: [alive('a', 1_000)] }))).toBe(6_000);
    expect(pass({ wanted, seen: [alive('a', 1_000)], now: 6_000 })).toMatchObject([
      { do: 'stop', id: 'a', why: 'time_over', memory: { done: true } },
    ]);
  });

  test('processor time that is used up ends it for good; memory beyond its limit ends it as a failure, which may begin anew', () => {
    const using = (memory_mb: number, cpu_ms: number): SeenSession => ({
      ...alive('a'),
      used: { memory_bytes: memory_mb * 1_048_576, cpu_ms },
    });
    const limited = (restart: WantedSession['restart']) => [want('a', { restart, memory_mb: 100, cpu_seconds: 60 })];
    expect(pass({ wanted: limited('always'), seen: [using(100, 59_999)] })).toEqual([]);
    expect(pass({ wanted: limited('always'), seen: [alive('a')] })).toEqual([]);
    expect(pass({ wanted: limited('always'), seen: [using(1, 60_000)] })).toMatchObject([{ why: 'cpu_over', memory: { done: true } }]);
    const large = { seen: [using(101, 0)], now: 1_000 };
    expect(pass({ wanted: limited('on_failure'), ...large })).toMatchObject([
      { why: 'memory_over', memory: { failures: 1, not_before: 2_000, done: false } },
    ]);
    expect(pass({ wanted: limited('never'), ...large })).toMatchObject([{ why: 'memory_over', memory: { done: true } }]);
    const before = new Map([['a', { ...FRESH, failures: 2 }]]);
    expect(pass({ wanted: limited('always'), memory: before, ...large })).toMatchObject([
      { memory: { failures: 3, quarantined_at: 1_000 } },
    ]);
  });

  test('no storm: whatever fails, a session starts at most three times, one at a time, and a pass starts few', () => {
    const outcome = fc.record({ ends: fc.boolean(), code: fc.constantFrom(0, 1, null) });
    fc.assert(
      fc.property(fc.array(fc.array(outcome, { minLength: 6, maxLength: 6 }), { maxLength: 60 }), (rounds) => {
        const wanted = Array.from({ length: 6 }, (_, number) => want(`s${number}`));
        const memory = new Map<string, SessionMemory>();
        let seen: SeenSession[] = [];
        const starts = new Map<string, number>();
        let now = 0;
        for (const round of rounds) {
          const actions = reconcile(state({ wanted, seen, memory, now }), SUPERVISION_RULES);
          const ids = actions.map((action) => action.id);
          expect(new Set(ids).size).toBe(ids.length);
          expect(actions.filter((action) => action.do === 'start').length).toBeLessThanOrEqual(SUPERVISION_RULES.starts_at_once);
          for (const action of actions) {
            if (action.do === 'collect') {
              memory.set(action.id, action.memory);
              seen = seen.filter((each) => each.id !== action.id);
            } else if (action.do === 'start') {
              expect(now).toBeGreaterThanOrEqual(memory.get(action.id)?.not_before ?? 0);
              starts.set(action.id, (starts.get(action.id) ?? 0) + 1);
              seen = [...seen, alive(action.id, now)];
            }
          }
          now += 500;
          seen = seen.map((each, place) =>
            round[place % 6]?.ends === true && each.alive ? { ...each, alive: false, exit_code: round[place % 6]?.code ?? null } : each,
          );
        }
        for (const count of starts.values()) expect(count).toBeLessThanOrEqual(SUPERVISION_RULES.quarantine_after);
      }),
    );
  });
});
