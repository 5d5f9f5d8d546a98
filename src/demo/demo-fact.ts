/**
 * What the demo knows while it runs: the events of the log, and the few things that only the demo itself can know
 * because it did them. Everything on the board is folded from these.
 */
import { EVENTS, type EventType, type LogEvent } from '../contract/event.ts';
import type { EventView } from '../contract/views/event-view.ts';

/** One thing that happened; times in ms since 1970. */
export type DemoFact =
  | { readonly kind: 'event'; readonly time: number; readonly event: LogEvent }
  /** A worker was started as a process of its own. */
  | { readonly kind: 'spawned'; readonly time: number; readonly session_id: string; readonly pid: number }
  /** A worker and what it ran were killed with SIGKILL. */
  | ({ readonly kind: 'killed'; readonly time: number } & KilledWorker)
  /** A completion under the dead lease was tried, and this is what the server said. */
  | ({ readonly kind: 'fenced'; readonly time: number } & FenceProof)
  /** A worker ended that nobody asked to. */
  | { readonly kind: 'lost'; readonly time: number; readonly session_id: string; readonly reason: string }
  /** Something that a person should know. */
  | { readonly kind: 'notice'; readonly time: number; readonly text: string };

/** The worker that was killed, and what it was doing. */
export interface KilledWorker {
  readonly session_id: string;
  readonly pid: number;
  readonly task_id: string;
  readonly lease: number;
}

/** What the server answered to a completion under a lease that had ended. */
export interface FenceProof {
  readonly session_id: string;
  readonly task_id: string;
  readonly lease: number;
  /** Code of the refusal; null: it was accepted, which must never be. */
  readonly code: string | null;
  readonly message: string;
}

/** An event as the log has it; null for one of a newer server. */
export function readEvent(view: EventView): LogEvent | null {
  if (!Object.hasOwn(EVENTS, view.type)) return null;
  const type = view.type as EventType;
  const data = EVENTS[type].data.safeParse(view.data);
  return data.success ? ({ ...view, type, time: Date.parse(view.time), data: data.data } as LogEvent) : null;
}
