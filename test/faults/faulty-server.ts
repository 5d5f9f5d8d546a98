/**
 * A real server on a disk that can be told to fail: the shim between it and its files obeys a word in a file.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ServerProcess, startServerProcess } from '../../bench/engine/server-process.ts';

/** What the disk does. */
export type DiskMode = 'sound' | 'eio-write' | 'eio-sync' | 'full' | 'slow' | 'held';

/** Builds a shim into a folder; null where there is no C compiler. */
export function buildShim(folder: string, name: 'disk-shim' | 'clock-shim' = 'disk-shim'): string | null {
  const library = join(folder, `${name}.so`);
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, join(import.meta.dirname, `${name}.c`), '-lpthread'], {
      stdio: 'pipe',
    });
    return library;
  } catch {
    return null;
  }
}

/** What came of a call; status 0: no answer. */
export interface Answered {
  readonly status: number;
  readonly code: string | null;
}

/** A server on a disk that obeys. */
export class FaultyServer {
  readonly #folder: string;
  readonly #library: string;
  #server: ServerProcess | null = null;
  /** Tasks whose adding was acknowledged. */
  readonly acknowledged: string[] = [];
  #count = 0;

  constructor(folder: string, library: string) {
    this.#folder = folder;
    this.#library = library;
    mkdirSync(join(folder, '.tutti'), { recursive: true });
    this.disk('sound');
  }

  /** From now on the disk does this. */
  disk(mode: DiskMode): void {
    writeFileSync(join(this.#folder, 'disk'), mode);
  }

  /** Starts it, with the shim or on the bare disk. */
  async start(withShim = true): Promise<void> {
    const shim = { LD_PRELOAD: this.#library, DISK_SHIM: join(this.#folder, 'disk') };
    this.#server = await startServerProcess(this.#folder, withShim ? { ...process.env, ...shim } : process.env);
  }

  async kill(): Promise<void> {
    await this.#server?.kill();
    this.#server = null;
  }

  /** Adds a task, and remembers it when that is acknowledged. */
  async add(): Promise<Answered> {
    this.#count += 1;
    const id = `task-${this.#count}`;
    const answered = await this.#send('/work/add', { id, type: 'build', title: id, spec: 'x'.repeat(500) });
    if (answered.status === 200) this.acknowledged.push(id);
    return answered;
  }

  /** Acknowledged tasks that the server does not know. */
  async lost(): Promise<string[]> {
    const missing: string[] = [];
    for (const id of this.acknowledged) if ((await this.#send(`/task/${id}`)).status !== 200) missing.push(id);
    return missing;
  }

  /** The tasks that a list names, or why there is none. */
  async tasks(): Promise<readonly string[] | string | null> {
    const { url = '', token = '' } = this.#server ?? {};
    const response = await fetch(`${url}/task/list?limit=200`, { headers: { authorization: `Bearer ${token}` } });
    const { tasks, code } = (await response.json()) as { tasks?: { id: string }[]; code?: string };
    return tasks?.map(({ id }) => id).toSorted() ?? code ?? null;
  }

  async #send(path: string, body?: object): Promise<Answered> {
    const { url = '', token = '' } = this.#server ?? {};
    const request = {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    };
    const response = await fetch(url + path, request).catch(() => null);
    if (response === null) return { status: 0, code: null };
    const { code } = (await response.json().catch(() => ({}))) as { code?: string };
    return { status: response.status, code: code ?? null };
  }
}
