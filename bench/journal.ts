/**
 * Measures the SQLite journal: appends by chunk size and depth, what they cost the calling thread, opening, reading back.
 * The disk's own sync rate stands beside them: one append at a time cannot be faster. Each figure is the median of the rounds.
 * Usage: node bench/journal.ts [--folder DIR] [--rounds 3] [--json]
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Journal } from '../src/journal/journal.ts';
import { openSqliteJournal } from '../src/journal/sqlite/open-sqlite-journal.ts';

const EVENT_BYTES = 150;
const CHUNK_SIZES = [1, 10, 100, 1000];
const DEPTHS = [1, 8, 64, 512];
const CELL_MS = 800;
const READ_EVENTS = 1_000_000;

/** One cell of the append table. */
interface AppendFigure {
  readonly chunk: number;
  readonly in_flight: number;
  readonly events_per_second: number;
  readonly appends_per_second: number;
  /** CPU time of the calling thread, in µs. */
  readonly caller_us_per_event: number;
}

interface Figures {
  readonly fdatasync_per_second: number;
  readonly open_empty_ms: number;
  readonly open_existing_ms: number;
  readonly close_ms: number;
  readonly append: readonly AppendFigure[];
  readonly read: { readonly events: number; readonly ms: number; readonly caller_cpu_ms: number };
  readonly chunk_at_us: number;
  readonly verify_ms: number;
}

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: tmpdir() },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});

/** The text of a chunk, as the engine would have serialised it. */
function chunkText(events: number): string {
  const record = JSON.stringify({ type: 'task_completed', version: 1, time: 1_790_000_000_000, task_id: 'build-000001', result: '' });
  const event = record.replace('"result":""', `"result":"${'r'.repeat(EVENT_BYTES - record.length - 2)}"`);
  return `[${Array.from({ length: events }, () => event).join(',\n')}]`;
}

/** Appends per second of a plain file, each made durable before the next. */
function syncRate(folder: string): number {
  const file = openSync(join(folder, 'sync'), 'w');
  const block = Buffer.alloc(4096, 1);
  writeSync(file, Buffer.alloc(4 << 20));
  fdatasyncSync(file);
  const start = performance.now();
  let count = 0;
  for (; performance.now() - start < CELL_MS; count += 1) {
    writeSync(file, block, 0, block.length, (count % 1024) * block.length);
    fdatasyncSync(file);
  }
  const rate = count / ((performance.now() - start) / 1000);
  closeSync(file);
  return rate;
}

/** Keeps `depth` appends in flight for a while. */
async function measureAppends(journal: Journal, size: number, depth: number): Promise<AppendFigure> {
  const text = chunkText(size);
  const start = performance.now();
  const cpu = process.threadCpuUsage();
  const first = journal.head.seq;
  let next = first + 1;
  const keepAppending = async (): Promise<void> => {
    while (performance.now() - start < CELL_MS) {
      const first_seq = next;
      next += size;
      await journal.append({ first_seq, last_seq: next - 1, time: first_seq, text, retired: [] });
    }
  };
  await Promise.all(Array.from({ length: depth }, () => keepAppending()));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.threadCpuUsage(cpu);
  const events = journal.head.seq - first;
  return {
    chunk: size,
    in_flight: depth,
    events_per_second: events / seconds,
    appends_per_second: events / size / seconds,
    caller_us_per_event: (user + system) / events,
  };
}

async function measureAppendTable(folder: string): Promise<AppendFigure[]> {
  const figures: AppendFigure[] = [];
  for (const size of CHUNK_SIZES) {
    for (const depth of DEPTHS) {
      const journal = await openSqliteJournal({ folder: join(folder, `append-${size}-${depth}`) });
      figures.push(await measureAppends(journal, size, depth));
      await journal.close();
      rmSync(join(folder, `append-${size}-${depth}`), { recursive: true });
    }
  }
  return figures;
}

async function timed<T>(work: () => Promise<T>): Promise<[number, T]> {
  const start = performance.now();
  const result = await work();
  return [performance.now() - start, result];
}

