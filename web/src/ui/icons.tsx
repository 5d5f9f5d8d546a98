/**
 * The few pictures of the dashboard: 16 px line drawings that take the colour of the text beside them and say nothing alone.
 */
import type { ReactNode } from 'react';

const PATHS = {
  overview: 'M2 2h5v7H2zM9 2h5v4H9zM9 8h5v6H9zM2 11h5v3H2z',
  board: 'M2 2h3v12H2zM6.5 2h3v8h-3zM11 2h3v10h-3z',
  graph: 'M2 8h3M8 4h3M8 12h3M5 6h3v4H5zM11 2h3v4h-3zM11 10h3v4h-3zM6.5 6V4H8M6.5 10v2H8',
  sessions: 'M2 3h12v8H2zM6 14h4M8 11v3M4.5 5.5l2 1.5-2 1.5M8 8.5h3',
  inbox: 'M2 9l2-6h8l2 6v4H2zM2 9h3.5l1 2h3l1-2H14',
  messages: 'M2 3h12v8H7l-3 3v-3H2z',
  timeline: 'M2 8h12M4 5v6M8 3v10M12 6v4',
  knowledge: 'M3 2h8l2 2v10H3zM5.5 6h5M5.5 9h5M5.5 12h3',
  metrics: 'M2 14h12M3 11l3-4 3 2 4-6',
  settings: 'M2 4h7M12 4h2M2 8h2M7 8h7M2 12h6M11 12h3M9 2.5h3v3H9zM4 6.5h3v3H4zM8 10.5h3v3H8z',
  search: 'M7 2a5 5 0 1 1 0 10A5 5 0 0 1 7 2zM11 11l3 3',
  close: 'M3 3l10 10M13 3L3 13',
  more: 'M3 8h.01M8 8h.01M13 8h.01',
  copy: 'M5 5h9v9H5zM2 11V2h9',
  back: 'M10 3L5 8l5 5',
  forward: 'M6 3l5 5-5 5',
  play: 'M4 2.5v11l9-5.5z',
  pause: 'M4 3h3v10H4zM9 3h3v10H9z',
  menu: 'M2 4h12M2 8h12M2 12h12',
  plus: 'M8 3v10M3 8h10',
  check: 'M3 8.5l3.5 3.5L13 4.5',
} as const;

/** Name of a picture. */
export type IconName = keyof typeof PATHS;

/** A picture; always beside words, or inside something that has a label. */
export function Icon({ name, className = '' }: { readonly name: IconName; readonly className?: string }): ReactNode {
  return (
    <svg
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'more' ? 2.5 : 1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      className={`shrink-0 ${className}`}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
