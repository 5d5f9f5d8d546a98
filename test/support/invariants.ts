/**
 * What must hold for every state of a swarm, checked from scratch, without trusting any count that the state keeps.
 */
import { taskBlockers } from '../../src/domain/dispatch/blockers.ts';
import { allPauses } from '../../src/domain/pause/state.ts';
import { isMember, type Session } from '../../src/domain/session/state.ts';
import type { Limit, Resource } from '../../src/domain/resource/state.ts';
import type { SwarmState } from '../../src/domain/state.ts';
import { copyOf } from '../../src/domain/task/copies.ts';
import { readyTasks } from '../../src/domain/task/ready-queue.ts';
import { isReady, isTerminal } from '../../src/domain/task/state.ts';
import { tasksIn } from '../../src/domain/task/task-list.ts';

const NONE: ReadonlySet<string> = new Set();

/** The invariants that this state breaks, in words; empty when all hold. `everEnded`: tasks that ended at some time, retried or not; `suspended`: tasks that were ever suspended, which changes their policy. */
export function brokenInvariants(
  state: SwarmState,
  everEnded: ReadonlySet<string> = NONE,
  suspended: ReadonlySet<string> = NONE,
): string[] {
  return [
    ...conservation(state),
    ...leases(state),
    ...queue(state),
    ...blockers(state),
    ...dependencies(state, everEnded, suspended),
    ...waiting(state),
    ...delays(state),
    ...partsAndGroups(state),
    ...deadlines(state),
    ...questions(state),
    ...sessions(state),
    ...needs(state),
  ];
}

/** The state as plain JSON, for comparing two of them. */
export function snapshotOf(state: SwarmState): unknown {
  const tasks = [...state.tasks.values()].map((task) => ({
    ...task,
    needs: task.needs?.signature ?? null,
    before: task.before?.id ?? null,
    after: task.after?.id ?? null,
  }));
  const queued = [...state.ready.shelves.keys()]
    .toSorted()
    .map((capability) => [capability, [...readyTasks(state.ready, capability)].map((task) => task.id)]);
  const plain = {
    ...state,
    tasks,
    ready: queued,
    sessions: [...state.sessions.values()],
    learned: [...state.sessions.values()].map(({ performance }) => [[...performance.learned.pairs], [...performance.tallies]]),
    dependents: [...state.dependents],
    finished: [...tasksIn(state.finished)].map(({ id }) => id),
    resources: {
      by_name: [...state.resources.by_name.values()].map(plainResource),
      limits: [...state.resources.limits.values()].map(plainLimit),
    },
    schedules: { by_id: [...state.schedules.by_id], tasks: [...state.schedules.tasks.keys()], next_due: state.schedules.next_due },
    dead: [...tasksIn(state.dead)].map(({ id }) => id),
    copies: [...state.copies],
    parts: [...state.parts].map(([id, parts]) => [id, [...parts]]),
    groups: [[...state.groups.by_name.values()], [...state.groups.due], [...state.groups.ended]],
    pauses: allPauses(state.pauses),
    keys: [[...state.keys.young], [...state.keys.old]],
    deadlines: [...state.deadlines.by_task.keys()].toSorted(),
    capabilities: {
      defined: [...state.capabilities.defined],
    },
    decisions: [...state.decisions.records.values()].map((decision) => ({ ...decision, votes: [...decision.votes] })),
    signals: [...state.signals.records.values()],
    budgets: [[...state.budgets.limits], state.budgets.swarm],
    locks: [...state.locks.by_name.values()],
  };
  const rest = { counters: [...state.counters], kinds: [...state.kinds], ended_sessions: [...state.ended_sessions] };
  return JSON.parse(JSON.stringify({ ...plain, ...rest, delayed: state.delayed.heap.length }));
}

function* conservation(state: SwarmState): Generator<string> {
  const counts: Record<string, number> = { pending: 0, assigned: 0, in_progress: 0, completed: 0, failed: 0, cancelled: 0 };
  for (const task of state.tasks.values()) counts[task.status] = (counts[task.status] ?? 0) + 1;
  const live = (counts['pending'] ?? 0) + (counts['assigned'] ?? 0) + (counts['in_progress'] ?? 0);
  for (const status of ['pending', 'assigned', 'in_progress'] as const) {
    if (state.task_counts[status] !== counts[status]) yield `${status}: counted ${state.task_counts[status]}, there are ${counts[status]}`;
  }
  const ended = state.task_counts.completed + state.task_counts.failed + state.task_counts.cancelled;
  if (state.added !== live + ended) yield `added ${state.added}, but ${live} live and ${ended} ended`;
  if (state.finished.size + state.dead.size + state.retired !== ended)
    yield `${ended} ended, but ${state.finished.size + state.dead.size} kept and ${state.retired} retired`;
}

