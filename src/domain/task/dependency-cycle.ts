/**
 * Finds tasks of one request that would wait for each other. Tasks that exist already cannot depend on new ones,
 * so a cycle lies within a request.
 */
import type { TaskInput } from '../../contract/operations/work-operations.ts';

/** The ids of one cycle, the first repeated at the end, or null. */
export function findCycle(adding: ReadonlyMap<string, TaskInput>): string[] | null {
  const done = new Set<string>();
  for (const start of adding.keys()) {
    if (done.has(start)) continue;
    const path: string[] = [];
    const onPath = new Set<string>();
    const stack: { readonly id: string; next: number }[] = [{ id: start, next: 0 }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1] as { readonly id: string; next: number };
      if (top.next === 0) {
        path.push(top.id);
        onPath.add(top.id);
      }
      const dependency = adding.get(top.id)?.dependencies?.[top.next];
      top.next += 1;
      if (dependency === undefined) {
        stack.pop();
        path.pop();
        onPath.delete(top.id);
        done.add(top.id);
      } else if (onPath.has(dependency)) {
        return [...path.slice(path.indexOf(dependency)), dependency];
      } else if (adding.has(dependency) && !done.has(dependency)) {
        stack.push({ id: dependency, next: 0 });
      }
    }
  }
  return null;
}
