/**
 * A line to the tmux of one session: commands and their answers, by tmux's control mode, without a process for each.
 * A program on the screen can fake the end of an answer, and then lies about its own screen only.
 * Invariant: answers come in the order of the commands; when the line ends, every command that waits rejects.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

/** Which terminal. */
export interface TmuxPlace {
  /** Name of the tmux server, for `-L`. */
  readonly socket: string;
  /** Name of the session in it. */
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
}

interface Waiting {
  readonly resolve: (lines: string[]) => void;
  readonly reject: (error: Error) => void;
}

const ANSWER_BYTES = 16 * 1_048_576;

/** A line to the tmux of one session. */
export class TmuxChannel {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting: Waiting[] = [];
  readonly #onEnd: () => void;
  #text = '';
  #guard: string | null = null;
  #lines: string[] = [];
  #ended = false;

  constructor({ socket, name, environment }: TmuxPlace, onEnd: () => void) {
    this.#onEnd = onEnd;
    // Its own size does not count, and output comes only as the answer to a command.
    const flags = ['attach-session', '-f', 'ignore-size,no-output', '-t', `=${name}`];
    this.#child = spawn('tmux', ['-u', '-L', socket, '-C', ...flags], { env: { ...environment }, stdio: 'pipe' });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => this.#receive(text));
    this.#child.stderr.resume();
    this.#child.stdin.on('error', () => this.close());
    this.#child.once('error', () => this.close());
    this.#child.once('exit', () => this.close());
  }

  /** What commands answer, in lines for each. tmux does nothing between them. Rejects when one fails. */
  ask(...commands: readonly string[]): Promise<string[][]> {
    const answers = commands.map(
      () => new Promise<string[]>((resolve, reject) => (this.#ended ? reject(ended()) : this.#waiting.push({ resolve, reject }))),
    );
    if (!this.#ended) this.#child.stdin.write(commands.map((command) => `${command}\n`).join(''));
    return Promise.all(answers);
  }

  /** Ends the line; the session goes on. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#child.stdin.end();
    this.#child.kill();
    for (const { reject } of this.#waiting.splice(0)) reject(ended());
    this.#onEnd();
  }

  #receive(text: string): void {
    this.#text += text;
    const lines = this.#text.split('\n');
    this.#text = lines.pop() ?? '';
    if (this.#text.length > ANSWER_BYTES) this.close();
    for (const line of lines) this.#take(line);
  }

  /** `%begin TIME NUMBER FLAGS`, lines, `%end TIME NUMBER FLAGS`; the flags say 1 for what was asked for here. */
  #take(line: string): void {
    if (this.#guard === null) {
      const begin = /^%begin (\d+ \d+ 1)$/.exec(line);
      if (begin?.[1] !== undefined) this.#guard = begin[1];
      return;
    }
    const failed = line === `%error ${this.#guard}`;
    if (!failed && line !== `%end ${this.#guard}`) {
      this.#lines.push(line);
      return;
    }
    const lines = this.#lines;
    this.#lines = [];
    this.#guard = null;
    const waiting = this.#waiting.shift();
    if (failed) waiting?.reject(new Error(lines.join(' ') || 'tmux refused it'));
    else waiting?.resolve(lines);
  }
}

function ended(): Error {
  return new Error('its terminal has ended');
}