function* leases(state: SwarmState): Generator<string> {
  const holders = new Map<string, string>();
  for (const session of state.sessions.values()) {
    if (session.held.length > session.slots) yield `${session.id} holds ${session.held.length} with ${session.slots} slots`;
    for (const id of session.held) {
      if (holders.has(id)) yield `${id} is held twice`;
      holders.set(id, session.id);
    }
  }
  for (const task of state.tasks.values()) {
    const leased = task.status === 'assigned' || task.status === 'in_progress';
    if (leased !== (task.lease !== null)) yield `${task.id} is ${task.status} with${task.lease === null ? 'out' : ''} a lease`;
    if (task.lease !== null && holders.get(task.id) !== task.lease.session_id) yield `${task.id} is leased to one who does not hold it`;
    if (task.lease === null && holders.has(task.id)) yield `${task.id} is held without a lease`;
    if (task.lease !== null && task.lease.number > state.seq) yield `${task.id} has a lease from the future`;
  }
}

function* queue(state: SwarmState): Generator<string> {
  let size = 0;
  for (const capability of state.ready.shelves.keys()) {
    for (const task of readyTasks(state.ready, capability)) {
      size += 1;
      if (!isReady(task)) yield `${task.id} is queued but ${task.status}`;
      if ((task.required_capability ?? '') !== capability) yield `${task.id} is queued under ${capability}`;
    }
  }
  if (size !== state.ready.size) yield `queue counts ${state.ready.size}, holds ${size}`;
  for (const task of state.tasks.values()) {
    const paused = state.pauses.capabilities.has(task.required_capability ?? '');
    if (isReady(task) && !task.queued && task.needs === null && !paused && copyOf(state, task) === null)
      yield `${task.id} is ready but not queued`;
  }
}

/** What explains a task and what the dispatch goes by are the same: nothing blocks exactly what is queued. */
function* blockers(state: SwarmState): Generator<string> {
  for (const task of state.tasks.values()) {
    if (task.status !== 'pending') continue;
    const found = [...taskBlockers(state, { ...task, queued: false }, state.time)].map((blocker) =>
      blocker.kind === 'paused' ? `paused ${blocker.pause.scope}` : blocker.kind,
    );
    const own = found.filter((kind) => kind !== 'paused swarm' && kind !== 'turn');
    if (task.queued && own.length > 0) yield `${task.id} is queued, but blocked by ${own.join()}`;
    else if (!task.queued && own.length === 0 && !found.includes('turn')) yield `${task.id} is not queued, but nothing blocks it`;
  }
}

function* dependencies(state: SwarmState, everEnded: ReadonlySet<string>, suspended: ReadonlySet<string>): Generator<string> {
  for (const task of state.tasks.values()) {
    if (task.lease === null && task.status !== 'completed') continue;
    for (const id of task.dependencies) {
      const dependency = state.tasks.get(id);
      if (dependency === undefined || dependency.status === 'completed') continue;
      const ignores = task.options.on_dependency_failure === 'ignore' || suspended.has(task.id);
      const wasOver = ignores && (isTerminal(dependency.status) || everEnded.has(id));
      if (!wasOver) yield `${task.id} is ${task.status} before its dependency ${id} (${dependency.status})`;
    }
  }
}

/** Nobody waits for what is over, and nobody who waits is forgotten. */
function* waiting(state: SwarmState): Generator<string> {
  for (const task of state.tasks.values()) {
    if (isTerminal(task.status)) continue;
    const named = task.dependencies.filter((id) => state.dependents.get(id)?.includes(task.id) === true && state.tasks.has(id));
    const gone = task.dependencies.filter((id) => !state.tasks.has(id)).length;
    if (task.waiting_for < named.length || task.waiting_for > named.length + gone)
      yield `${task.id} waits for ${task.waiting_for}, ${named.length} name it, ${gone} of its dependencies left memory`;
    for (const id of named) {
      const status = state.tasks.get(id)?.status ?? 'unknown';
      const isOver = status === 'completed' || (task.options.on_dependency_failure === 'ignore' && isTerminal(status));
      if (isOver) yield `${task.id} waits for ${id}, which is ${status}`;
    }
  }
}

