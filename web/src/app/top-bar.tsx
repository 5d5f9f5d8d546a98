/**
 * The bar at the top: which swarm, the palette, the connection, how times are written, the theme.
 */
import { type ReactNode, use } from 'react';
import { pathOfSwarm, SWARM } from '../data/place.ts';
import { signOut } from '../data/page-session.ts';
import { buttonClass } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { Menu } from '../ui/menu.tsx';
import { setTimeMode, TIME_MODES, useTimeMode } from '../ui/time-mode.ts';
import { LiveDot } from './connection-marks.tsx';
import { PageSessionContext } from './swarm-access.ts';
import { setTheme, THEME_CHOICES, useThemeChoice } from './theme.ts';

const TIME_WORDS = { relative: '5m ago', local: 'local time', utc: 'UTC' } as const;
const THEME_WORDS = { system: 'as the system', dark: 'dark', light: 'light' } as const;

/** The bar at the top. */
export function TopBar({ onPalette }: { readonly onPalette: () => void }): ReactNode {
  const session = use(PageSessionContext);
  const time = useTimeMode();
  const theme = useThemeChoice();
  return (
    <header className="flex h-10 shrink-0 items-center gap-1 border-b bg-surface px-2 md:gap-2 md:px-3">
      <Menu
        label={`Swarm ${SWARM}; choose another`}
        trigger={
          <>
            <span className="max-w-28 truncate font-medium">{SWARM}</span> <span aria-hidden="true">▾</span>
          </>
        }
        choices={session.swarms.map((swarm) => ({
          label: swarm,
          onChoose: () => location.assign(pathOfSwarm(swarm)),
          ...(swarm === SWARM ? { note: 'this one' } : {}),
        }))}
      />
      <button
        type="button"
        className={buttonClass('plain', 'text-muted md:w-56 md:justify-start')}
        onClick={onPalette}
        aria-keyshortcuts="Meta+K Control+K"
      >
        <Icon name="search" />
        <span className="hidden md:inline">Go to or do…</span>
        <span className="sr-only md:hidden">Go to or do</span>
        <kbd className="ml-auto hidden text-12 md:inline">⌘K</kbd>
      </button>
      <div className="ml-auto flex items-center gap-1 md:gap-3">
        <LiveDot />
        <Menu
          label={`Times are written as ${TIME_WORDS[time]}`}
          trigger={<span className="hidden sm:inline">{TIME_WORDS[time]}</span>}
          className="hidden sm:inline-flex"
          choices={TIME_MODES.map((mode) => ({ label: TIME_WORDS[mode], onChoose: () => setTimeMode(mode) }))}
        />
        <Menu
          label={`Role ${session.role}; theme and more`}
          trigger={
            <>
              <span className="hidden sm:inline">{session.role}</span>
              <Icon name="more" />
            </>
          }
          choices={[
            ...THEME_CHOICES.map((choice) => ({
              label: `Theme: ${THEME_WORDS[choice]}`,
              onChoose: () => setTheme(choice),
              ...(choice === theme ? { note: 'chosen' } : {}),
            })),
            ...TIME_MODES.map((mode) => ({
              label: `Times: ${TIME_WORDS[mode]}`,
              onChoose: () => setTimeMode(mode),
              ...(mode === time ? { note: 'chosen' } : {}),
            })),
            ...(session.auth ? [{ label: 'Sign out', onChoose: () => void signOut() }] : []),
          ]}
        />
      </div>
    </header>
  );
}
