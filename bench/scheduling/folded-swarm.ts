/**
 * A swarm without engine and journal: events are sealed and folded as the engine does it, and its dispatcher follows them.
 */
import type { Fact, LogEvent } from '../../src/contract/event.ts';
import { EVENTS } from '../../src/contract/event.ts';
import { DEFAULT_SETTINGS } from '../../src/contract/settings.ts';
import { Dispatcher } from '../../src/domain/dispatch/dispatch.ts';
import type { Estimates } from '../../src/domain/dispatch/swarm-board.ts';
import { evolve } from '../../src/domain/evolve.ts';
import { seal } from '../../src/domain/seal.ts';
import { createState, type SwarmState } from '../../src/domain/state.ts';

export const HOUR = 3_600_000;

/** State and dispatcher of one swarm. */
export class FoldedSwarm {
  readonly state: SwarmState;
  readonly dispatcher: Dispatcher;
  /** When it begins, ms since 1970: small, so that no digit of a duration is lost. */
  readonly begin = 1_000_000;

  /** `estimates` stand in for what would be learned. */
  constructor(policy: 'greedy' | 'optimal', estimates?: Estimates) {
    this.state = createState('bench', { ...DEFAULT_SETTINGS, max_wait: 604_800, straggler_action: 'off', policy });
    this.dispatcher = new Dispatcher(estimates);
  }

  /** Folds facts in. */
  record(facts: readonly Fact[], time: number): LogEvent[] {
    return facts.map((fact) => {
      const event = seal(this.state, fact, EVENTS[fact.type].version, { time, actor: 'bench', command_id: null });
      evolve(this.state, event);
      this.dispatcher.note(this.state, event);
      return event;
    });
  }

  /** The end of a task that a session holds. */
  completed(id: string, now: number): Fact[] {
    const lease = this.state.tasks.get(id)?.lease;
    if (lease === null || lease === undefined) throw new RangeError(`nobody holds ${id}`);
    const data = { task_id: id, prev: 0, lease: lease.number, session_id: lease.session_id, result: null };
    return [{ type: 'task_completed', data: { ...data, duration_ms: now - lease.assigned_at } }];
  }
}
