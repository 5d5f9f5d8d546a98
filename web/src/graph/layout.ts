/**
 * Where the nodes of a graph lie: asked of a worker, once per shape.
 */
import { useEffect, useState } from 'react';
import type { LayoutAnswer, LayoutQuestion } from './layout-protocol.ts';
import type { TaskGraph } from './task-graph.ts';

/** Where each node lies. */
export type Places = ReadonlyMap<string, { readonly x: number; readonly y: number }>;

const REMEMBERED = 20;
const remembered = new Map<string, Places>();
let worker: Worker | null = null;
let asked = 0;

/** The places of a graph's nodes; null until they are known. */
export function useLayout({ nodes, edges }: TaskGraph): Places | null {
  const shape = JSON.stringify([nodes.map(({ id }) => id), edges.map(({ from, to }) => [from, to])]);
  const [answered, setAnswered] = useState(0);
  useEffect(() => {
    if (remembered.has(shape)) return undefined;
    worker ??= new Worker(new URL('./layout-worker.ts', import.meta.url), { type: 'module' });
    asked += 1;
    const id = asked;
    const onAnswer = ({ data }: MessageEvent<LayoutAnswer>): void => {
      if (data.id !== id) return;
      remembered.set(shape, new Map(data.places.map(([node, x, y]) => [node, { x, y }])));
      const [oldest] = remembered.size > REMEMBERED ? remembered.keys() : [];
      if (oldest !== undefined) remembered.delete(oldest);
      setAnswered(id);
    };
    const own = worker;
    own.addEventListener('message', onAnswer);
    const [names, pairs] = JSON.parse(shape) as [string[], [string, string][]];
    own.postMessage({ id, nodes: names, edges: pairs } satisfies LayoutQuestion);
    return () => own.removeEventListener('message', onAnswer);
  }, [shape]);
  return answered >= 0 ? (remembered.get(shape) ?? null) : null;
}
