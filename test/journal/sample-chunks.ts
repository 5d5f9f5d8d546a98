/** Owns the chunks that journal tests append: small events whose text tells their sequence number. */
import type { Chunk, RetiredTask } from '../../src/journal/journal.ts';

/** A chunk of `count` events from `first_seq` on; each event's data is `data`. */
export function sampleChunk(first_seq: number, count: number, data = 'x', retired: readonly RetiredTask[] = []): Chunk {
  const last_seq = first_seq + count - 1;
  const events = Array.from({ length: count }, (_, index) => JSON.stringify({ seq: first_seq + index, data }));
  return { first_seq, last_seq, time: 1_790_000_000_000 + last_seq, text: `[${events.join(',\n')}]`, retired };
}

/** `chunks` consecutive chunks of `size` events; every third retires a task. */
export function sampleChunks(chunks: number, size: number, first_seq = 1): Chunk[] {
  return Array.from({ length: chunks }, (_, index) => {
    const first = first_seq + index * size;
    return sampleChunk(first, size, `event of chunk ${index}`, index % 3 === 2 ? [retiredTask(`task-${index}`, first)] : []);
  });
}

/** A completed task whose newest event is `last_seq`. */
export function retiredTask(id: string, last_seq: number, status = 'completed'): RetiredTask {
  return { id, status, content_hash: `hash of ${id}`, last_seq };
}
