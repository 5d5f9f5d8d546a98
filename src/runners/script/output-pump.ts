/**
 * Moves one output stream of a command into the log and to the reader of events, at the pace of the slower of the two.
 * Invariant: a chunk is in the log before its events are seen, and its characters are never torn apart.
 */
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { RunnerEvent } from '../runner.ts';
import type { EventChannel } from './event-channel.ts';
import type { OutputLog } from './output-log.ts';
import { createProgressReader } from './progress-lines.ts';

/** Where output goes. */
export interface OutputSink {
  readonly log: OutputLog;
  readonly channel: EventChannel<RunnerEvent>;
  /** Called when the log takes no more; the output is still read, so that the command can be ended in order. */
  readonly onUnwritable: (reason: string) => void;
}

/** Resolves when the stream has ended or was destroyed. */
export async function pumpOutput(stream: 'stdout' | 'stderr', source: Readable, sink: OutputSink): Promise<void> {
  const decoder = new StringDecoder('utf8');
  const readProgress = createProgressReader();
  const pass = async (text: string, isLast: boolean): Promise<void> => {
    if (text !== '') await sink.channel.send({ kind: 'output', stream, text }, text.length);
    const reports = [...readProgress(text), ...(isLast ? readProgress(null) : [])];
    for (const report of reports) await sink.channel.send({ kind: 'progress', ...report }, report.message.length + 1);
  };
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      const problem = await sink.log.append(chunk);
      if (problem !== null) sink.onUnwritable(problem);
      await pass(decoder.write(chunk), false);
    }
  } catch {
    // A destroyed stream ends like any other: what came before is in the log.
  }
  await pass(decoder.end(), true);
}
