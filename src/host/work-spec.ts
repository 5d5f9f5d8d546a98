/**
 * What a task's spec says about where it works and where its work goes. The runner reads the rest.
 * A spec that names something wrongly is refused and never guessed.
 */
import { z } from 'zod';
import { refuse, type Refusal } from '../contract/failure.ts';

const word = z.string().min(1).max(4096);
const workSpec = z.object({ repository: word.optional(), base: word.optional(), merge_into: word.optional(), merge_from: word.optional() });

/** Where a task works. */
export interface WorkSpec {
  /** Folder of a git repository on the worker's machine; null: a fresh scratch folder. */
  readonly repository: string | null;
  /** Branch or commit to start from; null: the repository's HEAD. */
  readonly base: string | null;
  /** Branch that receives the work of a successful run; null: it stays on the task's own branch. */
  readonly merge_into: string | null;
  /** Commit whose work was approved: the task is to merge it and runs nothing; null: it works like any other. */
  readonly merge_from: string | null;
}

const NOWHERE: WorkSpec = { repository: null, base: null, merge_into: null, merge_from: null };

/** Reads a task's spec; refuses with `invalid_input`. */
export function readWorkSpec(spec: unknown): WorkSpec | Refusal {
  if (typeof spec !== 'object' || spec === null) return NOWHERE;
  const parsed = workSpec.safeParse(spec);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `spec.${issue.path.join('.')}: ${issue.message}`).join('; ');
    return refuse('invalid_input', { issues });
  }
  const { repository = null, base = null, merge_into = null, merge_from = null } = parsed.data;
  const lone = Object.entries({ base, merge_into, merge_from }).flatMap(([name, value]) => (value === null ? [] : [name]));
  if (repository === null && lone.length > 0) {
    return refuse('invalid_input', { issues: lone.map((name) => `spec.${name}: needs spec.repository`).join('; ') });
  }
  if (merge_from !== null && merge_into === null) return refuse('invalid_input', { issues: 'spec.merge_from: needs spec.merge_into' });
  return { repository, base, merge_into, merge_from };
}
