/**
 * Rules that are taken out on purpose: a simulation that does not notice proves nothing. Each fence, each sync and each
 * order that the engine relies on has one.
 */
import type { Clock } from '../../src/contract/ports.ts';
import type { Failure } from '../../src/contract/failure.ts';
import type { CommandName } from '../../src/contract/operations.ts';
import type { Settings } from '../../src/contract/settings.ts';
import type { Rule } from '../../src/domain/decision.ts';
import { RULES } from '../../src/domain/rules.ts';
import { GroupCommit } from '../../src/engine/group-commit.ts';
import type { Listener } from '../../src/engine/command.ts';
import { SwarmTime } from '../../src/engine/swarm-time.ts';
import { Dispatcher } from '../../src/domain/dispatch/dispatch.ts';
import { MomentDesk } from '../../src/travel/moment-desk.ts';
import type { CheckpointRules } from './sim-checkpoints.ts';
import type { ArchiveRules, JournalRules } from './sim-storage.ts';
import type { SimServer } from './sim-server.ts';
import type { Believer } from './sim-socket.ts';

/** A rule that is taken out. */
export interface Mutant {
  readonly name: string;
  /** A seed whose world notices it soon: the tests begin there, because some worlds without a rule never come to rest. */
  readonly noticed: number;
  readonly journal?: JournalRules;
  readonly checkpoints?: CheckpointRules;
  readonly settings?: Partial<Settings>;
  readonly archive?: ArchiveRules;
  /** The clock that the engine is given. */
  readonly clock?: (clock: Clock) => Clock;
  /** Changes what the code does; returns how to undo it. */
  readonly apply?: () => () => void;
  /** What a client sends over a WebSocket as its server gets it. */
  readonly frame?: (text: string) => string;
  /** A server that finds its folder in the hands of another goes on all the same. */
  readonly staysWhenTaken?: boolean;
  /** Who takes its peer at the other end of a WebSocket for alive, whatever it hears. */
  readonly believer?: Believer;
  /** Stands between the network and the server. */
  readonly answer?: (answer: SimServer['answer'], ...request: Parameters<SimServer['answer']>) => ReturnType<SimServer['answer']>;
}

const NEVER = 604_800;

/** What seed 8964 showed, and `test/simulation/lost-folder.test.ts` has written out. */
export const STAYS_WHEN_TAKEN: Mutant = { name: 'a server that lost its folder goes on', noticed: 7, staysWhenTaken: true };

/** Every rule that is taken out in turn. */
export const MUTANTS: readonly Mutant[] = [
  { name: 'the journal acknowledges before it has synced', noticed: 1, journal: { withoutSync: true } },
  { name: 'the journal goes on after a failed write', noticed: 4, journal: { blindRetry: true } },
  { name: 'a torn end of the log counts as whole', noticed: 26, journal: { withoutChecksum: true } },
  { name: 'what a failed sync left in memory counts as safe', noticed: 4, journal: { withoutRewrite: true } },
  { name: 'the journal writes in another order', noticed: 2, journal: { reversed: true } },
  { name: 'two servers may open one log', noticed: 8, journal: { withoutLock: true } },
  STAYS_WHEN_TAKEN,
  { name: 'it is forgotten which tasks left memory', noticed: 4, journal: { withoutRetired: true } },
  { name: 'a changed checkpoint counts as whole', noticed: 21, checkpoints: { withoutDigest: true } },
  { name: 'a checkpoint may be of another history', noticed: 32, checkpoints: { withoutHistory: true } },
  { name: 'what came after a checkpoint is left out', noticed: 19, checkpoints: { withoutTail: true } },
  { name: 'more leaves the log than the archive has', noticed: 3, archive: { dropsMore: true } },
  { name: 'what left the log is not looked for in the archive', noticed: 32, journal: { withoutArchive: true } },
  { name: 'a backup leaves out what is in the archive', noticed: 1, archive: { onlyLive: true } },
  { name: 'a fork ends with the whole chunk', noticed: 3, archive: { wholeChunks: true } },
  { name: 'the dispatch waits for its plan', noticed: 30, apply: waitingForPlans },
  { name: 'a subscription begins anew on every connection', noticed: 1, frame: withoutPlace },
  { name: 'a silent client is never missed', noticed: 32, believer: 'server' },
  { name: 'a silent server is never missed', noticed: 8, believer: 'client' },
  { name: 'whoever asks about an earlier moment is shown the present one', noticed: 1, apply: showingNow },
  { name: 'answers leave before they are durable', noticed: 1, apply: () => patched(GroupCommit.prototype, 'tell', tellAtOnce) },
  { name: 'time may run back', noticed: 3, apply: runningBack },
  { name: 'time stands still while a clock is behind', noticed: 251, clock: standingStill },
  { name: 'a stale lease may end a task', noticed: 5, apply: () => rewriting('work.complete', withPresentLease) },
  { name: 'an old incarnation may speak for its session', noticed: 7, apply: anyIncarnation },
  { name: 'a repeated command has its effect again', noticed: 2, answer: withoutCommandId },
  { name: 'a task may start before its dependencies', noticed: 1, apply: () => rewriting('work.add', withoutDependencies) },
  {
    name: 'silence has no consequences',
    noticed: 6,
    settings: { offline_after: NEVER, task_claim_timeout: NEVER, stall_after: NEVER, probe_grace: NEVER },
  },
];

