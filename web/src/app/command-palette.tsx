/**
 * The palette: every page, every task and session by name, and what can be done, behind one key.
 */
import { Dialog as Base } from '@base-ui/react/dialog';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, type ReactNode, useEffect, useEffectEvent, useId, useMemo, useState } from 'react';
import { cleanLine } from '../../../src/cli/output/clean-text.ts';
import { questionKey } from '../data/operation-query.ts';
import { queryClient } from '../data/query-client.ts';
import type { StatusView } from '../../../src/contract/views/status-view.ts';
import { bookKey, type TaskBook } from '../data/task-book.ts';
import { takeKeys, typedWith } from './early-keys.ts';
import { PAGE_ENTRIES } from './pages.ts';
import { matchCommands, type PaletteCommand } from './palette-match.ts';

const SHOWN = 12;

/** What the palette is given. */
interface PaletteProps {
  readonly onClose: () => void;
  /** What can be done beside going somewhere. */
  readonly actions: readonly PaletteCommand[];
}

/** The palette, open. */
export function CommandPalette({ onClose, actions }: PaletteProps): ReactNode {
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(0);
  const listId = useId();
  const commands = useMemo(() => [...actions, ...placesToGo((to, params) => void navigate({ to, params } as never))], [actions, navigate]);
  const found = matchCommands(commands, typed).slice(0, SHOWN);
  const current = Math.min(chosen, found.length - 1);
  const run = (command: PaletteCommand | undefined): void => {
    if (command === undefined) return;
    onClose();
    command.run();
  };
  useEarlyKeys(setTyped, () => run(found[current]));
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) setChosen((current + step + found.length) % Math.max(1, found.length));
    else if (event.key === 'Enter') run(found[current]);
    else return;
    event.preventDefault();
  };
  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-black/60" />
        <Base.Popup
          aria-label="Command palette"
          className="fixed top-[12vh] left-1/2 z-50 flex w-[calc(100vw-16px)] max-w-xl -translate-x-1/2 flex-col rounded border border-control bg-bg"
        >
          <input
            role="combobox"
            aria-expanded="true"
            aria-controls={listId}
            aria-activedescendant={found[current] === undefined ? undefined : `${listId}-${current}`}
            aria-label="Go to a page, task or session, or do something"
            placeholder="Go to a page, task or session, or do something"
            className="h-10 rounded-t border-b bg-surface px-3 text-14 outline-none placeholder:text-muted"
            value={typed}
            onChange={(event) => {
              setTyped(event.target.value);
              setChosen(0);
            }}
            onKeyDown={onKeyDown}
          />
          <ul id={listId} role="listbox" aria-label="Commands" className="max-h-[50vh] overflow-auto py-1">
            {found.map((command, index) => (
              // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the input has the focus and takes the keys
              <li
                key={`${command.kind} ${command.label}`}
                id={`${listId}-${index}`}
                role="option"
                aria-selected={index === current}
                className={`flex h-8 cursor-pointer items-center gap-3 px-3 ${index === current ? 'bg-selected' : ''}`}
                onMouseMove={() => setChosen(index)}
                onClick={() => run(command)}
              >
                <span className="w-16 shrink-0 text-12 text-muted">{command.kind}</span>
                <bdi className="foreign min-w-0 flex-1 truncate">{command.label}</bdi>
                {command.keys !== undefined && <kbd className="text-12 text-muted">{command.keys}</kbd>}
              </li>
            ))}
          </ul>
          {found.length === 0 && <p className="px-3 pb-3 text-muted">Nothing is called that.</p>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** Takes keys that were pressed before the input had the focus; Enter means what is found then. */
function useEarlyKeys(setTyped: (change: (before: string) => string) => void, run: () => void): void {
  const [entered, setEntered] = useState(false);
  const runFirst = useEffectEvent(run);
  useEffect(
    () =>
      takeKeys((keys) => {
        setTyped((before) => typedWith(before, keys));
        if (keys.includes('Enter')) setEntered(true);
      }),
    [setTyped],
  );
  useEffect(() => {
    if (entered) runFirst();
  }, [entered]);
}

function placesToGo(go: (to: string, params?: Record<string, string>) => void): PaletteCommand[] {
  const status = queryClient.getQueryData<StatusView>(questionKey('swarm.status', {}, null));
  const book = queryClient.getQueryData<TaskBook>(bookKey(null));
  return [
    ...PAGE_ENTRIES.map(({ path, label, key }) => ({ kind: 'page', label, keys: `G ${key.toUpperCase()}`, run: () => go(path) })),
    ...(status?.sessions.list ?? []).map(({ id }) => ({
      kind: 'session',
      label: id,
      run: () => go('/sessions/$sessionId', { sessionId: id }),
    })),
    ...Array.from(book?.values() ?? [], ({ id, title }) => ({
      kind: 'task',
      label: `${id}  ${cleanLine(title)}`,
      run: () => go('/tasks/$taskId', { taskId: id }),
    })),
  ];
}
