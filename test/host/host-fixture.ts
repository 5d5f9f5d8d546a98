/**
 * What the tests of the host share: assignments, a folder that goes away, and a clock that the test moves.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { terminalSocket } from '../../src/config/terminal-socket.ts';
import type { Clock } from '../../src/contract/ports.ts';
import type { AssignmentView } from '../../src/contract/views/task-view.ts';

/** A folder that is removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tutti-host-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));
  return folder;
}

/** A data folder whose tmux server ends with the test. */
export async function hostFolder(): Promise<string> {
  const folder = await temporaryFolder();
  onTestFinished(() => {
    try {
      execFileSync('tmux', ['-L', terminalSocket(folder), 'kill-server'], { stdio: 'ignore' });
    } catch {
      // It never ran, or has ended.
    }
  });
  return folder;
}

/** The assignment of a task under a lease. */
export function assignment(lease: number, id = `t-${lease}`): AssignmentView {
  const task: AssignmentView['task'] = {
    id,
    type: 'build',
    title: `Task ${id}`,
    spec: { run: 'true' },
    priority: 5,
    status: 'assigned',
    progress: 0,
    assigned_to: 's-1',
    required_capability: null,
    estimated_hours: null,
    resources: {},
    ports: {},
    concurrency: null,
    group: null,
    dependencies: [],
    on_dependency_failure: 'block',
    waiting_for_person: [],
    labels: [],
    parent: null,
    not_before: null,
    deadline: null,
    overdue: false,
    failure_message: null,
    attempt: 1,
    max_attempts: 1,
    lease,
    created_at: '2026-11-21T00:00:00.000Z',
    assigned_at: '2026-11-21T00:00:00.000Z',
    started_at: null,
    completed_at: null,
    result: null,
    failure: null,
    waiting: null,
  };
  return { session_id: 's-1', task_id: id, task, score: 1, reason: 'greedy', lease };
}

/** A clock that stands still until the test moves it. */
export interface SteppedClock extends Clock {
  /** Moves on by `ms`, running what falls due on the way, in order. */
  advance(ms: number): Promise<void>;
  /** Timers that wait. */
  readonly waiting: number;
}

/** Makes a clock at time 1,000,000. */
export function steppedClock(): SteppedClock {
  let now = 1_000_000;
  const timers = new Set<{ readonly due: number; readonly run: () => void }>();
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  return {
    now: () => now,
    soon: (run) => queueMicrotask(run),
    after: (ms, run) => {
      const timer = { due: now + ms, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    get waiting() {
      return timers.size;
    },
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        const next = [...timers].filter((timer) => timer.due <= end).sort((a, b) => a.due - b.due)[0];
        if (next === undefined) break;
        timers.delete(next);
        now = Math.max(now, next.due);
        next.run();
        await settle();
      }
      now = end;
    },
  };
}
