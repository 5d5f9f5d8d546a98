/**
 * Timeline: the whole log, from the first event to the newest, and the way to travel to any of them.
 */
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useHead } from '../data/event-tail.ts';
import { useMoment, useTravel } from '../data/moment.ts';
import { useOperation } from '../data/operation-query.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/fields.tsx';
import { Icon } from '../ui/icons.tsx';
import { Page } from '../ui/page.tsx';
import { Answer, Empty } from '../ui/panels.tsx';
import { EventDetail } from './event-detail.tsx';
import { EventLanes } from './event-lanes.tsx';
import { EventLog } from './event-log.tsx';
import { FilteredEvents } from './filtered-events.tsx';
import { GoBackPanel } from './go-back-panel.tsx';
import { LogPanel } from './log-panel.tsx';
import { ThenAndNow } from './then-and-now.tsx';
import { WhatIfPanel } from './what-if-panel.tsx';

const PANELS = [
  ['lanes', 'Lanes'],
  ['what-if', 'What if'],
  ['back', 'Go back'],
  ['log', 'Log'],
] as const;

/** The timeline. */
export function TimelinePage(): ReactNode {
  const { seq, q, panel = 'lanes' } = useSearch({ from: '/timeline' });
  const navigate = useNavigate({ from: '/timeline' });
  const status = useOperation('swarm.status', {}, { now: true });
  const head = Math.max(useHead(), status.data?.seq ?? 0);
  const moment = useMoment();
  const choose = (next: number | undefined): void => void navigate({ search: (before) => ({ ...before, seq: next }), replace: true });
  return (
    <Page
      title="Timeline"
      note={<span className="nums">{head} events</span>}
      actions={
        <>
          <TextField
            label="Filter: task:ID, session:ID, or a type of event"
            quiet
            type="search"
            placeholder="task:ID, session:ID or type"
            className="w-56"
            value={q ?? ''}
            onChange={(event) => void navigate({ search: (before) => ({ ...before, q: event.target.value || undefined }), replace: true })}
          />
          <div role="group" aria-label="Beside the events" className="flex flex-wrap">
            {PANELS.map(([name, label]) => (
              <Button
                key={name}
                aria-pressed={panel === name}
                className="rounded-none first:rounded-l last:rounded-r aria-pressed:bg-selected"
                onClick={() => void navigate({ search: (before) => ({ ...before, panel: panel === name ? 'none' : name }), replace: true })}
              >
                {label}
              </Button>
            ))}
          </div>
        </>
      }
    >
      <Answer query={status} what="the log">
        {() =>
          head === 0 ? (
            <Empty title="Nothing has happened yet">
              <p>Every change is an event here, and stays.</p>
            </Empty>
          ) : (
            <>
              <TravelSlider head={head} />
              {moment !== null && <ThenAndNow moment={moment} />}
              {panel === 'lanes' && q === undefined && <EventLanes onChoose={choose} chosen={seq} />}
              {panel === 'what-if' && <WhatIfPanel />}
              {panel === 'back' && <GoBackPanel />}
              {panel === 'log' && <LogPanel head={head} />}
              <div className={`grid min-h-0 flex-1 gap-3 ${seq === undefined ? '' : 'lg:grid-cols-[3fr_2fr]'}`}>
                {q === undefined ? (
                  <EventLog head={head} chosen={seq} onChoose={choose} />
                ) : (
                  <FilteredEvents words={q} chosen={seq} onChoose={choose} />
                )}
                {seq !== undefined && <EventDetail seq={seq} onClose={() => choose(undefined)} />}
              </div>
            </>
          )
        }
      </Answer>
    </Page>
  );
}

/** The cursor of all pages, over the whole log; at its right end is now. */
function TravelSlider({ head }: { readonly head: number }): ReactNode {
  const moment = useMoment();
  const travel = useTravel();
  return (
    <div className="flex items-center gap-3">
      {moment === null && (
        <Button className="h-6" title="Shows the past from the first event on; P plays it" onClick={() => travel(1)}>
          <Icon name="back" /> To the beginning
        </Button>
      )}
      <label htmlFor="travel" className="text-12 text-muted">
        As of
      </label>
      <input
        id="travel"
        type="range"
        min={0}
        max={head}
        value={moment ?? head}
        aria-valuetext={moment === null ? 'now' : `event ${moment}`}
        className="h-6 min-w-0 flex-1 accent-accent"
        onChange={(event) => travel(Number(event.target.value) >= head ? null : Number(event.target.value))}
      />
      <output htmlFor="travel" className="nums w-20 text-right text-muted">
        {moment === null ? 'now' : `event ${moment}`}
      </output>
    </div>
  );
}
