/**
 * What would have happened: the log replayed under another policy or with more sessions, beside what did.
 */
import { type ReactNode, useState } from 'react';
import { duration, percent } from '../../../src/cli/output/words.ts';
import type { CallInput } from '../../../src/client/client.ts';
import type { OutputOf } from '../../../src/contract/operations.ts';
import { useMoment } from '../data/moment.ts';
import { useOperation } from '../data/operation-query.ts';
import { Button } from '../ui/button.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Choice, TextField } from '../ui/fields.tsx';
import { formText } from '../ui/form-text.ts';
import { Section } from '../ui/page.tsx';
import { Answer } from '../ui/panels.tsx';

type Question = CallInput<'event.what_if'>;
type Figures = OutputOf<'event.what_if'>['happened'];

const POLICIES = ['optimal', 'greedy', 'fifo'] as const;
const LINES: readonly (readonly [string, (figures: Figures) => string])[] = [
  ['Tasks completed', ({ completed }) => String(completed)],
  ['Failed attempts', ({ failed_attempts }) => String(failed_attempts)],
  ['Parked for a provider', ({ parked }) => String(parked)],
  ['Not done at the end', ({ unfinished }) => String(unfinished)],
  ['From first to last', ({ makespan_s }) => duration(makespan_s)],
  ['Mean wait of a task', ({ mean_wait_s }) => duration(mean_wait_s)],
  ['Utilisation', ({ utilization }) => percent(utilization)],
];

/** The form, and once it was asked the answer. */
export function WhatIfPanel(): ReactNode {
  const moment = useMoment();
  const [question, setQuestion] = useState<Question | null>(null);
  const answer = useOperation('event.what_if', question ?? {}, { enabled: question !== null, now: true });
  return (
    <Section title="What if" className="shrink-0">
      <form
        className="flex flex-wrap items-end gap-3 p-3"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          const without = formText(form, 'without')
            .split(/[\s,]+/)
            .filter((id) => id !== '');
          const policy = POLICIES.find((each) => each === formText(form, 'policy'));
          setQuestion({
            sessions: Number(formText(form, 'sessions')) || 0,
            ...(without.length === 0 ? {} : { without }),
            ...(policy === undefined ? {} : { policy }),
            ...(moment === null ? {} : { to: moment }),
          });
        }}
      >
        <Choice
          label="Policy"
          name="policy"
          className="w-48"
          options={[['', 'as it was'], ...POLICIES.map((each) => [each, each] as const)]}
        />
        <TextField label="Without the sessions" name="without" placeholder="eng-1, eng-2" className="w-48" />
        <TextField label="More sessions" name="sessions" type="number" min={0} max={1000} defaultValue="0" className="w-32" />
        <Button look="primary" type="submit">
          Replay and compare
        </Button>
        <p className="text-muted">From the first event to {moment === null ? 'now' : `event ${moment}`}. Nothing is changed by it.</p>
      </form>
      {question !== null && (
        <Answer query={answer} what="the comparison" rows={4}>
          {({ happened, replayed, what_if, assumed }) => (
            <>
              <DataTable
                label="What happened and what would have"
                rows={LINES}
                keyOf={([name]) => name}
                columns={[
                  { head: 'Figure', renderCell: ([name]) => name },
                  { head: 'Happened', number: true, renderCell: ([, read]) => read(happened) },
                  { head: 'Replayed as it was', number: true, renderCell: ([, read]) => read(replayed) },
                  { head: 'What if', number: true, renderCell: ([, read]) => <b className="font-medium">{read(what_if)}</b> },
                ]}
              />
              <p className="p-3 text-muted">{assumed.join(' ')}</p>
            </>
          )}
        </Answer>
      )}
    </Section>
  );
}
