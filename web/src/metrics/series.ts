/**
 * Figures of tasks over time, from the tasks themselves: how many ended, how long they took, how long they waited, how many
 * needed more than one attempt. Percentiles are nearest-rank. Times are seconds since 1970, lengths are minutes.
 */
import type { TaskCard } from '../../../src/contract/views/board-view.ts';

/** A line of points over the same times. */
export interface Series {
  readonly name: string;
  /** null: no value at that time. */
  readonly values: readonly (number | null)[];
}

/** A chart: times and one or more lines. */
export interface ChartData {
  readonly title: string;
  readonly unit: string;
  readonly times: readonly number[];
  readonly series: readonly Series[];
  /** How many measurements it is made of. */
  readonly measured: number;
  /** The same, or what comes nearest, as Prometheus is asked for it; null: the server gives no such metric. */
  readonly promql: string | null;
}

/** Fewer measurements than this make no chart. */
export const ENOUGH = 5;
const BUCKETS = 60;

/** Roles that have a line of their own. */
const ROLES_AT_MOST = 5;

/** The charts of the time until `now` (ms since 1970), over so many hours; `roles` says which role the sessions there have. */
export function chartsOf(
  cards: Iterable<TaskCard>,
  now: number,
  hours: number,
  roles: ReadonlyMap<string, string> = new Map(),
): readonly ChartData[] {
  const width = (hours * 3_600_000) / BUCKETS;
  const first = Math.floor(now / width) * width - (BUCKETS - 1) * width;
  const times = Array.from({ length: BUCKETS }, (_, index) => (first + index * width) / 1000);
  const buckets = times.map((): TaskCard[] => []);
  let ended = 0;
  const busy = new BusyTime(roles, first, width);
  for (const card of cards) {
    busy.add(card, now);
    if (card.completed_at === null || card.status === 'cancelled') continue;
    const bucket = buckets[Math.floor((Date.parse(card.completed_at) - first) / width)];
    bucket?.push(card);
    ended += bucket === undefined ? 0 : 1;
  }
  const perBucket = (valueOf: (inside: readonly TaskCard[]) => number | null): (number | null)[] => buckets.map(valueOf);
  const percentiles = (lengthOf: (card: TaskCard) => number | null) =>
    ([50, 95] as const).map((rank) => ({
      name: `p${rank}`,
      values: perBucket((inside) =>
        percentile(
          inside.map(lengthOf).filter((each) => each !== null),
          rank,
        ),
      ),
    }));
  const shared = { times, measured: ended };
  return [
    {
      ...shared,
      promql: `increase(tutti_tasks_completed_total[${Math.max(1, Math.round(width / 60_000))}m])`,
      title: 'Tasks ended',
      unit: `per ${widthWords(width)}`,
      series: [
        { name: 'completed', values: perBucket((inside) => inside.filter(({ status }) => status === 'completed').length) },
        { name: 'failed', values: perBucket((inside) => inside.filter(({ status }) => status === 'failed').length) },
      ],
    },
    {
      ...shared,
      promql: 'tutti_task_duration_minutes_mean',
      title: 'Cycle time',
      unit: 'minutes from start to end',
      series: percentiles((card) => minutes(card.started_at, card.completed_at)),
    },
    {
      ...shared,
      promql: null,
      title: 'Queue wait',
      unit: 'minutes from added to given out',
      series: percentiles((card) => minutes(card.created_at, card.assigned_at)),
    },
    {
      ...shared,
      promql: null,
      title: 'Rework',
      unit: '% that needed more than one attempt',
      series: [{ name: 'rework', values: perBucket(reworkedOf) }],
    },
    busy.chart(times),
  ];
}

function reworkedOf(inside: readonly TaskCard[]): number | null {
  return inside.length === 0 ? null : (100 * inside.filter(({ attempt }) => attempt > 1).length) / inside.length;
}

/** Adds up for how long sessions of each role held a task, bucket by bucket. */
class BusyTime {
  /** Stretches of work that were counted. */
  #intervals = 0;
  readonly #roles: ReadonlyMap<string, string>;
  readonly #first: number;
  readonly #width: number;
  readonly #held = new Map<string, number[]>();

  constructor(roles: ReadonlyMap<string, string>, first: number, width: number) {
    this.#roles = roles;
    this.#first = first;
    this.#width = width;
  }

  add({ assigned_to, assigned_at, started_at, completed_at, status }: TaskCard, now: number): void {
    const role = assigned_to === null ? undefined : this.#roles.get(assigned_to);
    const begun = started_at ?? assigned_at;
    if (role === undefined || begun === null) return;
    const held = status === 'assigned' || status === 'in_progress';
    const [from, to] = [Date.parse(begun), completed_at === null ? (held ? now : 0) : Date.parse(completed_at)];
    if (to <= this.#first) return;
    this.#intervals += 1;
    const buckets = this.#held.get(role) ?? Array.from({ length: BUCKETS }, () => 0);
    this.#held.set(role, buckets);
    for (let index = Math.max(0, Math.floor((from - this.#first) / this.#width)); index < BUCKETS; index += 1) {
      const start = this.#first + index * this.#width;
      if (start >= to) break;
      buckets[index] = (buckets[index] ?? 0) + Math.min(to, start + this.#width) - Math.max(from, start);
    }
  }

  chart(times: readonly number[]): ChartData {
    return {
      times,
      measured: this.#intervals,
      promql: 'tutti_utilization_ratio',
      title: 'Utilisation by role',
      unit: '% of the time of the sessions there now',
      series: this.#series(),
    };
  }

  #series(): readonly Series[] {
    const sessions = Map.groupBy(this.#roles.values(), (role) => role);
    return [...this.#held]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .slice(0, ROLES_AT_MOST)
      .map(([name, buckets]) => ({
        name,
        values: buckets.map((ms) => Math.min(100, (100 * ms) / (this.#width * (sessions.get(name)?.length ?? 1)))),
      }));
  }
}

/** Nearest-rank percentile; null of nothing. */
export function percentile(values: readonly number[], rank: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((rank / 100) * sorted.length) - 1)] ?? null;
}

/** A chart as CSV: a line per time. */
export function chartCsv({ times, series }: ChartData): string {
  const rows = times.map((time, index) =>
    [new Date(time * 1000).toISOString(), ...series.map(({ values }) => values[index] ?? '')].join(','),
  );
  return [['time', ...series.map(({ name }) => name)].join(','), ...rows].join('\r\n');
}

function minutes(from: string | null, to: string | null): number | null {
  return from === null || to === null ? null : (Date.parse(to) - Date.parse(from)) / 60_000;
}

function widthWords(width: number): string {
  const inMinutes = width / 60_000;
  return inMinutes === 1 ? 'minute' : `${inMinutes} minutes`;
}
