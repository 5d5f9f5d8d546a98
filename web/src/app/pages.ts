/**
 * The pages, once: the rail, the palette and the jumps are made from this.
 */
import type { IconName } from '../ui/icons.tsx';

/** A page of the rail. */
export interface PageEntry {
  readonly path: '/' | '/board' | '/graph' | '/sessions' | '/inbox' | '/messages' | '/timeline' | '/knowledge' | '/metrics' | '/settings';
  readonly label: string;
  readonly icon: IconName;
  /** G and this key jump there. */
  readonly key: string;
}

/** The pages in the order of the rail. */
export const PAGE_ENTRIES: readonly PageEntry[] = [
  { path: '/', label: 'Overview', icon: 'overview', key: 'o' },
  { path: '/board', label: 'Board', icon: 'board', key: 'b' },
  { path: '/graph', label: 'Graph', icon: 'graph', key: 'g' },
  { path: '/sessions', label: 'Sessions', icon: 'sessions', key: 's' },
  { path: '/inbox', label: 'Inbox', icon: 'inbox', key: 'i' },
  { path: '/messages', label: 'Messages', icon: 'messages', key: 'm' },
  { path: '/timeline', label: 'Timeline', icon: 'timeline', key: 't' },
  { path: '/knowledge', label: 'Knowledge', icon: 'knowledge', key: 'k' },
  { path: '/metrics', label: 'Metrics', icon: 'metrics', key: 'x' },
  { path: '/settings', label: 'Settings', icon: 'settings', key: 'c' },
];
