/**
 * The graph of tasks: who waits for whom, the critical path, the part around one task, and the collapsed form of a large one.
 */
import type { TaskCard } from '../../../src/contract/views/board-view.ts';

/** A node: a task, or all tasks of a type. */
export interface GraphNode {
  readonly id: string;
  readonly label: string;
  /** Of a group: how many tasks. */
  readonly count: number;
  readonly state: string;
  readonly critical: boolean;
  readonly group: boolean;
}

/** An edge: `to` waits for `from`. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly critical: boolean;
}

/** What is drawn. */
export interface TaskGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** The critical path, first task first; its hours. */
  readonly path: readonly string[];
  readonly hours: number;
}

/** Above this many tasks the graph is drawn by type. */
export const COLLAPSED_ABOVE = 150;
/** Hours of a task that names none. */
const UNKNOWN_HOURS = 1;

/** The longest chain of unfinished tasks by estimated hours (critical path method); empty when nothing is unfinished. */
export function criticalPath(cards: ReadonlyMap<string, TaskCard>): { readonly path: readonly string[]; readonly hours: number } {
  const longest = new Map<string, { readonly hours: number; readonly before: string | null }>();
  const open = new Set<string>();
  const visit = (start: string): void => {
    const stack = [start];
    while (stack.length > 0) {
      const id = stack.at(-1) as string;
      const card = cards.get(id);
      const next = longest.has(id)
        ? undefined
        : card?.dependencies.find((each) => isOpen(cards.get(each)) && !longest.has(each) && !open.has(each));
      if (next !== undefined) {
        open.add(id);
        stack.push(next);
        continue;
      }
      stack.pop();
      if (card === undefined || longest.has(id)) continue;
      let best: { readonly hours: number; readonly before: string | null } = { hours: 0, before: null };
      for (const each of card.dependencies) {
        const known = longest.get(each);
        if (known !== undefined && known.hours > best.hours) best = { hours: known.hours, before: each };
      }
      longest.set(id, { hours: best.hours + (card.estimated_hours ?? UNKNOWN_HOURS) * (1 - card.progress), before: best.before });
    }
  };
  for (const [id, card] of cards) if (isOpen(card)) visit(id);
  let last: string | null = null;
  for (const [id, { hours }] of longest) if (last === null || hours > (longest.get(last)?.hours ?? 0)) last = id;
  const hours = last === null ? 0 : (longest.get(last)?.hours ?? 0);
  const path: string[] = [];
  for (let id = last; id !== null; id = longest.get(id)?.before ?? null) path.unshift(id);
  return { path, hours };
}

/** A task, all it waits for and all that waits for it, near and far. */
export function around(cards: ReadonlyMap<string, TaskCard>, focus: string): ReadonlySet<string> {
  const followers = new Map<string, string[]>();
  for (const { id, dependencies } of cards.values())
    for (const each of dependencies) followers.set(each, [...(followers.get(each) ?? []), id]);
  const reach = (start: string, next: (id: string) => readonly string[]): string[] => {
    const found = new Set<string>();
    const queue = [...next(start)];
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      if (found.has(id)) continue;
      found.add(id);
      queue.push(...next(id));
    }
    return [...found];
  };
  return new Set([focus, ...reach(focus, (id) => cards.get(id)?.dependencies ?? []), ...reach(focus, (id) => followers.get(id) ?? [])]);
}

/** What is drawn of these tasks: each of them, or by type when there are too many. */
export function graphOf(all: ReadonlyMap<string, TaskCard>, shown: ReadonlySet<string>): TaskGraph {
  const { path, hours } = criticalPath(all);
  const critical = new Set(path);
  const cards = [...shown].map((id) => all.get(id)).filter((card) => card !== undefined);
  const groupOf = cards.length > COLLAPSED_ABOVE ? (card: TaskCard): string => `type:${card.type}` : (card: TaskCard): string => card.id;
  const nodes = new Map<string, GraphNode>();
  for (const card of cards) {
    const id = groupOf(card);
    const before = nodes.get(id);
    const group = id !== card.id;
    nodes.set(id, {
      id,
      label: group ? card.type : card.title,
      count: (before?.count ?? 0) + 1,
      state: group ? 'pending' : card.status,
      critical: (before?.critical ?? false) || critical.has(card.id),
      group,
    });
  }
  const edges = new Map<string, GraphEdge>();
  for (const card of cards) {
    for (const each of card.dependencies) {
      const dependency = shown.has(each) ? all.get(each) : undefined;
      if (dependency === undefined) continue;
      const [from, to] = [groupOf(dependency), groupOf(card)];
      const onPath = critical.has(each) && critical.has(card.id);
      if (from !== to) edges.set(`${from}>${to}`, { from, to, critical: onPath || (edges.get(`${from}>${to}`)?.critical ?? false) });
    }
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()], path, hours };
}

function isOpen(card: TaskCard | undefined): boolean {
  return card !== undefined && (card.status === 'pending' || card.status === 'assigned' || card.status === 'in_progress');
}
