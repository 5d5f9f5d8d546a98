/**
 * The swarms of a server: all of them are open, or none is.
 */
import { expect, test } from 'vitest';
import { Failure } from '../../src/contract/failure.ts';
import { SwarmRegistry } from '../../src/engine/swarm-registry.ts';
import { systemClock, systemRandom } from '../../src/engine/system-ports.ts';
import { MemoryStorage, openMemoryJournal } from '../../src/journal/memory/memory-journal.ts';

const storages = new Map(['a', 'b'].map((name) => [name, new MemoryStorage(name)]));
const options = (name: string) => ({
  openJournal: async () => {
    const storage = storages.get(name);
    if (storage === undefined) throw new Failure('journal_failed', { reason: `no place for ${name}` });
    return openMemoryJournal(storage);
  },
  clock: systemClock,
  random: systemRandom,
});

test('each swarm has its own engine, opened once', async () => {
  const swarms = await SwarmRegistry.open(['a', 'b', 'a'], options);
  expect(swarms.names).toEqual(['a', 'b']);
  expect([swarms.get('a').name, swarms.get('b').name]).toEqual(['a', 'b']);
  expect(() => swarms.get('c')).toThrow(expect.objectContaining({ code: 'swarm_unknown', params: { swarm: 'c', known: 'a, b' } }) as Error);
  await swarms.close();
});

test('when one cannot be opened, the others are closed again', async () => {
  await expect(SwarmRegistry.open(['a', 'c', 'b'], options)).rejects.toMatchObject({ code: 'journal_failed' });
  const swarms = await SwarmRegistry.open(['a'], options);
  expect(swarms.names).toEqual(['a']);
  await swarms.close();
});
