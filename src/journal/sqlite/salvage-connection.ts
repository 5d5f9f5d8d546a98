/**
 * Opens what SQLite itself refuses to open: a journal whose file was cut off, or whose first hundred bytes are damaged.
 * Invariant: the damaged files are not touched; a header that had to be made anew stands in a copy that is removed in the end.
 */
import { copyFileSync, existsSync, closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PAGE_BYTES } from './database.ts';

/** A connection for reading, and how to end it. */
export interface SalvageConnection {
  readonly connection: DatabaseSync;
  readonly close: () => void;
}

/** Opens a damaged journal. Throws SQLite's error when not even its tables can be found. */
export function openToSalvage(file: string): SalvageConnection {
  try {
    const connection = openTolerant(file, true);
    return { connection, close: () => connection.close() };
  } catch (error) {
    if (!existsSync(file) || statSync(file).size < PAGE_BYTES) throw error;
    return openCopy(file);
  }
}

/** Opens a file that is shorter than its header says: SQLite refuses it, unless its schema may be written to. Throws SQLite's error. */
export function openTolerant(file: string, readOnly: boolean): DatabaseSync {
  const connection = new DatabaseSync(file, { readOnly, timeout: 1000, defensive: false });
  try {
    connection.exec('PRAGMA writable_schema = ON');
    connection.prepare('SELECT 1 FROM chunks LIMIT 1').get();
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function openCopy(file: string): SalvageConnection {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-salvage-'));
  const clear = (): void => rmSync(folder, { recursive: true, force: true });
  const copy = join(folder, 'journal.db');
  try {
    copyFileSync(file, copy);
    if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`);
    const handle = openSync(copy, 'r+');
    try {
      writeSync(handle, headerFor(statSync(copy).size), 0, 100, 0);
    } finally {
      closeSync(handle);
    }
    const connection = openTolerant(copy, false);
    const close = (): void => {
      connection.close();
      clear();
    };
    return { connection, close };
  } catch (error) {
    clear();
    throw error;
  }
}

/** The first bytes of a journal of this size, after the file format of SQLite (sqlite.org/fileformat2.html, 1.3). */
function headerFor(size: number): Buffer {
  const header = Buffer.alloc(100);
  header.write('SQLite format 3\0', 0, 'latin1');
  header.writeUInt16BE(PAGE_BYTES, 16);
  // Write-ahead log; the fractions of a page that a payload may take are fixed.
  header.set([2, 2, 0, 64, 32, 32], 18);
  const [changes, schemaFormat, utf8] = [1, 4, 1];
  header.writeUInt32BE(changes, 24);
  header.writeUInt32BE(Math.floor(size / PAGE_BYTES), 28);
  header.writeUInt32BE(changes, 40);
  header.writeUInt32BE(schemaFormat, 44);
  header.writeUInt32BE(utf8, 56);
  header.writeUInt32BE(changes, 92);
  return header;
}
