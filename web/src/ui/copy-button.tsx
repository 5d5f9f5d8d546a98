/**
 * Copies a text: an id, a link, a command.
 */
import type { ReactNode } from 'react';
import { buttonClass } from './button.tsx';
import { Icon } from './icons.tsx';
import { say } from './notices.ts';

/** Copies a text and says so. */
export async function copyText(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say({ tone: 'good', text: `Copied ${what}.` });
  } catch (error) {
    say({ tone: 'bad', text: `Cannot copy ${what}: ${error instanceof Error ? error.message : String(error)}`, hint: text });
  }
}

/** A button that copies. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }): ReactNode {
  return (
    <button
      type="button"
      aria-label={`Copy ${what}`}
      title={`Copy ${what}`}
      className={buttonClass('quiet', 'px-1')}
      onClick={() => void copyText(text, what)}
    >
      <Icon name="copy" />
    </button>
  );
}
