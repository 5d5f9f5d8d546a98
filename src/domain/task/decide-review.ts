/**
 * The rule of reviewing a task's work (E10, F6): what is approved is merged by a task of its own, under a lease like any other
 * work; what is to be changed becomes a task that begins where the work ended, or a message while its session still works.
 * Invariant: the work of a task is merged by one task, however often it is approved.
 */
import type { Fact } from '../../contract/event.ts';
import type { Refusal } from '../../contract/failure.ts';
import type { Json, ReviewVerdict } from '../../contract/ids.ts';
import type { InputOf } from '../../contract/operations.ts';
import type { TaskInput } from '../../contract/operations/work-operations.ts';
import { type Decision, NOTHING, type Rule } from '../decision.ts';
import { sendRule } from '../message/decide.ts';
import { isRefused, refusal } from '../refuse.ts';
import type { SwarmState } from '../state.ts';
import { retryTasks } from './change-tasks.ts';
import { addRule } from './decide-add.ts';
import { isTerminal, type Task } from './state.ts';

const TITLE_AT_MOST = 300;

/** Id of the task that merges the work of another. */
export function mergeTaskOf(task_id: string): string {
  return `${task_id.slice(0, 120)}-merge`;
}

/** Id of the first task that goes on with the work of another; later ones are numbered. */
export function reworkTaskOf(task_id: string): string {
  return `${task_id.slice(0, 110)}-rework`;
}

/** A verdict on a task's work. */
export const reviewRule: Rule<'task.review'> = {
  names: (state, { task_id, verdict }) =>
    [task_id, ...(verdict === 'approve' ? [mergeTaskOf(task_id)] : [])].filter((id) => !state.tasks.has(id)),
  decide: (state, input, context) => {
    const { task_id } = input;
    const task = state.tasks.get(task_id);
    if (task === undefined) {
      return context.retired.has(task_id)
        ? refused(task_id, 'it ended long ago and has left memory')
        : refusal('task_unknown', { task_id });
    }
    if (input.verdict === 'approve') {
      const merge = state.tasks.get(mergeTaskOf(task_id));
      if (context.retired.has(mergeTaskOf(task_id))) return NOTHING;
      if (merge !== undefined) {
        // Somebody else's task may have this id: then nothing of this work would be merged.
        if (!merge.dependencies.includes(task_id)) return refused(task_id, `the task ${merge.id}, which would merge it, is another`);
        if (merge.status !== 'failed' && merge.status !== 'cancelled') return NOTHING;
        return reviewed(input, merge.id, retryTasks(state, [merge], [], context.retired));
      }
      const wanted = mergeOf(task, input);
      return isRefused(wanted) ? wanted : followedBy(input, addRule.decide(state, wanted, context));
    }
    if ((input.comments ?? []).length === 0 && input.summary === undefined) return refused(task_id, 'nothing is said of what to change');
    if (task.lease !== null) {
      const letter = { to: task.lease.session_id, subject: `Review of ${task_id}`, body: reviewText(input) };
      const sent = sendRule.decide(state, letter, context);
      return isRefused(sent) ? sent : reviewed(input, null, sent);
    }
    if (!isTerminal(task.status) || task.status === 'cancelled') return refused(task_id, `it is ${task.status}`);
    return followedBy(input, addRule.decide(state, { ...reworkOf(task, input), id: reworkId(state, task.id) }, context));
  },
};

function reworkId({ tasks }: SwarmState, task_id: string): string {
  const first = reworkTaskOf(task_id);
  let id = first;
  for (let number = 2; tasks.has(id); number += 1) id = `${first}-${number}`;
  return id;
}

type Review = InputOf<'task.review'>;

function refused(task_id: string, reason: string): Refusal {
  return refusal('review_refused', { task_id, reason });
}

/** What followed, and the record of the review. */
function followedBy(input: Review, decision: Decision): Decision {
  if (isRefused(decision)) return decision;
  const added = decision.find((fact) => fact.type === 'task_added');
  return reviewed(input, added?.data.task_id ?? null, decision);
}

function reviewed({ task_id, verdict, comments }: Review, follow_up: string | null, facts: readonly Fact[]): readonly Fact[] {
  const data: { task_id: string; prev: number; verdict: ReviewVerdict; follow_up: string | null; comments: number } = {
    task_id,
    prev: 0,
    verdict,
    follow_up,
    comments: comments?.length ?? 0,
  };
  return [...facts, { type: 'task_reviewed', data }];
}

/** The task that merges the work of this one. */
function mergeOf(task: Task, { into, repository }: Review): TaskInput | Refusal {
  if (task.status !== 'completed') return refused(task.id, `it is ${task.status}, not completed`);
  const { commit } = evidenceOf(task);
  if (commit === null) return refused(task.id, 'its result names no commit');
  const folder = repository ?? repositoryOf(task);
  if (folder === null) return refused(task.id, 'its instructions name no repository; name one');
  if (into === undefined) return refused(task.id, 'no branch to merge into was named');
  return {
    ...inheritedFrom(task),
    id: mergeTaskOf(task.id),
    type: 'merge',
    title: `Merge ${task.id} into ${into}: ${task.title}`.slice(0, TITLE_AT_MOST),
    spec: { repository: folder, merge_from: commit, merge_into: into },
  };
}

/** The task that goes on where this one ended. */
function reworkOf(task: Task, input: Review): TaskInput {
  const { commit } = evidenceOf(task);
  const { comments = [], summary, repository = repositoryOf(task) } = input;
  const review: Json = {
    of: task.id,
    commit,
    ...(summary === undefined ? {} : { summary }),
    comments: comments.map(({ path, line, side = 'after', text }) => ({ path, line, side, text })),
  };
  const place: Record<string, Json> = repository === null ? {} : { repository, ...(commit === null ? {} : { base: commit }) };
  const { spec } = task;
  const more =
    typeof spec === 'object' && spec !== null && !Array.isArray(spec)
      ? { ...spec, ...place, review }
      : repository === null
        ? `${typeof spec === 'string' ? spec : ''}\n\n${reviewText(input)}`
        : { prompt: typeof spec === 'string' ? spec : '', ...place, review };
  return {
    ...inheritedFrom(task),
    type: task.type,
    title: (task.title.startsWith('Rework: ') ? task.title : `Rework: ${task.title}`).slice(0, TITLE_AT_MOST),
    spec: more,
    ...(task.estimated_hours === null ? {} : { estimated_hours: task.estimated_hours }),
  };
}

function inheritedFrom(task: Task): Pick<TaskInput, 'priority' | 'required_capability' | 'dependencies' | 'labels' | 'group'> {
  return {
    priority: task.priority,
    required_capability: task.required_capability,
    labels: ['review'],
    ...(task.status === 'completed' ? { dependencies: [task.id] } : {}),
    ...(task.group === null ? {} : { group: task.group }),
  };
}

function evidenceOf({ ending }: Task): { readonly commit: string | null } {
  return { commit: wordIn(ending?.result ?? null, 'commit') };
}

function repositoryOf({ spec }: Task): string | null {
  return wordIn(spec, 'repository');
}

function wordIn(value: Json | null, name: string): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const word = value[name];
  return typeof word === 'string' && word !== '' ? word : null;
}

/** The review as a text, a line for each comment. */
function reviewText({ task_id, summary, comments = [] }: Review): string {
  const lines = comments.map(({ path, line, side, text }) => `- ${path}:${line}${side === 'before' ? ' (before)' : ''}: ${text}`);
  return [`Changes are asked for in the work of ${task_id}.`, ...(summary === undefined ? [] : [summary]), ...lines].join('\n');
}
