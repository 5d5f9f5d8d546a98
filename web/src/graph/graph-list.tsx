/**
 * The graph as a table: the same tasks, what each waits for, and whether it is on the critical path.
 */
import type { ReactNode } from 'react';
import { markOf } from '../board/card-view.tsx';
import type { TaskBook } from '../data/task-book.ts';
import { type ExportedCell, ExportMenu } from '../ui/export-rows.tsx';
import { Foreign } from '../ui/foreign.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import type { TaskGraph } from './task-graph.ts';
import { TaskLink } from '../ui/subject-link.tsx';

const SHOWN = 500;

type Row = TaskGraph['nodes'][number] & { readonly waits_for: readonly string[] };

const EXPORTED: Readonly<Record<string, (row: Row) => ExportedCell>> = {
  id: ({ id }) => id,
  title: ({ label }) => label,
  state: ({ state }) => state,
  waits_for: ({ waits_for }) => waits_for.join(' '),
  critical: ({ critical }) => critical,
};

/** The table. */
export function GraphList({ graph, all }: { readonly graph: TaskGraph; readonly all: TaskBook }): ReactNode {
  const waits = Map.groupBy(graph.edges, ({ to }) => to);
  const rows = graph.nodes.map((node) => ({ ...node, waits_for: waits.get(node.id)?.map(({ from }) => from) ?? [] }));
  return (
    <>
      <div className="flex justify-end">
        <ExportMenu name="graph" rows={rows} columns={EXPORTED} />
      </div>
      <div className="min-h-0 overflow-auto rounded border bg-surface" role="region" aria-label="Tasks of the graph" tabIndex={0}>
        <table aria-label="Tasks and what they wait for" className="w-full min-w-[640px] text-left">
          <thead className="text-12 text-muted">
            <tr className="[&_th]:h-8 [&_th]:px-3 [&_th]:font-medium">
              <th>Task</th>
              <th>Status</th>
              <th>Title</th>
              <th>Waits for</th>
              <th>Critical</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, SHOWN).map((node) => {
              const card = all.get(node.id);
              return (
                <tr key={node.id} className="h-8 border-t [&_td]:px-3">
                  <td>
                    {card === undefined ? (
                      <Foreign text={`${node.label} (${node.count})`} />
                    ) : (
                      <TaskLink id={node.id} className="whitespace-nowrap" />
                    )}
                  </td>
                  <td>{card !== undefined && <StateMark state={markOf(card)} />}</td>
                  <td>
                    <Foreign text={card?.title ?? ''} />
                  </td>
                  <td className="text-muted">
                    <Foreign text={node.waits_for.join(', ') || '–'} />
                  </td>
                  <td>{node.critical ? 'yes' : ''}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
        {graph.nodes.length > SHOWN && <p className="px-3 py-2 text-muted">And {graph.nodes.length - SHOWN} more: filter to see them.</p>}
      </div>
    </>
  );
}
