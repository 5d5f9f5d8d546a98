/**
 * A decision: the question, the options with a key each, votes, deadline and what holds when nobody answers. Once it is
 * answered it is a record: who, when, why.
 */
import { type ReactNode, useState } from 'react';
import { useShortcuts } from '../app/shortcuts.ts';
import { useRefusal } from '../app/swarm-access.ts';
import type { DecisionView } from '../../../src/contract/views/decision-view.ts';
import { useCommand } from '../data/command.ts';
import { Button } from '../ui/button.tsx';
import { CopyMenu } from '../ui/copy-button.tsx';
import { TextField } from '../ui/fields.tsx';
import { Foreign } from '../ui/foreign.tsx';
import { TimeText } from '../ui/time-text.tsx';
import { Background, Origin } from './item-parts.tsx';

/** What a decision is given. */
interface DetailProps {
  readonly decision: DecisionView;
  readonly onDone: () => void;
  /** false: its options have no keys, because it is not alone. */
  readonly keys?: boolean;
}

/** The decision. */
export function DecisionDetail({ decision, onDone, keys = true }: DetailProps): ReactNode {
  const { question, kind, asked_by, task_id, asked_at, context, evidence, status } = decision;
  return (
    <div className="flex flex-col gap-3">
      <p className="text-12 text-muted uppercase">{kind}</p>
      <h2 className="text-16 font-semibold">
        <Foreign text={question} />{' '}
        <CopyMenu
          id={decision.decision_id}
          path={`/inbox?item=${decision.decision_id}`}
          command={`tutti decision show ${decision.decision_id}`}
        />
      </h2>
      <Origin from={asked_by} taskId={task_id} time={asked_at} />
      <Background context={context} evidence={evidence} />
      <Votes decision={decision} />
      {status === 'open' ? <AnswerForm decision={decision} onDone={onDone} keys={keys} /> : <Outcome decision={decision} />}
    </div>
  );
}

function AnswerForm({ decision, onDone, keys }: Required<DetailProps>): ReactNode {
  const { decision_id, options, deadline, default_answer } = decision;
  const [reason, setReason] = useState('');
  const [text, setText] = useState('');
  const refusal = useRefusal('decision.answer');
  const answer = useCommand('decision.answer', {
    doing: () => `answer ${decision_id}`,
    done: (output) => `Decided: ${output.decision.answer ?? ''}`,
  });
  const give = (value: string): void => {
    if (refusal !== null || value === '' || answer.isPending) return;
    answer.mutate({ decision_id, answer: value, via: 'web', ...(reason === '' ? {} : { reason }) }, { onSuccess: onDone });
  };
  useShortcuts(
    'Decision',
    options
      .slice(0, keys ? 9 : 0)
      .map((option, index) => ({ keys: String(index + 1), does: `Answer ${option.answer}`, run: () => give(option.answer) })),
  );
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        give(text);
      }}
    >
      {deadline !== null && (
        <p>
          By <TimeText time={deadline} />
          {default_answer === null ? '' : ', else: '}
          {default_answer !== null && <Foreign text={default_answer} className="font-medium" />}
        </p>
      )}
      <TextField
        label="Reason, kept with the decision"
        value={reason}
        maxLength={2000}
        onChange={(event) => setReason(event.target.value)}
      />
      {options.length > 0 ? (
        <ul className="flex flex-col gap-1.5">
          {options.map((option, index) => (
            <li key={option.answer} className="flex items-center gap-3">
              <Button
                look={index === 0 ? 'primary' : 'plain'}
                disabled={refusal !== null || answer.isPending}
                title={refusal ?? undefined}
                onClick={() => give(option.answer)}
              >
                {keys && index < 9 && <kbd className="text-12 opacity-80">{index + 1}</kbd>}
                <Foreign text={option.answer} />
              </Button>
              {option.details !== undefined && <Foreign text={option.details} className="text-muted" />}
            </li>
          ))}
        </ul>
      ) : (
        <div className="flex items-end gap-2">
          <TextField label="Answer" className="flex-1" required value={text} onChange={(event) => setText(event.target.value)} />
          <Button look="primary" type="submit" disabled={refusal !== null || answer.isPending} title={refusal ?? undefined}>
            Answer
          </Button>
        </div>
      )}
      {refusal !== null && <p className="text-12 text-muted">{refusal}</p>}
    </form>
  );
}

function Votes({ decision: { votes, votes_needed } }: { readonly decision: DecisionView }): ReactNode {
  if (votes.length === 0 && votes_needed === null) return null;
  return (
    <div>
      <h3 className="text-12 text-muted">
        Votes {votes.length}
        {votes_needed === null ? '' : `; ${votes_needed} for one answer decide`}
      </h3>
      <ul className="divide-y">
        {votes.map(({ voter, answer, reason }) => (
          <li key={voter} className="flex gap-2 py-1">
            <Foreign text={voter} className="text-muted" />
            <Foreign text={answer} className="font-medium" />
            {reason !== null && <Foreign text={reason} />}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Outcome({
  decision: { status, answer, answered_by, source, via, reason, closed_at },
}: {
  readonly decision: DecisionView;
}): ReactNode {
  return (
    <dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1 rounded border p-3">
      <dt className="text-muted">{status}</dt>
      <dd className="font-medium">
        <Foreign text={answer ?? '–'} />
      </dd>
      <dt className="text-muted">by</dt>
      <dd>
        <Foreign text={[answered_by, source, via].filter((each) => each !== null).join(', ')} />
      </dd>
      {reason !== null && (
        <>
          <dt className="text-muted">why</dt>
          <dd>
            <Foreign text={reason} />
          </dd>
        </>
      )}
      <dt className="text-muted">when</dt>
      <dd>
        <TimeText time={closed_at} />
      </dd>
    </dl>
  );
}
