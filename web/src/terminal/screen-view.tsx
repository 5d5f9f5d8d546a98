/**
 * A screen as lines of styled text. Lines that did not change are not drawn again. Those who hear the page get its text.
 */
import { type CSSProperties, memo, type ReactNode } from 'react';
import { cleanText } from '../../../src/cli/output/clean-text.ts';
import type { StyledLine, StyledRun, TerminalScreen } from '../../../src/contract/views/terminal-view.ts';
import { cellColour } from './cell-colours.ts';

const GROUND = '#0a0e27';
const INK = '#e0e0e0';

/** The screen. */
export function ScreenView({ screen, label }: { readonly screen: TerminalScreen; readonly label: string }): ReactNode {
  const { lines, rows, columns, cursor } = screen;
  return (
    <div
      role="region"
      aria-label={label}
      tabIndex={0}
      className="max-h-[70vh] overflow-auto rounded border bg-terminal p-2 font-mono text-12 text-terminal-ink"
    >
      <pre className="sr-only">{textOf(lines)}</pre>
      <div aria-hidden="true" className="relative w-max" style={{ minWidth: `${columns}ch` }}>
        {Array.from({ length: rows }, (_, row) => (
          <Line key={row} line={lines[row]} />
        ))}
        {cursor.visible && (
          <span
            className="absolute h-4 w-[1ch] border border-terminal-ink"
            style={{ left: `${cursor.column}ch`, top: `${cursor.row * 16}px` }}
          />
        )}
      </div>
    </div>
  );
}

const Line = memo(DrawnLine);

function DrawnLine({ line }: { readonly line: StyledLine | undefined }): ReactNode {
  return (
    <div className="h-4 leading-4 whitespace-pre">
      {line?.map((run, index) => (
        <bdi key={index} style={styleOf(run)}>
          {cleanText(run.text)}
        </bdi>
      ))}
    </div>
  );
}

function styleOf({ fg, bg, style = [] }: StyledRun): CSSProperties {
  const has = (name: NonNullable<StyledRun['style']>[number]): boolean => style.includes(name);
  const [ink, ground] = [fg === undefined ? INK : cellColour(fg), bg === undefined ? GROUND : cellColour(bg)];
  const lines = [has('underline') ? 'underline' : '', has('strike') ? 'line-through' : ''].join(' ').trim();
  return {
    ...(has('inverse')
      ? { color: ground, backgroundColor: ink }
      : { ...(fg === undefined ? {} : { color: ink }), ...(bg === undefined ? {} : { backgroundColor: ground }) }),
    ...(has('bold') ? { fontWeight: 500 } : {}),
    ...(has('dim') ? { opacity: 0.75 } : {}),
    ...(has('italic') ? { fontStyle: 'italic' } : {}),
    ...(lines === '' ? {} : { textDecoration: lines }),
  };
}

function textOf(lines: readonly StyledLine[]): string {
  return cleanText(
    lines
      .map((line) => line.map(({ text }) => text).join(''))
      .join('\n')
      .trimEnd(),
  );
}
