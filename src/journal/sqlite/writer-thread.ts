/**
 * Owns the thread that holds the journal's only writing connection: it drains its queue into transactions,
 * and between them answers reads. Invariant: `durable` is said only after the commit that covers it returned, and while the
 * files that it went into are still those of the data folder.
 */
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { Failure } from '../../contract/failure.ts';
import type { Chunk, Head } from '../journal.ts';
import { openDatabase, unreadable, type OpenDatabase } from './database.ts';
import { ChunkWriter } from './chunk-writer.ts';
import { HeldFiles } from './held-files.ts';
import { inspect } from './inspection.ts';
import { firstDamage, locateRefused } from './locate-damage.ts';
import { PageReader } from './page-reader.ts';
import { asJournalFailure, isCorrupt } from './sqlite-error.ts';
import type { WriterAnswer, WriterAsk, FromWriter, SentFailure, ToWriter, WriterStart } from './writer-protocol.ts';

class WriterThread {
  readonly #port: MessagePort;
  readonly #database: OpenDatabase;
  readonly #writer: ChunkWriter;
  readonly #files: HeldFiles;
  readonly #readers = new Map<number, PageReader>();
  #head: Head;
  #failed = false;
  /** Taken from the queue, but not yet handled. */
  #ahead: ToWriter | null = null;

  constructor(port: MessagePort, database: OpenDatabase, head: Head) {
    this.#port = port;
    this.#database = database;
    this.#head = head;
    this.#writer = new ChunkWriter(database.connection, head);
    this.#files = new HeldFiles(database.connection.location() ?? '');
  }

  /** Handles this message and all that wait behind it. */
  drain(first: ToWriter): void {
    for (let message: ToWriter | null = first; message !== null; message = this.#take()) {
      if (isChunk(message)) this.#append(message);
      else this.#reply(message);
    }
  }

  #append(first: Chunk): void {
    if (this.#failed) return;
    try {
      const head = this.#writer.commit(first, () => this.#takeChunk());
      this.#files.assertHeld();
      this.#head = head;
      say(this.#port, { durable: this.#head });
    } catch (error) {
      this.#failed = true;
      say(this.#port, { failed: sent(asJournalFailure(error)) });
    }
  }

  #reply(ask: WriterAsk): void {
    try {
      say(this.#port, { call: ask.call, answer: this.#answer(ask) });
    } catch (error) {
      say(this.#port, { call: ask.call, refusal: sent(asJournalFailure(error)) });
    }
  }

  #answer(ask: WriterAsk): WriterAnswer {
    const { connection, journalId } = this.#database;
    if (ask.ask === 'inspect') return inspect(connection, this.#head);
    if (ask.ask === 'page') {
      const reader = this.#readers.get(ask.reader) ?? new PageReader(connection, { journalId, from: ask.from, until: ask.until });
      this.#readers.set(ask.reader, reader);
      return reader.next();
    }
    if (ask.ask === 'stop') {
      this.#readers.delete(ask.reader);
    } else {
      connection.close();
      this.#port.unref();
    }
    return null;
  }

  #take(): ToWriter | null {
    const message = this.#ahead ?? (receiveMessageOnPort(this.#port)?.message as ToWriter | undefined) ?? null;
    this.#ahead = null;
    return message;
  }

  #takeChunk(): Chunk | null {
    const message = this.#take();
    if (message === null || isChunk(message)) return message;
    this.#ahead = message;
    return null;
  }
}

function isChunk(message: ToWriter): message is Chunk {
  return 'text' in message;
}

function say(port: MessagePort, message: FromWriter): void {
  port.postMessage(message);
}

/** A clone of an error keeps neither its code nor its parameters. */
function sent(failure: Failure): SentFailure {
  return { code: failure.code, params: failure.params };
}

/** Opens the database and serves it; says why when it cannot. */
function start(port: MessagePort, options: WriterStart): void {
  try {
    const database = openDatabase(options.file, options.id_if_new);
    const { head } = database;
    if (head === null) throw locateDamage(database);
    const thread = new WriterThread(port, database, head);
    port.on('message', (message: ToWriter) => thread.drain(message));
    say(port, { opened: { journal_id: database.journalId, head } });
  } catch (error) {
    const failure = isCorrupt(error) ? locateRefused(options.file, error) : asJournalFailure(error);
    say(port, { refused: sent(failure) });
  }
}

/** Where a log is damaged whose end cannot be read. */
function locateDamage(database: OpenDatabase): Failure {
  const { connection, journalId } = database;
  const damage = firstDamage(connection, journalId);
  connection.close();
  return new Failure('journal_damaged', { ...(damage ?? unreadable('its end cannot be read')) });
}

if (parentPort !== null) start(parentPort, workerData as WriterStart);
