/**
 * Puts a worker together from its surroundings: `worker.ts` is its life. The program passes a real disk and real
 * processes, the simulation its own; everything between them is the same code.
 */
import type { AssignmentView } from '../contract/views/task-view.ts';
import type { Clock } from '../contract/ports.ts';
import type { AgentBrief, AgentServer, RunTool, RunUsage } from '../runners/runner.ts';
import { type AgentRole, makeBrief } from './agent-brief.ts';
import { agentTools } from './agent-tools.ts';
import { askPerson } from './ask-person.ts';
import type { HeldTask } from './held-task.ts';
import { LeaseTable } from './lease-table.ts';
import { type PriceTable, priceOf } from '../runners/price-table.ts';
import { createServerLink } from './server-link.ts';
import type { CoursePorts } from './task-course.ts';
import type { TwoWayClient } from './two-way-client.ts';
import { followPush } from './work-push.ts';
import { loseLeases, takeAssignment, type WorkerParts } from './worker.ts';
import { WorkerFate } from './worker-fate.ts';
import { type Registration, WorkerSession } from './worker-session.ts';

const LONGEST_HEARTBEAT_MS = 60_000;

/** What a worker is put together from. */
export interface WorkerMakings extends Pick<CoursePorts, 'outbox' | 'random' | 'tell' | 'makeAttempt'> {
  readonly attempt: Omit<CoursePorts['attempt'], 'brief'>;
  /** USD for tokens whose cost the provider does not report; none by default. */
  readonly prices?: PriceTable;
  /** What its agents are given; null or left out for a runner of commands. `server` are Tutti's own tools, as the session; `servers` are others. */
  readonly agent?: {
    readonly role: AgentRole | null;
    readonly server: (credential: string | null) => AgentServer;
    readonly servers?: readonly AgentServer[];
  } | null;
  readonly registration: Registration;
  readonly slots: number;
  readonly on_stop: WorkerParts['on_stop'];
  readonly goodbye_ms?: number;
  /** Time between heartbeats in ms; null: a third of the swarm's interval, at most 60 s. */
  readonly heartbeat_ms: number | null;
  readonly clock: Clock;
  /** Makes the client; it asks for the session's credential at each call. */
  readonly connect: (credential: () => string | null) => TwoWayClient;
}

/** Puts a worker together. It does nothing yet but connect. */
export function assembleWorker(makings: WorkerMakings): WorkerParts {
  const { registration, clock, random, tell, outbox, makeAttempt, agent = null, prices = {}, on_stop, heartbeat_ms, goodbye_ms } = makings;
  const fate = new WorkerFate();
  const table = new LeaseTable(makings.slots);
  const client = makings.connect(() => session.credential);
  const link = createServerLink({ client, clock, random, tell });
  const take = (assignment: AssignmentView): HeldTask | null => takeAssignment(parts, assignment);
  let endPush = (): void => undefined;
  const announce = (online: boolean): void => {
    if (session.registered) tell({ kind: 'connection', way: online ? 'websocket' : 'long_poll' });
  };
  const session: WorkerSession = new WorkerSession(registration, {
    link,
    fate,
    tell,
    heartbeatMs: (interval) => Math.min(LONGEST_HEARTBEAT_MS, heartbeat_ms ?? (interval * 1000) / 3),
    onAssignment: take,
    onRegistered: () => {
      endPush();
      endPush = followPush({ live: client.live, session, table, fate, take });
      announce(client.online);
    },
    onLeasesLost: (reason) => loseLeases(parts, reason),
  });
  client.onChange(announce);
  const brief =
    agent === null
      ? null
      : (held: HeldTask): Promise<AgentBrief> => {
          const ports = { link, client, clock, session_id: session.id };
          const ask: NonNullable<AgentBrief['ask']> = (question, signal) => askPerson(ports, held, question, signal);
          const servers = (): readonly AgentServer[] => [agent.server(session.credential), ...(agent.servers ?? [])];
          const tools = (): readonly RunTool[] => agentTools(client, session.id);
          const price = (usage: RunUsage): number | null => priceOf(usage, prices).cost_usd;
          return makeBrief({ client, session_id: session.id, role: agent.role, servers, tools, price, ask }, held, fate.closing);
        };
  const attempt = { ...makings.attempt, brief };
  const ways = { client, link, on_stop, ...(goodbye_ms === undefined ? {} : { goodbye_ms }) };
  const parts: WorkerParts = { session, table, fate, outbox, random, tell, attempt, prices, makeAttempt, ...ways };
  return parts;
}
