/**
 * How long a dashboard is behind: from a change that somebody asks for, past the feed, to the answers to everything that the
 * overview asks again. What the browser then draws is measured by bench:web.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpClient } from '../../src/client/http-client.ts';
import { createLiveClient, type LiveClient } from '../../src/client/live-client.ts';
import type { ServerProcess } from '../engine/server-process.ts';
import { type LatencyFigures, latencyOf } from './sessions-at-work.ts';

const PAUSE_MS = 50;
const NOBODY = 'a-capability-that-nobody-has';

/** Changes something so often, and waits each time until a page shows it. */
export async function measureDashboard({ url, token }: ServerProcess, rounds: number): Promise<LatencyFigures> {
  const live = createLiveClient({ url, token });
  const http = createHttpClient({ url, token });
  const news = createNews(live);
  // Who subscribed before a call is told of everything after it.
  await live.call('swarm.status', {});
  const times: number[] = [];
  for (let number = 0; number < rounds; number += 1) {
    const id = `shown-${number}`;
    const told = news.of(id);
    const began = performance.now();
    await http.call('work.add', { id, type: 'docs', title: 'Shown', required_capability: NOBODY });
    await told;
    await Promise.all([
      live.call('swarm.status', {}),
      live.call('board.list', { unreviewed: true, limit: 50 }),
      live.call('board.list', { ids: [id] }),
      live.call('event.list', { limit: 20 }),
      live.call('swarm.forecast', {}),
      live.call('budget.list', {}),
      live.call('session.list', {}),
    ]);
    times.push(performance.now() - began);
    await sleep(PAUSE_MS);
  }
  live.close();
  return latencyOf(times);
}

/** Tells when an event about a task has come. */
function createNews(live: LiveClient): { readonly of: (id: string) => Promise<void> } {
  const waiting = new Map<string, () => void>();
  live.subscribe({ onEvents: (events) => events.forEach(({ data }) => waiting.get(String(data['task_id']))?.()) });
  return {
    of: (id) =>
      new Promise((resolve) => {
        waiting.set(id, () => waiting.delete(id) && resolve());
      }),
  };
}
