/**
 * An instance as a swarm: its sessions and tasks as events, folded as the engine folds them, and what it says of durations in
 * the place of what would be learned. A unit of an instance's time is a second.
 */
import type { EventOf, Fact } from '../../src/contract/event.ts';
import type { PlanInput, PlanTask } from '../../src/scheduling/plan-problem.ts';
import type { SessionEstimate } from '../../src/scheduling/session-table.ts';
import { FoldedSwarm, HOUR } from './folded-swarm.ts';

/** ms in a unit of an instance's time. */
export const UNIT = 1000;

/** A swarm for one instance. */
export class SwarmInstance extends FoldedSwarm {
  /** The sessions in the order in which they ask. */
  readonly sessions: readonly string[];
  readonly #input: PlanInput;
  readonly #names = new Map<string, string>();
  readonly #estimates: Map<string, Map<string, SessionEstimate>>;

  constructor(input: PlanInput, policy: 'greedy' | 'optimal', priorities: readonly number[] = []) {
    const estimates = new Map<string, Map<string, SessionEstimate>>();
    super(policy, (_, session, kind) => estimates.get(kind)?.get(session.id) ?? { factor: 1, success: 1 });
    this.#estimates = estimates;
    this.#input = input;
    this.sessions = input.sessions.map((_, index) => `s${index}`);
    this.record(this.#resourceFacts(), this.begin);
    const needs = input.tasks.map((task) => this.#name('able', sessionsOf(task)));
    this.record(this.#sessionFacts(needs), this.begin);
    const facts = dependencyOrder(input).map((index) => this.#taskFact(index, needs[index] ?? '', priorities[index] ?? 5));
    this.record(facts, this.begin);
  }

  /** How long an attempt at a task takes by the instance, ms. */
  duration(task: number, session: string): number {
    const option = this.#input.tasks[task]?.options.find((each) => `s${each.session}` === session);
    if (option === undefined) throw new RangeError(`${session} cannot do task ${task}`);
    return option.duration * UNIT;
  }

  /** A short name for a long description. */
  #name(prefix: string, description: string): string {
    const key = `${prefix} ${description}`;
    const known = this.#names.get(key) ?? `${prefix}-${this.#names.size}`;
    this.#names.set(key, known);
    return known;
  }

  #resourceFacts(): Fact[] {
    return (this.#input.capacities ?? []).map((capacity, index) => ({
      type: 'resource_set',
      data: { resource: `r${index}`, capacity, ports: null, description: '' },
    }));
  }

  #sessionFacts(needs: readonly string[]): Fact[] {
    const able = this.sessions.map(() => new Set<string>());
    this.#input.tasks.forEach((task, index) => {
      for (const { session } of task.options) able[session]?.add(needs[index] ?? '');
    });
    return this.#input.sessions.map(({ slots }, index) => ({
      type: 'session_registered',
      data: {
        session_id: `s${index}`,
        capabilities: [...(able[index] ?? [])],
        specialties: [],
        max_concurrent_tasks: slots,
        role: null,
        runner: null,
        host: null,
      },
    }));
  }

  #taskFact(index: number, capability: string, priority: number): Fact {
    const task = this.#input.tasks[index] as PlanTask;
    // Tasks that take the same times but for a factor are of one kind.
    const base = task.options[0]?.duration || 1;
    const factors = task.options.map(({ duration }) => duration / base);
    const isSame = factors.every((factor) => factor === 1);
    const type = isSame
      ? 'same'
      : this.#name('kind', factors.map((factor, place) => `${task.options[place]?.session}:${factor.toPrecision(6)}`).join());
    if (!isSame && !this.#estimates.has(`${type} estimated`)) {
      const estimates = task.options.map(({ session }, place) => [`s${session}`, { factor: factors[place] ?? 1, success: 1 }] as const);
      this.#estimates.set(`${type} estimated`, new Map(estimates));
    }
    const amounts = (task.demands ?? []).filter(({ amount }) => amount > 0);
    const data: EventOf<'task_added'>['data'] = {
      task_id: `t${index}`,
      prev: 0,
      type,
      title: '',
      spec: '',
      priority,
      explicit_priority: true,
      required_capability: capability,
      estimated_hours: (base * UNIT) / HOUR,
      ...(amounts.length === 0 ? {} : { resources: Object.fromEntries(amounts.map(({ resource, amount }) => [`r${resource}`, amount])) }),
      ...(task.after.length === 0 ? {} : { dependencies: task.after.map((before) => `t${before}`), waiting_for: new Set(task.after).size }),
    };
    return { type: 'task_added', data };
  }
}

/** The sessions that can do a task: who has the capability that is named after them. */
function sessionsOf({ options }: PlanTask): string {
  return [...new Set(options.map(({ session }) => session))].toSorted((a, b) => a - b).join();
}

function dependencyOrder(input: PlanInput): number[] {
  const seen = new Set<number>();
  const order: number[] = [];
  const visit = (root: number): void => {
    const stack: [number, number][] = [[root, 0]];
    seen.add(root);
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const before = input.tasks[top[0]]!.after[top[1]++];
      if (before === undefined) {
        order.push(top[0]);
        stack.pop();
      } else if (!seen.has(before)) {
        seen.add(before);
        stack.push([before, 0]);
      }
    }
  };
  input.tasks.forEach((_, index) => {
    if (!seen.has(index)) visit(index);
  });
  return order;
}
