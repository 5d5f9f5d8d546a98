/**
 * The backend of an MCP server that runs beside one agent and speaks with Tutti over HTTP.
 *
 * Who it is: the session that the environment names, else the one that the agent's hooks registered, else the one that it
 * registers itself when the agent calls the tool `register`. Only that last one is its own: it keeps it alive by
 * heartbeats and lets it go at the end.
 * Invariant: while Tutti is away every call fails soon, and the next call looks for it again.
 */
import type { TuttiClient } from '../client/client.ts';
import { Failure, reasonOf } from '../contract/failure.ts';
import type { OperationName, OutputOf } from '../contract/operations.ts';
import type { McpBackend } from './mcp-backend.ts';

/** A session with its proof; null where only its name is known. */
export interface McpSession {
  readonly session_id: string;
  readonly credential: string | null;
  /** What its agent does, when hooks tell it: then this session is kept alive here too. */
  readonly status?: 'idle' | 'busy';
}

/** What the backend is given. */
export interface StdioOptions {
  /** Finds the server; the client asks for the credential at each call. Rejects with a Failure. */
  readonly connect: (credential: () => string | null) => Promise<TuttiClient>;
  /** Who the environment or the hooks of the agent say it is; asked for at each call until there is one. */
  readonly given: () => McpSession | null;
  /** Told when the agent has seen its tools. Must not throw. */
  readonly onListed?: () => void;
}

const ANSWER_WITHIN_MS = 10_000;
const HEARTBEAT_WITHIN_MS = 5000;
const HOOKED_EVERY_MS = 45_000;

/** The backend beside one agent. */
export class StdioBackend implements McpBackend {
  readonly #options: StdioOptions;
  #client: Promise<TuttiClient> | null = null;
  #given: McpSession | null = null;
  #own: McpSession | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;
  #task: string | null = null;

  constructor(options: StdioOptions) {
    this.#options = options;
  }

  get session(): string | null {
    return this.#who()?.session_id ?? null;
  }

  get registersAgain(): boolean {
    return this.#own !== null;
  }

  onListed(): void {
    this.#options.onListed?.();
  }

  async call(
    operation: OperationName,
    input: Readonly<Record<string, unknown>>,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<unknown> {
    try {
      const client = await (this.#client ??= this.#options.connect(() => this.#who()?.credential ?? null));
      const output: unknown = await client.call(operation, input, { signal, timeoutMs: ANSWER_WITHIN_MS });
      this.#notice(operation, output);
      return output;
    } catch (error) {
      const failure = error instanceof Failure ? error : new Failure('internal', { reason: reasonOf(error) }, error);
      if (failure.code === 'server_unreachable' || failure.code === 'server_not_found' || failure.code === 'unauthenticated')
        this.#client = null;
      throw failure;
    }
  }

  /** Lets its own session go, if there is one. Never rejects. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    const own = this.#own;
    if (own === null || this.#client === null) return;
    const within = { timeoutMs: HEARTBEAT_WITHIN_MS };
    await this.#client.then((client) => client.call('session.deregister', { session_id: own.session_id }, within)).catch(() => undefined);
  }

  #who(): McpSession | null {
    if (this.#given === null && this.#own === null) this.#find();
    return this.#given ?? this.#own;
  }

  /** Who the surroundings say it is; a session of the agent's hooks is kept alive while it thinks for long. */
  #find(): void {
    this.#given = this.#options.given();
    if (this.#given?.status === undefined) return;
    this.#timer = setInterval(() => {
      const now = this.#options.given();
      this.#given = now;
      if (now?.status !== undefined) this.#beat(now.session_id, now.status);
      else if (this.#timer !== null) clearInterval(this.#timer);
    }, HOOKED_EVERY_MS);
    this.#timer.unref();
  }

  /** Learns from what was answered: who it is, and what it works on. */
  #notice(operation: OperationName, output: unknown): void {
    if (operation === 'session.register') this.#adopt(output as OutputOf<'session.register'>);
    else if (operation === 'session.deregister') this.#drop();
    else if (operation === 'work.request') this.#task = (output as OutputOf<'work.request'>).task?.id ?? this.#task;
    else if (operation === 'work.claim') this.#task = (output as OutputOf<'work.claim'>).task_id;
    else if (operation === 'work.complete') this.#task = null;
  }

  #adopt({ session_id, credential, heartbeat_interval, assigned_task }: OutputOf<'session.register'>): void {
    this.#own = { session_id, credential: credential ?? null };
    this.#task = assigned_task?.id ?? null;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#beat(session_id, this.#task === null ? 'idle' : 'busy'), heartbeat_interval * 1000);
    this.#timer.unref();
  }

  #drop(): void {
    this.#own = null;
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  #beat(session_id: string, status: 'idle' | 'busy'): void {
    const input = { session_id, status, wants_work: false };
    this.#client
      ?.then((client) => client.call('session.heartbeat', input, { timeoutMs: HEARTBEAT_WITHIN_MS }))
      .catch((error: unknown) => {
        if (error instanceof Failure && (error.code === 'session_ended' || error.code === 'incarnation_stale')) this.#drop();
      });
  }
}
