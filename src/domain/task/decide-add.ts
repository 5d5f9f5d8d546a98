/**
 * The rule of adding tasks (A8, B1, B2): all of a request or none.
 */
import type { EventData, Fact } from '../../contract/event.ts';
import type { Refusal } from '../../contract/failure.ts';
import type { InputOf } from '../../contract/operations.ts';
import type { TaskInput } from '../../contract/operations/work-operations.ts';
import { refuseUndefined } from '../capability/check-names.ts';
import { type DecideContext, NO_NAMES, type Rule } from '../decision.ts';
import { asksIn, refuseAsks } from '../resource/decide.ts';
import { isRefused, refusal } from '../refuse.ts';
import type { SwarmState } from '../state.ts';
import { contentHash } from './content-hash.ts';
import { findCycle } from './dependency-cycle.ts';
import { jsonBytes } from './json-size.ts';
import { refuseParent } from './parts.ts';
import { startPriority } from './priority.ts';
import { keyUse } from './recent-keys.ts';

/** Largest spec (with the names of its dependencies), result or details in bytes: an event body holds at most 256 KiB. */
export const BODY_BYTES = 250_000;

const NO_DEPENDENCIES: string[] = [];

/** A8. */
export const addRule: Rule<'work.add'> = {
  names: (state, input) => namedTasks(state, inputsOf(input)),
  decide: (state, input, context) => {
    const adding = new Map<string, TaskInput>();
    const tasks = inputsOf(input);
    const request: Request = { adding, context, nextId: defaultIds(state, tasks), keys: null };
    for (const task of tasks) {
      const no = refuseParent(state, task, context) ?? admit(state, task, request);
      if (no !== null) return no;
    }
    const facts: Fact[] = [];
    let linked = false;
    for (const [id, task] of adding) {
      const added = addFact(state, id, task, { adding, context });
      if (isRefused(added)) return added;
      facts.push(added);
      linked ||= task.dependencies !== undefined && task.dependencies.length > 0;
    }
    if (!linked) return facts;
    const cycle = findCycle(adding);
    if (cycle !== null) return refusal('dependency_cycle', { cycle: cycle.join(' → ') });
    for (const id of failingAtOnce(state, adding, context)) facts.push(failedAtOnce(id));
    return facts;
  },
};

/** The tasks of a request, one or many. */
export function inputsOf(input: InputOf<'work.add'>): readonly TaskInput[] {
  return 'tasks' in input ? input.tasks : [input];
}

/** What one request adds. */
interface Request {
  readonly adding: Map<string, TaskInput>;
  readonly context: DecideContext;
  readonly nextId: (type: string) => string;
  /** The tasks of this request by their idempotency keys. */
  keys: Map<string, TaskInput> | null;
}

/** Takes one task into the request: gives it an id, unless it is there already. */
function admit(state: SwarmState, task: TaskInput, request: Request): Refusal | null {
  const { adding, context, nextId } = request;
  const keyed = keyedBefore(state, task, request);
  if (keyed !== null) return isRefused(keyed) ? keyed : null;
  let bytes = jsonBytes(task.spec, BODY_BYTES);
  if (task.dependencies !== undefined) for (const id of task.dependencies) bytes += id.length + 3;
  if (bytes > BODY_BYTES) return refusal('event_too_large', { bytes, limit: BODY_BYTES });
  const { required_capability } = task;
  const named = required_capability === undefined || required_capability === null ? null : refuseUndefined(state, [required_capability]);
  const no = named ?? (task.resources === undefined ? null : refuseAsks(state, task));
  if (no !== null) return no;
  if (task.id === undefined) {
    adding.set(nextId(task.type), task);
    return null;
  }
  const known = adding.get(task.id);
  const hash =
    state.tasks.get(task.id)?.content_hash ??
    context.retired.get(task.id)?.content_hash ??
    (known === undefined ? null : contentHash(known));
  if (hash === null) {
    adding.set(task.id, task);
    return null;
  }
  return hash === contentHash(task) ? null : refusal('task_exists', { task_id: task.id });
}

/** What a task's idempotency key was used for before, here or in the state; a refusal when that had other content. */
function keyedBefore(state: SwarmState, task: TaskInput, request: Request): Refusal | { readonly known: true } | null {
  const key = task.idempotency_key;
  if (key === undefined) return null;
  const keys = (request.keys ??= new Map<string, TaskInput>());
  const here = keys.get(key);
  const use = keyUse(state.keys, key, { now: request.context.now, isThere: (id) => state.tasks.has(id) });
  const before = here === undefined ? (use?.content_hash ?? null) : contentHash(here);
  if (before === null) {
    keys.set(key, task);
    return null;
  }
  const hash = contentHash(task);
  // Under a key, the id may be left out or named: the task is the same.
  const same = hash === before && (task.id === undefined || here !== undefined || task.id === use?.task_id);
  const used = use?.task_id ?? here?.id;
  return same
    ? { known: true }
    : refusal('idempotency_conflict', { key, whose: used === undefined ? 'another task of this call' : `the task ${used}` });
}

/** Gives default ids, `{type}-{nnn}`: none that a task has, or that the request itself chooses. */
function defaultIds(state: SwarmState, tasks: readonly TaskInput[]): (type: string) => string {
  const isOne = tasks.length === 1;
  const chosen = isOne ? null : new Set(tasks.map((task) => task.id));
  const last = isOne ? null : new Map<string, number>();
  return (type) => {
    let number = last?.get(type) ?? state.counters.get(type) ?? 0;
    let id = '';
    do {
      number += 1;
      id = `${type}-${number < 100 ? String(number).padStart(3, '0') : number}`;
    } while (state.tasks.has(id) || chosen?.has(id) === true);
    last?.set(type, number);
    return id;
  };
}

