/**
 * Keeps tasks out of the ready queue until what they need is there, takes it for a lease, and gives it back with the lease.
 * Of a class only the first 64 stand in the queue, so that a backlog costs the same however long it is: whoever chooses
 * chooses among these.
 * Invariant: a task with needs is in the queue only while its class fits. A resource on which a task has waited for longer
 * than `max_wait` is kept for it: younger tasks that would take it wait too.
 */
import { invariant } from '../invariant.ts';
import type { SwarmState } from '../state.ts';
import { dequeue, enqueue } from '../task/ready-queue.ts';
import type { Task } from '../task/state.ts';
import { freeOf, type NeedClass, type Resource, tokensAt } from './state.ts';

const EXPOSED_AT_MOST = 64;

/** What keeps a class from starting one more. */
export type Shortage =
  | { readonly kind: 'resource'; readonly resource: Resource; readonly amount: number }
  | { readonly kind: 'kept'; readonly resource: Resource; readonly amount: number }
  | { readonly kind: 'concurrency'; readonly key: string }
  | { readonly kind: 'rate'; readonly key: string };

/** Lets a task in that waits for nothing but what it needs. */
export function enterGate(state: SwarmState, task: Task, needs: NeedClass, atFront: boolean): void {
  const lane = laneOf(needs, task);
  if (lane.front.has(task) || lane.back.has(task)) return;
  (atFront ? lane.front : lane.back).add(task);
  needs.since = needs.waiting === 0 ? task.ready_at : Math.min(needs.since, task.ready_at);
  needs.waiting += 1;
  if (needs.waiting === 1) for (const [each] of [...needs.amounts, ...needs.keys]) each.waiting.add(needs);
  settle(state, needs, state.time);
}

/** A task goes from the gate and the queue, for whatever reason. */
export function leaveGate(state: SwarmState, task: Task, needs: NeedClass): void {
  const lane = laneOf(needs, task);
  if (!lane.front.delete(task) && !lane.back.delete(task)) return;
  needs.waiting -= 1;
  if (needs.waiting === 0) for (const [each] of [...needs.amounts, ...needs.keys]) each.waiting.delete(needs);
  if (needs.exposed.delete(task)) dequeue(state.ready, task);
  settle(state, needs, state.time);
}

/** Takes what a task needs for its lease; returns its ports by resource. */
export function acquire(state: SwarmState, task: Task, needs: NeedClass): Record<string, number[]> | null {
  let ports: Record<string, number[]> | null = null;
  for (const [resource, amount] of needs.amounts) {
    resource.in_use += amount;
    if (resource.ports !== null) (ports ??= {})[resource.name] = takePorts(resource, amount);
  }
  for (const [limit] of needs.keys) {
    limit.running += 1;
    if (limit.rate === null) continue;
    limit.tokens = tokensAt(limit, state.time) - 1;
    limit.filled_at = state.time;
    invariant(limit.tokens >= -1e-6, () => `${task.id} starts without a token of ${limit.key}`);
  }
  settleNeighbours(state, needs);
  return ports;
}

/** Gives back what a task held with its lease. */
export function giveBack(state: SwarmState, task: Task, needs: NeedClass): void {
  for (const [resource, amount] of needs.amounts) {
    resource.in_use -= amount;
    for (const port of task.ports?.[resource.name] ?? []) resource.held_ports.delete(port);
  }
  for (const [limit] of needs.keys) limit.running -= 1;
  settleNeighbours(state, needs);
}

/** Brings everything in the queue in step with what is there at `now`. */
export function settleAll(state: SwarmState, now: number): void {
  const patient = new PatientClasses(state, now);
  for (const needs of state.resources.classes.values()) settle(state, needs, now, patient);
}

/** The first that keeps a class from starting one more at `now`; null when nothing does. */
export function shortageOf(state: SwarmState, needs: NeedClass, now: number): Shortage | null {
  return shortagesOf(state, needs, now, 1)[0] ?? null;
}

