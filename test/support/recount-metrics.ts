/**
 * The ten global metrics (A18), counted anew from the events of a log alone: nothing of the rules or views is used, so that
 * a wrong count there shows here.
 */
import type { LogEvent } from '../../src/contract/event.ts';

const MINUTE = 60_000;
const HOUR_IN_MINUTES = 60;

/** The ten of A18. */
export interface CountedMetrics {
  readonly total_sessions: number;
  readonly active_sessions: number;
  readonly idle_sessions: number;
  readonly busy_sessions: number;
  readonly offline_sessions: number;
  readonly tasks_pending: number;
  readonly tasks_in_progress: number;
  readonly tasks_completed: number;
  readonly avg_session_utilization: number;
  readonly avg_task_time: number | null;
}

/** What the metrics must say at `now` (ms since 1970) after these events. */
export function recountMetrics(events: readonly LogEvent[], now: number): CountedMetrics {
  const count = new Recount(now);
  for (const event of events) {
    count.passTo(event.time);
    count.take(event);
  }
  count.passTo(now);
  return count.metrics();
}

interface CountedSession {
  readonly held: Set<string>;
  saysBusy: boolean;
  offline: boolean;
}

class Recount {
  readonly #sessions = new Map<string, CountedSession>();
  readonly #tasks = new Map<string, 'pending' | 'assigned' | 'in_progress' | 'completed' | 'failed' | 'cancelled'>();
  readonly #holders = new Map<string, string>();
  readonly #durations: number[] = [];
  /** The last hour, by whole minutes, the running one included. */
  readonly #since: number;
  #time = 0;
  #busyMs = 0;
  #activeMs = 0;

  constructor(now: number) {
    this.#since = (Math.floor(now / MINUTE) - HOUR_IN_MINUTES + 1) * MINUTE;
  }

  passTo(time: number): void {
    const passed = Math.max(0, time - Math.max(this.#time, this.#since));
    this.#time = time;
    const { idle, busy } = this.#counts();
    this.#busyMs += busy * passed;
    this.#activeMs += (idle + busy) * passed;
  }

  metrics(): CountedMetrics {
    const { idle, busy, offline } = this.#counts();
    const inState = (status: string): number => [...this.#tasks.values()].filter((each) => each === status).length;
    const completed = inState('completed');
    const sum = this.#durations.reduce((total, each) => total + each, 0);
    return {
      total_sessions: idle + busy + offline,
      active_sessions: idle + busy,
      idle_sessions: idle,
      busy_sessions: busy,
      offline_sessions: offline,
      tasks_pending: inState('pending'),
      tasks_in_progress: inState('in_progress'),
      tasks_completed: completed,
      avg_session_utilization: this.#activeMs === 0 ? 0 : this.#busyMs / this.#activeMs,
      avg_task_time: this.#durations.length === 0 ? null : sum / this.#durations.length / MINUTE,
    };
  }

  take(event: LogEvent): void {
    switch (event.type) {
      case 'session_registered':
        this.#sessions.set(event.data.session_id, { held: new Set(), saysBusy: false, offline: false });
        break;
      case 'session_deregistered':
        this.#sessions.delete(event.data.session_id);
        break;
      case 'session_offline':
        this.#session(event.data.session_id).offline = true;
        break;
      case 'session_returned':
        this.#session(event.data.session_id).offline = false;
        break;
      case 'session_reported':
        this.#session(event.data.session_id).saysBusy = event.data.status === 'busy';
        break;
      case 'task_assigned':
        this.#tasks.set(event.data.task_id, event.data.started ? 'in_progress' : 'assigned');
        this.#holders.set(event.data.task_id, event.data.session_id);
        this.#session(event.data.session_id).held.add(event.data.task_id);
        break;
      default:
        this.#takeTask(event);
    }
  }

  #takeTask(event: LogEvent): void {
    switch (event.type) {
      case 'task_added':
      case 'task_retried':
      case 'task_recalled':
        this.#tasks.set(event.data.task_id, 'pending');
        break;
      case 'task_started':
        this.#tasks.set(event.data.task_id, 'in_progress');
        break;
      case 'task_released':
      case 'task_suspended':
        this.#letGo(event.data.task_id, 'pending');
        break;
      case 'task_completed':
        // What its copy did was counted with the copy.
        if (event.data.copy_id === undefined) this.#durations.push(event.data.duration_ms);
        this.#letGo(event.data.task_id, 'completed');
        break;
      case 'task_failed':
        this.#letGo(event.data.task_id, event.data.retry_at === null ? 'failed' : 'pending');
        break;
      case 'task_cancelled':
        this.#letGo(event.data.task_id, 'cancelled');
        break;
      default:
    }
  }

  #letGo(task: string, status: 'pending' | 'completed' | 'failed' | 'cancelled'): void {
    this.#tasks.set(task, status);
    const holder = this.#holders.get(task);
    this.#holders.delete(task);
    if (holder !== undefined) this.#sessions.get(holder)?.held.delete(task);
  }

  #session(id: string): CountedSession {
    const session = this.#sessions.get(id);
    if (session === undefined) throw new Error(`the log says something of ${id}, which never registered`);
    return session;
  }

  #counts(): { readonly idle: number; readonly busy: number; readonly offline: number } {
    const counts = { idle: 0, busy: 0, offline: 0 };
    for (const { held, saysBusy, offline } of this.#sessions.values()) {
      if (offline) counts.offline += 1;
      else if (held.size > 0 || saysBusy) counts.busy += 1;
      else counts.idle += 1;
    }
    return counts;
  }
}
