/**
 * Loose coordination, simulated in virtual time as it behaves: a shared list without locks. Each session looks every 10 s
 * and takes one of the ten most urgent tasks that it sees open and can do. What others took shows only at the next look, so
 * two may do the same; what a task depends on is not written down, so it is begun too early and given up.
 */
import { randomFrom, type WorkMix } from './work-mix.ts';

const POLL_SECONDS = 10;
const SEEN = 10;
/** Share of a task's time after which missing input is noticed, and how long it is then left alone. */
const NOTICED_AFTER = 0.3;
const LEFT_ALONE_SECONDS = 1800;

/** What came of it. */
export interface LooseOutcome {
  readonly makespan_seconds: number;
  /** Work that counted ÷ session time. */
  readonly utilisation: number;
  readonly duplicate_share: number;
  readonly begun_too_early_share: number;
}

interface Work {
  readonly task: number;
  readonly ends_at: number;
  readonly kind: 'whole' | 'early';
  readonly seconds: number;
}

/** Lives through it. */
export function looseCoordination({ tasks, sessions }: WorkMix, seed: number): LooseOutcome {
  const random = randomFrom(seed);
  const byUrgency = tasks.map((_, index) => index).toSorted((a, b) => (tasks[b]?.priority ?? 0) - (tasks[a]?.priority ?? 0) || a - b);
  const doneAt = tasks.map(() => Infinity);
  const takenAt = tasks.map(() => Infinity);
  const avoidUntil = tasks.map(() => 0);
  const failuresLeft = tasks.map(({ failures }) => failures);
  const holding: (Work | null)[] = sessions.map(() => null);
  const phase = sessions.map(() => random() * POLL_SECONDS);
  const counts = { left: tasks.length, useful: 0, duplicates: 0, early: 0, begun: 0 };
  let now = 0;
  let open = byUrgency;
  /** What everybody sees in this round of looks: what others took in the same round is not in it yet. */
  let visible: readonly number[] = [];
  for (let look = 0; counts.left > 0; look += 1) {
    now = look * POLL_SECONDS;
    if (look % 50 === 0) open = open.filter((index) => doneAt[index] === Infinity);
    visible = open.filter((index) => doneAt[index] === Infinity && takenAt[index] === Infinity && (avoidUntil[index] ?? 0) <= now);
    for (const [index, session] of sessions.entries()) {
      now = look * POLL_SECONDS + (phase[index] ?? 0);
      const work = holding[index] ?? null;
      if (work !== null && work.ends_at > now) continue;
      if (work !== null) end(work);
      holding[index] = begin(session);
    }
  }
  const makespan = Math.max(...doneAt);
  return {
    makespan_seconds: makespan,
    utilisation: counts.useful / (sessions.length * makespan),
    duplicate_share: counts.duplicates / counts.begun,
    begun_too_early_share: counts.early / counts.begun,
  };

  function end({ task, ends_at, kind, seconds }: Work): void {
    if (kind === 'early') {
      takenAt[task] = Infinity;
      avoidUntil[task] = ends_at + LEFT_ALONE_SECONDS;
    } else if (doneAt[task] !== Infinity) {
      counts.duplicates += 1;
      doneAt[task] = Math.min(doneAt[task] ?? ends_at, ends_at);
    } else if ((failuresLeft[task] ?? 0) > 0) {
      failuresLeft[task] = 0;
      takenAt[task] = Infinity;
    } else {
      doneAt[task] = ends_at;
      counts.left -= 1;
      counts.useful += seconds;
    }
  }

  function begin(session: WorkMix['sessions'][number]): Work | null {
    const seen: number[] = [];
    for (const index of visible) {
      if (!session.capabilities.includes(tasks[index]?.capability ?? '')) continue;
      seen.push(index);
      if (seen.length === SEEN) break;
    }
    const task = seen[Math.floor(random() * seen.length)];
    if (task === undefined) return null;
    counts.begun += 1;
    takenAt[task] = Math.min(takenAt[task] ?? Infinity, now);
    const isEarly = tasks[task]?.dependencies.some((other) => (doneAt[other] ?? 0) > now) === true;
    const seconds = ((tasks[task]?.seconds ?? 0) / session.speed) * (isEarly ? NOTICED_AFTER : 1);
    if (isEarly) counts.early += 1;
    return { task, ends_at: now + seconds, kind: isEarly ? 'early' : 'whole', seconds };
  }
}
