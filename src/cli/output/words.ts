/**
 * Owns how times, amounts and states are said to a person. A state is always a word and a shape, never a colour alone.
 */
import type { Palette } from './terminal.ts';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** A length of time: 4s, 3m, 2h 5m, 6d. `seconds` may be any number; less than 0 counts as 0. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < MINUTE) return `${whole}s`;
  if (whole < 10 * MINUTE && whole % MINUTE !== 0) return `${Math.floor(whole / MINUTE)}m ${whole % MINUTE}s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)}m`;
  const minutes = Math.floor((whole % HOUR) / MINUTE);
  if (whole < DAY) return minutes === 0 ? `${Math.floor(whole / HOUR)}h` : `${Math.floor(whole / HOUR)}h ${minutes}m`;
  return `${Math.floor(whole / DAY)}d`;
}

/** How long ago a time was; a dash for none. */
export function ago(time: string | null, now: number): string {
  if (time === null) return '–';
  const seconds = (now - Date.parse(time)) / 1000;
  return seconds < 1 ? 'now' : `${duration(seconds)} ago`;
}

/** The time of day in the user's time zone, 24 h. */
export function clockTime(time: string): string {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** A whole number with thousands separated. */
export function amount(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 task`, `2 tasks`. */
export function counted(value: number, noun: string): string {
  return `${amount(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** A fraction as a percentage. */
export function percent(fraction: number): string {
  return `${Math.round(fraction * 100)} %`;
}

/** A state with its shape. Unknown ones, of a newer server, get a neutral shape. */
export function stateWords(state: string): string {
  return `${SHAPES[state]?.shape ?? '·'} ${state.replaceAll('_', ' ')}`;
}

/** Paints the words of a state in its colour. */
export function paintState(state: string, words: string, palette: Palette): string {
  const colour = SHAPES[state]?.colour;
  return colour === undefined ? words : palette[colour](words);
}

const SHAPES: Readonly<Record<string, { readonly shape: string; readonly colour: 'green' | 'amber' | 'red' | 'dim' | 'accent' }>> = {
  idle: { shape: '●', colour: 'green' },
  busy: { shape: '◐', colour: 'amber' },
  offline: { shape: '✕', colour: 'red' },
  pending: { shape: '○', colour: 'dim' },
  assigned: { shape: '◔', colour: 'accent' },
  in_progress: { shape: '◐', colour: 'amber' },
  completed: { shape: '✓', colour: 'green' },
  failed: { shape: '✕', colour: 'red' },
  cancelled: { shape: '–', colour: 'dim' },
  active: { shape: '●', colour: 'green' },
  paused: { shape: '‖', colour: 'amber' },
  ended: { shape: '–', colour: 'dim' },
};