async function measureReading(folder: string): Promise<Pick<Figures, 'read' | 'chunk_at_us' | 'verify_ms' | 'open_existing_ms'>> {
  const written = await openSqliteJournal({ folder });
  const text = chunkText(100);
  for (let done = 0; done < READ_EVENTS;) {
    const appends: Promise<void>[] = [];
    for (let index = 0; index < 64 && done < READ_EVENTS; index += 1, done += 100) {
      appends.push(written.append({ first_seq: done + 1, last_seq: done + 100, time: done, text, retired: [] }));
    }
    await Promise.all(appends);
  }
  await written.close();
  const [open_existing_ms, journal] = await timed(() => openSqliteJournal({ folder }));
  const cpu = process.threadCpuUsage();
  const [ms, events] = await timed(async () => {
    let count = 0;
    for await (const chunk of journal.read(1)) count += chunk.last_seq - chunk.first_seq + 1;
    return count;
  });
  const used = process.threadCpuUsage(cpu);
  const [lookups] = await timed(async () => {
    for (let index = 0; index < 2000; index += 1) await journal.chunkAt(1 + ((index * 7919) % READ_EVENTS));
  });
  const [verify_ms] = await timed(() => journal.verify());
  await journal.close();
  return {
    open_existing_ms,
    read: { events, ms, caller_cpu_ms: (used.user + used.system) / 1000 },
    chunk_at_us: (lookups * 1000) / 2000,
    verify_ms,
  };
}

async function measureRound(): Promise<Figures> {
  const folder = mkdtempSync(join(values.folder, 'tutti-bench-'));
  try {
    const [open_empty_ms, journal] = await timed(() => openSqliteJournal({ folder: join(folder, 'empty') }));
    const [close_ms] = await timed(() => journal.close());
    const append = await measureAppendTable(folder);
    return { fdatasync_per_second: syncRate(folder), open_empty_ms, close_ms, append, ...(await measureReading(join(folder, 'read'))) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The median of every number in figures of the same shape. */
function medianOf<T>(rounds: readonly T[]): T {
  const first = rounds[0];
  if (typeof first === 'number') {
    const sorted = (rounds as readonly number[]).toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] as T;
  }
  if (Array.isArray(first)) return first.map((_, index) => medianOf((rounds as readonly unknown[][]).map((round) => round[index]))) as T;
  const keys = Object.keys(first as object);
  return Object.fromEntries(keys.map((key) => [key, medianOf(rounds.map((round) => (round as Record<string, unknown>)[key]))])) as T;
}

function print(figures: Figures): void {
  const { append, read } = figures;
  console.log(`disk: ${Math.round(figures.fdatasync_per_second)} fdatasync/s`);
  console.log(
    `open: empty ${figures.open_empty_ms.toFixed(1)} ms, with ${READ_EVENTS} events ${figures.open_existing_ms.toFixed(1)} ms; close ${figures.close_ms.toFixed(1)} ms`,
  );
  console.log('\nchunk  in flight    events/s  appends/s  caller µs/event');
  for (const cell of append) {
    const columns = [cell.chunk, cell.in_flight, Math.round(cell.events_per_second), Math.round(cell.appends_per_second)];
    console.log(
      columns.map((value, index) => String(value).padStart([5, 10, 11, 10][index] ?? 0)).join(' '),
      cell.caller_us_per_event.toFixed(3).padStart(16),
    );
  }
  console.log(
    `\nread back and verified: ${read.events} events in ${read.ms.toFixed(0)} ms (caller ${read.caller_cpu_ms.toFixed(0)} ms of CPU)`,
  );
  console.log(`chunkAt ${figures.chunk_at_us.toFixed(1)} µs; verify ${figures.verify_ms.toFixed(0)} ms`);
}

enableCompileCache();
const rounds: Figures[] = [];
for (let round = 0; round < Number(values.rounds); round += 1) rounds.push(await measureRound());
const figures = medianOf(rounds);
if (values.json) console.log(JSON.stringify(figures, null, 2));
else print(figures);
