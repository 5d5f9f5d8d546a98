/**
 * The two directions of a process as the Agent Client Protocol's library wants them.
 */
import { ndJsonStream, type Stream } from '@agentclientprotocol/sdk';
import type { RunningProcess } from '../process/start-process.ts';

/** A wire to an agent. */
export interface AcpStream {
  readonly stream: Stream;
  /** Hands on what the agent wrote. */
  readonly push: (text: string) => void;
  /** The agent writes no more. */
  readonly close: () => void;
}

/** Makes the wire. What is written after the process has ended is lost without an error, like on any broken pipe. */
export function openAcpStream(process: RunningProcess): AcpStream {
  const encoder = new TextEncoder();
  let reader: ReadableStreamDefaultController<Uint8Array> | null = null;
  const input = new ReadableStream<Uint8Array>({
    start(controller) {
      reader = controller;
    },
    cancel() {
      reader = null;
    },
  });
  const output = new WritableStream<Uint8Array>({
    write: (chunk) =>
      new Promise((resolve) => {
        if (process.stdin?.writable !== true) resolve();
        else process.stdin.write(chunk, () => resolve());
      }),
  });
  return {
    stream: ndJsonStream(output, input),
    push: (text) => reader?.enqueue(encoder.encode(text)),
    close() {
      reader?.close();
      reader = null;
    },
  };
}