function addFact(
  state: SwarmState,
  id: string,
  task: TaskInput,
  request: { readonly adding: ReadonlyMap<string, TaskInput>; readonly context: DecideContext },
): Fact | Refusal {
  let waitingFor = 0;
  const dependencies = task.dependencies === undefined ? NO_DEPENDENCIES : [...new Set(task.dependencies)];
  for (const dependency of dependencies) {
    const status = statusOf(state, dependency, request);
    if (status === null) return refusal('dependency_unknown', { task_id: id, dependency });
    if (!isSatisfied(status, task)) waitingFor += 1;
  }
  const data: EventData<'task_added'> = {
    task_id: id,
    prev: 0,
    type: task.type,
    title: task.title,
    spec: task.spec ?? '',
    priority: task.priority ?? startPriority(task, dependencies.length > 0 && waitingFor === 0),
    explicit_priority: task.priority !== undefined || task.dependencies_met === true,
    required_capability: task.required_capability ?? null,
  };
  if (task.estimated_hours !== undefined && task.estimated_hours !== null) data.estimated_hours = task.estimated_hours;
  if (task.group !== undefined) data.group = task.group;
  const asks = asksIn(task);
  if (asks !== null) Object.assign(data, asks);
  if (dependencies.length > 0) data.dependencies = dependencies;
  if (waitingFor > 0) data.waiting_for = waitingFor;
  if (task.id !== undefined || task.idempotency_key !== undefined) data.content_hash = contentHash(task);
  if (task.idempotency_key !== undefined) data.idempotency_key = task.idempotency_key;
  const notBefore = startOf(task, request.context.now);
  if (notBefore > request.context.now) data.not_before = notBefore;
  const options = optionsOf(task);
  if (options !== null) data.options = options;
  return { type: 'task_added', data };
}

function statusOf(
  state: SwarmState,
  id: string,
  request: { readonly adding: ReadonlyMap<string, TaskInput>; readonly context: DecideContext },
): string | null {
  const known = state.tasks.get(id)?.status ?? request.context.retired.get(id)?.status;
  return known ?? (request.adding.has(id) ? 'pending' : null);
}

function isSatisfied(status: string, task: TaskInput): boolean {
  if (status === 'completed') return true;
  return task.on_dependency_failure === 'ignore' && (status === 'failed' || status === 'cancelled');
}

/** The new tasks that fail with a dependency which has failed already (policy cascade), and those that fail with them. */
function failingAtOnce(state: SwarmState, adding: ReadonlyMap<string, TaskInput>, context: DecideContext): Set<string> {
  const failing = new Set<string>();
  const dependents = new Map<string, string[]>();
  for (const [id, task] of adding) {
    if (task.on_dependency_failure !== 'cascade') continue;
    for (const dependency of task.dependencies ?? []) {
      const status = state.tasks.get(dependency)?.status ?? context.retired.get(dependency)?.status;
      if (status === 'failed' || status === 'cancelled') failing.add(id);
      const waiting = dependents.get(dependency);
      if (waiting === undefined) dependents.set(dependency, [id]);
      else waiting.push(id);
    }
  }
  for (const id of failing) for (const dependent of dependents.get(id) ?? []) failing.add(dependent);
  return failing;
}

/** A task that nobody holds fails with what it depends on. */
export function failedAtOnce(id: string): Fact {
  return {
    type: 'task_failed',
    data: {
      task_id: id,
      prev: 0,
      lease: null,
      session_id: null,
      reason: 'dependency_failed',
      result: null,
      duration_ms: 0,
      retry_at: null,
    },
  };
}

/** The time before which a task must not start: the later one of its delay and its time; 0 for none. */
function startOf({ delay, not_before }: TaskInput, now: number): number {
  return Math.max(delay === undefined ? 0 : now + Math.round(delay * 1000), not_before === undefined ? 0 : Date.parse(not_before));
}

function optionsOf(task: TaskInput): EventData<'task_added'>['options'] | null {
  const { on_dependency_failure, max_attempts, backoff_seconds, retry, labels, parent, deadline } = task;
  let options: NonNullable<EventData<'task_added'>['options']> | null = null;
  if (on_dependency_failure !== undefined) (options ??= {}).on_dependency_failure = on_dependency_failure;
  if (max_attempts !== undefined) (options ??= {}).max_attempts = max_attempts;
  if (backoff_seconds !== undefined) (options ??= {}).backoff_seconds = backoff_seconds;
  if (retry !== undefined && Object.keys(retry).length > 0) (options ??= {}).retry = retry;
  if (labels !== undefined && labels.length > 0) (options ??= {}).labels = [...new Set(labels)];
  if (parent !== undefined) (options ??= {}).parent = parent;
  if (deadline !== undefined) (options ??= {}).deadline = Date.parse(deadline);
  return options;
}

/** Ids that may have left memory: named ones, and dependencies. */
function namedTasks(state: SwarmState, tasks: readonly TaskInput[]): readonly string[] {
  let named: string[] | null = null;
  for (const task of tasks) {
    if (task.id !== undefined && !state.tasks.has(task.id)) (named ??= []).push(task.id);
    if (task.parent !== undefined && !state.tasks.has(task.parent)) (named ??= []).push(task.parent);
    if (task.dependencies === undefined) continue;
    for (const dependency of task.dependencies) if (!state.tasks.has(dependency)) (named ??= []).push(dependency);
  }
  return named ?? NO_NAMES;
}
