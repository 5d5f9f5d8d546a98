/** E3: an archived file whose table is destroyed is read all the same, part by part, and what nothing proves is not guessed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { salvagedSegment, type SalvagedPart } from '../../src/journal/archive/salvage-segment.ts';
import { readSegment, type Segment, segmentName, writeSegment } from '../../src/journal/archive/segment-file.ts';
import { emptyHead, type Link, linkChunk } from '../../src/journal/chain.ts';
import type { Head } from '../../src/journal/journal.ts';
import { sampleChunk } from './sample-chunks.ts';
import { temporaryFolder } from './temporary-folder.ts';

const JOURNAL = 'journal';
const CHUNKS = 60;
const EVENTS = 10;
const RANGE = { first_seq: 1, last_seq: CHUNKS * EVENTS };

/** A file of several parts, and its chunks. */
async function segment(): Promise<{ file: string; bytes: Buffer; table: Segment; links: readonly Link[]; tableFrom: number }> {
  const folder = temporaryFolder();
  const links: Link[] = [];
  let before: Head = emptyHead(JOURNAL);
  for (let index = 0; index < CHUNKS; index += 1) {
    const link = linkChunk(before.hash, sampleChunk(before.seq + 1, EVENTS, `${index} `.repeat(700)));
    links.push(link);
    before = { seq: link.last_seq, hash: link.hash };
  }
  const source = { journal: JOURNAL, swarm: 'test', archived_at: '2026-11-21T00:00:00.000Z' };
  await writeSegment(folder, emptyHead(JOURNAL), links, source);
  const file = join(folder, segmentName({ journal: JOURNAL, ...RANGE }));
  const bytes = readFileSync(file);
  return { file, bytes, table: readSegment(file), links, tableFrom: bytes.length - 16 - bytes.readUInt32LE(bytes.length - 8) };
}

const readOf = (file: string, before: Head = emptyHead(JOURNAL)): SalvagedPart[] => [...salvagedSegment(file, RANGE, before)];

/** The first and last event of each gap; asserts that parts follow each other, and that each chunk is one that was written. */
function gapsOf(parts: readonly SalvagedPart[], links: readonly Link[]): [number, number][] {
  let next = 1;
  const gaps: [number, number][] = [];
  for (const part of parts) {
    const { first_seq, last_seq } = 'link' in part ? part.link : part.gap;
    expect(first_seq).toBe(next);
    next = last_seq + 1;
    if ('link' in part) expect(links).toContainEqual(part.link);
    else gaps.push([first_seq, last_seq]);
  }
  expect(next).toBe(RANGE.last_seq + 1);
  return gaps;
}

test('without its table, or with a destroyed one, nothing is lost, whoever stands before it', async () => {
  const { file, bytes, table, links, tableFrom } = await segment();
  expect(table.frames.length).toBeGreaterThan(2);
  for (const spoilt of [
    bytes.subarray(0, tableFrom),
    bytes.subarray(0, tableFrom + 20),
    Buffer.concat([bytes.subarray(0, tableFrom), Buffer.alloc(bytes.length - tableFrom, 0xff)]),
    Buffer.concat([bytes.subarray(0, bytes.length - 8), Buffer.alloc(8)]),
  ]) {
    writeFileSync(file, spoilt);
    expect(() => readSegment(file)).toThrow(/cannot be used/);
    expect(gapsOf(readOf(file), links)).toEqual([]);
    // What was before it could not be read: its header tells the hash.
    expect(gapsOf(readOf(file, { seq: 0, hash: '' }), links)).toEqual([]);
  }
});

test('a destroyed part costs its chunks and the one behind it, which nothing proves', async () => {
  const { file, bytes, table, links, tableFrom } = await segment();
  const [, second] = table.frames;
  if (second === undefined) throw new Error('there is one part only');
  const spoilt = Buffer.from(bytes.subarray(0, tableFrom));
  spoilt.fill(0, second.offset + 20, second.offset + second.bytes - 20);
  writeFileSync(file, spoilt);
  expect(gapsOf(readOf(file), links)).toEqual([
    [second.first_seq, second.last_seq],
    [second.last_seq + 1, second.last_seq + EVENTS],
  ]);
});

test('a file that is cut off gives what is before the cut; one without its header what its first chunk proves', async () => {
  const { file, bytes, table, links } = await segment();
  const [first, second] = table.frames;
  if (first === undefined || second === undefined) throw new Error('there is one part only');
  writeFileSync(file, bytes.subarray(0, second.offset + second.bytes / 2));
  expect(gapsOf(readOf(file), links)).toEqual([[second.first_seq, RANGE.last_seq]]);
  writeFileSync(file, Buffer.concat([Buffer.alloc(first.offset), bytes.subarray(first.offset, -8)]));
  expect(gapsOf(readOf(file), links)).toEqual([]);
  expect(gapsOf(readOf(file, { seq: 0, hash: '' }), links)).toEqual([[1, EVENTS]]);
  writeFileSync(file, '');
  expect(gapsOf(readOf(file), links)).toEqual([[1, RANGE.last_seq]]);
});
