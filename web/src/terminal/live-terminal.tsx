/**
 * The terminal of a session: looked at by everybody, typed into by who has taken control, which everybody sees.
 */
import { type ReactNode, type RefObject, useLayoutEffect, useRef } from 'react';
import { useRefusal } from '../app/swarm-access.ts';
import { useMoment } from '../data/moment.ts';
import { Button } from '../ui/button.tsx';
import { Foreign } from '../ui/foreign.tsx';
import { Section } from '../ui/page.tsx';
import { Skeleton } from '../ui/panels.tsx';
import { TimeText } from '../ui/time-text.tsx';
import { fittingSize } from './fitting-size.ts';
import { keyBytes } from './key-bytes.ts';
import { ScreenView } from './screen-view.tsx';
import { type FollowedTerminal, useTerminal } from './use-terminal.ts';

/** The terminal; of the past there is none. */
export function LiveTerminal({ sessionId }: { readonly sessionId: string }): ReactNode {
  const moment = useMoment();
  if (moment === null) return <Followed key={sessionId} sessionId={sessionId} />;
  return (
    <Section title="Terminal">
      <p className="px-3 py-4 text-muted">Screens are not kept: go back to now to see it.</p>
    </Section>
  );
}

function Followed({ sessionId }: { readonly sessionId: string }): ReactNode {
  const terminal = useTerminal(sessionId);
  const { screen, gone, view, past } = terminal;
  const place = useRef<HTMLDivElement>(null);
  return (
    <Section title="Terminal" aside={screen === null ? undefined : <Actions sessionId={sessionId} terminal={terminal} place={place} />}>
      <p role="status" className="flex flex-wrap gap-x-3 px-3 py-1 text-12 text-muted empty:hidden">
        {screen !== null && <Holder terminal={terminal} />}
        {screen !== null && view !== null && <span className="nums">{view.viewers === 1 ? 'one looks' : `${view.viewers} look`}</span>}
        {screen !== null && view !== null && <Foreign text={`on ${view.host}`} />}
        {screen !== null && <span className="nums">{`${screen.columns} × ${screen.rows}`}</span>}
        {screen !== null && past !== null && <PastNote terminal={terminal} />}
      </p>
      {screen !== null ? (
        <div className="p-2">
          <ScreenView screen={screen} label={`Screen of ${sessionId}`} past={past?.lines ?? null} ref={place} />
          {terminal.mine && <TypingLine sessionId={sessionId} terminal={terminal} />}
        </div>
      ) : gone === null ? (
        <Skeleton rows={4} label="Loading the terminal" />
      ) : (
        <p className="px-3 py-3 text-muted">
          Nobody shows its terminal. Sessions that <code className="font-mono text-12">tutti host</code> keeps have one here as soon as they
          run.
        </p>
      )}
    </Section>
  );
}

function Holder({ terminal: { mine, view } }: { readonly terminal: FollowedTerminal }): ReactNode {
  if (mine) return <strong className="font-medium text-busy">You have the keyboard.</strong>;
  if (view === null || view.control === null) return <span>Nobody has the keyboard.</span>;
  return (
    <span>
      <Foreign text={view.control.holder ?? view.control.by} className="font-medium text-text" /> has the keyboard since{' '}
      <TimeText time={view.control.since} />
    </span>
  );
}

function PastNote({ terminal: { past } }: { readonly terminal: FollowedTerminal }): ReactNode {
  if (past === null) return null;
  if (past.lines.length === 0) return <span>Nothing has scrolled off.</span>;
  return (
    <span>
      <span className="nums">{past.lines.length}</span> lines above, as of <TimeText time={past.asked_at} />
    </span>
  );
}

function Actions({
  sessionId,
  terminal,
  place,
}: {
  readonly sessionId: string;
  readonly terminal: FollowedTerminal;
  readonly place: RefObject<HTMLDivElement | null>;
}): ReactNode {
  const { past, lookBack, lookAtNow, mine, resize } = terminal;
  return (
    <div className="flex flex-wrap items-center justify-end gap-1 py-0.5">
      <Button look="quiet" onClick={lookBack}>
        {past === null ? 'Look back' : 'Look back again'}
      </Button>
      {past !== null && (
        <Button look="quiet" onClick={lookAtNow}>
          Only now
        </Button>
      )}
      {mine && (
        <Button
          look="quiet"
          title="Give the terminal the size of this page, for everybody who looks"
          onClick={() => fit(place.current, resize)}
        >
          Fit to page
        </Button>
      )}
      <Keyboard sessionId={sessionId} terminal={terminal} />
    </div>
  );
}

function fit(place: HTMLElement | null, resize: FollowedTerminal['resize']): void {
  const size = place === null ? null : fittingSize(place);
  if (size !== null) resize(size);
}

function Keyboard({
  sessionId,
  terminal: { mine, view, take, release },
}: {
  readonly sessionId: string;
  readonly terminal: FollowedTerminal;
}): ReactNode {
  const refusal = useRefusal('terminal.take');
  const taken = !mine && view !== null && view.control !== null;
  if (mine) {
    return (
      <Button data-release={sessionId} onClick={release}>
        Release
      </Button>
    );
  }
  return (
    <Button look={taken ? 'danger' : 'plain'} disabled={refusal !== null} title={refusal ?? undefined} onClick={() => take(taken)}>
      {taken ? 'Take over' : 'Take control'}
    </Button>
  );
}

function TypingLine({ sessionId, terminal: { type } }: { readonly sessionId: string; readonly terminal: FollowedTerminal }): ReactNode {
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  return (
    <div className="mt-2 flex flex-col gap-1">
      <textarea
        ref={field}
        rows={1}
        aria-label={`Keyboard of ${sessionId}`}
        aria-describedby="terminal-keys"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        className="h-7 resize-none rounded border border-busy bg-surface px-2 py-1 font-mono text-12"
        placeholder="What you type here goes into the terminal"
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          event.stopPropagation();
          if (event.key === 'Escape' && event.shiftKey) {
            document.querySelector<HTMLElement>('[data-release]')?.focus();
            event.preventDefault();
            return;
          }
          const bytes = keyBytes(event);
          if (bytes === null) return;
          event.preventDefault();
          type(bytes);
        }}
        onInput={(event) => {
          if (event.nativeEvent instanceof InputEvent && event.nativeEvent.isComposing) return;
          const { value } = event.currentTarget;
          event.currentTarget.value = '';
          if (value !== '') type(value.replaceAll('\n', '\r'));
        }}
        onCompositionEnd={(event) => {
          const { value } = event.currentTarget;
          event.currentTarget.value = '';
          if (value !== '') type(value);
        }}
      />
      <p id="terminal-keys" className="text-12 text-muted">
        Every key goes into the terminal, Tab and Escape too. Shift and Escape lead out of it.
      </p>
    </div>
  );
}
