/**
 * Shows notices in the corner, and reads them out.
 */
import type { ReactNode } from 'react';
import { Icon } from './icons.tsx';
import { dismiss, useNotices } from './notices.ts';

/** The notices of the moment. */
export function NoticeList(): ReactNode {
  const notices = useNotices();
  return (
    <div
      role="status"
      aria-live="polite"
      aria-label="Notices"
      className="fixed right-3 bottom-16 z-50 flex w-96 max-w-[calc(100vw-24px)] flex-col gap-2 md:bottom-3"
    >
      {notices.map(({ id, tone, text, hint }) => (
        <div
          key={id}
          className={`flex items-start gap-2 rounded border bg-raised p-2.5 ${tone === 'bad' ? 'border-offline' : 'border-control'}`}
        >
          <span className={`mark ${tone === 'bad' ? 'text-offline' : 'text-idle'}`} aria-hidden="true">
            {tone === 'bad' ? '✕' : '✓'}
          </span>
          <div className="min-w-0 flex-1">
            <p className="foreign">{text}</p>
            {hint !== null && hint !== undefined && <p className="foreign text-12 text-muted">{hint}</p>}
          </div>
          <button type="button" aria-label="Close this notice" className="size-6 rounded hover:bg-surface" onClick={() => dismiss(id)}>
            <Icon name="close" className="m-auto size-3" />
          </button>
        </div>
      ))}
    </div>
  );
}
