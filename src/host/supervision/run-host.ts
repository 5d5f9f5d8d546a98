/**
 * A host: keeps the sessions of one machine as they are wanted (D8). It looks, decides and acts, again and again.
 * Invariants: nothing dies with it, and a host that comes later adopts what runs; where there is no tmux, what runs is
 * ended with it, and nothing is left behind; one action at a time for each session.
 */
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { pause } from '../../client/pause.ts';
import { clientClock, clientRandom } from '../../client/system-ports.ts';
import { SCREEN_CHARACTERS } from '../../contract/events/hosted-events.ts';
import { Failure, reasonOf } from '../../contract/failure.ts';
import type { Clock } from '../../contract/ports.ts';
import {
  afterFailedStart,
  FRESH,
  nextPass,
  reconcile,
  type SeenSession,
  type SessionMemory,
  type StopCause,
  SUPERVISION_RULES,
  type SupervisionAction,
  type SupervisionRules,
  type SupervisionState,
  type WantedSession,
} from './reconcile.ts';
import { createWorktree } from '../../workspace/create-worktree.ts';
import { claimFolder } from '../folder-claim.ts';
import { plainText } from '../../runners/process/plain-text.ts';
import type { InterruptFact } from './budget-stop.ts';
import { AgentWakers, type WakeFact } from './agent-wakers.ts';
import { type AgentSurroundings, type HostedAgent, prepareHostedAgent } from './hosted-agent.ts';
import { HostLink, type HostServer } from './host-link.ts';
import { leaveLifts, takeLifts } from './lift-notes.ts';
import { LimitWatch } from './limit-watch.ts';
import { readMemory, writeMemory } from './supervision-memory.ts';
import type { TerminalHome, TerminalSeen, TerminalSession } from '../terminals/terminal-home.ts';
import { openTerminalHome } from '../terminals/open-terminal-home.ts';

/** A session that a host keeps. */
export interface HostedSession extends WantedSession, TerminalSession {
  /** It works in a worktree of the repository in its folder, on a branch of its own; the same one each time. */
  readonly worktree?: boolean;
  /** An agent program instead of the command, which is put together at each start. */
  readonly agent?: HostedAgent;
}

/** Why a host ended a session. */
type StopReason = StopCause | 'host_ended';

/** What a host tells those who watch it. */
export type HostFact =
  /** It has begun; whether its sessions go on without it. */
  | { readonly kind: 'keeping'; readonly outlives: boolean }
  | { readonly kind: 'spawning'; readonly session_id: string; readonly command: string }
  | { readonly kind: 'spawned'; readonly session_id: string; readonly pid: number; readonly command: string }
  /** It ran before this host began, and is kept. */
  | { readonly kind: 'adopted'; readonly session_id: string; readonly pid: number; readonly started_at: number }
  | {
      readonly kind: 'exited';
      readonly session_id: string;
      readonly pid: number;
      readonly exit_code: number | null;
      readonly signal: number | null;
      readonly screen: string;
    }
  | { readonly kind: 'restarting'; readonly session_id: string; readonly failures: number; readonly at: number }
  /** It ended again and again at once: it stays ended until somebody lifts that; `screen` is the last it showed. */
  | { readonly kind: 'quarantined'; readonly session_id: string; readonly failures: number; readonly screen: string }
  | {
      readonly kind: 'stopped';
      readonly session_id: string;
      readonly why: StopReason;
      readonly survivors: readonly number[];
    }
  /** It ended before this host began, and is not started again by itself; no failures: it ended well. */
  | { readonly kind: 'left_ended'; readonly session_id: string; readonly failures: number }
  /** Another host keeps the sessions; it was told which of them to try again. */
  | { readonly kind: 'handed_over'; readonly session_ids: string }
  | WakeFact
  | InterruptFact
  | { readonly kind: 'warning'; readonly code: string; readonly message: string };

/** What happened, and when: ms since 1970. */
export type HostEvent = HostFact & { readonly time: number };

