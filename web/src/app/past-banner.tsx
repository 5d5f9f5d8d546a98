/**
 * Across every page while it shows the past: which moment, step, play, speed, and the way back to now.
 */
import { type ReactNode, useEffect, useEffectEvent, useState } from 'react';
import { useHead } from '../data/event-tail.ts';
import { useMoment, useTravel } from '../data/moment.ts';
import { useOperation } from '../data/operation-query.ts';
import { Icon } from '../ui/icons.tsx';
import { TimeText } from '../ui/time-text.tsx';
import { useShortcuts } from './shortcuts.ts';

const FRAME_MS = 500;
const SPEEDS = [1, 8, 64] as const;

/** The banner; nothing while the page shows now. */
export function PastBanner(): ReactNode {
  const moment = useMoment();
  return moment === null ? null : <Past moment={moment} />;
}

function Past({ moment }: { readonly moment: number }): ReactNode {
  const travel = useTravel();
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<(typeof SPEEDS)[number]>(1);
  const last = useOperation('event.list', { since: Math.max(0, moment - 1), limit: 1 }, { keep: true, now: true });
  const status = useOperation('swarm.status', {}, { now: true });
  const head = Math.max(useHead(), status.data?.seq ?? 0);
  // Until it is known where the log ends, nothing is beyond it.
  const go = (by: number): void => travel(head > 0 && moment + by >= head ? null : Math.max(0, moment + by));
  const step = useEffectEvent((by: number) => {
    if (head > 0 && moment + by >= head) setPlaying(false);
    go(by);
  });
  useEffect(() => {
    if (!playing) return undefined;
    const timer = setInterval(() => step(speed), FRAME_MS);
    return () => clearInterval(timer);
  }, [playing, speed]);
  useShortcuts('Time travel', [
    { keys: 'ArrowLeft', does: 'One event back', run: () => go(-1) },
    { keys: 'ArrowRight', does: 'One event on', run: () => go(1) },
    { keys: 'p', does: 'Play or pause', run: () => setPlaying(!playing) },
    { keys: 'Escape', does: 'Back to now', run: () => travel(null) },
  ]);
  return (
    <section
      aria-label="Time travel"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-travel bg-travel-bg px-4 py-1.5 text-travel"
    >
      <strong className="nums font-medium">As of event {moment}</strong>
      <TimeText time={last.data?.events[0]?.time ?? null} />
      <span className="flex items-center gap-1">
        <TravelButton label="One event back" onPress={() => go(-1)}>
          <Icon name="back" />
        </TravelButton>
        <TravelButton label={playing ? 'Pause' : 'Play'} onPress={() => setPlaying(!playing)}>
          <Icon name={playing ? 'pause' : 'play'} />
        </TravelButton>
        <TravelButton label="One event on" onPress={() => go(1)}>
          <Icon name="forward" />
        </TravelButton>
        <TravelButton
          label={`Speed ${speed} times; change`}
          onPress={() => setSpeed(SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length] ?? 1)}
        >
          <span className="nums px-1">{speed}×</span>
        </TravelButton>
      </span>
      <span className="hidden sm:inline">Nothing can be changed here.</span>
      <TravelButton label="Back to now" onPress={() => travel(null)}>
        <span className="px-1.5">Back to now</span>
      </TravelButton>
    </section>
  );
}

function TravelButton({
  label,
  onPress,
  children,
}: {
  readonly label: string;
  readonly onPress: () => void;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className="grid h-6 min-w-6 place-items-center rounded border border-travel hover:opacity-80"
      onClick={onPress}
    >
      {children}
    </button>
  );
}
