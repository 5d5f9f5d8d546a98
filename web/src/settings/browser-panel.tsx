/**
 * What this browser remembers.
 */
import type { ReactNode } from 'react';
import { setTheme, THEME_CHOICES, useThemeChoice } from '../app/theme.ts';
import { Choice } from '../ui/fields.tsx';
import { Section } from '../ui/page.tsx';
import { setTimeMode, TIME_MODES, useTimeMode } from '../ui/time-mode.ts';

/** The choices of this browser. */
export function BrowserPanel(): ReactNode {
  const theme = useThemeChoice();
  const time = useTimeMode();
  return (
    <div className="grid gap-3 lg:grid-cols-2">
      <Section title="This browser">
        <div className="grid gap-3 p-3 sm:grid-cols-2">
          <Choice
            label="Theme"
            value={theme}
            options={THEME_CHOICES.map((each) => [each, each] as const)}
            onChange={(event) => setTheme(THEME_CHOICES.find((each) => each === event.target.value) ?? 'system')}
          />
          <Choice
            label="Times"
            value={time}
            options={TIME_MODES.map((each) => [each, each] as const)}
            onChange={(event) => setTimeMode(TIME_MODES.find((each) => each === event.target.value) ?? 'relative')}
          />
        </div>
      </Section>
    </div>
  );
}
