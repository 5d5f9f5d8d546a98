/**
 * HTTP/1.1 calls over one keep-alive socket, written and read by hand: a real client library costs more than the server.
 */
import { connect, type Socket } from 'node:net';

const PATHS: Readonly<Record<string, string>> = {
  'session.register': '/session/register',
  'work.add': '/work/add',
  'work.claim': '/work/claim',
  'work.complete': '/work/complete',
};

/** One keep-alive connection; one request at a time. */
export class HttpCalls {
  readonly #socket: Socket;
  readonly #head: string;
  #resolve: (body: string) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  #received = '';

  private constructor(socket: Socket, head: string) {
    this.#socket = socket;
    this.#head = head;
    socket.setNoDelay(true);
    socket.on('data', (data) => this.#take(data.toString('latin1')));
    socket.on('error', (error) => this.#reject(error));
    socket.on('close', () => this.#reject(new Error('the server closed the connection')));
  }

  /** Connects. */
  static async connect(url: string, token: string): Promise<HttpCalls> {
    const { hostname, port, host } = new URL(url);
    const socket = connect(Number(port), hostname);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', () => resolve());
      socket.once('error', reject);
    });
    return new HttpCalls(
      socket,
      `HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: `,
    );
  }

  /** Calls an operation. */
  call(operation: string, input: object): Promise<unknown> {
    return this.post(PATHS[operation] ?? '', input);
  }

  /** Posts a body and returns the parsed answer. */
  async post(path: string, body: object): Promise<unknown> {
    if (this.#socket.destroyed) throw new Error('the server closed the connection');
    const text = JSON.stringify(body);
    this.#socket.write(`POST ${path} ${this.#head}${Buffer.byteLength(text)}\r\n\r\n${text}`, 'latin1');
    const answer = await new Promise<string>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    return JSON.parse(answer);
  }

  /** Ends the connection. */
  close(): void {
    this.#socket.destroy();
  }

  #take(text: string): void {
    this.#received += text;
    const bodyAt = this.#received.indexOf('\r\n\r\n') + 4;
    if (bodyAt < 4) return;
    const length = /content-length: (\d+)/i.exec(this.#received.slice(0, bodyAt));
    if (length === null) throw new Error(`no content-length: ${this.#received.slice(0, bodyAt)}`);
    const end = bodyAt + Number(length[1]);
    if (this.#received.length < end) return;
    const ok = this.#received.startsWith('HTTP/1.1 2');
    const body = this.#received.slice(bodyAt, end);
    this.#received = this.#received.slice(end);
    if (ok) this.#resolve(body);
    else this.#reject(new Error(body));
  }
}
