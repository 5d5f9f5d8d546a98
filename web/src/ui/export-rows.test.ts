/** What a spreadsheet gets. */
import { expect, test } from 'vitest';
import { csvOf } from './export-rows.tsx';

test('C12: quotes, commas and line ends are kept, and a title that looks like a formula is text', () => {
  const row = { id: 'a', title: '=HYPERLINK("x")', priority: 5, failure: 'one,\ntwo', session: null };
  const text = csvOf([row], {
    id: ({ id }) => id,
    title: ({ title }) => title,
    failure: ({ failure }) => failure,
    session: ({ session }) => session,
    priority: ({ priority }) => priority,
  });
  expect(text).toBe(`id,title,failure,session,priority\r\na,"'=HYPERLINK(""x"")","one,\ntwo",,5`);
});
