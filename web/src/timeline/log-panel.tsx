/**
 * The log itself: how much of it is live and how much archived, whether it folds into the same state again, and the commands
 * that copy it, fork it, archive it and bring it back.
 */
import { type ReactNode, useState } from 'react';
import { amount } from '../../../src/cli/output/words.ts';
import { SWARM } from '../data/place.ts';
import { useMoment } from '../data/moment.ts';
import { useOperation } from '../data/operation-query.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Section } from '../ui/page.tsx';
import { Answer } from '../ui/panels.tsx';

/** What the panel is given. */
interface LogPanelProps {
  readonly head: number;
}

/** The panel. */
export function LogPanel({ head }: LogPanelProps): ReactNode {
  const moment = useMoment();
  const [checked, setChecked] = useState<number | null>(null);
  const newest = useOperation('event.list', { limit: 1 }, { now: true });
  const at = moment ?? head;
  const replay = useOperation('event.replay', checked === null ? {} : { at: checked, limit: 1 }, { enabled: checked !== null, now: true });
  const until = moment === null ? '' : ` --until ${moment}`;
  const swarm = SWARM === 'default' ? '' : ` --swarm ${SWARM}`;
  const archived = newest.data?.archived ?? 0;
  const commands = [
    ['Fork it into a swarm of its own', `tutti event fork before${until}${swarm}`],
    ['Archive what is old', `tutti event archive${swarm}`],
    ['Bring back what is archived', `tutti event unarchive${swarm}`],
    ['Keep a copy', `tutti event export log.jsonl${swarm}`],
  ] as const;
  return (
    <Section title="The log" className="shrink-0">
      <div className="grid gap-3 p-3 lg:grid-cols-2">
        <div className="flex flex-col gap-2">
          <p className="nums">
            {amount(head)} events, {archived === 0 ? 'none of them archived.' : `1 to ${amount(archived)} in the archive, the others live.`}
          </p>
          <p className="text-muted">What is archived stays readable here and in every question about the past; it is only slower.</p>
          <div>
            <Button onClick={() => setChecked(at)}>Replay up to event {at} and check</Button>
          </div>
          {checked !== null && (
            <Answer query={replay} what="the replay" rows={2}>
              {({ replayed, took_s, same, fingerprint }) => (
                <p role="status">
                  <span className={same ? 'text-idle' : 'text-offline'}>{same ? '✓ the same state' : '✕ another state'}</span> after{' '}
                  {amount(replayed)} events in {took_s.toFixed(2)} s.{' '}
                  <span className="font-mono text-12 text-muted">{fingerprint.slice(0, 16)}</span>
                </p>
              )}
            </Answer>
          )}
        </div>
        <ul className="flex min-w-0 flex-col gap-1">
          {commands.map(([what, command]) => (
            <li key={what} className="flex min-w-0 items-center gap-2">
              <span className="w-48 shrink-0 text-muted max-sm:w-28">{what}</span>
              <code className="min-w-0 flex-1 truncate rounded border bg-bg px-2 py-0.5 font-mono text-12">{command}</code>
              <CopyButton text={command} what={`the command: ${what}`} />
            </li>
          ))}
        </ul>
      </div>
    </Section>
  );
}
