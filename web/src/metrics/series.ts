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
}

/** Fewer measurements than this make no chart. */
export const ENOUGH = 5;
const BUCKETS = 60;

/** The charts of the time until `now` (ms since 1970), over so many hours. */
export function chartsOf(cards: Iterable<TaskCard>, now: number, hours: number): readonly ChartData[] {
  const width = (hours * 3_600_000) / BUCKETS;
  const first = Math.floor(now / width) * width - (BUCKETS - 1) * width;
  const times = Array.from({ length: BUCKETS }, (_, index) => (first + index * width) / 1000);
  const buckets = times.map((): TaskCard[] => []);
  let ended = 0;
  for (const card of cards) {
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
      title: 'Tasks ended',
      unit: `per ${widthWords(width)}`,
      series: [
        { name: 'completed', values: perBucket((inside) => inside.filter(({ status }) => status === 'completed').length) },
        { name: 'failed', values: perBucket((inside) => inside.filter(({ status }) => status === 'failed').length) },
      ],
    },
    {
      ...shared,
      title: 'Cycle time',
      unit: 'minutes from start to end',
      series: percentiles((card) => minutes(card.started_at, card.completed_at)),
    },
    {
      ...shared,
      title: 'Queue wait',
      unit: 'minutes from added to given out',
      series: percentiles((card) => minutes(card.created_at, card.assigned_at)),
    },
    {
      ...shared,
      title: 'Rework',
      unit: '% that needed more than one attempt',
      series: [
        {
          name: 'rework',
          values: perBucket((inside) =>
            inside.length === 0 ? null : (100 * inside.filter(({ attempt }) => attempt > 1).length) / inside.length,
          ),
        },
      ],
    },
  ];
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
