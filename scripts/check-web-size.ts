/**
 * Holds the built dashboard to its budgets: JavaScript of the first route at most 230 K gzip, of a lazy route 130 K more, all
 * files 3 MB. Builds it when it is missing or stale, so that the figures are those of the sources.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildWeb } from './build-web.ts';

/** The budgets in bytes; scripts are counted as gzip. */
export const WEB_BUDGETS = { firstRoute: 230 * 1024, lazyRoute: 130 * 1024, all: 3 * 1024 * 1024 } as const;

/** What one entry of vite's manifest says, as far as this file looks at it. */
interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly isEntry?: boolean;
  readonly isDynamicEntry?: boolean;
}

/** What a build weighs. */
export interface WebWeight {
  readonly firstRoute: number;
  /** By the module that is loaded lazily: what it brings beyond the first route. */
  readonly lazyRoutes: Readonly<Record<string, number>>;
  readonly all: number;
}

/** Weighs the build in `dist`. The first route is the entry and the dashboard behind the sign-in. */
export function weighWeb(dist: string): WebWeight {
  const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>;
  const sizes = new Map<string, number>();
  const sizeOf = (key: string): number => {
    const known = sizes.get(key);
    if (known !== undefined) return known;
    const size = gzipSync(readFileSync(join(dist, manifest[key]?.file ?? ''))).length;
    sizes.set(key, size);
    return size;
  };
  const reach = (keys: readonly string[]): Set<string> => {
    const found = new Set<string>();
    const open = [...keys];
    for (let key = open.pop(); key !== undefined; key = open.pop()) {
      if (found.has(key)) continue;
      found.add(key);
      open.push(...(manifest[key]?.imports ?? []));
    }
    return found;
  };
  const keys = Object.keys(manifest);
  const first = reach(keys.filter((key) => manifest[key]?.isEntry === true || key.endsWith('app/dashboard.tsx')));
  const sum = (some: Iterable<string>): number => Array.from(some, sizeOf).reduce((total, size) => total + size, 0);
  const lazy = keys.filter((key) => manifest[key]?.isDynamicEntry === true && !first.has(key));
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).map((path) => statSync(join(dist, path)));
  return {
    firstRoute: sum(first),
    lazyRoutes: Object.fromEntries(lazy.map((key) => [key, sum([...reach([key])].filter((each) => !first.has(each)))])),
    all: files.filter((file) => file.isFile()).reduce((total, { size }) => total + size, 0),
  };
}

/** The budgets that a weight exceeds, one line each. */
export function exceededBudgets({ firstRoute, lazyRoutes, all }: WebWeight): string[] {
  const over = (what: string, size: number, budget: number): string[] =>
    size <= budget ? [] : [`${what} weighs ${kilobytes(size)}, the budget is ${kilobytes(budget)}`];
  return [
    ...over('the first route', firstRoute, WEB_BUDGETS.firstRoute),
    ...Object.entries(lazyRoutes).flatMap(([name, size]) => over(name, size, WEB_BUDGETS.lazyRoute)),
    ...over('everything', all, WEB_BUDGETS.all),
  ];
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(0)} K`;
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..');
  await buildWeb(root);
  const dist = join(root, 'web/dist');
  const weight = weighWeb(dist);
  const heaviest = Object.entries(weight.lazyRoutes).toSorted((a, b) => b[1] - a[1])[0];
  console.log(
    `first route ${kilobytes(weight.firstRoute)} gzip, heaviest lazy part ${heaviest?.[0]} ${kilobytes(heaviest?.[1] ?? 0)}, all ${kilobytes(weight.all)}`,
  );
  for (const problem of exceededBudgets(weight)) {
    console.log(problem);
    process.exitCode = 1;
  }
  if (!existsSync(join(dist, 'licenses.md'))) {
    console.log('The licences of what is bundled are missing: licenses.md');
    process.exitCode = 1;
  }
}
