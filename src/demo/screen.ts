/**
 * Owns what the demo writes to stdout while it runs: the board where somebody looks, one line per event where nobody
 * does, nothing where a program reads. Invariant: when it has ended, the cursor is back and no frame is half drawn.
 */
import type { DemoState } from './demo-state.ts';
import type { DemoOptions } from './demo-options.ts';
import { clock, markOf, view } from './view.ts';

/** Where the demo shows itself. */
export interface Screen {
  /** Shows this moment. */
  show(state: DemoState): void;
  /** Leaves the last frame standing. */
  end(): void;
}

const DEFAULT_ROWS = 24;

/** The screen that fits the options. */
export async function openScreen({ out, columns, json }: Pick<DemoOptions, 'out' | 'columns' | 'json'>): Promise<Screen> {
  if (json) return { show: () => {}, end: () => {} };
  return columns === null ? lineScreen(out) : boardScreen(out);
}

async function boardScreen(out: DemoOptions['out']): Promise<Screen> {
  const { createLogUpdate } = await import('log-update');
  const { stdout } = process;
  const update = createLogUpdate(stdout);
  return {
    show: (state) => update(view(state, { columns: stdout.columns, rows: stdout.rows || DEFAULT_ROWS, out }).join('\n')),
    end: () => update.done(),
  };
}

function lineScreen(out: DemoOptions['out']): Screen {
  let told = 0;
  return {
    show: ({ tidings }) => {
      for (const { time, tone, text } of tidings.slice(told)) process.stdout.write(`${clock(time)}  ${markOf(tone, out)} ${text}\n`);
      told = tidings.length;
    },
    end: () => {},
  };
}
