/**
 * What every page stands in: bar, rail, banners, palette, keys, notices.
 */
import { Outlet, useNavigate } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useEffect, useEffectEvent, useLayoutEffect, useMemo, useState } from 'react';
import { NoticeList } from '../ui/notice-list.tsx';
import { setTimeMode, TIME_MODES } from '../ui/time-mode.ts';
import { LostBanner } from './connection-marks.tsx';
import { catchKeys, releaseKeys } from './early-keys.ts';
import { PAGE_ENTRIES } from './pages.ts';
import { PastBanner } from './past-banner.tsx';
import type { PaletteCommand } from './palette-match.ts';
import { Rail } from './rail.tsx';
import { useShortcuts } from './shortcuts.ts';
import { useRefusal } from './swarm-access.ts';
import { setTheme, THEME_CHOICES } from './theme.ts';
import { TopBar } from './top-bar.tsx';

const CommandPalette = lazy(() => import('./command-palette.tsx').then((module) => ({ default: module.CommandPalette })));
const ShortcutList = lazy(() => import('./shortcut-list.tsx').then((module) => ({ default: module.ShortcutList })));
const TaskForm = lazy(() => import('../board/task-form.tsx').then((module) => ({ default: module.TaskForm })));

/** What is open over the page. */
type Overlay = 'palette' | 'keys' | 'task' | null;

/** The shell. */
export function Shell(): ReactNode {
  const [overlay, setOverlay] = useState<Overlay>(null);
  const navigate = useNavigate();
  const mayAdd = useRefusal('work.add') === null;
  useShortcuts('Everywhere', [
    ...PAGE_ENTRIES.map(({ path, label, key }) => ({ keys: `g ${key}`, does: label, run: () => void navigate({ to: path }) })),
    { keys: '?', does: 'This list', run: () => setOverlay('keys') },
    ...(mayAdd ? [{ keys: 'n', does: 'Add a task', run: () => setOverlay('task') }] : []),
  ]);
  usePaletteKey(overlay === 'palette', setOverlay);
  const actions = useMemo(() => paletteActions(setOverlay, mayAdd), [mayAdd]);
  return (
    <div className="flex h-full flex-col">
      <a href="#content" className="sr-only z-50 rounded bg-raised p-2 focus:not-sr-only focus:absolute">
        Skip to the page
      </a>
      <TopBar
        onPalette={() => {
          catchKeys();
          setOverlay('palette');
        }}
      />
      <LostBanner />
      <PastBanner />
      <div className="flex min-h-0 flex-1">
        <Rail />
        <main id="content" tabIndex={-1} className="min-h-0 min-w-0 flex-1 overflow-auto pb-12 outline-none md:pb-0">
          <Outlet />
        </main>
      </div>
      <Suspense fallback={null}>
        {overlay === 'palette' && <CommandPalette actions={actions} onClose={() => setOverlay(null)} />}
        {overlay === 'keys' && <ShortcutList onClose={() => setOverlay(null)} />}
        {overlay === 'task' && <TaskForm onClose={() => setOverlay(null)} />}
      </Suspense>
      <NoticeList />
    </div>
  );
}

function paletteActions(open: (overlay: Overlay) => void, mayAdd: boolean): readonly PaletteCommand[] {
  return [
    ...(mayAdd ? [{ kind: 'do', label: 'Add a task', keys: 'N', run: () => open('task') }] : []),
    { kind: 'do', label: 'Show the keys', keys: '?', run: () => open('keys') },
    ...THEME_CHOICES.map((choice) => ({ kind: 'do', label: `Theme: ${choice}`, run: () => setTheme(choice) })),
    ...TIME_MODES.map((mode) => ({ kind: 'do', label: `Times: ${mode}`, run: () => setTimeMode(mode) })),
    { kind: 'do', label: 'Copy a link to this page', run: () => void navigator.clipboard.writeText(location.href) },
  ];
}

/** ⌘K and Ctrl K work also while something is typed; what is typed from then on is the palette's. */
function usePaletteKey(open: boolean, show: (overlay: Overlay) => void): void {
  const toggle = useEffectEvent(() => {
    if (!open) catchKeys();
    show(open ? null : 'palette');
  });
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!(event.metaKey || event.ctrlKey) || event.altKey || event.key.toLowerCase() !== 'k') return;
      event.preventDefault();
      toggle();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  useEffect(() => (open ? releaseKeys : undefined), [open]);
}