/** What keeps a class from starting one more at `now`, at most so much of it. `kept` counts only for tasks that are younger. */
export function shortagesOf(state: SwarmState, needs: NeedClass, now: number, atMost = Infinity): readonly Shortage[] {
  const patient = new PatientClasses(state, now);
  const found: Shortage[] = [];
  for (const [limit, own] of needs.keys) {
    const most = Math.min(limit.concurrency ?? Infinity, own ?? Infinity);
    if (limit.running >= most) found.push({ kind: 'concurrency', key: limit.key });
    if (tokensAt(limit, now) < 1) found.push({ kind: 'rate', key: limit.key });
    if (found.length >= atMost) return found;
  }
  for (const [resource, amount] of needs.amounts) {
    if (freeOf(resource) < amount && found.push({ kind: 'resource', resource, amount }) >= atMost) return found;
  }
  for (const [resource, amount] of needs.amounts) {
    if (freeOf(resource) >= amount && patient.keep(resource, needs)) found.push({ kind: 'kept', resource, amount });
  }
  return found;
}

/** What keeps a class back until somebody changes a capacity or a limit, whatever is given back until then. */
export function* lastingShortagesOf({ keys, amounts }: NeedClass): Generator<Shortage> {
  for (const [limit] of keys) if (limit.concurrency === 0) yield { kind: 'concurrency', key: limit.key };
  for (const [resource, amount] of amounts) if (resource.capacity < amount) yield { kind: 'resource', resource, amount };
}

/** The first resource or key of a class that tasks wait for, its own among them; null when nobody does. */
export function waitsBeside({ amounts, keys }: NeedClass): string | null {
  for (const [resource] of amounts) if (resource.waiting.size > 0) return resource.name;
  for (const [limit] of keys) if (limit.waiting.size > 0) return limit.key;
  return null;
}

/**
 * True when a task that gives this back can take it again in the same decision: nothing of it drains, no start is counted,
 * and no session was told numbers that would be others then.
 */
export function isHandedOver({ amounts, keys }: NeedClass): boolean {
  return (
    amounts.every(([resource]) => resource.ports === null && freeOf(resource) >= 0) &&
    keys.every(([limit, own]) => limit.rate === null && limit.running <= Math.min(limit.concurrency ?? Infinity, own ?? Infinity))
  );
}

/** Classes whose oldest task has waited longer than `max_wait`: for all classes that are settled together looked for once. */
class PatientClasses {
  readonly #state: SwarmState;
  readonly #now: number;
  readonly #found = new Map<Resource, readonly { readonly needs: NeedClass; readonly since: number }[]>();

  constructor(state: SwarmState, now: number) {
    this.#state = state;
    this.#now = now;
  }

  /** True when a resource is kept from a class for an older task of another one, which does not fit on it. */
  keep(resource: Resource, needs: NeedClass): boolean {
    if (resource.classes.size === 1) return false;
    const patient = this.#found.get(resource) ?? this.#find(resource);
    return patient.some((other) => other.needs !== needs && other.since <= oldestOf(needs));
  }

