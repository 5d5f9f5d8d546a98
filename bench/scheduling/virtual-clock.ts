/**
 * Runs an instance on what the engine runs: the events of a swarm are folded, its dispatcher decides by the policy that is
 * set, with its board, its gate for resources and its waits. Only the clock is virtual, and there is no journal. Actual
 * durations may differ from estimates.
 */
import type { DispatchBoard } from '../../src/scheduling/dispatch-board.ts';
import type { PlanInput } from '../../src/scheduling/plan-problem.ts';
import { SwarmInstance, UNIT } from './swarm-instance.ts';

/** When and where a task ran. */
export interface Run {
  readonly session: number;
  readonly start: number;
  readonly finish: number;
}

/** How to run an instance. */
export interface SimulationOptions {
  readonly policy: 'greedy' | 'optimal';
  /** Priority of each task, 1 to 10; 5 where missing. */
  readonly priorities?: readonly number[];
  /** Actual ÷ estimated duration of each task; 1 where missing. */
  readonly noise?: Float64Array;
  /** Called before each decision of `optimal`, to lay a plan over the board. */
  readonly beforeDecision?: (board: DispatchBoard, now: number) => void;
  /** Called after each: a plan laid here counts from the next decision on, as in the engine, where no dispatch waits for one. */
  readonly afterDecision?: (board: DispatchBoard, now: number) => void;
}

/** What came out: a run per task (undefined for one that could not run), in the instance's unit. */
export interface SimulationResult {
  readonly runs: readonly (Run | undefined)[];
  readonly makespan: number;
}

/** Runs an instance to its end. */
export function simulate(input: PlanInput, options: SimulationOptions): SimulationResult {
  const swarm = new SwarmInstance(input, options.policy, options.priorities);
  const { state, dispatcher, sessions } = swarm;
  const demand = { sessions: () => sessions, has: () => true };
  const runs: (Run | undefined)[] = input.tasks.map(() => undefined);
  const ends: { at: number; id: string }[] = [];
  let now = swarm.begin;
  let makespan = 0;
  for (;;) {
    if (options.beforeDecision !== undefined) options.beforeDecision(dispatcher.board(state, now).board, now);
    dispatcher.run(state, demand, now, (fact) => {
      for (const event of swarm.record([fact], now)) {
        if (event.type !== 'task_assigned') continue;
        const { task_id: id, session_id } = event.data;
        const index = Number(id.slice(1));
        const at = now + swarm.duration(index, session_id) * (options.noise?.[index] ?? 1);
        runs[index] = { session: Number(session_id.slice(1)), start: (now - swarm.begin) / UNIT, finish: (at - swarm.begin) / UNIT };
        makespan = Math.max(makespan, (at - swarm.begin) / UNIT);
        let place = ends.length;
        while (place > 0 && ends[place - 1]!.at < at) place--;
        ends.splice(place, 0, { at, id });
      }
    });
    if (options.afterDecision !== undefined) options.afterDecision(dispatcher.board(state, now).board, now);
    const again = dispatcher.nextTime(state, demand, now);
    if ((ends.at(-1)?.at ?? Number.POSITIVE_INFINITY) > again && again > now) {
      now = again;
      continue;
    }
    const next = ends.pop();
    if (next === undefined) return { runs, makespan };
    now = next.at;
    swarm.record(swarm.completed(next.id, now), now);
    // What ends at the same moment is one event.
    while (ends.length > 0 && ends.at(-1)!.at <= now + 1e-9 * now) {
      const same = ends.pop()!;
      now = Math.max(now, same.at);
      swarm.record(swarm.completed(same.id, now), now);
    }
  }
}
