/**
 * The overview of an empty swarm: one step to the first task.
 */
import type { ReactNode } from 'react';
import { SWARM } from '../data/place.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';

/** Where to begin. */
export function FirstSteps({ onAdd, refusal }: { readonly onAdd: () => void; readonly refusal: string | null }): ReactNode {
  const worker = `tutti worker --capabilities build,test${SWARM === 'default' ? '' : ` --swarm ${SWARM}`}`;
  return (
    <section aria-label="First steps" className="mx-auto mt-6 flex w-full max-w-xl flex-col gap-5 rounded border bg-surface p-5">
      <h2 className="text-20 font-semibold">Nobody works here yet</h2>
      <ol className="flex list-decimal flex-col gap-4 pl-5">
        <li>
          <p>Add a task: a command to run, or words for an agent.</p>
          <Button look="primary" className="mt-2" disabled={refusal !== null} title={refusal ?? undefined} onClick={onAdd}>
            Add the first task
          </Button>
          {refusal !== null && <p className="mt-1 text-12 text-muted">{refusal}</p>}
        </li>
        <li>
          <p>Start a worker, in a terminal. It takes the task at once.</p>
          <div className="mt-2 flex items-center gap-2">
            <code className="min-w-0 flex-1 overflow-x-auto rounded border bg-bg px-2 py-1 font-mono text-12 whitespace-nowrap">
              {worker}
            </code>
            <CopyButton text={worker} what="the command" />
          </div>
        </li>
      </ol>
      <p className="text-muted">Whatever happens then is shown here as it happens. Press ? for the keys.</p>
    </section>
  );
}
