/**
 * The newest events as lanes, one per session: who did what when, at a glance. The list below is the same in words.
 */
import { type ReactNode, useState } from 'react';
import { useShortcuts } from '../app/shortcuts.ts';
import { useEventTail } from '../data/event-tail.ts';
import { useOperation } from '../data/operation-query.ts';
import { Foreign } from '../ui/foreign.tsx';
import { lanesOf, type Lane } from './lanes.ts';

const WINDOWS = [100, 400, 1000] as const;

const COLOURS = { good: 'bg-idle', bad: 'bg-offline', work: 'bg-busy', other: 'bg-control' } as const;

/** What the lanes are given. */
interface LanesProps {
  readonly chosen: number | undefined;
  readonly onChoose: (seq: number) => void;
}

/** The lanes; X zooms. */
export function EventLanes({ chosen, onChoose }: LanesProps): ReactNode {
  const [zoom, setZoom] = useState(0);
  const size = WINDOWS[zoom] ?? WINDOWS[0];
  const before = useOperation('event.list', { limit: 1000 }, { now: true });
  const tail = useEventTail();
  useShortcuts('Timeline', [{ keys: 'x', does: 'Zoom the lanes', run: () => setZoom((zoom + 1) % WINDOWS.length) }]);
  const known = new Map([...(before.data?.events ?? []), ...tail].map((event) => [event.seq, event]));
  const events = [...known.values()].sort((a, b) => a.seq - b.seq).slice(-size);
  const lanes = lanesOf(events);
  if (lanes.length === 0) return null;
  return (
    <section aria-label="Lanes of sessions" className="max-h-56 shrink-0 overflow-auto rounded border bg-surface">
      <header className="flex h-7 items-center gap-3 border-b px-3 text-12 text-muted">
        <span>The newest {events.length} events</span>
        <button type="button" className="ml-auto h-6 px-1 hover:text-text" onClick={() => setZoom((zoom + 1) % WINDOWS.length)}>
          Zoom (X)
        </button>
      </header>
      <ul>
        {lanes.map((lane) => (
          <LaneRow key={lane.name} lane={lane} first={events[0]?.seq ?? 0} span={events.length} chosen={chosen} onChoose={onChoose} />
        ))}
      </ul>
    </section>
  );
}

interface LaneRowProps extends LanesProps {
  readonly lane: Lane;
  readonly first: number;
  readonly span: number;
}

function LaneRow({ lane, first, span, chosen, onChoose }: LaneRowProps): ReactNode {
  return (
    <li className="flex h-6 items-center border-t first:border-t-0">
      <span className="w-32 shrink-0 truncate px-3 text-12">
        <Foreign text={lane.name} />
        <span className="sr-only">: {lane.marks.length} events</span>
      </span>
      {/* Pointing is a shortcut here: the list below has every event for the keyboard. */}
      <span className="relative h-full flex-1" aria-hidden="true">
        {lane.marks.map(({ seq, tone, type }) => (
          <span
            key={seq}
            role="presentation"
            title={`${seq} ${type}`}
            onClick={() => onChoose(seq)}
            className={`absolute top-1.5 h-3 w-1 cursor-pointer ${COLOURS[tone]} ${seq === chosen ? 'outline-2 outline-accent' : ''}`}
            style={{ left: `${((seq - first) / Math.max(1, span)) * 99}%` }}
          />
        ))}
      </span>
    </li>
  );
}
