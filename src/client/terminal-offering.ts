/**
 * The terminals that a host offers through a live client: offered anew on every connection.
 * Invariant: every order of the server is answered once.
 */
import { reasonOf } from '../contract/failure.ts';
import type { OfferedTerminal, OrderFrame } from '../contract/terminal-frames.ts';
import type { ScreenChange, StyledLine, TerminalScreen } from '../contract/views/terminal-view.ts';
import type { ReceivedFrame } from './live-socket.ts';

/** What a host answers. */
export interface TerminalAnswer {
  readonly screen?: TerminalScreen;
  readonly history?: readonly StyledLine[];
}

/** The host. */
export interface TerminalHostHandlers {
  /** Name of the machine. */
  readonly name: string;
  /** Does what the server asks for; may reject. */
  readonly onOrder: (sessionId: string, order: OrderFrame['do']) => Promise<TerminalAnswer>;
  /** A new connection: nobody watches until an order says so. */
  readonly onConnected: () => void;
}

/** What offering needs. */
export interface TerminalOfferingOptions {
  readonly host: TerminalHostHandlers;
  readonly isOnline: () => boolean;
  readonly send: (text: string) => void;
}

/** The terminals that a host offers. */
export class TerminalOffering {
  readonly #options: TerminalOfferingOptions;
  #terminals: readonly OfferedTerminal[] = [];

  constructor(options: TerminalOfferingOptions) {
    this.#options = options;
  }

  /** These are offered from now on. */
  offer(terminals: readonly OfferedTerminal[]): void {
    this.#terminals = terminals;
    this.#tell();
  }

  /** Sends what changed of a screen. */
  show(change: ScreenChange): void {
    if (this.#options.isOnline()) this.#options.send(JSON.stringify({ type: 'screen', ...change }));
  }

  /** The connection is there. */
  online(): void {
    this.#options.host.onConnected();
    this.#tell();
  }

  /** Takes an order. */
  receive(frame: ReceivedFrame): void {
    const { order, session_id, do: wanted } = frame as unknown as OrderFrame;
    const answer = (outcome: object): void => {
      if (this.#options.isOnline()) this.#options.send(JSON.stringify({ type: 'served', order, ...outcome }));
    };
    this.#options.host.onOrder(session_id, wanted).then(answer, (error: unknown) => answer({ error: reasonOf(error).slice(0, 1000) }));
  }

  #tell(): void {
    const { host, isOnline, send } = this.#options;
    if (isOnline()) send(JSON.stringify({ type: 'offer', host: host.name, terminals: this.#terminals }));
  }
}
