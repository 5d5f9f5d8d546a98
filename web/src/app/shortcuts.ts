/**
 * Keys. Invariant: a key that belongs to a text field, a dialog or a menu never does anything else, and no browser's own
 * shortcut is taken.
 */
import { useEffectEvent, useLayoutEffect } from 'react';

/** A key and what it does; `g b` is G, then B within a second. */
export interface Shortcut {
  readonly keys: string;
  readonly does: string;
  readonly run: () => void;
}

/** Shortcuts that are shown in the list of keys. */
export interface ShortcutGroup {
  readonly title: string;
  readonly shortcuts: readonly Pick<Shortcut, 'keys' | 'does'>[];
}

const SEQUENCE_MS = 1000;
const groups = new Map<string, ShortcutGroup>();

/** Every group of shortcuts that can be used now. */
export function shownShortcuts(): readonly ShortcutGroup[] {
  return [...groups.values()];
}

/** Makes shortcuts work while the component that asks for them is there. */
export function useShortcuts(title: string, shortcuts: readonly Shortcut[]): void {
  const run = useEffectEvent((keys: string) => {
    const found = shortcuts.find((each) => each.keys === keys);
    found?.run();
    return found !== undefined;
  });
  const starts = useEffectEvent((key: string) => shortcuts.some(({ keys }) => keys.startsWith(`${key} `)));
  const shown = shortcuts.map(({ keys, does }) => `${keys}\0${does}`).join('\n');
  // Before it is painted: whoever sees the page can use its keys.
  useLayoutEffect(() => {
    groups.set(title, {
      title,
      shortcuts: shown.split('\n').map((line) => ({ keys: line.split('\0')[0] ?? '', does: line.split('\0')[1] ?? '' })),
    });
    let first: { readonly key: string; readonly time: number } | null = null;
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTaken(event.target)) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const sequence = first !== null && event.timeStamp - first.time < SEQUENCE_MS ? `${first.key} ${key}` : null;
      first = null;
      if (sequence !== null && run(sequence)) event.preventDefault();
      else if (starts(key)) first = { key, time: event.timeStamp };
      else if (sequence === null && run(key)) event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => {
      groups.delete(title);
      removeEventListener('keydown', onKey);
    };
  }, [title, shown]);
}

/** True when a key belongs to what has the focus. */
function isTaken(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable], [role="dialog"], [role="menu"]') !== null;
}
