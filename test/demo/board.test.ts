/** The live board, as it stands on terminals of several sizes, against checked-in pictures. */
import { describe, expect, test } from 'vitest';
import { displayWidth } from '../../src/cli/output/display-width.ts';
import { palette } from '../../src/cli/output/terminal.ts';
import type { DemoFact } from '../../src/demo/demo-fact.ts';
import { type DemoState, initialState, withFact } from '../../src/demo/demo-state.ts';
import { view } from '../../src/demo/view.ts';
import { BEGIN, UNTIL_KILL, UNTIL_OFFLINE, WHOLE_RUN } from './sample-facts.ts';

process.env['TZ'] = 'UTC';

const SIZES = [
  [60, 20],
  [80, 24],
  [120, 40],
  [200, 60],
] as const;
const MOMENTS = { 'after-kill': UNTIL_KILL, noticed: UNTIL_OFFLINE, done: WHOLE_RUN };

function stateAfter(facts: readonly DemoFact[]): DemoState {
  const head = { title: 'Tutti demo · tutti c0ffee00 → tutti/demo', settings: 'Short heartbeats for this demo.', started_at: BEGIN };
  return facts.reduce(withFact, initialState(head));
}

/** As many tasks as would never fit. */
function crowded(): DemoState {
  const state = stateAfter(UNTIL_OFFLINE);
  const [, , waiting] = state.tasks;
  if (waiting === undefined) throw new Error('the sample has three tasks');
  const more = Array.from({ length: 30 }, (_, index) => ({ ...waiting, id: `more-${index}` }));
  return { ...state, tasks: [...state.tasks, ...more] };
}

describe('the board', () => {
  for (const [columns, rows] of SIZES) {
    test.each(Object.entries(MOMENTS))(`at ${columns}×${rows}, %s`, async (name, facts) => {
      const lines = view(stateAfter(facts), { columns, rows, out: palette(false) });
      await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`golden/board-${name}-${columns}x${rows}.txt`);
    });

    test(`fits into ${columns}×${rows} with 33 tasks, and says how many it does not show`, () => {
      const lines = view(crowded(), { columns, rows, out: palette(false) });
      expect(lines.length).toBeLessThan(rows);
      expect(Math.max(...lines.map((line) => displayWidth(line)))).toBeLessThanOrEqual(columns);
      if (rows < 40) expect(lines.join('\n')).toMatch(/… and \d+ waiting/);
    });
  }

  test('says every state in a word and a shape, so that it reads the same without colour', () => {
    const [plain, coloured] = [false, true].map((colours) =>
      view(stateAfter(UNTIL_KILL), { columns: 80, rows: 24, out: palette(colours) }),
    );
    // eslint-disable-next-line eslint/no-control-regex -- colours are what is taken out here
    expect(coloured?.map((line) => line.replace(/\u001b\[\d+m/g, ''))).toEqual(plain);
    expect(coloured?.join('')).toContain('\u001b[31m✕ killed');
    expect(plain?.join('\n')).toMatch(/✕ killed .*eng-1/);
  });

  test('cannot be made to move the cursor by what a task prints', () => {
    const hostile = UNTIL_KILL.map((fact): DemoFact => {
      if (fact.kind !== 'event' || fact.event.type !== 'task_completed') return fact;
      const result = { tail: 'safe\u001b[2J\u001b]52;c;aGk=\u0007 end', exit_code: 0, commit: 'c', changed_files_total: 0 };
      return { ...fact, event: { ...fact.event, data: { ...fact.event.data, result } } };
    });
    const board = view(stateAfter(hostile), { columns: 100, rows: 30, out: palette(false) }).join('\n');
    expect(board).toContain('safe end');
    expect(board).not.toContain('\u001b');
  });
});
