/**
 * Idempotency keys of additions. A key is known for 24 hours and as long as its task is in memory; of the keys whose tasks
 * are gone, the newest 100,000 at least and twice as many at most, kept in two generations.
 */
const KEPT_MS = 86_400_000;
const GENERATION = 100_000;

/** What a key was used for. */
export interface KeyUse {
  readonly task_id: string;
  readonly content_hash: string;
  /** ms since 1970. */
  readonly time: number;
}

/** The keys. */
export interface RecentKeys {
  young: Map<string, KeyUse>;
  old: Map<string, KeyUse>;
}

/** No keys. */
export function createKeys(): RecentKeys {
  return { young: new Map(), old: new Map() };
}

/** A task was added under a key. `isThere` tells whether a task is in memory. */
export function noteKey(keys: RecentKeys, key: string, use: KeyUse, isThere: (taskId: string) => boolean): void {
  keys.young.set(key, use);
  if (keys.young.size < GENERATION) return;
  // What is still in memory is carried on, so that its key is not forgotten before it.
  const carried = new Map([...keys.old].filter(([, { task_id }]) => isThere(task_id)));
  keys.old = new Map([...carried, ...keys.young]);
  keys.young = new Map();
}

/** What a key was used for, if it is known at `now`. */
export function keyUse(
  keys: RecentKeys,
  key: string,
  { now, isThere }: { readonly now: number; readonly isThere: (taskId: string) => boolean },
): KeyUse | null {
  const use = keys.young.get(key) ?? keys.old.get(key);
  return use === undefined || (now - use.time > KEPT_MS && !isThere(use.task_id)) ? null : use;
}
