/**
 * A time on a page, with the exact one behind it.
 */
import type { ReactNode } from 'react';
import { useTimeText } from './time-mode.ts';

/** A time, as the user wants times written; the exact one is in its title. */
export function TimeText({ time, className = '' }: { readonly time: string | null; readonly className?: string }): ReactNode {
  const text = useTimeText(time);
  if (time === null) return <span className={`text-muted ${className}`}>–</span>;
  return (
    <time dateTime={time} title={time} className={`nums whitespace-nowrap ${className}`}>
      {text}
    </time>
  );
}
