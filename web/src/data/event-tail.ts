/**
 * The newest events, as they come. A page that shows them follows this; older ones are asked for.
 */
import { useSyncExternalStore } from 'react';
import type { EventView } from '../../../src/contract/views/event-view.ts';

const KEPT = 500;

let tail: readonly EventView[] = [];
let head = 0;
const listeners = new Set<() => void>();

/** Takes events in, in their order. */
export function noteEvents(events: readonly EventView[], seq: number): void {
  tail = [...tail, ...events].slice(-KEPT);
  head = Math.max(head, seq);
  for (const listener of listeners) listener();
}

/** Another log, or a gap: what was known is void. */
export function forgetEvents(seq: number): void {
  tail = [];
  head = seq;
  for (const listener of listeners) listener();
}

function follow(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Events since this page was opened, oldest first, at most 500. */
export function useEventTail(): readonly EventView[] {
  return useSyncExternalStore(follow, () => tail);
}

/** Sequence number of the newest event this page knows of; 0 before the first. */
export function useHead(): number {
  return useSyncExternalStore(follow, () => head);
}
