/**
 * How times are written, on all pages alike and remembered: relative, local, or UTC. One formatter.
 */
import { useSyncExternalStore } from 'react';
import { ago, duration } from '../../../src/cli/output/words.ts';

/** A way to write times. */
export type TimeMode = 'relative' | 'local' | 'utc';

/** In the order that the switch goes through. */
export const TIME_MODES: readonly TimeMode[] = ['relative', 'local', 'utc'];

const KEY = 'tutti.time';
const TICK_MS = 1000;
const listeners = new Set<() => void>();
let mode = remembered();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | null = null;

function remembered(): TimeMode {
  try {
    const kept = localStorage.getItem(KEY);
    return TIME_MODES.find((each) => each === kept) ?? 'relative';
  } catch {
    return 'relative';
  }
}

function tellAll(): void {
  for (const listener of listeners) listener();
}

function follow(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    if (document.hidden) return;
    now = Date.now();
    tellAll();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

/** Chooses how times are written. */
export function setTimeMode(next: TimeMode): void {
  mode = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Not remembered, then.
  }
  tellAll();
}

/** How times are written. */
export function useTimeMode(): TimeMode {
  return useSyncExternalStore(follow, () => mode);
}

/** A time as it is to be written now; follows the second hand while it is relative. */
export function useTimeText(time: string | null): string {
  return useSyncExternalStore(follow, () => timeText(time, mode, now));
}

/** Now, by a clock that ticks once a second. */
export function useNow(): number {
  return useSyncExternalStore(follow, () => now);
}

/** A time in a mode; a dash for none. Today's date is left out. */
function timeText(time: string | null, how: TimeMode, current: number): string {
  if (time === null) return '–';
  if (how === 'relative') {
    const seconds = (Date.parse(time) - current) / 1000;
    // Clocks of two machines differ a little: what is just ahead is now.
    return seconds > 5 ? `in ${duration(seconds)}` : ago(time, Math.max(current, Date.parse(time)));
  }
  const iso = how === 'utc' ? new Date(time).toISOString() : localIso(new Date(time));
  const today = how === 'utc' ? new Date(current).toISOString() : localIso(new Date(current));
  const clock = iso.slice(11, 19);
  return `${iso.slice(0, 10) === today.slice(0, 10) ? '' : `${iso.slice(0, 10)} `}${clock}${how === 'utc' ? 'Z' : ''}`;
}

/** Hours and minutes of a time in seconds since 1970, for the axis of a chart. */
export function clockText(seconds: number, utc: boolean): string {
  const date = new Date(seconds * 1000);
  return (utc ? date.toISOString() : localIso(date)).slice(11, 16);
}

function localIso(date: Date): string {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString();
}
