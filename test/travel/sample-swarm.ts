/** A swarm with a bit of everything in it, on a folder of the test's own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openSqliteJournal } from '../../src/journal/sqlite/open-sqlite-journal.ts';
import { TestEngine, type TestEngineOptions } from '../engine/test-engine.ts';

/** A folder that is removed when the test ends. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-travel-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20 }));
  return folder;
}

/** An engine on a log in this folder. */
export function engineOn(folder: string, options: Omit<TestEngineOptions, 'openJournal'> = {}): Promise<TestEngine> {
  return TestEngine.open('sqlite', { ...options, openJournal: () => openSqliteJournal({ folder }) });
}

/** Sessions, tasks in every status, retired ones, knowledge, messages, locks, odd texts. Every command is a chunk of its own. */
export async function liveALittle(engine: TestEngine, tasks = 12): Promise<void> {
  for (const id of ['eng-1', 'eng-2']) await engine.register(id, 2, ['build']);
  await engine.call('knowledge.put', { topic: 'api/errors', content: { '2': 'b', '1': 'a', text: 'é\u2028\ud800' } });
  await engine.call('knowledge.put', { topic: 'api/errors', content: 'Errors are problems.', tags: ['api'] });
  await engine.call('message.send', { to: 'eng-1', body: 'hello', session_id: 'eng-2' });
  await engine.call('message.subscribe', { session_id: 'eng-2', channel: 'news' });
  await engine.call('lock.acquire', { session_id: 'eng-1', name: 'file:src/**' });
  await engine.call('lock.acquire', { session_id: 'eng-1', name: 'deploy' });
  for (let index = 0; index < tasks; index += 1) {
    await engine.clock.advance(1000);
    const task_id = await engine.add({ id: `job-${index}`, ...(index % 5 === 4 ? { dependencies: [`job-${index - 1}`] } : {}) });
    if (index % 5 === 4) continue;
    const claimed = await engine.call('work.claim', { session_id: 'eng-1', task_id });
    await engine.call('work.update', { session_id: 'eng-1', task_id, status: 'in_progress', progress: 0.5, lease: claimed.lease });
    if (index % 5 === 3) await engine.call('task.cancel', { task_id });
    else await engine.call('work.complete', { session_id: 'eng-1', task_id, status: 'completed', result: { index } });
  }
  await engine.add({ id: 'held' });
  await engine.call('work.claim', { session_id: 'eng-2', task_id: 'held' });
  await engine.add({ id: 'waiting', title: 'waits' });
}
