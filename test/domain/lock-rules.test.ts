/**
 * The rules of locks, given/when/then, and random lives of them.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LOCKS_PER_SESSION } from '../../src/domain/lock/state.ts';
import { globsIntersect } from '../../src/domain/lock/glob.ts';
import { nextHealthTime } from '../../src/domain/swarm/health.ts';
import { dataOf, TestSwarm, typesOf } from '../support/test-swarm.ts';

/** A swarm with sessions s1 and s2. */
function given(): TestSwarm {
  const swarm = new TestSwarm();
  swarm.register('s1');
  swarm.register('s2');
  return swarm;
}

const acquire = (swarm: TestSwarm, session_id: string, name: string, ttl_seconds = 60) =>
  swarm.run('lock.acquire', { session_id, name, ttl_seconds });

describe('E9 locks', () => {
  test('are exclusive: another session is told the holder and until when', () => {
    const swarm = given();
    const [granted] = swarm.must('lock.acquire', { session_id: 's1', name: 'deploy', reason: 'release 1.2' });
    expect(dataOf([granted ?? expect.fail()], 'lock_acquired')).toMatchObject({ ttl_ms: 300_000, expires_at: swarm.now + 300_000 });
    expect(acquire(swarm, 's2', 'deploy')).toEqual({
      refused: 'lock_taken',
      params: {
        name: 'deploy',
        held: 'deploy',
        holder: 's1',
        token: granted?.seq,
        expires_at: new Date(swarm.now + 300_000).toISOString(),
        seconds: 300,
      },
    });
  });

  test('on globs conflict when some path could match both, and only then', () => {
    const swarm = given();
    acquire(swarm, 's1', 'file:src/api/**');
    expect(acquire(swarm, 's2', 'file:src/*/users.ts')).toMatchObject({ refused: 'lock_taken', params: { held: 'file:src/api/**' } });
    expect(typesOf(acquire(swarm, 's2', 'file:src/web/**'))).toEqual(['lock_acquired']);
    expect(typesOf(acquire(swarm, 's2', 'src/api/users.ts'))).toEqual(['lock_acquired']);
    expect(typesOf(acquire(swarm, 's1', 'file:src/api/users.ts'))).toEqual(['lock_acquired']);
  });

  test('asked for again by their holder keep their token and last for longer', () => {
    const swarm = given();
    const token = swarm.must('lock.acquire', { session_id: 's1', name: 'deploy' })[0]?.seq;
    swarm.now += 10_000;
    expect(dataOf(acquire(swarm, 's1', 'deploy', 100), 'lock_renewed')).toMatchObject({ token, expires_at: swarm.now + 100_000 });
  });

  test('are renewed from now, for as long as before unless it is said', () => {
    const swarm = given();
    acquire(swarm, 's1', 'deploy', 60);
    swarm.now += 50_000;
    const renewed = swarm.must('lock.renew', { session_id: 's1', name: 'deploy' });
    expect(dataOf(renewed, 'lock_renewed').expires_at).toBe(swarm.now + 60_000);
    const longer = swarm.must('lock.renew', { session_id: 's1', name: 'deploy', ttl_seconds: 600 });
    expect(dataOf(longer, 'lock_renewed').expires_at).toBe(swarm.now + 600_000);
  });

  test('expire at their time: the next health pass is due exactly then', () => {
    const swarm = given();
    acquire(swarm, 's1', 'deploy', 30);
    acquire(swarm, 's2', 'build', 7);
    expect(nextHealthTime(swarm.state, swarm.contacts)).toBe(swarm.now + 7000);
    expect(typesOf(swarm.pass(6.999))).toEqual([]);
    expect(dataOf(swarm.pass(0.001), 'lock_released')).toMatchObject({ session_id: 's2', name: 'build', reason: 'expired' });
    expect(swarm.state.locks.by_name.size).toBe(1);
  });

  test('that have expired make room before the health pass notices, and cannot be renewed or released', () => {
    const swarm = given();
    acquire(swarm, 's1', 'file:src/**', 5);
    swarm.now += 5000;
    expect(swarm.run('lock.renew', { session_id: 's1', name: 'file:src/**' })).toMatchObject({ refused: 'lock_lost' });
    expect(swarm.run('lock.release', { session_id: 's1', name: 'file:src/**' })).toMatchObject({ refused: 'lock_lost' });
    expect(typesOf(acquire(swarm, 's2', 'file:src/a.ts'))).toEqual(['lock_released', 'lock_acquired']);
  });

  test.each([
    ['s1', {}, 'it expired or was released'],
    ['s2', { name: 'other' }, 's1 holds it'],
    ['s1', { name: 'other', token: 1 }, 'not 1'],
  ])('of another, with another token, or of nobody cannot be renewed or released', (session_id, more, reason) => {
    const swarm = given();
    acquire(swarm, 's1', 'other');
    for (const name of ['lock.renew', 'lock.release'] as const) {
      const refused = swarm.run(name, { session_id, name: 'deploy', ...more });
      expect(refused).toMatchObject({ refused: 'lock_lost', params: { reason: expect.stringContaining(reason) } });
    }
  });

  test('end with their session: when it leaves, is replaced or falls silent, in the same decision', () => {
    const swarm = given();
    acquire(swarm, 's1', 'a', 1000);
    expect(typesOf(swarm.must('session.deregister', { session_id: 's1' }))).toEqual(['lock_released', 'session_deregistered']);
    acquire(swarm, 's2', 'a', 1000);
    expect(typesOf(swarm.must('session.register', { session_id: 's2', capabilities: [] }))).toEqual([
      'lock_released',
      'session_registered',
    ]);
    acquire(swarm, 's2', 'a', 1000);
    acquire(swarm, 's2', 'b', 10);
    const silent = swarm.pass(180);
    expect(typesOf(silent)).toEqual(['lock_released', 'lock_released', 'session_offline']);
    expect(silent[0]?.data).toMatchObject({ reason: 'session_offline' });
    expect(swarm.state.locks.by_token.size).toBe(0);
  });

  test('last for their whole length after a takeover: nobody could renew in between', () => {
    const swarm = given();
    acquire(swarm, 's1', 'deploy', 60);
    swarm.now += 3_600_000;
    swarm.recover();
    expect(typesOf(acquire(swarm, 's2', 'deploy'))).toBe('lock_taken');
    expect(typesOf(swarm.pass(59.9))).toEqual([]);
    expect(typesOf(swarm.pass(0.1))).toEqual(['lock_released']);
  });

  test('are held only by members, and a session that was offline is back by asking', () => {
    const swarm = given();
    expect(acquire(swarm, 'nobody', 'deploy')).toMatchObject({ refused: 'session_unknown' });
    swarm.pass(180);
    expect(typesOf(acquire(swarm, 's1', 'deploy'))).toEqual(['session_returned', 'lock_acquired']);
  });

  test('are not given without end', () => {
    const swarm = given();
    for (let index = 0; index < LOCKS_PER_SESSION; index += 1) acquire(swarm, 's1', `lock-${index}`);
    expect(acquire(swarm, 's1', 'one-more')).toMatchObject({ refused: 'lock_limit', params: { limit: LOCKS_PER_SESSION } });
    expect(typesOf(acquire(swarm, 's2', 'one-more'))).toEqual(['lock_acquired']);
  });

  test('are checked by token where damage would happen', async () => {
    const swarm = given();
    const token = swarm.must('lock.acquire', { session_id: 's1', name: 'file:src/api/**', ttl_seconds: 60 })[0]?.seq ?? 0;
    const check = (name: string, asked = token) => swarm.ask('lock.check', { name, token: asked });
    expect(await check('file:src/api/users.ts')).toMatchObject({ valid: true, reason: 'held', lock: { session_id: 's1', expired: false } });
    expect(await check('file:src/api/**')).toMatchObject({ valid: true });
    expect(await check('file:src/web/a.ts')).toMatchObject({ valid: false, reason: 'not_covered' });
    expect(await check('file:src/**')).toMatchObject({ valid: false, reason: 'not_covered' });
    expect(await check('file:src/api/a.ts', token + 1)).toEqual({ valid: false, reason: 'stale', lock: null });
    swarm.now += 60_000;
    expect(await check('file:src/api/users.ts')).toMatchObject({ valid: false, reason: 'expired', lock: { expired: true } });
    const later = dataOf(acquire(swarm, 's2', 'file:src/api/users.ts'), 'lock_acquired');
    expect(later.session_id).toBe('s2');
    expect(await check('file:src/api/users.ts')).toMatchObject({ reason: 'stale' });
  });

  test('are listed by holder, and by what they conflict with', async () => {
    const swarm = given();
    acquire(swarm, 's1', 'file:src/**');
    acquire(swarm, 's2', 'deploy');
    const names = async (input: object) => (await swarm.ask('lock.list', input)).locks.map(({ name }) => name);
    expect(await names({})).toEqual(['file:src/**', 'deploy']);
    expect(await names({ session_id: 's2' })).toEqual(['deploy']);
    expect(await names({ conflicts_with: 'file:src/a.ts' })).toEqual(['file:src/**']);
    expect(await names({ conflicts_with: 'file:docs/a.md' })).toEqual([]);
  });
});

