/**
 * What a person has looked at and wants to say of a task's work, before it is sent: kept in this browser alone, so that a
 * reload loses no word. Invariant: a mark or a comment belongs to one commit; those of another commit are not shown.
 */
import { useSyncExternalStore } from 'react';
import { SWARM } from '../data/place.ts';

/** A comment on a line that is not sent yet. */
export interface DraftComment {
  readonly path: string;
  readonly line: number;
  readonly side: 'before' | 'after';
  readonly text: string;
}

/** A draft. */
export interface ReviewDraft {
  readonly commit: string;
  /** Paths that were looked at. */
  readonly viewed: readonly string[];
  readonly comments: readonly DraftComment[];
}

const KEY = 'tutti.review';
const COMMENTS_AT_MOST = 200;
const drafts = new Map<string, ReviewDraft>();
const listeners = new Set<() => void>();

function keyOf(taskId: string): string {
  return `${KEY}.${SWARM}.${taskId}`;
}

function draftOf(taskId: string): ReviewDraft | null {
  const known = drafts.get(taskId);
  if (known !== undefined) return known;
  try {
    const kept = JSON.parse(localStorage.getItem(keyOf(taskId)) ?? 'null') as ReviewDraft | null;
    if (kept !== null && Array.isArray(kept.viewed) && Array.isArray(kept.comments)) drafts.set(taskId, kept);
  } catch {
    // Not kept, then.
  }
  return drafts.get(taskId) ?? null;
}

function put(taskId: string, draft: ReviewDraft): void {
  drafts.set(taskId, draft);
  try {
    if (draft.viewed.length === 0 && draft.comments.length === 0) localStorage.removeItem(keyOf(taskId));
    else localStorage.setItem(keyOf(taskId), JSON.stringify(draft));
  } catch {
    // Not remembered, then.
  }
  for (const listener of listeners) listener();
}

function follow(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The draft about a commit of a task, and how it is changed. */
export function useReviewDraft(
  taskId: string,
  commit: string | null,
): ReviewDraft & {
  readonly mark: (path: string, viewed: boolean) => void;
  /** null takes the comment of a line away. */
  readonly comment: (place: Omit<DraftComment, 'text'>, text: string | null) => void;
  /** All comments were sent. */
  readonly clearComments: () => void;
} {
  const kept = useSyncExternalStore(follow, () => draftOf(taskId));
  const draft = kept !== null && kept.commit === commit ? kept : { commit: commit ?? '', viewed: [], comments: [] };
  return {
    ...draft,
    mark: (path, viewed) => put(taskId, { ...draft, viewed: [...draft.viewed.filter((each) => each !== path), ...(viewed ? [path] : [])] }),
    comment: (place, text) => {
      const others = draft.comments.filter(({ path, line, side }) => path !== place.path || line !== place.line || side !== place.side);
      put(taskId, { ...draft, comments: [...others, ...(text === null ? [] : [{ ...place, text }])].slice(-COMMENTS_AT_MOST) });
    },
    clearComments: () => put(taskId, { ...draft, comments: [] }),
  };
}