/** Settings of a host. */
export interface HostOptions {
  /** What is wanted, asked before each pass: it may change. */
  readonly wanted: () => readonly HostedSession[];
  readonly data_folder: string;
  /** Environment of every session; nothing else is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** Sessions that are tried again although they were given up or ended well. */
  readonly lift?: readonly string[];
  readonly signal: AbortSignal;
  /** Told everything, in order. Must not throw. */
  readonly onEvent?: (event: HostEvent) => void;
  readonly rules?: Partial<SupervisionRules>;
  /** Time between SIGTERM and SIGKILL in ms; 5,000 by default. */
  readonly grace_ms?: number;
  readonly clock?: Clock;
  /** Finds the server that the terminals are offered to; null: there is none now. Left out: they are offered to nobody. */
  readonly find?: () => Promise<HostServer | null>;
  /** Name of this machine. */
  readonly host?: string;
  /** What its agents are given; left out: it keeps none. */
  readonly agents?: AgentSurroundings;
  /** How long an agent's own hook has to wake it, in ms; 10,000 by default. */
  readonly wake_patience_ms?: number;
}

const LOOK_EVERY_MS = 500;
const LAST_LINES = 50;
const WAKE_PATIENCE_MS = 10_000;

interface Host {
  readonly home: TerminalHome;
  readonly memory: Map<string, SessionMemory>;
  readonly busy: Map<string, Promise<void>>;
  readonly rules: SupervisionRules;
  readonly options: HostOptions;
  readonly clock: Clock;
  readonly memoryFile: string;
  readonly tell: (fact: HostFact) => void;
  readonly link: HostLink;
  readonly limits: LimitWatch;
  /** null: it keeps no agents. */
  readonly wakers: AgentWakers | null;
}

/**
 * Keeps the sessions until the signal aborts; in tmux they go on without it. Where another host keeps them, it hands over
 * what is to be lifted and ends; with nothing to lift it throws `host_running`.
 */
export async function runHost(options: HostOptions): Promise<void> {
  const { data_folder, lift = [], clock = clientClock } = options;
  await mkdir(data_folder, { recursive: true, mode: 0o700 });
  await leaveLifts(data_folder, lift);
  const claim = await claimFolder(data_folder);
  if (typeof claim === 'string') {
    if (lift.length === 0) throw new Failure('host_running', { folder: data_folder });
    options.onEvent?.({ kind: 'handed_over', session_ids: lift.join(', '), time: clock.now() });
    return;
  }
  try {
    await keep(options);
  } finally {
    await claim.release();
  }
}

async function keep(options: HostOptions): Promise<void> {
  const { data_folder, environment, signal, clock = clientClock } = options;
  const home = await openTerminalHome(data_folder, environment, clock);
  const memoryFile = join(data_folder, 'sessions.json');
  const memory = await readMemory(memoryFile);
  const rules = { ...SUPERVISION_RULES, ...options.rules };
  const { find = () => Promise.resolve(null), host: name = hostname() } = options;
  const told = new AbortController();
  const link = new HostLink({ find, host: name, home, clock, random: clientRandom, signal: told.signal });
  const tell = (fact: HostFact): void => {
    options.onEvent?.({ ...fact, time: clock.now() });
    report(link, fact);
  };
  const wakers = wakersOf(options, { home, clock, tell });
  const host: Host = {
    home,
    memory,
    busy: new Map(),
    rules,
    options,
    clock,
    memoryFile,
    tell,
    link,
    wakers,
    limits: new LimitWatch(clock),
  };
  tell({ kind: 'keeping', outlives: home.outlivesHost });
  let troubled = false;
  await tellFound(host);
  while (!signal.aborted) {
    await lift(host);
    const state = await look(host);
    const { trouble } = home;
    if (trouble !== null && !troubled) tell({ kind: 'warning', code: trouble.code, message: trouble.message });
    troubled = trouble !== null;
    // Nothing can be started or ended then, and nothing that runs is lost.
    if (!troubled) for (const action of reconcile(state, rules)) begin(host, action, state);
    const wait = Math.min(LOOK_EVERY_MS, Math.max(10, nextPass(state) - clock.now()));
    await pause(clock, wait, signal);
  }
  wakers?.close();
  await Promise.all(host.busy.values());
  if (!home.outlivesHost)
    await Promise.all((await home.list()).map((session) => stop(host, session, 'host_ended', memory.get(session.id) ?? null)));
  told.abort();
  await link.ended();
}

