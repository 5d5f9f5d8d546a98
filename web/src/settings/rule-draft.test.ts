/** What a change of the rules would do. */
import { expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../src/contract/settings.ts';
import { differences, draftOf } from './rule-draft.ts';

test('C12: only what differs is changed, as numbers where the rule is one', () => {
  const { draft, issue } = draftOf(DEFAULT_SETTINGS, {
    offline_after: ' 90 ',
    policy: 'fifo',
    stall_after: String(DEFAULT_SETTINGS.stall_after),
  });
  expect([draft, issue]).toEqual([{ offline_after: 90, policy: 'fifo' }, null]);
  expect(differences(DEFAULT_SETTINGS, draft)).toContainEqual({ name: 'offline_after', before: '180', after: '90' });
});

test.each([{ offline_after: 'soon' }, { offline_after: '' }, { offline_after: '-1' }])('what makes no sense is named: %o', (typed) => {
  expect(draftOf(DEFAULT_SETTINGS, typed).issue).toMatch(/^offline_after: /);
});