  #find(resource: Resource): readonly { readonly needs: NeedClass; readonly since: number }[] {
    const free = freeOf(resource);
    const patience = this.#state.settings.max_wait * 1000;
    const found: { needs: NeedClass; since: number }[] = [];
    for (const needs of resource.waiting) {
      if (this.#now - needs.since < patience || !needs.amounts.some(([each, amount]) => each === resource && free < amount)) continue;
      const since = oldestOf(needs);
      if (this.#now - since >= patience) found.push({ needs, since });
    }
    this.#found.set(resource, found);
    return found;
  }
}

function oldestOf({ lanes }: NeedClass): number {
  let oldest = Infinity;
  for (const { front, back } of lanes) {
    if (front.size + back.size === 0) continue;
    for (const task of front) oldest = Math.min(oldest, task.ready_at);
    for (const task of back) {
      oldest = Math.min(oldest, task.ready_at);
      break;
    }
  }
  return oldest;
}

/**
 * Brings the classes in step that share something with one that took or gave back. In the order in which they were made, by
 * what they share; one that shares several is settled again, which changes nothing.
 */
function settleNeighbours(state: SwarmState, needs: NeedClass): void {
  const patient = new PatientClasses(state, state.time);
  for (const [{ waiting }] of [...needs.amounts, ...needs.keys]) {
    const shown: NeedClass[] = [];
    for (const each of waiting) {
      if (!fits(each, state.time, patient)) hide(state, each);
      else if (each.exposed.size < Math.min(each.waiting, EXPOSED_AT_MOST)) shown.push(each);
    }
    for (const each of shown.sort((a, b) => a.number - b.number)) show(state, each);
  }
}

/** Shows the first of a class in the queue when it fits, and none when it does not. */
function settle(state: SwarmState, needs: NeedClass, now: number, patient = new PatientClasses(state, now)): void {
  if (needs.waiting === 0 && needs.exposed.size === 0) return;
  if (!fits(needs, now, patient)) hide(state, needs);
  else if (needs.exposed.size < needs.waiting) show(state, needs);
}

/** True when nothing keeps a class from starting one more. */
function fits(needs: NeedClass, now: number, patient: PatientClasses): boolean {
  for (const [limit, own] of needs.keys) {
    if (limit.running >= Math.min(limit.concurrency ?? Infinity, own ?? Infinity) || tokensAt(limit, now) < 1) return false;
  }
  for (const [resource, amount] of needs.amounts) if (freeOf(resource) < amount) return false;
  for (const [resource] of needs.amounts) if (patient.keep(resource, needs)) return false;
  return true;
}

function hide(state: SwarmState, needs: NeedClass): void {
  for (const task of needs.exposed) dequeue(state.ready, task);
  needs.exposed.clear();
}

function show(state: SwarmState, needs: NeedClass): void {
  if (needs.waiting > EXPOSED_AT_MOST) {
    const first = firstOf(needs);
    for (const task of needs.exposed) {
      if (first.has(task)) continue;
      dequeue(state.ready, task);
      needs.exposed.delete(task);
    }
    for (const [task, atFront] of first) expose(state, needs, task, atFront);
    return;
  }
  for (let priority = needs.lanes.length - 1; priority >= 0; priority -= 1) {
    const lane = needs.lanes[priority];
    if (lane === undefined) continue;
    if (lane.front.size > 0) for (const task of [...lane.front].toReversed()) expose(state, needs, task, true);
    for (const task of lane.back) expose(state, needs, task, false);
  }
}

function expose(state: SwarmState, needs: NeedClass, task: Task, atFront: boolean): void {
  if (needs.exposed.has(task)) return;
  needs.exposed.add(task);
  enqueue(state.ready, task, atFront);
}

/** The first of a class in the order of their priority, and whether each goes to the front of its lane. */
function firstOf({ lanes }: NeedClass): Map<Task, boolean> {
  const first = new Map<Task, boolean>();
  for (const { front, back } of lanes.toReversed()) {
    for (const task of [...front].toReversed()) if (first.size < EXPOSED_AT_MOST) first.set(task, true);
    for (const task of back) {
      if (first.size >= EXPOSED_AT_MOST) break;
      first.set(task, false);
    }
    if (first.size >= EXPOSED_AT_MOST) break;
  }
  return first;
}

/** The lowest numbers of the range that nobody holds. */
function takePorts({ name, ports, held_ports }: Resource, amount: number): number[] {
  const taken: number[] = [];
  for (let port = ports?.from ?? 1; port <= (ports?.to ?? 0) && taken.length < amount; port += 1) {
    if (held_ports.has(port)) continue;
    held_ports.add(port);
    taken.push(port);
  }
  invariant(taken.length === amount, () => `${name} has no ${amount} free ports`);
  return taken;
}

function laneOf({ lanes }: NeedClass, task: Task): NeedClass['lanes'][number] {
  const lane = lanes[task.priority];
  invariant(lane !== undefined, () => `${task.id} has the priority ${task.priority}`);
  return lane;
}