type Decide<N extends CommandName> = Rule<N>['decide'];

/** Puts something before a rule's own decision. */
function rewriting<N extends CommandName>(name: N, rewrite: (...args: Parameters<Decide<N>>) => Parameters<Decide<N>>): () => void {
  const rules = RULES as { [K in CommandName]: Rule<K> };
  const own = rules[name] as Rule<N>;
  const changed: Rule<N> = { ...own, decide: (...args) => own.decide(...rewrite(...args)) };
  Object.assign(rules, { [name]: changed });
  return () => void Object.assign(rules, { [name]: own });
}

function patched<T extends object, K extends keyof T>(target: T, name: K, value: T[K]): () => void {
  const own = target[name];
  target[name] = value;
  return () => {
    target[name] = own;
  };
}

function tellAtOnce<T>(value: T | Promise<T>, failure: Failure | null, listener: Listener<T>): void {
  if (failure !== null) listener.reject(failure);
  else {
    void Promise.resolve(value).then(
      (told) => listener.resolve(told),
      (error: unknown) => listener.reject(error),
    );
  }
}

/** What R33 is about: after a clock was set back by hours, every deadline waited for hours. */
function standingStill(clock: Clock): Clock {
  let latest = 0;
  return {
    ...clock,
    now: () => {
      latest = Math.max(latest, clock.now());
      return latest;
    },
  };
}

/** A clock that is believed whatever came before: it wavers by three ms. */
function runningBack(): () => void {
  let looks = 0;
  return patched(SwarmTime.prototype, 'now', (floor) => {
    looks += 1;
    return floor + (looks % 8) - 3;
  });
}

function showingNow(): () => void {
  const { prototype } = MomentDesk;
  const answer = prototype['answer'];
  return patched(prototype, 'answer', function (this: MomentDesk, question, signal) {
    return answer.call(this, { ...question, at: undefined }, signal);
  });
}

function withPresentLease(...[state, input, context]: Parameters<Decide<'work.complete'>>): Parameters<Decide<'work.complete'>> {
  const present = state.tasks.get(input.task_id)?.lease;
  if (present === null || present === undefined) return [state, input, context];
  return [
    state,
    { ...input, session_id: present.session_id, lease: present.number },
    { ...context, caller: { ...context.caller, credential: null } },
  ];
}

/** Whoever speaks for a session is taken for its present incarnation, and a session that registers again keeps it. */
function anyIncarnation(): () => void {
  const undo = (['work.request', 'work.update', 'work.complete', 'session.heartbeat'] as const).map((name) =>
    rewriting<typeof name>(name, (state, input, context) => {
      const { credential } = context.caller;
      const incarnation = credential === null ? undefined : state.sessions.get(credential.session_id)?.incarnation;
      if (credential === null || incarnation === undefined) return [state, input, context];
      return [state, input, { ...context, caller: { ...context.caller, credential: { ...credential, incarnation } } }];
    }),
  );
  return () => {
    for (const each of undo) each();
  };
}

function withoutCommandId(
  answer: SimServer['answer'],
  ...[request, peer]: Parameters<SimServer['answer']>
): ReturnType<SimServer['answer']> {
  if (request.body === null) return answer(request, peer);
  const input = JSON.parse(request.body) as Record<string, unknown>;
  delete input['command_id'];
  return answer({ ...request, body: JSON.stringify(input) }, peer);
}

function withoutDependencies(...[state, input, context]: Parameters<Decide<'work.add'>>): Parameters<Decide<'work.add'>> {
  const bare = <T extends object>(task: T): T => ({ ...task, dependencies: [] });
  return [state, 'tasks' in input ? { ...input, tasks: input.tasks.map(bare) } : bare(input), context];
}

/** Nothing is given out while a plan is being made; a thread that ends says nothing. */
function waitingForPlans(): () => void {
  const asked = new WeakMap<Dispatcher, number>();
  const count = (of: Dispatcher, more: number): number => {
    const all = (asked.get(of) ?? 0) + more;
    asked.set(of, all);
    return all;
  };
  const { prototype } = Dispatcher;
  const [planJob, adopt, run] = [prototype['planJob'], prototype['adopt'], prototype['run']];
  const undo = [
    patched(prototype, 'planJob', function (this: Dispatcher, ...args) {
      const job = planJob.apply(this, args);
      if (job !== null) count(this, 1);
      return job;
    }),
    patched(prototype, 'adopt', function (this: Dispatcher, ...args) {
      count(this, -1);
      adopt.apply(this, args);
    }),
    patched(prototype, 'run', function (this: Dispatcher, ...args) {
      if (count(this, 0) === 0) run.apply(this, args);
    }),
  ];
  return () => {
    for (const each of undo) each();
  };
}

/** Whoever comes back is sent what is new from then on. */
function withoutPlace(text: string): string {
  const frame = JSON.parse(text) as Record<string, unknown>;
  if (frame['type'] !== 'subscribe' || typeof frame['since'] === 'number') return text;
  delete frame['since'];
  return JSON.stringify(frame);
}
