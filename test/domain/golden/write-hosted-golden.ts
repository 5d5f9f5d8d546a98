/**
 * Writes the golden log of the sessions that hosts keep and of the keyboards of terminals:
 * `node test/domain/golden/write-hosted-golden.ts`. A log that is there is frozen and never written again.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReportedFact } from '../../../src/contract/operations/hosted-operations.ts';
import { encodeEvent } from '../../../src/engine/event-codec.ts';
import { TestSwarm } from '../../support/test-swarm.ts';
import { eventsOf, replay } from './replay-golden.ts';

/** Every event type of version 1. */
function firstVersion(): TestSwarm {
  const swarm = new TestSwarm();
  const report = (host: string, ...facts: ReportedFact[]): void => void swarm.must('hosted.report', { host, facts });
  const end = { pid: 7, exit_code: 1, signal: null, screen: 'it broke: disk' } as const;
  swarm.register('s1', [], 1);
  report('box', { kind: 'spawned', session_id: 's1', pid: 7, command: 'sh -c work' }, { kind: 'exited', session_id: 's1', ...end });
  report('box', { kind: 'restarting', session_id: 's1', failures: 1, at: swarm.now + 1000 });
  report('box', { kind: 'spawned', session_id: 's2', pid: 8, command: 'claude' }, { kind: 'adopted', session_id: 's3', pid: 9, started_at: swarm.now });
  swarm.pass(2);
  report('box', { kind: 'exited', session_id: 's2', pid: 8, exit_code: null, signal: 9, screen: '' });
  report('box', { kind: 'quarantined', session_id: 's2', failures: 3, screen: 'grün\nlast words' });
  report('other', { kind: 'stopped', session_id: 's4', why: 'not_wanted', survivors: [] });
  report('other', { kind: 'stopped', session_id: 's5', why: 'time_over', survivors: [12] });
  report('other', { kind: 'stopped', session_id: 's6', why: 'host_ended', survivors: [] });
  const take = (session_id: string, more: object = {}): number => swarm.must('terminal.take', { session_id, ...more }).at(-1)?.seq ?? 0;
  const first = take('s1', { holder: 'Ada', seconds: 60 });
  swarm.must('terminal.take', { session_id: 's1', control: first, seconds: 120 });
  take('s1', { holder: 'a page', force: true });
  const given = take('s3');
  swarm.must('terminal.release', { session_id: 's3', control: given });
  take('s2', { seconds: 5 });
  swarm.pass(6);
  return swarm;
}

const file = join(import.meta.dirname, 'hosted-v1.jsonl');
if (existsSync(file)) throw new Error(`${file} is frozen`);
const log = firstVersion().log.map(encodeEvent).join('\n');
writeFileSync(file, `${log}\n`);
writeFileSync(file.replace('.jsonl', '.json'), `${JSON.stringify(replay(eventsOf(log)), null, 2)}\n`);
