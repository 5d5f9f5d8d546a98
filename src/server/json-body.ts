/**
 * Reads the body of a request. A body that is too large is taken in to its end without being kept, so that its sender
 * reads the answer instead of a broken connection; a limitless one is cut off.
 * Invariant: never more than the limit of the operation is kept in memory.
 */
import type { Readable } from 'node:stream';
import { Failure, reasonOf } from '../contract/failure.ts';

const READ_AWAY_AT_MOST = 128 * 1_048_576;

/** Told the parsed body, undefined for an empty one, or the Failure that says why it is none; or that the connection broke. */
export type BodyListener = (broken: Error | null, body?: unknown) => void;

/** Reads a JSON body of at most `limit` bytes. */
export function readJsonBody(stream: Readable, announced: number, limit: number, listener: BodyListener): void {
  const chunks: Buffer[] = [];
  let size = 0;
  if (announced > READ_AWAY_AT_MOST) {
    listener(tooLarge(limit));
    return;
  }
  const onData = (chunk: Buffer): void => {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else chunks.length = 0;
    if (size > READ_AWAY_AT_MOST) finish(tooLarge(limit));
  };
  const onEnd = (): void => finish(null, size > limit ? tooLarge(limit) : parse(chunks));
  const onError = (error: Error): void => finish(new Failure('request_malformed', { reason: reasonOf(error) }, error));
  const finish: BodyListener = (broken, body) => {
    stream.off('data', onData).off('end', onEnd).off('error', onError);
    listener(broken, body);
  };
  stream.on('data', onData).on('end', onEnd).on('error', onError);
}

function parse(chunks: readonly Buffer[]): unknown {
  const [first] = chunks;
  if (first === undefined) return undefined;
  const text = (chunks.length === 1 ? first : Buffer.concat(chunks)).toString('utf8');
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    return new Failure('invalid_json', { reason: reasonOf(error).slice(0, 200) });
  }
}

function tooLarge(limit: number): Failure {
  return new Failure('body_too_large', { limit });
}