/** What was there before this host: what runs, and what stays ended. */
async function tellFound(host: Host): Promise<void> {
  const { home, memory, options, tell } = host;
  await lift(host);
  const running = (await home.list()).filter(({ alive }) => alive);
  for (const { id, pid, started_at } of running) tell({ kind: 'adopted', session_id: id, pid, started_at });
  const ids = new Set(running.map(({ id }) => id));
  for (const { id } of options.wanted()) {
    const { quarantined_at, done, failures } = memory.get(id) ?? FRESH;
    if (!ids.has(id) && (done || quarantined_at !== null)) tell({ kind: 'left_ended', session_id: id, failures });
  }
}

/** Forgets what is remembered of those that are to be tried again. */
async function lift({ memory, memoryFile, options }: Host): Promise<void> {
  const lifted = (await takeLifts(options.data_folder)).filter((id) => memory.delete(id));
  if (lifted.length > 0) await writeMemory(memoryFile, memory);
}

function wakersOf(
  { agents, signal, wake_patience_ms: patience_ms = WAKE_PATIENCE_MS }: HostOptions,
  parts: Pick<Host, 'home' | 'clock' | 'tell'>,
): AgentWakers | null {
  return agents === undefined ? null : new AgentWakers({ data: agents.data, signal, patience_ms, ...parts });
}

/** What the log is told: everything but what is only under way. */
function report(link: HostLink, fact: HostFact): void {
  if (
    fact.kind === 'keeping' ||
    fact.kind === 'spawning' ||
    fact.kind === 'left_ended' ||
    fact.kind === 'handed_over' ||
    fact.kind === 'woken' ||
    fact.kind === 'interrupted' ||
    fact.kind === 'warning'
  )
    return;
  const last = (screen: string): string => plainText(screen).slice(-SCREEN_CHARACTERS);
  link.report(
    'screen' in fact ? { ...fact, screen: last(fact.screen) } : 'survivors' in fact ? { ...fact, survivors: [...fact.survivors] } : fact,
  );
}

interface Seen extends SupervisionState {
  readonly seen: readonly TerminalSeen[];
  readonly wanted: readonly HostedSession[];
}

async function look({ home, memory, busy, clock, options, link, wakers, limits }: Host): Promise<Seen> {
  const under_way = new Set(busy.keys());
  const listed = await home.list();
  link.seen(listed);
  const wanted = options.wanted();
  const used = await limits.look(listed, wanted);
  const seen = listed.map((each) => withUsed(each, used.get(each.root)));
  const alive = new Set(seen.filter((each) => each.alive).map(({ id }) => id));
  const agents = wanted.flatMap(({ id, agent }) => (agent !== undefined && alive.has(id) ? [{ id, takes_work: agent.takes_work }] : []));
  wakers?.look(agents, link.server);
  return { wanted, seen, memory, busy: under_way, now: clock.now() };
}

function withUsed(session: TerminalSeen, used: SeenSession['used']): TerminalSeen {
  return used === undefined || !session.alive ? session : { ...session, used };
}

function begin(host: Host, action: SupervisionAction, state: Seen): void {
  const { busy, tell } = host;
  const done = act(host, action, state)
    .catch((error: unknown) => {
      const code = error instanceof Failure ? error.code : 'internal';
      tell({ kind: 'warning', code, message: reasonOf(error) });
    })
    .finally(() => busy.delete(action.id));
  busy.set(action.id, done);
}