/** Exactly the delayed tasks are in the heap. */
function* delays(state: SwarmState): Generator<string> {
  for (const { task_id, expires_at } of state.delayed.heap)
    if (state.tasks.get(task_id)?.due_at !== expires_at) yield `the delay of ${task_id} is stale`;
  for (const task of state.tasks.values()) {
    if (task.due_at === 0) continue;
    if (task.status !== 'pending') yield `${task.id} is delayed and ${task.status}`;
    if (state.delayed.by_task.get(task.id)?.expires_at !== task.due_at) yield `${task.id} is delayed and will never be due`;
  }
}

/** Every task counts its open questions. */
function* questions(state: SwarmState): Generator<string> {
  for (const { id, questions: counted } of state.tasks.values()) {
    if (counted === 0 && state.decisions.open.size === 0) continue;
    const open = [...state.decisions.open.values()].filter(({ task_id, blocks }) => task_id === id && blocks).length;
    if (counted !== open) yield `${id} counts ${counted} questions, ${open} are open`;
  }
}

/** Parts, groups and dead letters are counted as they are. */
function* partsAndGroups(state: SwarmState): Generator<string> {
  const parts = new Map<string, string[]>();
  const open = new Map<string, number>();
  const dead = new Set(tasksIn(state.dead));
  for (const task of state.tasks.values()) {
    if ((task.status === 'failed') !== dead.has(task)) yield `${task.id} is ${task.status}, and a dead letter or not`;
    if (isTerminal(task.status)) continue;
    if (task.options.parent !== null) parts.set(task.options.parent, [...(parts.get(task.options.parent) ?? []), task.id]);
    if (task.group !== null && task.options.speculates_on === null) open.set(task.group, (open.get(task.group) ?? 0) + 1);
  }
  for (const id of new Set([...parts.keys(), ...state.parts.keys()])) {
    const counted = [...(state.parts.get(id) ?? [])].toSorted().join();
    if (counted !== (parts.get(id) ?? []).toSorted().join()) yield `${id} has the parts ${parts.get(id)?.join()}, counted ${counted}`;
  }
  for (const group of state.groups.by_name.values()) {
    const { name } = group;
    if (group.open !== (open.get(name) ?? 0)) yield `group ${name} counts ${group.open} open, has ${open.get(name) ?? 0}`;
    if ((group.open === 0) !== (group.ended_at !== 0 || state.groups.due.has(name))) yield `group ${name} has ended, or not`;
  }
}

/** Every unfinished task with a deadline waits for it, or is overdue and counted. */
function* deadlines(state: SwarmState): Generator<string> {
  let overdue = 0;
  for (const task of state.tasks.values()) {
    const unfinished = !isTerminal(task.status);
    if (unfinished && task.overdue) overdue += 1;
    const awaits = unfinished && task.options.deadline > 0 && !task.overdue;
    if (awaits !== state.deadlines.by_task.has(task.id)) yield `${task.id} is ${awaits ? 'not ' : ''}watched for its deadline`;
  }
  if (overdue !== state.overdue) yield `overdue counted ${state.overdue}, there are ${overdue}`;
}

function* sessions(state: SwarmState): Generator<string> {
  const counts = { idle: 0, busy: 0, offline: 0 };
  for (const session of state.sessions.values()) {
    if (!isMember(session)) {
      if (session.held.length > 0) yield `${session.id} left and holds ${session.held.length}`;
      continue;
    }
    const status = derivedStatus(session);
    counts[status] += 1;
    if (status !== session.status) yield `${session.id} is ${session.status}, should be ${status}`;
    if (session.offline && session.held.length > 0) yield `${session.id} is offline and holds tasks`;
  }
  if (JSON.stringify(counts) !== JSON.stringify(state.session_counts))
    yield `sessions counted ${JSON.stringify(state.session_counts)}, there are ${JSON.stringify(counts)}`;
}

