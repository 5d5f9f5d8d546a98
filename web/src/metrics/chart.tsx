/**
 * A chart over time. All charts of a page share one cursor. Colours are those of the theme.
 */
import 'uplot/dist/uPlot.min.css';
import { type ReactNode, useEffect, useRef } from 'react';
import Plot from 'uplot';
import { useAppliedTheme } from '../app/theme.ts';
import { clockText, useTimeMode } from '../ui/time-mode.ts';
import type { ChartData } from './series.ts';

const HEIGHT = 180;
const LINES = ['--accent', '--busy', '--idle', '--offline', '--muted'] as const;
const DASHES = [[], [6, 4], [2, 3], [10, 4], [8, 3, 2, 3]] as const;

/** The chart; the table below it says the same in words. */
export function Chart({ chart }: { readonly chart: ChartData }): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const theme = useAppliedTheme();
  const mode = useTimeMode();
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const plot = new Plot(
      optionsOf(chart, element.clientWidth, mode === 'utc'),
      [[...chart.times], ...chart.series.map(({ values }) => [...values])],
      element,
    );
    plot.root.querySelector('table')?.setAttribute('aria-label', `${chart.title}, at the cursor`);
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
    // A chart keeps its colours: another theme makes another one.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [chart, theme, mode]);
  return (
    <div ref={place} role="img" aria-label={`${chart.title}, ${chart.unit}, over time`} className="min-w-0 overflow-hidden px-1 pt-2" />
  );
}

function optionsOf({ series }: ChartData, width: number, utc: boolean): Plot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--muted'),
    grid: { stroke: colour('--hairline'), width: 1 },
    ticks: { stroke: colour('--hairline'), width: 1 },
    font: '12px "Inter Variable"',
  };
  return {
    width,
    height: HEIGHT,
    cursor: { sync: { key: 'metrics' } },
    axes: [
      { ...axis, values: (_plot, times) => times.map((time) => clockText(time, utc)) },
      { ...axis, size: 48 },
    ],
    scales: { y: { range: (_plot, _low, high) => [0, Math.max(1, high * 1.1)] } },
    series: [
      { value: (_plot, time: number | null) => (time === null ? '–' : clockText(time, utc)) },
      ...series.map(({ name }, index) => ({
        label: name,
        stroke: colour(LINES[index % LINES.length] ?? '--accent'),
        width: 1.5,
        ...(index === 0 ? {} : { dash: [...(DASHES[index % DASHES.length] ?? [])] }),
        points: { show: true, size: 4 },
        spanGaps: true,
      })),
    ],
  };
}
