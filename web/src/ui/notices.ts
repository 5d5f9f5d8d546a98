/**
 * What the page has to say for a moment: done, refused, copied. At most four at a time; bad news stays until it is closed.
 */
import { useSyncExternalStore } from 'react';

/** Something to say. */
export interface Notice {
  readonly tone: 'good' | 'bad';
  readonly text: string;
  /** What to do next. */
  readonly hint?: string | null;
}

/** A notice that is shown. */
export interface ShownNotice extends Notice {
  readonly id: number;
}

const AT_MOST = 4;
const SHOWN_MS = 5000;

let shown: readonly ShownNotice[] = [];
let count = 0;
const listeners = new Set<() => void>();

function show(next: readonly ShownNotice[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

/** Says something. */
export function say(notice: Notice): void {
  count += 1;
  const id = count;
  show([...shown, { ...notice, id }].slice(-AT_MOST));
  if (notice.tone === 'good') setTimeout(() => dismiss(id), SHOWN_MS);
}

/** Takes a notice away. */
export function dismiss(id: number): void {
  show(shown.filter((notice) => notice.id !== id));
}

/** What is shown now. */
export function useNotices(): readonly ShownNotice[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
}