async function act(host: Host, action: SupervisionAction, { seen, wanted }: Seen): Promise<void> {
  if (action.do === 'start') {
    const session = wanted.find((each) => each.id === action.id);
    if (session !== undefined) await start(host, session);
    return;
  }
  const session = seen.find((each) => each.id === action.id);
  if (session === undefined) return;
  if (action.do === 'collect') await collect(host, session, action.memory);
  else await stop(host, session, action.why, action.memory);
}

async function start({ home, memory, tell, clock, rules, memoryFile, options }: Host, session: HostedSession): Promise<void> {
  const { id } = session;
  const command = (session.agent?.program ?? session.command).join(' ').slice(0, 200);
  tell({ kind: 'spawning', session_id: id, command });
  try {
    await home.start({
      ...session,
      ...(await agentStart(session, options, memory.get(id)?.failures ?? 0)),
      folder: await workingFolder(session, options.data_folder),
    });
    const started = (await home.list()).find((each) => each.id === id);
    tell({ kind: 'spawned', session_id: id, pid: started?.pid ?? 0, command });
  } catch (error) {
    // Not its own failure: the next pass says what is wrong, and it is started once that is over.
    if (home.trouble !== null) return;
    const next = afterFailedStart(memory.get(id) ?? FRESH, clock.now(), rules);
    memory.set(id, next);
    await writeMemory(memoryFile, memory);
    if (next.quarantined_at !== null) tell({ kind: 'quarantined', session_id: id, failures: next.failures, screen: reasonOf(error) });
    throw error;
  }
}

/** What is started instead of a command; nothing for a session that has one. */
async function agentStart(
  { id, agent, environment }: HostedSession,
  options: HostOptions,
  failures: number,
): Promise<Partial<TerminalSession>> {
  if (agent === undefined) return {};
  if (options.agents === undefined) throw new Failure('session_not_started', { session_id: id, reason: 'this host keeps no agents' });
  const own = { ...options.environment, ...environment };
  const made = await prepareHostedAgent({ id, agent, dataFolder: options.data_folder, environment: own, failures }, options.agents);
  return { command: made.command, environment: { ...made.environment, ...environment } };
}

async function workingFolder({ id, folder, worktree }: HostedSession, dataFolder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  if (worktree !== true) return folder;
  // The same one after every restart, with everything in it.
  const made = await createWorktree({ repository: folder, root: join(dataFolder, 'worktrees'), task_id: `session-${id}`, attempt: 1 });
  return made.path;
}

async function collect({ home, memory, memoryFile, tell }: Host, session: TerminalSeen, next: SessionMemory): Promise<void> {
  const { id, pid, exit_code, signal } = session;
  const screen = await home.screen(id, LAST_LINES);
  memory.set(id, next);
  await writeMemory(memoryFile, memory);
  // What it left behind in its session goes with it.
  await home.stop(id, 0);
  tell({ kind: 'exited', session_id: id, pid, exit_code, signal, screen });
  tellNext(tell, id, next, screen);
}

function tellNext(tell: Host['tell'], id: string, { failures, quarantined_at, done, not_before }: SessionMemory, screen: string): void {
  if (quarantined_at !== null) tell({ kind: 'quarantined', session_id: id, failures, screen });
  else if (!done) tell({ kind: 'restarting', session_id: id, failures, at: not_before });
}

async function stop(host: Host, { id }: TerminalSeen, why: StopReason, next: SessionMemory | null): Promise<void> {
  const { home, memory, memoryFile, tell, options } = host;
  const screen = await home.screen(id, LAST_LINES);
  const survivors = await home.stop(id, options.grace_ms ?? 5_000);
  if (next === null) memory.delete(id);
  else memory.set(id, next);
  await writeMemory(memoryFile, memory);
  tell({ kind: 'stopped', session_id: id, why, survivors });
  if (why === 'memory_over' && next !== null) tellNext(tell, id, next, screen);
}
