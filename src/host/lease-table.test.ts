import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assignment } from '../../test/host/host-fixture.ts';
import type { HeldTask } from './held-task.ts';
import { LeaseTable } from './lease-table.ts';

function taken(table: LeaseTable, lease: number, id?: string): HeldTask {
  const task = table.take(assignment(lease, id));
  if (task === null) throw new Error(`lease ${lease} was known`);
  return task;
}

describe('the lease table', () => {
  test('takes a lease once, however many replies bring it, and not again after its end', () => {
    const table = new LeaseTable(2);
    const task = taken(table, 5);
    expect(table.take(assignment(5))).toBeNull();
    table.end(task);
    expect(table.take(assignment(5))).toBeNull();
    expect(table.held).toEqual([]);
  });

  test('another lease on the same task is another attempt', () => {
    const table = new LeaseTable(2);
    taken(table, 5, 'build-001');
    const second = taken(table, 9, 'build-001');
    expect(table.find('build-001')).toBe(second);
  });

  test('under a new incarnation the same number is another lease', () => {
    const table = new LeaseTable(2);
    const [ended, held] = [taken(table, 5), taken(table, 7)];
    table.end(ended);
    table.renew();
    const again = [taken(table, 5), taken(table, 7)];
    expect(table.held).toEqual([held, ...again]);
    table.end(held);
    expect(table.take(assignment(7))).toBeNull();
  });

  test('lets no more tasks run than there are slots, and the others in their order', async () => {
    const table = new LeaseTable(1);
    const [first, second, third] = [taken(table, 1), taken(table, 2), taken(table, 3)];
    const order: number[] = [];
    const waiting = [first, second, third].map((task) => table.slotFor(task).then((mine) => mine && order.push(task.lease)));
    await Promise.resolve();
    expect(order).toEqual([1]);
    table.end(first);
    await waiting[1];
    expect(order).toEqual([1, 2]);
    table.end(second);
    await waiting[2];
    expect(order).toEqual([1, 2, 3]);
  });

  test('a withdrawn task gets no slot, and takes none from those behind it', async () => {
    const table = new LeaseTable(1);
    const [first, second, third] = [taken(table, 1), taken(table, 2), taken(table, 3)];
    await table.slotFor(first);
    const [forSecond, forThird] = [table.slotFor(second), table.slotFor(third)];
    second.withdraw({ kind: 'revoked', reason: 'cancelled' });
    expect(await forSecond).toBe(false);
    table.end(second);
    table.end(first);
    expect(await forThird).toBe(true);
    expect(await table.slotFor(second)).toBe(false);
  });

  test('says when a slot is free', async () => {
    const table = new LeaseTable(1);
    const task = taken(table, 1);
    let told = false;
    const free = table.until(() => table.free > 0).then(() => (told = true));
    await Promise.resolve();
    expect({ free: table.free, told }).toEqual({ free: 0, told: false });
    table.end(task);
    await free;
    expect({ free: table.free, told }).toEqual({ free: 1, told: true });
  });

  test('stops waiting for a slot when it is told to', async () => {
    const table = new LeaseTable(1);
    taken(table, 1);
    const stopping = new AbortController();
    const waiting = table.until(() => table.free > 0, stopping.signal);
    stopping.abort();
    await waiting;
    expect(table.free).toBe(0);
  });

  test('whatever is taken, started, withdrawn and ended: never more run than slots, never a lease twice', async () => {
    const step = fc.record({ what: fc.constantFrom('take', 'start', 'withdraw', 'end'), lease: fc.integer({ min: 1, max: 12 }) });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 80 }), async (slots, steps) => {
        const table = new LeaseTable(slots);
        const everTaken = new Set<number>();
        const running = new Set<HeldTask>();
        for (const { what, lease } of steps) {
          const task = table.held.find((each) => each.lease === lease);
          if (what === 'take') {
            const fresh = table.take(assignment(lease));
            expect(fresh !== null).toBe(!everTaken.has(lease));
            everTaken.add(lease);
          } else if (task !== undefined && what === 'start' && task.phase === 'accepted') {
            void table.slotFor(task).then((mine) => mine && task.phase !== 'ended' && running.add(task));
            task.enter('starting');
          } else if (task !== undefined && what === 'withdraw') {
            task.withdraw({ kind: 'revoked', reason: 'test' });
          } else if (task !== undefined && what === 'end' && (running.has(task) || task.withdrawal !== null || task.phase === 'accepted')) {
            running.delete(task);
            table.end(task);
          }
          for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
          expect(running.size).toBeLessThanOrEqual(slots);
        }
      }),
      { numRuns: 200 },
    );
  });
});
