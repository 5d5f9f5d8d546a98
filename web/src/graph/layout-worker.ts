/**
 * Lays a graph out from left to right, in a worker: a large one takes long, and the page must not wait.
 */
import { graphlib, layout } from '@dagrejs/dagre';
import type { LayoutAnswer, LayoutQuestion } from './layout-protocol.ts';

const NODE = { width: 200, height: 52 };

addEventListener('message', ({ data: { id, nodes, edges } }: MessageEvent<LayoutQuestion>) => {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 16, ranksep: 56 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(node, { ...NODE });
  for (const [from, to] of edges) graph.setEdge(from, to);
  layout(graph);
  const places = nodes.map((node): LayoutAnswer['places'][number] => {
    const { x, y } = graph.node(node) as { readonly x: number; readonly y: number };
    return [node, x - NODE.width / 2, y - NODE.height / 2];
  });
  postMessage({ id, places } satisfies LayoutAnswer);
});
