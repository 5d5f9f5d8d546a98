/**
 * The hunks of a file as a table: two sides, or one column of removed and added lines. Added and removed are said by a sign,
 * not by colour alone.
 */
import { memo, type ReactNode } from 'react';
import { cleanLine } from '../../../src/cli/output/clean-text.ts';
import { type PatchLine, type PatchRow, patchRows } from './patch-rows.ts';

const ROWS_AT_MOST = 3000;

/** What the table is given. */
interface PatchTableProps {
  readonly path: string;
  readonly patch: string;
  /** Two sides beside each other. */
  readonly wide: boolean;
}

/** The table. */
export const PatchTable = memo(DrawnPatch);

function DrawnPatch({ path, patch, wide }: PatchTableProps): ReactNode {
  const rows = patchRows(patch);
  return (
    <div role="region" aria-label={`Lines of ${path}`} tabIndex={0} className="max-h-[70vh] overflow-auto">
      <table aria-label={`Lines of ${path}`} className={`w-full border-collapse font-mono text-12 ${wide ? 'table-fixed' : ''}`}>
        {/* The first row spans all columns: without these a fixed table would give numbers as much room as lines. */}
        <colgroup>
          {(wide ? ['left', 'right'] : ['both']).flatMap((side) => [<col key={side} className="w-12" />, <col key={`${side} lines`} />])}
        </colgroup>
        <tbody>
          {rows.slice(0, ROWS_AT_MOST).map((row, index) =>
            row.kind === 'hunk' ? (
              <tr key={index} className="bg-raised text-muted">
                <td colSpan={wide ? 4 : 2} className="px-2 py-0.5">
                  {cleanLine(row.text)}
                </td>
              </tr>
            ) : wide ? (
              <SideBySide key={index} row={row} />
            ) : (
              <Stacked key={index} row={row} />
            ),
          )}
        </tbody>
      </table>
      {rows.length > ROWS_AT_MOST && <p className="px-2 py-1 text-muted">Only the first {ROWS_AT_MOST} rows are drawn.</p>}
    </div>
  );
}

type LineRow = Exclude<PatchRow, { readonly kind: 'hunk' }>;

function SideBySide({ row: { kind, left, right } }: { readonly row: LineRow }): ReactNode {
  return (
    <tr className="align-top">
      <Line line={left} sign={kind === 'same' ? ' ' : '−'} />
      <Line line={right} sign={kind === 'same' ? ' ' : '+'} />
    </tr>
  );
}

function Stacked({ row: { kind, left, right } }: { readonly row: LineRow }): ReactNode {
  if (kind === 'same') {
    return (
      <tr className="align-top">
        <Line line={right} sign=" " />
      </tr>
    );
  }
  return (
    <>
      {left !== null && (
        <tr className="align-top">
          <Line line={left} sign="−" />
        </tr>
      )}
      {right !== null && (
        <tr className="align-top">
          <Line line={right} sign="+" />
        </tr>
      )}
    </>
  );
}

const LOOKS = { ' ': '', '−': 'bg-removed', '+': 'bg-added' } as const;

function Line({ line, sign }: { readonly line: PatchLine | null; readonly sign: ' ' | '−' | '+' }): ReactNode {
  if (line === null) {
    return (
      <td colSpan={2} className="bg-bg">
        {'\u00a0'}
      </td>
    );
  }
  return (
    <>
      <td className={`nums w-12 min-w-12 px-1 text-right text-muted select-none ${LOOKS[sign]}`}>{line.number}</td>
      <td className={`px-1 ${LOOKS[sign]}`}>
        <bdi className="foreign whitespace-pre-wrap">
          {sign} {cleanLine(line.text)}
        </bdi>
      </td>
    </>
  );
}
