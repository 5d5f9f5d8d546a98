/**
 * Figures over seeds: per seed the mean over the instances, and of these the median. What was measured of several sets is
 * pooled by joining their rows, so that every instance counts the same.
 */
import { meanOf, median } from './makespan-table.ts';

/** What was measured: per seed a row per instance. */
export type SeedRows<Name extends string> = readonly (readonly Readonly<Record<Name, number>>[])[];

/** Median over the seeds of the mean over the instances, by name; undefined where nothing was measured. */
export function seedFigures<Name extends string>(rows: SeedRows<Name>, names: readonly Name[]): Record<Name, number> | undefined {
  const measured = rows.filter((seed) => seed.length > 0);
  if (measured.length === 0) return undefined;
  const of = (name: Name): number => median(measured.map((seed) => meanOf(seed.map((row) => row[name]))));
  return Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Name, number>;
}

/** The rows of several sets, as of one. */
export function pooled<Name extends string>(sets: readonly SeedRows<Name>[]): SeedRows<Name> {
  const seeds = Math.max(0, ...sets.map((rows) => rows.length));
  return Array.from({ length: seeds }, (_, seed) => sets.flatMap((rows) => rows[seed] ?? []));
}
