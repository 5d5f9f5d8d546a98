/**
 * The way back to the moment that is shown: first what it would change and what it cannot, then by new events.
 */
import { type ReactNode, useState } from 'react';
import { useRefusal } from '../app/swarm-access.ts';
import type { OutputOf } from '../../../src/contract/operations.ts';
import { useCommand } from '../data/command.ts';
import { useMoment, useTravel } from '../data/moment.ts';
import { Button } from '../ui/button.tsx';
import { Foreign } from '../ui/foreign.tsx';
import { Section } from '../ui/page.tsx';

type Outcome = OutputOf<'event.rollback'>;

/** The preview, and the button that does it. */
export function GoBackPanel(): ReactNode {
  const moment = useMoment();
  const travel = useTravel();
  const refusal = useRefusal('event.rollback', { fromPast: true });
  const [outlook, setOutlook] = useState<{ readonly moment: number; readonly outcome: Outcome } | null>(null);
  const look = useCommand('event.rollback', { doing: () => 'say what going back would change' });
  const go = useCommand('event.rollback', {
    doing: () => 'go back',
    done: ({ changed, to }) => `Went back to event ${to.seq}: ${changed} changes, as new events.`,
  });
  if (moment === null) {
    return (
      <Section title="Go back" className="shrink-0">
        <p className="p-3 text-muted">
          Travel to a moment first: an event in the list, or the slider. Then what going back to it would change is shown here.
        </p>
      </Section>
    );
  }
  const shown = outlook?.moment === moment ? outlook.outcome : null;
  return (
    <Section title={`Go back to event ${moment}`} className="shrink-0">
      <div className="flex flex-col gap-3 p-3">
        <p className="text-muted">
          Tasks, rules, knowledge and more become as they were, by new events: nothing is deleted from the log, and running work goes on.
        </p>
        <div className="flex flex-wrap gap-2">
          <Button
            disabled={refusal !== null || look.isPending}
            title={refusal ?? undefined}
            onClick={() => look.mutate({ moment, dry_run: true }, { onSuccess: (outcome) => setOutlook({ moment, outcome }) })}
          >
            Preview
          </Button>
          <Button
            look="danger"
            disabled={refusal !== null || shown === null || shown.changed === 0 || go.isPending}
            title={refusal ?? (shown === null ? 'Preview it first' : undefined)}
            onClick={() => go.mutate({ moment }, { onSuccess: () => travel(null) })}
          >
            Go back
          </Button>
          {refusal !== null && <span className="text-12 text-muted">{refusal}</span>}
        </div>
        {shown !== null && <Outlook outcome={shown} />}
      </div>
    </Section>
  );
}

function Outlook({ outcome: { changed, changes, kept, kept_total } }: { readonly outcome: Outcome }): ReactNode {
  return (
    <div className="grid gap-3 lg:grid-cols-2">
      <section aria-label="Would change">
        <h3 className="text-12 text-muted">It would change {changed}</h3>
        <ul className="max-h-48 divide-y overflow-auto">
          {changes.map(({ kind, id, text }) => (
            <li key={`${kind} ${id} ${text}`} className="py-1">
              <Foreign text={text} />
            </li>
          ))}
        </ul>
      </section>
      <section aria-label="Stays as it is">
        <h3 className="text-12 text-muted">Stays as it is: {kept_total}</h3>
        <ul className="max-h-48 divide-y overflow-auto">
          {kept.map(({ kind, id, reason }) => (
            <li key={`${kind} ${id}`} className="py-1">
              <Foreign text={`${`${kind} ${id}`.trim()}: ${reason}`} />
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
