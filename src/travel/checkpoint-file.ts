/**
 * Owns the form of a checkpoint's file: blocks of compressed text, each with its length before it. The first says what it
 * is a checkpoint of, the last the hash of all before it.
 * Invariant: a file has its name only when it is whole and on the disk.
 */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { threadId } from 'node:worker_threads';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { syncFolder } from '../journal/private-file.ts';

/** What a checkpoint is of. */
export interface CheckpointHeader {
  readonly format: number;
  /** Fingerprint of the rules that made it. */
  readonly code: string;
  /** The log, the last event that was folded in, and the hash of the chain there. */
  readonly journal: string;
  readonly seq: number;
  readonly hash: string;
  /** Objects that it holds. */
  readonly objects: number;
}

/** The form that is written here. */
export const CHECKPOINT_FORMAT = 1;

const LENGTH_BYTES = 4;

/** Writes a checkpoint; it is durable under its name when this returns. */
export function writeCheckpoint(path: string, header: CheckpointHeader, texts: Iterable<string>): void {
  const partial = `${path}.partial-${process.pid}-${threadId}`;
  try {
    const handle = openSync(partial, 'w', 0o600);
    try {
      const digest = createHash('sha256');
      const put = (text: string): void => {
        const block = blockOf(text);
        digest.update(block);
        writeSync(handle, block);
      };
      put(JSON.stringify(header));
      for (const text of texts) put(text);
      writeSync(handle, blockOf(digest.digest('hex')));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(partial, path);
    syncFolder(dirname(path));
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

/** The header of a checkpoint. Throws when there is none. */
export function readHeader(path: string): CheckpointHeader {
  const handle = openSync(path, 'r');
  try {
    const start = Buffer.alloc(4096);
    const bytes = readSync(handle, start);
    return JSON.parse(textOf(blocksOf(start.subarray(0, bytes)).next().value)) as CheckpointHeader;
  } finally {
    closeSync(handle);
  }
}

/** The texts of a checkpoint. Throws when the file is not what was written. */
export function readTexts(path: string): Iterable<string> {
  const blocks = [...blocksOf(readFileSync(path))];
  const digest = createHash('sha256');
  for (const { whole } of blocks.slice(0, -1)) digest.update(whole);
  if (blocks.length < 2 || textOf(blocks.at(-1)) !== digest.digest('hex')) throw new TypeError('its hash does not match');
  return blocks.slice(1, -1).map(textOf).values();
}

interface Block {
  readonly whole: Buffer;
  readonly content: Buffer;
}

function blockOf(text: string): Buffer {
  const content = zstdCompressSync(text);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(content.length);
  return Buffer.concat([length, content]);
}

function* blocksOf(bytes: Buffer): Generator<Block, undefined> {
  for (let at = 0; at < bytes.length;) {
    const end = at + LENGTH_BYTES + bytes.readUInt32LE(at);
    if (end > bytes.length) throw new RangeError('it was cut off');
    yield { whole: bytes.subarray(at, end), content: bytes.subarray(at + LENGTH_BYTES, end) };
    at = end;
  }
  return undefined;
}

function textOf(block: Block | undefined): string {
  if (block === undefined) throw new RangeError('it is empty');
  return zstdDecompressSync(block.content).toString('utf8');
}
