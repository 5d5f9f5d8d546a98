/**
 * A screen as lines of styled text. Lines that did not change are not drawn again. Those who hear the page get its text.
 */
import { type CSSProperties, memo, type ReactNode, type RefObject, useLayoutEffect } from 'react';
import { cleanText } from '../../../src/cli/output/clean-text.ts';
import type { StyledLine, StyledRun, TerminalScreen } from '../../../src/contract/views/terminal-view.ts';
import { cellColour } from './cell-colours.ts';

const GROUND = '#0a0e27';
const INK = '#e0e0e0';

/** What is shown. */
interface ScreenViewProps {
  readonly screen: TerminalScreen;
  readonly label: string;
  /** What had scrolled off, when one looks back. */
  readonly past: readonly StyledLine[] | null;
  /** The place it has. */
  readonly ref: RefObject<HTMLDivElement | null>;
}

/** The screen; above it, in the same place, what had scrolled off. */
export function ScreenView({ screen, label, past, ref }: ScreenViewProps): ReactNode {
  const { lines, rows, columns, cursor } = screen;
  // The newest of the past is beside the screen: one looks back from there.
  useLayoutEffect(() => {
    const place = ref.current;
    if (place !== null && past !== null) place.scrollTop = place.scrollHeight;
  }, [past, ref]);
  return (
    <div
      ref={ref}
      role="region"
      aria-label={label}
      tabIndex={0}
      className="max-h-[70vh] overflow-auto rounded border bg-terminal p-2 font-mono text-12 text-terminal-ink"
    >
      {past !== null && past.length > 0 && <Past lines={past} />}
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
const Past = memo(PastLines);

function PastLines({ lines }: { readonly lines: readonly StyledLine[] }): ReactNode {
  return (
    <div className="mb-1 w-max border-b border-dashed border-terminal-ink pb-1">
      <pre className="sr-only">{textOf(lines)}</pre>
      <div aria-hidden="true">
        {lines.map((line, row) => (
          <Line key={row} line={line} />
        ))}
      </div>
    </div>
  );
}

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
