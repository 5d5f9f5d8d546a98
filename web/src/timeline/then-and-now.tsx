/**
 * What is different between the moment that is shown and now.
 */
import { type ReactNode, useState } from 'react';
import type { StatusView } from '../../../src/contract/views/status-view.ts';
import { useOperation } from '../data/operation-query.ts';
import { Button } from '../ui/button.tsx';
import { Section } from '../ui/page.tsx';
import { Answer } from '../ui/panels.tsx';
import { MomentChanges } from './moment-changes.tsx';

const FIGURES: readonly (readonly [string, (status: StatusView) => number])[] = [
  ['tasks in all', ({ tasks }) => tasks.total],
  ['pending', ({ tasks }) => tasks.pending],
  ['in progress', ({ tasks }) => tasks.in_progress],
  ['completed', ({ tasks }) => tasks.completed],
  ['failed', ({ tasks }) => tasks.failed],
  ['active sessions', ({ sessions }) => sessions.active],
  ['offline sessions', ({ sessions }) => sessions.offline],
];

/** The figures of then beside those of now. */
export function ThenAndNow({ moment }: { readonly moment: number }): ReactNode {
  const [told, setTold] = useState(false);
  const then = useOperation('swarm.status', {}, { keep: true });
  const now = useOperation('swarm.status', {}, { now: true });
  return (
    <Section
      title="Then and now"
      className="shrink-0"
      aside={
        <Button className="h-6" aria-expanded={told} onClick={() => setTold(!told)}>
          What changed
        </Button>
      }
    >
      <Answer query={then} what="that moment" rows={2}>
        {(past) => (
          <dl className="flex flex-wrap gap-x-6 gap-y-1 p-3">
            {FIGURES.map(([name, figureOf]) => {
              const before = figureOf(past);
              const after = now.data === undefined ? before : figureOf(now.data);
              return (
                <div key={name} className="flex gap-2">
                  <dt className="text-muted">{name}</dt>
                  <dd className="nums">
                    {before} → {after}
                    {after !== before && (
                      <b className="ml-1 font-medium">
                        ({after > before ? '+' : '−'}
                        {Math.abs(after - before)})
                      </b>
                    )}
                  </dd>
                </div>
              );
            })}
          </dl>
        )}
      </Answer>
      {told && (
        <div className="border-t p-3">
          <MomentChanges moment={moment} />
        </div>
      )}
    </Section>
  );
}
