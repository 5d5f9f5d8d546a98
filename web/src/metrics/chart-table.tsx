/**
 * A chart as a table, and as a file.
 */
import type { ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { saveFile } from '../ui/save-file.ts';
import { TimeText } from '../ui/time-text.tsx';
import { chartCsv, type ChartData } from './series.ts';

/** The table, folded up; only times with a value. */
export function ChartTable({ chart }: { readonly chart: ChartData }): ReactNode {
  const rows = chart.times.flatMap((time, index) => {
    const values = chart.series.map((line) => line.values[index] ?? null);
    return values.some((value) => value !== null && value !== 0) ? [{ time, values }] : [];
  });
  return (
    <details className="border-t">
      <summary className="px-3 py-1.5 text-12 text-muted">As a table</summary>
      <div className="flex flex-col gap-2 p-3 pt-0">
        <Button
          className="self-start"
          onClick={() => saveFile(`${chart.title.toLowerCase().replaceAll(' ', '-')}.csv`, 'text/csv', chartCsv(chart))}
        >
          Save as CSV
        </Button>
        <table aria-label={`${chart.title}, as numbers`} className="w-full text-left">
          <thead className="text-12 text-muted">
            <tr>
              <th className="font-medium">Time</th>
              {chart.series.map(({ name }) => (
                <th key={name} className="text-right font-medium">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ time, values }) => (
              <tr key={time} className="border-t">
                <td>
                  <TimeText time={new Date(time * 1000).toISOString()} />
                </td>
                {values.map((value, index) => (
                  <td key={chart.series[index]?.name} className="nums text-right">
                    {value === null ? '–' : Number(value.toFixed(2))}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
