/** Speculative copies of what asks for resources or has limits: what a copy takes, when there is none, and what why says of it. */
import { expect, test } from 'vitest';
import type { TaskInput } from '../../src/contract/operations/work-operations.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { copied, hang, swarmKnowingBuilds } from '../support/hanging-swarm.ts';
import { dataOf, type TestSwarm, typesOf } from '../support/test-swarm.ts';

/** s1 hangs at a task that asks for this; three more sessions are idle. */
function hangingWith(asks: Partial<TaskInput>, prepare: (swarm: TestSwarm) => unknown): { readonly swarm: TestSwarm; readonly id: string } {
  const swarm = swarmKnowingBuilds(['s1', 's2', 's3', 's4']);
  prepare(swarm);
  return { swarm, id: hang(swarm, asks) };
}

async function copyingOf(swarm: TestSwarm, task_id: string): Promise<string | undefined> {
  for (const id of ['s2', 's3', 's4']) swarm.wanting.add(id);
  const { copying } = await swarm.ask('explain.task', { task_id });
  expect(copying === null || copying.text.length > 0).toBe(true);
  return copying?.code;
}

test.each([
  ['an amount', { resources: { gpu: 2 } }, (swarm: TestSwarm): unknown => swarm.must('resource.set', { resource: 'gpu', capacity: 4 })],
  [
    'ports',
    { resources: { web: 1 } },
    (swarm: TestSwarm): unknown => swarm.must('resource.set', { resource: 'web', ports: { from: 1, to: 2 } }),
  ],
  ['its own key', { concurrency: { key: 'staging', limit: 2 } }, (): void => undefined],
  ['a limit of its type', {}, (swarm: TestSwarm): unknown => swarm.must('limit.set', { key: 'type:build', concurrency: 2 })],
  ['a limit of its group', { group: 'g' }, (swarm: TestSwarm): unknown => swarm.must('limit.set', { key: 'group:g', concurrency: 2 })],
  [
    'a rate',
    {},
    (swarm: TestSwarm): unknown => swarm.must('limit.set', { key: 'capability:build', rate: { count: 2, per_seconds: 86_400 } }),
  ],
])('A15: a copy takes its own of what the task asks for: %s; and gives it back, whoever wins', async (_what, asks, prepare) => {
  for (const winner of ['copy', 'original'] as const) {
    const { swarm, id } = hangingWith(asks, prepare);
    expect(await copyingOf(swarm, id)).toBe('copy_due');
    const copy = copied(swarm, id);
    expect(await copyingOf(swarm, id)).toBe('copy_has_one');
    expect(swarm.task(copy)).toMatchObject({ asks: swarm.task(id).asks, group: swarm.task(id).group });
    expect(swarm.task(copy).needs).toBe(swarm.task(id).needs);
    for (const [resource, amount] of swarm.task(id).needs?.amounts ?? []) expect(resource.in_use).toBe(2 * amount);
    for (const [limit] of swarm.task(id).needs?.keys ?? []) expect(limit.running).toBe(2);
    expect(swarm.task(copy).ports).toEqual(swarm.task(id).ports === null ? null : { web: [2] });
    const { resources } = swarm.state;
    const ends = winner === 'copy' ? copy : id;
    swarm.must('work.complete', { session_id: swarm.task(ends).lease?.session_id, task_id: ends, status: 'completed' });
    expect([...resources.by_name.values()].map(({ in_use }) => in_use)).toEqual([...resources.by_name.values()].map(() => 0));
    expect([...resources.limits.values()].map(({ running }) => running)).toEqual([...resources.limits.values()].map(() => 0));
    expect(brokenInvariants(swarm.state)).toEqual([]);
  }
});

test.each([
  [
    'an exclusive resource',
    'copy_shortage',
    { resources: { db: 1 } },
    (swarm: TestSwarm): unknown => swarm.must('resource.set', { resource: 'db', capacity: 1 }),
  ],
  [
    'a full range of ports',
    'copy_shortage',
    { resources: { web: 1 } },
    (swarm: TestSwarm): unknown => swarm.must('resource.set', { resource: 'web', ports: { from: 1, to: 1 } }),
  ],
  ['a key that allows one', 'copy_shortage', { concurrency: { key: 'main', limit: 1 } }, (): void => undefined],
  [
    'a limit of its type',
    'copy_shortage',
    {},
    (swarm: TestSwarm): unknown => swarm.must('limit.set', { key: 'type:build', concurrency: 1 }),
  ],
  [
    'a rate that is used up',
    'copy_shortage',
    {},
    (swarm: TestSwarm): unknown => swarm.must('limit.set', { key: 'type:build', rate: { count: 1, per_seconds: 86_400 } }),
  ],
  [
    'what another task waits for',
    'copy_wanted',
    { resources: { gpu: 1 } },
    (swarm: TestSwarm): void => {
      swarm.must('resource.set', { resource: 'gpu', capacity: 2 });
      swarm.add({ required_capability: 'nobody-has-it', resources: { gpu: 1 } });
    },
  ],
  ['a paused capability', 'copy_paused', {}, (swarm: TestSwarm): unknown => swarm.must('swarm.pause', { capability: 'build' })],
])('A15, F10: none is made where there is no room for it: %s; and why says so', async (what, code, asks, prepare) => {
  const pauses = what === 'a paused capability';
  const { swarm, id } = hangingWith(asks, pauses ? () => undefined : prepare);
  if (pauses) prepare(swarm);
  expect(swarm.lookAgain('s2', 's3', 's4')).toEqual([]);
  expect(await copyingOf(swarm, id)).toBe(code);
});

test('F10: why a hanging attempt has no copy is told in every other case too', async () => {
  const swarm = swarmKnowingBuilds(['s1', 's2', 's3', 's4']);
  const id = hang(swarm);
  expect((await swarm.ask('explain.task', { task_id: id })).copying).toMatchObject({ code: 'copy_nobody', unblock: expect.any(String) });
  const copy = copied(swarm, id);
  const other = hang(swarm, {}, 's4');
  expect(await copyingOf(swarm, other)).toBe('copy_share');
  expect((await swarm.ask('explain.task', { task_id: copy })).copying).toBeNull();
  swarm.must('task.cancel', { task_id: copy });
  expect((await swarm.ask('explain.task', { task_id: id })).copying).toMatchObject({
    code: 'copy_had_one',
    unblock: `Begin it anew: tutti task cancel ${id}, then tutti task retry ${id}`,
  });
  const quick = swarm.add({ required_capability: 'build' });
  swarm.claim('s3', quick);
  expect(await copyingOf(swarm, quick)).toBeUndefined();
  swarm.configure({ straggler_action: 'probe' });
  expect(await copyingOf(swarm, other)).toBeUndefined();
});

test('A15: a copy counts in no group: the group ends with its own tasks, as they ended', async () => {
  const { swarm, id } = hangingWith({ group: 'release' }, () => undefined);
  const copy = copied(swarm, id);
  expect((await swarm.ask('group.show', { group: 'release' })).group).toMatchObject({ open: 1 });
  swarm.must('work.complete', { session_id: swarm.task(copy).lease?.session_id, task_id: copy, status: 'completed' });
  expect(typesOf(swarm.log.slice(-2))).toEqual(['task_completed', 'group_ended']);
  expect(dataOf(swarm.log, 'group_ended')).toMatchObject({ group: 'release', completed: 1, cancelled: 0 });
});
