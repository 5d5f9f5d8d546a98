/**
 * The colours of a terminal as CSS. The first sixteen are chosen to be legible on the dark ground of the page's terminals.
 */
import type { StyledRun } from '../../../src/contract/views/terminal-view.ts';

const SIXTEEN = [
  '#6b7394 #f87171 #48bb78 #f59e0b #8b9cf5 #d8a0f0 #5bc8d8 #e0e0e0',
  '#a3a8c3 #fca5a5 #86e0a8 #fcd34d #b4c0ff #f0c0ff #9be8f0 #ffffff',
].flatMap((row) => row.split(' '));
const LEVELS = [0, 95, 135, 175, 215, 255];

/** A colour of a cell as CSS. */
export function cellColour(colour: NonNullable<StyledRun['fg']>): string {
  if (typeof colour === 'string') return colour;
  const named = SIXTEEN[colour];
  if (named !== undefined) return named;
  if (colour >= 232) return `rgb(${[1, 1, 1].map((one) => one * (8 + 10 * (colour - 232))).join(' ')})`;
  const cube = colour - 16;
  return `rgb(${[Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((level) => LEVELS[level] ?? 0).join(' ')})`;
}