function derivedStatus(session: Session): 'idle' | 'busy' | 'offline' {
  if (session.offline) return 'offline';
  return session.held.length > 0 || session.reported === 'busy' ? 'busy' : 'idle';
}

function plainResource({ name, capacity, in_use, held_ports, asked, ports }: Resource): unknown {
  return { name, capacity, in_use, held: [...held_ports].toSorted((a, b) => a - b), asked, ports };
}

function plainLimit({ key, concurrency, rate, running, tokens, filled_at, configured_at }: Limit): unknown {
  return { key, concurrency, rate, running, tokens, filled_at, configured_at };
}

/** What leases hold is what is counted, and no limit is exceeded by what started under it. */
function* needs(state: SwarmState): Generator<string> {
  const held = new Map<string, number>();
  const running = new Map<string, number>();
  const ports = new Set<string>();
  const asked = new Map<string, number>();
  for (const task of state.tasks.values()) {
    if (isTerminal(task.status)) {
      if (task.needs !== null || task.ports !== null) yield `${task.id} is ${task.status} and still needs something`;
      continue;
    }
    for (const [name, amount] of Object.entries(task.asks?.resources ?? {})) {
      asked.set(name, (asked.get(name) ?? 0) + 1);
      if (task.lease === null) continue;
      held.set(name, (held.get(name) ?? 0) + amount);
      if (isRange(state, name) && task.ports?.[name]?.length !== amount) yield `${task.id} lacks its ports`;
    }
    for (const [name, numbers] of Object.entries(task.ports ?? {})) {
      if (task.lease === null) yield `${task.id} holds ports without a lease`;
      for (const port of numbers) {
        if (ports.has(`${name} ${port}`)) yield `port ${port} of ${name} is held twice`;
        ports.add(`${name} ${port}`);
      }
    }
    for (const [limit] of task.needs?.keys ?? []) if (task.lease !== null) running.set(limit.key, (running.get(limit.key) ?? 0) + 1);
    const gated = task.needs !== null && [...task.needs.lanes].some(({ front, back }) => front.has(task) || back.has(task));
    const heldBack = state.pauses.capabilities.has(task.required_capability ?? '') || copyOf(state, task) !== null;
    if (task.needs !== null && gated !== (isReady(task) && !heldBack)) yield `${task.id} is ${gated ? '' : 'not '}at the gate`;
    if (task.needs !== null && task.queued !== task.needs.exposed.has(task)) yield `${task.id} is queued and not exposed, or the reverse`;
  }
  for (const { signature, waiting, lanes, since } of state.resources.classes.values()) {
    const tasks = lanes.flatMap(({ front, back }) => [...front, ...back]);
    if (tasks.length !== waiting) yield `${signature}: counted ${waiting}, there wait ${tasks.length}`;
    if (tasks.some((task) => task.ready_at < since)) yield `${signature}: a task has waited since before ${since}`;
  }
  for (const { classes, waiting } of [...state.resources.by_name.values(), ...state.resources.limits.values()]) {
    const there = [...classes].filter((each) => each.waiting > 0);
    if (there.length !== waiting.size || there.some((each) => !waiting.has(each))) yield 'the classes that wait are others than are known';
  }
  for (const resource of state.resources.by_name.values()) {
    if (resource.in_use !== (held.get(resource.name) ?? 0))
      yield `${resource.name}: counted ${resource.in_use}, leases hold ${held.get(resource.name) ?? 0}`;
    if (resource.asked !== (asked.get(resource.name) ?? 0))
      yield `${resource.name}: ${resource.asked} ask, there are ${asked.get(resource.name) ?? 0}`;
    if (resource.ports !== null && resource.held_ports.size !== resource.in_use)
      yield `${resource.name} holds ${resource.held_ports.size} ports`;
  }
  for (const limit of state.resources.limits.values()) {
    if (limit.running !== (running.get(limit.key) ?? 0)) yield `${limit.key}: counted ${limit.running}, ${running.get(limit.key) ?? 0} run`;
    if (limit.tokens < -1e-6 || limit.tokens > (limit.rate?.count ?? 0)) yield `${limit.key} has ${limit.tokens} tokens`;
  }
}

function isRange({ resources }: SwarmState, name: string): boolean {
  return (resources.by_name.get(name)?.ports ?? null) !== null;
}
