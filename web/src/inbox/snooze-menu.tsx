/**
 * Puts an item of the inbox off: it comes back by itself, and its deadline stays.
 */
import type { ReactNode } from 'react';
import { useShortcuts } from '../app/shortcuts.ts';
import { useRefusal } from '../app/swarm-access.ts';
import { useCommand } from '../data/command.ts';
import { Menu } from '../ui/menu.tsx';

const HOUR = 3600;
const SPANS = [
  ['For an hour', HOUR],
  ['For four hours', 4 * HOUR],
  ['Until tomorrow', 24 * HOUR],
  ['For a week', 7 * 24 * HOUR],
] as const;

/** What the menu is given. */
interface SnoozeProps {
  readonly id: string;
  /** True: it is put off already. */
  readonly away: boolean;
  readonly onDone: () => void;
}

/** The menu; H puts it off for an hour. */
export function SnoozeMenu({ id, away, onDone }: SnoozeProps): ReactNode {
  const refusal = useRefusal('inbox.snooze');
  const snooze = useCommand('inbox.snooze', {
    doing: () => `put ${id} off`,
    done: ({ snoozed_until }) => (snoozed_until === null ? `${id} is in the inbox again.` : `${id} is put off.`),
  });
  const put = (seconds: number): void => {
    if (refusal === null) snooze.mutate({ item_id: id, seconds }, { onSuccess: onDone });
  };
  useShortcuts('Inbox item', [{ keys: 'h', does: away ? 'Take it up again' : 'Put it off for an hour', run: () => put(away ? 0 : HOUR) }]);
  return (
    <Menu
      label={`Put off ${id}`}
      trigger="Put off"
      look="plain"
      disabled={refusal !== null}
      choices={
        away
          ? [{ label: 'Take it up again', onChoose: () => put(0) }]
          : SPANS.map(([label, seconds]) => ({ label, onChoose: () => put(seconds) }))
      }
    />
  );
}
