import { MemoryStorage, openMemoryJournal } from '../../src/journal/memory/memory-journal.ts';
import { describeJournal } from './journal-contract.ts';

describeJournal('memory', () => {
  const storage = new MemoryStorage('memory-1');
  return {
    open: async () => openMemoryJournal(storage),
    overwriteText: (first_seq, text) => {
      const index = storage.links.findIndex((link) => link.first_seq === first_seq);
      const link = storage.links[index];
      if (link !== undefined) storage.links[index] = { ...link, text };
    },
  };
});
