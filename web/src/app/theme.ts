/**
 * Dark, light, or as the system says. public/theme.js applies the choice before the first paint; this changes it later.
 */
import { useSyncExternalStore } from 'react';

/** A choice of theme. */
export type ThemeChoice = 'system' | 'dark' | 'light';

/** In the order that the switch goes through. */
export const THEME_CHOICES: readonly ThemeChoice[] = ['system', 'dark', 'light'];

const KEY = 'tutti.theme';
const listeners = new Set<() => void>();
const light = matchMedia('(prefers-color-scheme: light)');
let choice = remembered();

light.addEventListener('change', apply);

function remembered(): ThemeChoice {
  try {
    const kept = localStorage.getItem(KEY);
    return THEME_CHOICES.find((each) => each === kept) ?? 'system';
  } catch {
    return 'system';
  }
}

function apply(): void {
  const dark = choice === 'dark' || (choice === 'system' && !light.matches);
  document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
  for (const listener of listeners) listener();
}

/** Chooses a theme and remembers it. */
export function setTheme(next: ThemeChoice): void {
  choice = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Not remembered, then.
  }
  apply();
}

function follow(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The chosen theme. */
export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(follow, () => choice);
}

/** What is applied now: charts and drawings are made anew when it changes. */
export function useAppliedTheme(): string {
  return useSyncExternalStore(follow, () => document.documentElement.dataset['theme'] ?? 'dark');
}
