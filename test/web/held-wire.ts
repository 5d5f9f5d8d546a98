/**
 * The WebSocket of a page whose answers can be held back: what the page shows meanwhile is what it believes by itself.
 */
import type { Page, WebSocketRoute } from 'playwright-core';

/** The wire. */
export class HeldWire {
  #page: WebSocketRoute | null = null;
  #held: string[] | null = null;

  /** Stands between a page and its server; call before the page goes anywhere. */
  async stand(page: Page): Promise<void> {
    await page.routeWebSocket(/\/swarm\/realtime/, (socket) => {
      this.#page = socket;
      const server = socket.connectToServer();
      server.onMessage((message) => {
        // Without an answer to its pings the page would think the server dead, and connect anew.
        if (this.#held === null || String(message).startsWith('{"type":"pong"')) socket.send(message);
        else this.#held.push(String(message));
      });
    });
  }

  /** Holds back everything the server says from now on. */
  hold(): void {
    this.#held ??= [];
  }

  /** Lets the first message through that has these words; false when none has come yet. */
  letThrough(words: string): boolean {
    const at = this.#held?.findIndex((message) => message.includes(words)) ?? -1;
    if (at < 0) return false;
    for (const message of this.#held?.splice(at, 1) ?? []) this.#page?.send(message);
    return true;
  }

  /** Lets everything through, in its order. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const message of held) this.#page?.send(message);
  }
}
