/**
 * The size in characters that fits the place of a screen on the page.
 */
import { TERMINAL_SIZE } from '../../../src/contract/views/terminal-view.ts';
import type { TerminalExtent } from './use-terminal.ts';

/** Of the height of the window, as the place of the screen is bounded. */
const PART_OF_HEIGHT = 0.7;
const ROW_PX = 16;
const PADDING_PX = 18;
const LEAST = { columns: 20, rows: 5 } as const;
const MEASURED = 100;

/** The size that fits it; null while it has no width. */
export function fittingSize(place: HTMLElement): TerminalExtent | null {
  const column = widthOfCharacter(place);
  if (column === 0) return null;
  // The bar to scroll with has its room already: it is there whenever the screen is too large.
  const columns = Math.floor((place.clientWidth - PADDING_PX) / column);
  const rows = Math.floor((window.innerHeight * PART_OF_HEIGHT - PADDING_PX) / ROW_PX);
  return {
    columns: Math.min(TERMINAL_SIZE.columns, Math.max(LEAST.columns, columns)),
    rows: Math.min(TERMINAL_SIZE.rows, Math.max(LEAST.rows, rows)),
  };
}

function widthOfCharacter(place: HTMLElement): number {
  const measured = document.createElement('span');
  measured.textContent = '0'.repeat(MEASURED);
  measured.setAttribute('aria-hidden', 'true');
  place.append(measured);
  const { width } = measured.getBoundingClientRect();
  measured.remove();
  return width / MEASURED;
}
