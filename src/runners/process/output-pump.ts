/**
 * Moves one output stream of a command into the log and to whoever reads it, at the pace of the slower of the two.
 * Invariant: a chunk is in the log before anybody sees it, and its characters are never torn apart.
 */
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { OutputLog } from './output-log.ts';

/** Where output goes. */
export interface OutputSink {
  readonly log: OutputLog;
  /** Takes text as it comes; called once more at the end, when `isLast`. */
  readonly take: (text: string, isLast: boolean) => Promise<void>;
  /** Called when the log takes no more; the output is still read, so that the command can be ended in order. */
  readonly onUnwritable: (reason: string) => void;
}

/** Resolves when the stream has ended or was destroyed. */
export async function pumpOutput(source: Readable, sink: OutputSink): Promise<void> {
  const decoder = new StringDecoder('utf8');
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      const problem = await sink.log.append(chunk);
      if (problem !== null) sink.onUnwritable(problem);
      await sink.take(decoder.write(chunk), false);
    }
  } catch {
    // A destroyed stream ends like any other: what came before is in the log.
  }
  await sink.take(decoder.end(), true);
}
