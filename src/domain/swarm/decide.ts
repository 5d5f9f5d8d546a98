/**
 * The rule of changing protocol settings.
 */
import type { Settings } from '../../contract/settings.ts';
import type { Rule } from '../decision.ts';

/** Records the settings that differ from those in force. */
export const configRule: Rule<'config.apply'> = {
  decide: (state, input) => {
    const changed = Object.entries(input.settings).filter(
      ([key, value]) => value !== undefined && state.settings[key as keyof Settings] !== value,
    );
    return changed.length === 0 ? [] : [{ type: 'config_applied', data: { settings: Object.fromEntries(changed) } }];
  },
};
