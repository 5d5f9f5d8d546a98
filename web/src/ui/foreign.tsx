/**
 * Shows what agents wrote. It is hostile until cleaned: no markup, no escape sequences, nothing that hides or reorders text.
 * Everything foreign on any page goes through here; React never parses it.
 */
import type { ReactNode } from 'react';
import { cleanLine, cleanText, safeJson } from '../../../src/cli/output/clean-text.ts';
import type { Json } from '../../../src/contract/ids.ts';

const SHOWN_AT_MOST = 200_000;

/** Foreign text on one line. */
export function Foreign({ text, className = '' }: { readonly text: string; readonly className?: string }): ReactNode {
  return <bdi className={`foreign ${className}`}>{cleanLine(text)}</bdi>;
}

/** Foreign text or JSON as a block of its own lines, cut off at 200,000 characters. */
export function ForeignBlock({
  value,
  label,
  className = '',
}: {
  readonly value: Json;
  readonly label: string;
  readonly className?: string;
}): ReactNode {
  const text = foreignText(value);
  const cut = text.length > SHOWN_AT_MOST;
  return (
    <>
      {/* A block that scrolls must be reachable by keyboard. */}
      <pre
        tabIndex={0}
        role="region"
        aria-label={label}
        className={`foreign max-h-[60vh] overflow-auto rounded border bg-surface p-3 font-mono text-12 whitespace-pre-wrap ${className}`}
      >
        {cut ? text.slice(0, SHOWN_AT_MOST) : text}
      </pre>
      {cut && <p className="mt-1 text-12 text-muted">Cut off after {SHOWN_AT_MOST.toLocaleString('en-US')} characters.</p>}
    </>
  );
}

/** Foreign text or JSON, cleaned. */
export function foreignText(value: unknown): string {
  return typeof value === 'string' ? cleanText(value) : safeJson(value, 2);
}
