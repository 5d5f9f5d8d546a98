/**
 * What a task's spec says about where it works and where its work goes. The runner reads the rest.
 * A spec that names something wrongly is refused and never guessed.
 */
import { z } from 'zod';
import { refuse, type Refusal } from '../contract/failure.ts';

const word = z.string().min(1).max(4096);
const workSpec = z.object({ repository: word.optional(), base: word.optional(), merge_into: word.optional() });

/** Where a task works. */
export interface WorkSpec {
  /** Folder of a git repository on the worker's machine; null: a fresh scratch folder. */
  readonly repository: string | null;
  /** Branch or commit to start from; null: the repository's HEAD. */
  readonly base: string | null;
  /** Branch that receives the work of a successful run; null: it stays on the task's own branch. */
  readonly merge_into: string | null;
}

const NOWHERE: WorkSpec = { repository: null, base: null, merge_into: null };

/** Reads a task's spec; refuses with `invalid_input`. */
export function readWorkSpec(spec: unknown): WorkSpec | Refusal {
  if (typeof spec !== 'object' || spec === null) return NOWHERE;
  const parsed = workSpec.safeParse(spec);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `spec.${issue.path.join('.')}: ${issue.message}`).join('; ');
    return refuse('invalid_input', { issues });
  }
  const { repository = null, base = null, merge_into = null } = parsed.data;
  const lone = [base === null ? '' : 'base', merge_into === null ? '' : 'merge_into'].filter((name) => name !== '');
  if (repository === null && lone.length > 0) {
    return refuse('invalid_input', { issues: lone.map((name) => `spec.${name}: needs spec.repository`).join('; ') });
  }
  return { repository, base, merge_into };
}
