/**
 * Copies a text: an id, a link, a command.
 */
import type { ReactNode } from 'react';
import { BASE_PATH } from '../data/place.ts';
import { buttonClass } from './button.tsx';
import { Icon } from './icons.tsx';
import { Menu } from './menu.tsx';
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

/** What can be copied of a thing: its id, the link to it, and the command that shows it. */
interface CopyMenuProps {
  readonly id: string;
  /** Below the swarm's own path. */
  readonly path: string;
  readonly command: string;
}

/** A menu that copies. */
export function CopyMenu({ id, path, command }: CopyMenuProps): ReactNode {
  return (
    <Menu
      label={`Copy of ${id}`}
      trigger={<Icon name="copy" />}
      className="px-1"
      choices={[
        { label: 'Copy id', onChoose: () => void copyText(id, 'the id') },
        { label: 'Copy link', onChoose: () => void copyText(`${location.origin}${BASE_PATH}${path}`, 'the link') },
        { label: 'Copy command', onChoose: () => void copyText(command, 'the command') },
      ]}
    />
  );
}
