/** The rule of reviewing a task's work (E10, F6): approve, have it changed, and what is refused. */
import { describe, expect, test } from 'vitest';
import { dataOf, TestSwarm, typesOf } from '../support/test-swarm.ts';

const COMMIT = 'c'.repeat(40);
const COMMENTS = [{ path: 'src/a.ts', line: 3, text: 'Why?' }];

/** A swarm with a task that completed with this result. */
function withResult(result: { readonly commit?: string }, spec: object | string): { swarm: TestSwarm; id: string } {
  const swarm = new TestSwarm();
  swarm.register('s1');
  const id = swarm.add({ id: 'build-001', type: 'build', title: 'The reader', spec: spec as never, priority: 7 });
  const lease = swarm.claim('s1', id);
  swarm.must('work.complete', { session_id: 's1', task_id: id, status: 'completed', result: result as never, lease });
  return { swarm, id };
}

describe('E10: approving', () => {
  test('adds one task that merges the commit, however often it is approved, and the record says who looked', () => {
    const { swarm, id } = withResult({ commit: COMMIT }, { repository: '/project', run: 'make' });
    const approve = () => swarm.run('task.review', { task_id: id, verdict: 'approve', into: 'approved' });
    const events = approve();
    expect(typesOf(events).slice(0, 2)).toEqual(['task_added', 'task_reviewed']);
    expect(swarm.task('build-001-merge')).toMatchObject({
      type: 'merge',
      priority: 7,
      spec: { repository: '/project', merge_from: COMMIT, merge_into: 'approved' },
      dependencies: [id],
    });
    expect(dataOf(swarm.log, 'task_reviewed')).toMatchObject({ verdict: 'approve', follow_up: 'build-001-merge', comments: 0 });
    expect(typesOf(approve())).toEqual([]);
    swarm.must('task.cancel', { task_id: 'build-001-merge' });
    expect(typesOf(approve()).slice(0, 2)).toEqual(['task_retried', 'task_reviewed']);
  });

  test('is refused without a commit, a repository, a branch, or an end', () => {
    const said = (result: { commit?: string }, spec: object | string, input: object = { into: 'x' }): unknown => {
      const { swarm, id } = withResult(result, spec);
      return typesOf(swarm.run('task.review', { task_id: id, verdict: 'approve', ...input }));
    };
    expect(said({}, { repository: '/p' })).toBe('review_refused');
    expect(said({ commit: COMMIT }, 'words')).toBe('review_refused');
    expect(said({ commit: COMMIT }, { repository: '/p' }, {})).toBe('review_refused');
    expect(said({ commit: COMMIT }, 'words', { into: 'x', repository: '/p' })).toContain('task_added');
    const swarm = new TestSwarm();
    const id = swarm.add();
    expect(typesOf(swarm.run('task.review', { task_id: id, verdict: 'approve', into: 'x' }))).toBe('review_refused');
    expect(typesOf(swarm.run('task.review', { task_id: 'none', verdict: 'approve', into: 'x' }))).toBe('task_unknown');
  });
});

test('E10: approving is refused while another task has the id of the merge, so that no work seems merged that is not', () => {
  const { swarm, id } = withResult({ commit: COMMIT }, { repository: '/project' });
  swarm.add({ id: 'build-001-merge' });
  expect(typesOf(swarm.run('task.review', { task_id: id, verdict: 'approve', into: 'approved' }))).toBe('review_refused');
});

describe('C12: having it changed', () => {
  test('a task goes on where the work ended, with the comments', () => {
    const { swarm, id } = withResult({ commit: COMMIT }, { repository: '/project', run: 'make' });
    swarm.must('task.review', { task_id: id, verdict: 'request_changes', comments: COMMENTS });
    expect(swarm.task('build-001-rework')).toMatchObject({
      type: 'build',
      title: 'Rework: The reader',
      spec: {
        repository: '/project',
        run: 'make',
        base: COMMIT,
        review: { of: id, commit: COMMIT, comments: [{ path: 'src/a.ts', line: 3, side: 'after', text: 'Why?' }] },
      },
    });
    swarm.must('task.review', { task_id: id, verdict: 'request_changes', summary: 'And shorter.' });
    expect(swarm.task('build-001-rework-2').title).toBe('Rework: The reader');
  });

  test('instructions in words get the comments in words', () => {
    const { swarm, id } = withResult({}, 'Read it.');
    swarm.must('task.review', { task_id: id, verdict: 'request_changes', summary: 'Shorter.', comments: COMMENTS });
    expect(swarm.task('build-001-rework').spec).toBe(
      'Read it.\n\nChanges are asked for in the work of build-001.\nShorter.\n- src/a.ts:3: Why?',
    );
  });

  test('while a session works on it, the comments go to that session as one message', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const id = swarm.add();
    swarm.claim('s1', id);
    const events = swarm.run('task.review', { task_id: id, verdict: 'request_changes', comments: COMMENTS });
    expect(typesOf(events)).toEqual(['message_sent', 'task_reviewed']);
    expect(dataOf(swarm.log, 'message_sent')).toMatchObject({
      subject: `Review of ${id}`,
      body: expect.stringContaining('src/a.ts:3: Why?'),
    });
    expect(dataOf(swarm.log, 'task_reviewed')).toMatchObject({ follow_up: null, comments: 1 });
  });

  test('is refused when nothing is said, and when nobody ever worked on it', () => {
    const { swarm, id } = withResult({ commit: COMMIT }, 'x');
    expect(typesOf(swarm.run('task.review', { task_id: id, verdict: 'request_changes' }))).toBe('review_refused');
    const waiting = swarm.add();
    expect(typesOf(swarm.run('task.review', { task_id: waiting, verdict: 'request_changes', summary: 'x' }))).toBe('review_refused');
  });
});
