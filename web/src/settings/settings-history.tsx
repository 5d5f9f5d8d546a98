/**
 * Every change of the rules, newest first, and the way back to before one.
 */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Settings } from '../../../src/contract/settings.ts';
import { DEFAULT_SETTINGS } from '../../../src/contract/settings.ts';
import type { EventView } from '../../../src/contract/views/event-view.ts';
import { useRefusal } from '../app/swarm-access.ts';
import { useOperation } from '../data/operation-query.ts';
import { Button } from '../ui/button.tsx';
import { Foreign } from '../ui/foreign.tsx';
import { Answer } from '../ui/panels.tsx';
import { TimeText } from '../ui/time-text.tsx';

/** What the history is given. */
interface HistoryProps {
  readonly current: Settings | undefined;
  /** Told the rules as they were before a change. */
  readonly onRollback: (draft: Partial<Settings>) => void;
}

/** The history. */
export function SettingsHistory({ current, onRollback }: HistoryProps): ReactNode {
  const events = useOperation('event.list', { since: 0, type: 'config_applied', limit: 1000 });
  const refusal = useRefusal('config.apply');
  return (
    <Answer query={events} what="the changes" rows={3}>
      {({ events: changes }) =>
        changes.length === 0 ? (
          <p className="p-3 text-muted">Nothing was changed.</p>
        ) : (
          <ol className="max-h-80 divide-y overflow-auto">
            {changes.toReversed().map((change) => (
              <li key={change.seq} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1.5">
                <Link to="/timeline" search={{ seq: change.seq }} className="nums text-link hover:underline">
                  {change.seq}
                </Link>
                <TimeText time={change.time} className="text-muted" />
                <Foreign text={change.actor} className="text-muted" />
                <Foreign text={wordsOf(change)} className="min-w-0 basis-full font-mono text-12" />
                {change.seq > 1 && (
                  <Button
                    disabled={refusal !== null || current === undefined}
                    title={refusal ?? undefined}
                    onClick={() => onRollback(before(changes, change.seq, current))}
                  >
                    Back to before this
                  </Button>
                )}
              </li>
            ))}
          </ol>
        )
      }
    </Answer>
  );
}

function wordsOf({ data }: EventView): string {
  return Object.entries((data['settings'] ?? {}) as Record<string, unknown>)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(' ');
}

/** The rules as they were before an event, as far as they differ from now. */
function before(changes: readonly EventView[], seq: number, current: Settings | undefined): Partial<Settings> {
  const then: Record<string, unknown> = { ...DEFAULT_SETTINGS };
  for (const change of changes) if (change.seq < seq) Object.assign(then, change.data['settings']);
  return Object.fromEntries(
    Object.entries(then).filter(([name, value]) => current?.[name as keyof Settings] !== value),
  ) as Partial<Settings>;
}
