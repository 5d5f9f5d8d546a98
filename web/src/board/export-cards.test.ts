/** What a spreadsheet gets. */
import { expect, test } from 'vitest';
import type { TaskCard } from '../../../src/contract/views/board-view.ts';
import { csvOf } from './export-cards.ts';

test('C12: quotes, commas and line ends are kept, and a title that looks like a formula is text', () => {
  const card = { id: 'a', type: 'build', title: '=HYPERLINK("x")', priority: 5, failure: 'one,\ntwo', assigned_to: null } as TaskCard;
  const [head, row] = [csvOf([card]).split('\r\n')[0], csvOf([card]).split('\r\n').slice(1).join('\r\n')];
  expect(head).toMatch(/^id,type,title,/);
  expect(row).toContain(`"'=HYPERLINK(""x"")"`);
  expect(row).toContain('"one,\ntwo"');
});
