/**
 * What items of the inbox have in common: where they come from, and what one has to know.
 */
import type { ReactNode } from 'react';
import type { Json } from '../../../src/contract/ids.ts';
import { Foreign, ForeignBlock } from '../ui/foreign.tsx';
import { TimeText } from '../ui/time-text.tsx';
import { TaskLink } from '../ui/subject-link.tsx';

/** Who asked, about what, when. */
export function Origin({
  from,
  taskId,
  time,
  children,
}: {
  readonly from: string;
  readonly taskId: string | null;
  readonly time: string;
  readonly children?: ReactNode;
}): ReactNode {
  return (
    <p className="flex flex-wrap gap-x-2 text-muted">
      <Foreign text={from} />
      {taskId !== null && <TaskLink id={taskId} />}
      <TimeText time={time} />
      {children}
    </p>
  );
}

/** What one has to know: free text or JSON, and the evidence. */
export function Background({ context, evidence }: { readonly context: Json | null; readonly evidence: readonly string[] }): ReactNode {
  return (
    <>
      {context !== null && <ForeignBlock label="Context" value={context} />}
      {evidence.length > 0 && (
        <div>
          <h3 className="text-12 text-muted">Evidence</h3>
          <ul className="list-disc pl-5">
            {evidence.map((each) => (
              <li key={each}>
                <Foreign text={each} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
