/**
 * Takes the output of a program that writes JSON lines: what is none of them is passed on as the text that it is.
 */
import type { Dialogue } from '../process/process-run.ts';
import type { EventChannel } from '../process/event-channel.ts';
import type { RunnerEvent } from '../runner.ts';
import { createLineReader } from './json-lines.ts';
import type { LooseObject } from '../../contract/loose-json.ts';

type Take = Dialogue['take'];

/** Passes text on as it is. */
export async function passText(channel: EventChannel<RunnerEvent>, stream: 'stdout' | 'stderr', text: string): Promise<void> {
  if (text !== '') await channel.send({ kind: 'output', stream, text }, text.length);
}

/** Hands each object to `heed`, in order, and passes all else on. */
export function takeLines(channel: EventChannel<RunnerEvent>, heed: (line: LooseObject) => Promise<void>): Take {
  const readLines = createLineReader();
  return async (stream, text, isLast) => {
    if (stream === 'stderr') {
      await passText(channel, stream, text);
      return;
    }
    for (const line of [...readLines(text), ...(isLast ? readLines(null) : [])]) {
      if ('text' in line) await passText(channel, stream, `${line.text}\n`);
      else await heed(line.object);
    }
  };
}
