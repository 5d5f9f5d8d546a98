/** The simulated journal keeps the promises of every journal, and loses only what it may. */
import { expect, test } from 'vitest';
import { linkChunk, emptyHead, type Link } from '../../src/journal/chain.ts';
import { describeJournal } from '../journal/journal-contract.ts';
import { sampleChunk, sampleChunks } from '../journal/sample-chunks.ts';
import { SeededRandom } from './seeded-random.ts';
import { SimDisk, SOUND_DISK } from './sim-disk.ts';
import { openSimJournal, type SimOwner } from './sim-journal.ts';
import { frameOf, readLinks, SimStorage } from './sim-storage.ts';
import { VirtualTime } from './virtual-time.ts';

interface Rig {
  readonly owner: SimOwner;
  readonly time: VirtualTime;
  readonly storage: SimStorage;
  readonly seen: string[];
}

function rig(seed = 'journal'): Rig {
  const random = new SeededRandom(seed);
  const time = new VirtualTime(random);
  const seen: string[] = [];
  const owner = { after: (ms: number, run: () => void) => time.after(ms, run), onDeath: () => undefined };
  return { time, seen, owner, storage: new SimStorage('simulated', new SimDisk(random, (fault) => seen.push(fault))) };
}

/** Runs the time of a rig as long as something is asked of it. */
function keepGoing(time: VirtualTime): void {
  const step = (): void => void time.runUntil(time.now + 1000).then(() => setTimeout(step, 0).unref());
  step();
}

describeJournal('simulation', () => {
  const { time, storage, owner } = rig();
  keepGoing(time);
  return {
    open: () => openSimJournal(storage, owner),
    overwriteText: (first_seq, text) => {
      const links = readLinks(storage).map((link) => (link.first_seq === first_seq ? { ...link, text } : link));
      storage.disk.put(Buffer.concat(links.map(frameOf)));
    },
  };
});

test('a power cut keeps what was acknowledged, whatever it does to the rest', async () => {
  let torn = 0;
  for (let seed = 0; seed < 200; seed += 1) {
    const { time, storage, seen, owner } = rig(`power ${seed}`);
    const journal = settled(openSimJournal(storage, owner));
    await time.runUntil(time.now + 100);
    const opened = await journal;
    let acknowledged = 0;
    for (const chunk of sampleChunks(20, 3)) {
      void time.after(chunk.first_seq * 0.05, () => void opened.append(chunk).then(() => (acknowledged = chunk.last_seq)));
    }
    await time.runUntil(time.now + new SeededRandom(`cut ${seed}`).between(0, 4));
    storage.disk.powerCut();
    if (seen.includes('disk: unsynced bytes lost')) torn += 1;
    const found = readLinks(storage);
    expect(found.at(-1)?.last_seq ?? 0).toBeGreaterThanOrEqual(acknowledged);
    expect(found).toEqual(chain(found.length));
  }
  expect(torn).toBeGreaterThan(50);
});

test('after a failed sync nothing counts that only memory holds', async () => {
  const { time, storage, owner } = rig();
  const opening = openSimJournal(storage, owner);
  await time.runUntil(time.now + 10);
  const journal = await opening;
  storage.disk.faults = { ...SOUND_DISK, sync_error: 1 };
  const failed = settled(journal.append(sampleChunk(1, 2))).catch((error: unknown) => error);
  await time.runUntil(time.now + 10);
  expect(await failed).toMatchObject({ code: 'journal_failed' });
  await journal.close();
  storage.disk.faults = SOUND_DISK;
  const reopening = openSimJournal(storage, owner);
  await time.runUntil(time.now + 10);
  const again = await reopening;
  const { seq } = again.head;
  const appending = again.append(sampleChunk(seq + 1, 1));
  await time.runUntil(time.now + 10);
  await appending;
  storage.disk.powerCut();
  expect(readLinks(storage).at(-1)?.last_seq).toBe(seq + 1);
});

function settled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

function chain(count: number): Link[] {
  const links: Link[] = [];
  for (const chunk of sampleChunks(20, 3).slice(0, count)) {
    links.push(linkChunk(links.at(-1)?.hash ?? emptyHead('simulated').hash, chunk));
  }
  return links;
}