const SESSIONS = ['s1', 's2', 's3'] as const;
const NAMES = ['deploy', 'file:a', 'file:a/*', 'file:a/b', 'file:**', 'file:*/b', 'file:c/**', 'file:c/d?'];
const step = fc.record({
  kind: fc.constantFrom('acquire', 'acquire', 'acquire', 'renew', 'release', 'pass', 'alive', 'register', 'deregister', 'recover'),
  session: fc.constantFrom(...SESSIONS),
  name: fc.constantFrom(...NAMES),
  seconds: fc.constantFrom(1, 5, 30, 100),
});

function conflict(a: string, b: string): boolean {
  if (!a.startsWith('file:') || !b.startsWith('file:')) return a === b;
  return globsIntersect(a.slice(5), b.slice(5));
}

test('E9 in any life of locks no two conflict, tokens only grow, the heap is in order, and the log folds into the same', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const swarm = new TestSwarm();
      let newest = 0;
      swarm.onEvent = (event) => {
        if (event.type === 'lock_acquired') {
          expect(event.seq).toBeGreaterThan(newest);
          newest = event.seq;
        }
        const { by_name, by_token, by_session, expiry } = swarm.state.locks;
        const held = [...by_name.values()];
        for (const [index, lock] of expiry.entries()) {
          expect(lock.place).toBe(index);
          if (index > 0) expect(expiry[(index - 1) >> 1]?.expires_at).toBeLessThanOrEqual(lock.expires_at);
        }
        expect([expiry.length, by_token.size, [...by_session.values()].reduce((sum, { size }) => sum + size, 0)]).toEqual(
          Array.from({ length: 3 }, () => held.length),
        );
        for (const lock of held) {
          const against = held.filter((other) => other.session_id !== lock.session_id && conflict(other.name, lock.name));
          expect(against.map(({ name }) => [lock.name, name])).toEqual([]);
        }
      };
      for (const { kind, session: session_id, name, seconds } of steps) {
        if (kind === 'acquire') acquire(swarm, session_id, name, seconds);
        else if (kind === 'renew') swarm.run('lock.renew', { session_id, name, ttl_seconds: seconds });
        else if (kind === 'release') swarm.run('lock.release', { session_id, name });
        else if (kind === 'pass') swarm.pass(seconds);
        else if (kind === 'alive') swarm.passAlive(seconds, ...SESSIONS);
        else if (kind === 'register') swarm.register(session_id);
        else if (kind === 'deregister') swarm.run('session.deregister', { session_id });
        else swarm.recover();
      }
      const again = swarm.refold().locks;
      expect([...again.by_name]).toEqual([...swarm.state.locks.by_name]);
      expect(again.expiry).toEqual(swarm.state.locks.expiry);
    }),
    { numRuns: 300 },
  );
});
