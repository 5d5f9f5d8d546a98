/**
 * The drawing of the graph. Nodes can be reached with Tab and opened with Enter; the list beside it says the same in words.
 */
import '@xyflow/react/dist/style.css';
import './graph.css';
import {
  Background,
  Controls,
  type Edge,
  Handle,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  useReactFlow,
  useStore,
} from '@xyflow/react';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useEffect, useMemo } from 'react';
import { useAppliedTheme } from '../app/theme.ts';
import { Foreign } from '../ui/foreign.tsx';
import { Skeleton } from '../ui/panels.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { useLayout } from './layout.ts';
import type { GraphNode, TaskGraph } from './task-graph.ts';

type TaskNode = Node<{ readonly node: GraphNode; readonly focused: boolean }, 'task'>;

const NODE_TYPES = { task: TaskNodeView };

/** As a whole, but never too small to be read: then it is moved about. */
const FIT = { padding: 0.05, minZoom: 0.45, maxZoom: 1 } as const;

/** What the drawing is given. */
interface CanvasProps {
  readonly graph: TaskGraph;
  readonly focus: string | undefined;
  readonly onFocus: (id: string) => void;
}

/** The drawing. */
export function GraphCanvas({ graph, focus, onFocus }: CanvasProps): ReactNode {
  const places = useLayout(graph);
  const theme = useAppliedTheme();
  const navigate = useNavigate();
  const nodes = useMemo(
    () =>
      graph.nodes.map((node): TaskNode => ({
        id: node.id,
        type: 'task',
        position: places?.get(node.id) ?? { x: 0, y: 0 },
        data: { node, focused: node.id === focus },
        draggable: false,
        connectable: false,
        ariaLabel: `${node.group ? `${node.count} tasks of type ` : ''}${node.label}, ${node.state.replaceAll('_', ' ')}${node.critical ? ', on the critical path' : ''}`,
      })),
    [graph, places, focus],
  );
  const edges = useMemo(
    () =>
      graph.edges.map(({ from, to, critical }): Edge => ({
        id: `${from}>${to}`,
        source: from,
        target: to,
        className: critical ? 'critical' : '',
        focusable: false,
      })),
    [graph],
  );
  if (places === null) return <Skeleton label="Laying the graph out" />;
  const open = (node: TaskNode): void => {
    if (!node.data.node.group) void navigate({ to: '/tasks/$taskId', params: { taskId: node.id } });
  };
  return (
    <div
      role="region"
      className="h-[65vh] min-h-72 rounded border bg-surface md:h-auto md:flex-1"
      aria-label="Drawing of the graph"
      data-testid="graph"
    >
      <ReactFlow
        key={graph.nodes.length}
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        colorMode={theme === 'dark' ? 'dark' : 'light'}
        fitView
        fitViewOptions={FIT}
        minZoom={0.1}
        onlyRenderVisibleElements
        nodesConnectable={false}
        deleteKeyCode={null}
        onNodeDoubleClick={(_event, node) => open(node)}
        onNodeClick={(_event, node) => (node.data.node.group ? undefined : onFocus(node.id))}
        proOptions={{ hideAttribution: true }}
      >
        <FitToPlace />
        <Background gap={24} />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}

/** Fits the drawing anew when its place gets another size: a turned phone, another window. */
function FitToPlace(): ReactNode {
  const { fitView } = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  useEffect(() => {
    if (width > 0 && height > 0) void fitView(FIT);
  }, [fitView, width, height]);
  return null;
}

function TaskNodeView({ data: { node, focused } }: NodeProps<TaskNode>): ReactNode {
  const border = focused ? 'border-accent bg-selected' : node.critical ? 'border-busy' : 'border-control';
  return (
    <div className={`flex h-[52px] w-[200px] flex-col justify-center rounded border bg-bg px-2 text-12 text-text ${border}`}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <span className="flex items-center gap-1.5 text-muted">
        {node.group ? `${node.count} tasks` : <StateMark state={node.state} bare />}
        {!node.group && <bdi className="foreign truncate font-mono">{node.id}</bdi>}
        {node.critical && <span className="ml-auto text-busy">critical</span>}
      </span>
      <span className="truncate">
        <Foreign text={node.label} />
      </span>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}
