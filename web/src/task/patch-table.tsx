/**
 * The hunks of a file as a table: two sides, or one column of removed and added lines. Added and removed are said by a sign,
 * not by colour alone. A line's number opens a comment on it; one number can be tabbed to, arrows go from there.
 */
import { type KeyboardEvent, memo, type ReactNode, useState } from 'react';
import { cleanLine } from '../../../src/cli/output/clean-text.ts';
import { CommentBox } from './comment-box.tsx';
import { type PatchLine, type PatchRow, patchRows } from './patch-rows.ts';
import type { DraftComment } from './review-draft.ts';

const ROWS_AT_MOST = 3000;

/** What the table is given. */
interface PatchTableProps {
  readonly path: string;
  readonly patch: string;
  /** Two sides beside each other. */
  readonly wide: boolean;
  /** Those on this file that are not sent. */
  readonly comments: readonly DraftComment[];
  readonly onComment: (place: Omit<DraftComment, 'text'>, text: string | null) => void;
}

type Side = DraftComment['side'];

/** A line that is commented on. */
interface Place {
  readonly side: Side;
  readonly line: number;
}

/** The table. */
export const PatchTable = memo(DrawnPatch);

function DrawnPatch({ path, patch, wide, comments, onComment }: PatchTableProps): ReactNode {
  const rows = patchRows(patch);
  const [open, setOpen] = useState<Place | null>(null);
  const first = rows.find((row) => row.kind !== 'hunk');
  const start = first === undefined ? undefined : placesOf(first).at(-1);
  const notesUnder = (row: LineRow): ReactNode =>
    placesOf(row).map((place) => {
      const draft = comments.find((each) => each.line === place.line && each.side === place.side);
      const editing = open !== null && isSame(open, place);
      if (draft === undefined && !editing) return null;
      return (
        <tr key={`${place.side} ${place.line}`}>
          <td colSpan={wide ? 4 : 2} className="border-y bg-bg p-2 font-sans text-13">
            <CommentBox
              label={`Comment on line ${place.line}${place.side === 'before' ? ' as it was' : ''}`}
              text={draft?.text ?? null}
              editing={editing}
              onEdit={() => setOpen(place)}
              onKeep={(text) => {
                onComment({ path, ...place }, text);
                setOpen(null);
              }}
              onLeave={() => setOpen(null)}
            />
          </td>
        </tr>
      );
    });
  const line = (side: Side) => ({
    path,
    side,
    isStart: (number: number) => start?.side === side && start.line === number,
    onOpen: setOpen,
  });
  return (
    <div role="region" aria-label={`Lines of ${path}`} tabIndex={0} onKeyDown={walkLines} className="max-h-[70vh] overflow-auto">
      <table aria-label={`Lines of ${path}`} className={`w-full border-collapse font-mono text-12 ${wide ? 'table-fixed' : ''}`}>
        {/* The first row spans all columns: without these a fixed table would give numbers as much room as lines. */}
        <colgroup>
          {(wide ? ['left', 'right'] : ['both']).flatMap((side) => [<col key={side} className="w-12" />, <col key={`${side} lines`} />])}
        </colgroup>
        <tbody>
          {rows.slice(0, ROWS_AT_MOST).flatMap((row, index): ReactNode[] =>
            row.kind === 'hunk'
              ? [
                  <tr key={index} className="bg-raised text-muted">
                    <td colSpan={wide ? 4 : 2} className="px-2 py-0.5">
                      {cleanLine(row.text)}
                    </td>
                  </tr>,
                ]
              : [...(wide ? besides(row, index, line) : below(row, index, line)), notesUnder(row)],
          )}
        </tbody>
      </table>
      {rows.length > ROWS_AT_MOST && <p className="px-2 py-1 text-muted">Only the first {ROWS_AT_MOST} rows are drawn.</p>}
    </div>
  );
}

type LineRow = Exclude<PatchRow, { readonly kind: 'hunk' }>;

/** The lines of a row that can be commented: what is the same is commented as it is now. */
function placesOf({ kind, left, right }: LineRow): readonly Place[] {
  return [
    ...(left !== null && kind === 'changed' ? [{ side: 'before' as const, line: left.number }] : []),
    ...(right === null ? [] : [{ side: 'after' as const, line: right.number }]),
  ];
}

function isSame(a: Place, b: Place): boolean {
  return a.side === b.side && a.line === b.line;
}

interface LineContext {
  readonly path: string;
  readonly side: Side;
  readonly isStart: (number: number) => boolean;
  readonly onOpen: (place: Place) => void;
}
type ContextOf = (side: Side) => LineContext;

function besides({ kind, left, right }: LineRow, key: number, of: ContextOf): ReactNode[] {
  const same = kind === 'same';
  return [
    <tr key={key} className="align-top">
      <Line line={left} sign={same ? ' ' : '−'} context={same ? null : of('before')} />
      <Line line={right} sign={same ? ' ' : '+'} context={of('after')} />
    </tr>,
  ];
}

function below({ kind, left, right }: LineRow, key: number, of: ContextOf): ReactNode[] {
  const row = (name: string, line: PatchLine | null, sign: ' ' | '−' | '+', side: Side): ReactNode =>
    line === null ? null : (
      <tr key={`${key} ${name}`} className="align-top">
        <Line line={line} sign={sign} context={of(side)} />
      </tr>
    );
  return kind === 'same' ? [row('same', right, ' ', 'after')] : [row('left', left, '−', 'before'), row('right', right, '+', 'after')];
}

const LOOKS = { ' ': '', '−': 'bg-removed', '+': 'bg-added' } as const;

interface LineProps {
  readonly line: PatchLine | null;
  readonly sign: ' ' | '−' | '+';
  /** null: it cannot be commented. */
  readonly context: LineContext | null;
}

function Line({ line, sign, context }: LineProps): ReactNode {
  if (line === null) {
    return (
      <td colSpan={2} className="bg-bg">
        {'\u00a0'}
      </td>
    );
  }
  return (
    <>
      <td className={`nums w-12 min-w-12 text-right text-muted select-none ${LOOKS[sign]}`}>
        {context === null ? (
          <span className="px-1">{line.number}</span>
        ) : (
          <button
            type="button"
            data-line={line.number}
            tabIndex={context.isStart(line.number) ? 0 : -1}
            aria-label={`Comment on line ${line.number}${context.side === 'before' ? ' as it was' : ''} of ${context.path}`}
            className="w-full px-1 text-right hover:bg-selected hover:text-text"
            onClick={() => context.onOpen({ side: context.side, line: line.number })}
          >
            {line.number}
          </button>
        )}
      </td>
      <td className={`px-1 ${LOOKS[sign]}`}>
        <bdi className="foreign whitespace-pre-wrap">
          {sign} {cleanLine(line.text)}
        </bdi>
      </td>
    </>
  );
}

/** Arrows go from number to number. */
function walkLines(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  const { target, currentTarget } = event;
  if (step === 0 || !(target instanceof HTMLElement) || target.dataset['line'] === undefined) return;
  const lines = [...currentTarget.querySelectorAll<HTMLElement>('[data-line]')];
  lines[lines.indexOf(target) + step]?.focus();
  event.preventDefault();
}
