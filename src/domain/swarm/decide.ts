/**
 * The rule of changing protocol settings, and of recording those that a log does not name.
 */
import type { Fact } from '../../contract/event.ts';
import type { Settings, SettingsPatch } from '../../contract/settings.ts';
import { NOTHING, type Rule } from '../decision.ts';
import type { SwarmState } from '../state.ts';

/** Records the settings that differ from those in force. */
export const configRule: Rule<'config.apply'> = {
  decide: (state, input) => applied(Object.entries(input.settings).filter(([key, value]) => differs(state, key, value))),
};

/**
 * What a writer records when it takes over: the settings that it was started with, and those in force that the log does not
 * name, so that whatever decides is in the log. A log that begins gets the defaults.
 */
export function settingsToRecord(state: SwarmState, defaults: Settings, configured: SettingsPatch): readonly Fact[] {
  const start: Settings = state.seq === 0 ? defaults : state.settings;
  const wanted = { ...start, ...configured };
  return applied(Object.entries(wanted).filter(([key, value]) => !state.settings_recorded.has(key) || differs(state, key, value)));
}

function differs(state: SwarmState, key: string, value: unknown): boolean {
  return value !== undefined && state.settings[key as keyof Settings] !== value;
}

function applied(changed: readonly (readonly [string, unknown])[]): readonly Fact[] {
  return changed.length === 0 ? NOTHING : [{ type: 'config_applied', data: { settings: Object.fromEntries(changed) as SettingsPatch } }];
}
