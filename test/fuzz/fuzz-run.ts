/**
 * A run of fuzzing against a server: so many requests through all doors at once, then what must hold for its log.
 * Invariant: whatever is sent, the server answers, and a call that was refused has changed nothing.
 */
import type { LogEvent } from '../../src/contract/event.ts';
import { reasonOf } from '../../src/contract/failure.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { courseFaults, foldOf } from '../simulation/log-checks.ts';
import { SeededRandom } from '../simulation/seeded-random.ts';
import { type FuzzDoor, type FuzzTarget, httpDoor, mcpDoor, socketDoor } from './fuzz-doors.ts';
import { HostileCalls } from './hostile-calls.ts';

/** What a run is about. */
export interface FuzzOptions {
  readonly url: string;
  readonly token: string;
  readonly seed: string;
  readonly requests: number;
  /** Told now and then how many were sent. */
  readonly tell?: (sent: number) => void;
}

/** What came of it. */
export interface FuzzReport {
  readonly sent: number;
  readonly violations: readonly string[];
  /** Answers by door and code. */
  readonly answers: ReadonlyMap<string, number>;
  /** Ids of commands that were refused. */
  readonly refused: ReadonlySet<string>;
}

const LANES = { http: 8, ws: 6, mcp: 2 };
const VIOLATIONS_AT_MOST = 50;

/** Sends hostile requests through every door at once. */
export async function fuzz({ url, token, seed, requests, tell = () => undefined }: FuzzOptions): Promise<FuzzReport> {
  const violations: string[] = [];
  const answers = new Map<string, number>();
  const refused = new Set<string>();
  let sent = 0;
  const targetOf = (lane: string): FuzzTarget => {
    const random = new SeededRandom(`fuzz ${seed} ${lane}`);
    return {
      url,
      token,
      random,
      calls: new HostileCalls(random.derive('calls')),
      violate: (what) => void (violations.length < VIOLATIONS_AT_MOST && violations.push(what)),
      answered: (door, code) => answers.set(`${door} ${code}`, (answers.get(`${door} ${code}`) ?? 0) + 1),
      refused: (command_id) => void refused.add(command_id),
    };
  };
  const run = async (door: FuzzDoor): Promise<void> => {
    while (sent < requests && violations.length < VIOLATIONS_AT_MOST) {
      sent += 1;
      if (sent % 1000 === 0) tell(sent);
      await door().catch((error: unknown) =>
        violations.push(`a request ended with ${reasonOf(error)} (${reasonOf((error as Error).cause)})`),
      );
    }
  };
  const lanes = (name: string, count: number): FuzzTarget[] => Array.from({ length: count }, (_, index) => targetOf(`${name} ${index}`));
  const sockets = lanes('ws', LANES.ws).map(socketDoor);
  await Promise.all([...lanes('http', LANES.http).map(httpDoor), ...sockets, ...lanes('mcp', LANES.mcp).map(mcpDoor)].map(run));
  for (const socket of sockets) socket.close();
  return { sent, violations, answers, refused };
}

/** What is wrong with the log that a run has left. */
export function* logFaults(events: readonly LogEvent[], { refused }: FuzzReport): Generator<string> {
  yield* courseFaults(events);
  for (const { seq, type, command_id } of events) {
    if (command_id !== null && refused.has(command_id)) yield `the command of event ${seq} (${type}) was refused: ${command_id}`;
  }
  const ended = new Set<string>();
  const suspended = new Set<string>();
  for (const { type, data } of events) {
    if (type === 'task_completed' || type === 'task_failed' || type === 'task_cancelled') ended.add(data.task_id);
    if (type === 'task_suspended') suspended.add(data.task_id);
  }
  yield* brokenInvariants(foldOf(events), ended, suspended);
}
