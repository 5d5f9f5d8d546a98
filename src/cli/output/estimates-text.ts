/**
 * The calibration report as a person reads it: a line per kind of task, and whether its estimates are to be trusted.
 */
import type { EstimatesOfKind } from '../../contract/views/estimates-view.ts';
import type { Column } from './table.ts';

/** The columns of the report. */
export const ESTIMATES_COLUMNS: readonly Column<EstimatesOfKind>[] = [
  { title: 'KIND', cell: ({ kind }) => kind, paint: (text, _row, { bold }) => bold(text) },
  { title: 'ATTEMPTS', cell: ({ attempts }) => String(attempts), right: true },
  { title: 'SUCCESS', cell: ({ success_rate }) => percent(success_rate), right: true },
  { title: 'TAKES', cell: ({ median_factor }) => `×${median_factor.toFixed(2)}`, right: true },
  { title: 'SPREAD', cell: ({ spread }) => `±${spread.toFixed(2)}`, right: true },
  { title: 'IN 50 %', cell: ({ coverage_50 }) => percent(coverage_50), right: true },
  { title: 'IN 90 %', cell: ({ coverage_90 }) => percent(coverage_90), right: true },
  { title: 'DURATIONS', cell: ({ durations_trusted }) => verdict(durations_trusted) },
  { title: 'CHANCES', cell: ({ success_trusted }) => verdict(success_trusted) },
];

function percent(share: number | null): string {
  return share === null ? '–' : `${Math.round(100 * share)} %`;
}

function verdict(trusted: boolean | null): string {
  if (trusted === null) return 'too few to tell';
  return trusted ? 'trusted' : 'not trusted';
}
