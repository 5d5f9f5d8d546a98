/**
 * States: always a shape and a word, never a colour alone.
 */
import type { ReactNode } from 'react';

const MARKS: Readonly<Record<string, { readonly shape: string; readonly colour: string }>> = {
  idle: { shape: '●', colour: 'text-idle' },
  busy: { shape: '◐', colour: 'text-busy' },
  offline: { shape: '✕', colour: 'text-offline' },
  pending: { shape: '○', colour: 'text-muted' },
  ready: { shape: '○', colour: 'text-text' },
  blocked: { shape: '⊘', colour: 'text-busy' },
  assigned: { shape: '◔', colour: 'text-link' },
  in_progress: { shape: '◐', colour: 'text-busy' },
  completed: { shape: '✓', colour: 'text-idle' },
  failed: { shape: '✕', colour: 'text-offline' },
  cancelled: { shape: '–', colour: 'text-muted' },
  active: { shape: '●', colour: 'text-idle' },
  paused: { shape: '‖', colour: 'text-busy' },
  parked: { shape: '‖', colour: 'text-busy' },
  ended: { shape: '–', colour: 'text-muted' },
  needs_you: { shape: '▲', colour: 'text-busy' },
};

/** A state; `bare` leaves the word to screen readers. */
export function StateMark({ state, bare = false }: { readonly state: string; readonly bare?: boolean }): ReactNode {
  const { shape, colour } = MARKS[state] ?? { shape: '·', colour: 'text-muted' };
  const words = state.replaceAll('_', ' ');
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <span aria-hidden="true" className={`mark inline-block w-3 text-center ${colour}`}>
        {shape}
      </span>
      <span className={bare ? 'sr-only' : ''}>{words}</span>
    </span>
  );
}
