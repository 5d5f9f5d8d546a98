/** Settings: a log names everything that decides. */
import { expect, test } from 'vitest';
import { DEFAULT_SETTINGS, FIRST_SETTINGS } from '../../src/contract/settings.ts';
import { createState } from '../../src/domain/state.ts';
import { settingsToRecord } from '../../src/domain/swarm/decide.ts';
import { TestSwarm } from '../support/test-swarm.ts';

test('E3: a log that begins records every setting: the defaults, and what it was started with', () => {
  const state = createState('new', FIRST_SETTINGS);
  const changed = { ...DEFAULT_SETTINGS, stall_after: 77 };
  const settings = { ...changed, policy: 'fifo' };
  expect(settingsToRecord(state, changed, { policy: 'fifo' })).toEqual([{ type: 'config_applied', data: { settings } }]);
});

test('E3: an older log that names none keeps the settings under which it was written, whatever the defaults are now', () => {
  const swarm = new TestSwarm();
  swarm.add();
  const changed = { ...DEFAULT_SETTINGS, stall_after: 77 };
  const [fact] = settingsToRecord(swarm.state, changed, {});
  expect(fact?.data).toEqual({ settings: swarm.state.settings });
  swarm.record(fact === undefined ? [] : [fact]);
  expect(settingsToRecord(swarm.state, changed, {})).toEqual([]);
  expect(settingsToRecord(swarm.state, changed, { stall_after: 5 })).toEqual([
    { type: 'config_applied', data: { settings: { stall_after: 5 } } },
  ]);
});
