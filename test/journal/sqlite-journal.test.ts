import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteJournal } from '../../src/journal/sqlite/open-sqlite-journal.ts';
import { describeJournal } from './journal-contract.ts';
import { temporaryFolder } from './temporary-folder.ts';

describeJournal('sqlite', () => {
  const folder = temporaryFolder();
  return {
    open: () => openSqliteJournal({ folder }),
    overwriteText: (first_seq, text) => {
      const database = new DatabaseSync(join(folder, 'journal.db'));
      database.prepare('UPDATE chunks SET text = ? WHERE first_seq = ?').run(text, first_seq);
      database.close();
    },
  };
});
