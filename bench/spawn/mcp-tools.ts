/**
 * How long a call of a tool takes over loopback, with the protocol's own client.
 */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { ServerProcess } from '../engine/server-process.ts';
import { type Delays, delaysOf } from './starts.ts';

const WARM_UP = 50;

/** Reads the state, and writes to the log, so many times each. */
export async function measureTools({ url, token }: ServerProcess, count: number): Promise<{ read: Delays; write: Delays }> {
  const client = new Client({ name: 'bench', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit }));
  const timesOf = async (calls: number, call: (number: number) => Promise<unknown>): Promise<number[]> => {
    const times: number[] = [];
    for (let number = 0; number < calls; number += 1) {
      const began = performance.now();
      await call(number);
      times.push(performance.now() - began);
    }
    return times;
  };
  const read = () => client.callTool({ name: 'status', arguments: {} });
  const write = (title: string) => client.callTool({ name: 'add_task', arguments: { type: 'build', title } });
  await timesOf(WARM_UP, read);
  await timesOf(WARM_UP, () => write('warm up'));
  const result = { read: delaysOf(await timesOf(count, read)), write: delaysOf(await timesOf(count, (number) => write(`task ${number}`))) };
  await client.close();
  return result;
}
