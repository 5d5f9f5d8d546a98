/**
 * The demo: a real clone, four workers, a real plan, one real kill, and a report from git and the log.
 * Steps: 1. clone; 2. short heartbeats, and say so; 3. workers and plan; 4. follow until every task has ended, killing
 * one worker on the way; 5. dismiss the workers; 6. report,
 * and the rewind to the moment before the kill.
 */
import { basename } from 'node:path';
import { createHttpClient } from '../client/http-client.ts';
import type { TuttiClient } from '../client/client.ts';
import type { LogEvent } from '../contract/event.ts';
import { Failure } from '../contract/failure.ts';
import type { SettingsPatch } from '../contract/settings.ts';
import { cloneRepository, type DemoClone } from './clone-repository.ts';
import { Crew } from './crew.ts';
import type { DemoFact, FenceProof, KilledWorker } from './demo-fact.ts';
import type { DemoOptions } from './demo-options.ts';
import { initialState, withFact } from './demo-state.ts';
import { deriveReport } from './derive-report.ts';
import { followEvents } from './follow-events.ts';
import { readGitFacts } from './git-facts.ts';
import { WorkerKill } from './kill-worker.ts';
import { DEMO_CREW, planDemo, type PlannedTask, taskInputs } from './plan.ts';
import { reportLines } from './report-text.ts';
import { prepareSwarm } from './prepare-swarm.ts';
import { rewind } from './rewind.ts';
import { openScreen, type Screen } from './screen.ts';

/** Short, so that the loss of a worker is noticed while somebody watches. Seconds. */
const DEMO_SETTINGS = { heartbeat_interval: 1, offline_after: 3, health_interval: 1 } satisfies SettingsPatch;
const SETTINGS_SAID = 'Short heartbeats for this demo: 1 s, offline after 3 s (else 60 s and 180 s).';
const FRAME_MS = 250;

/**
 * Runs the demo to its end and reports on stdout; ended early by its signal, it reports nothing. Throws `repository_unusable` where there is nothing to clone, and
 * whatever the server or git refuse; the workers are gone in every case.
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { url, token, swarm, signal } = options;
  const client = createHttpClient({ url, token, swarm });
  const clone = await cloneRepository(options.repository);
  const { since, suffix } = await prepareSwarm(client, DEMO_SETTINGS);
  const plan = planDemo(clone, suffix);
  const course = new Course(options, { clone, plan, client, screen: await openScreen(options) });
  try {
    await course.run(since);
  } finally {
    await course.end();
  }
  if (signal.aborted) return;
  const { events, killed, killedAt, proof } = course;
  const report = deriveReport({ events, git: await readGitFacts(clone), killed, proof });
  const rewound = killed === null || report.kill === null ? null : await rewind(client, killed, killedAt);
  if (options.json) {
    const { home, folder, branch, base_commit, source, data } = clone;
    const place = { swarm, source, home, repository: folder, data, branch, base_commit };
    process.stdout.write(`${JSON.stringify({ demo: { ...place, ...report, rewind: rewound } })}\n`);
    return;
  }
  process.stdout.write(`${['', ...reportLines(report, { ...options, ...clone }, rewound)].join('\n')}\n`);
}

interface CourseParts {
  readonly clone: DemoClone;
  readonly plan: readonly PlannedTask[];
  readonly client: TuttiClient;
  readonly screen: Screen;
}

/** One run of the plan. */
class Course {
  readonly events: LogEvent[] = [];
  killed: KilledWorker | null = null;
  /** ms since 1970. */
  killedAt = 0;
  proof: FenceProof | null = null;
  readonly #options: DemoOptions;
  readonly #plan: readonly PlannedTask[];
  readonly #clone: DemoClone;
  readonly #client: TuttiClient;
  readonly #crew: Crew;
  readonly #kill: WorkerKill;
  readonly #screen: Screen;
  readonly #open: Set<string>;
  readonly #pids = new Map<string, number>();
  readonly #awaited = new Set<string>(DEMO_CREW.map(({ name }) => name));
  readonly #stop = new AbortController();
  #state;
  #frames: NodeJS.Timeout | null = null;

  constructor(options: DemoOptions, { clone, plan, client, screen }: CourseParts) {
    this.#options = options;
    this.#clone = clone;
    this.#plan = plan;
    this.#client = client;
    this.#screen = screen;
    this.#open = new Set(plan.map(({ id }) => id));
    const title = `Tutti demo · ${basename(clone.source)} ${clone.base_commit.slice(0, 8)} → ${clone.branch}`;
    this.#state = initialState({ title, settings: SETTINGS_SAID, started_at: Date.now() });
    this.#crew = new Crew(options, clone, {
      onNews: (news) => this.#kill.heard(news),
      onLost: (session_id, reason, left) => {
        this.#take({ kind: 'lost', time: Date.now(), session_id, reason });
        this.#isThere(session_id);
        if (left === 0) this.#stop.abort(new Failure('internal', { reason: `every worker of the demo ended: ${reason}` }));
      },
    });
    this.#kill = new WorkerKill({
      crew: this.#crew,
      client,
      plan,
      pidOf: (session_id) => this.#pids.get(session_id) ?? 0,
      onKilled: (killed) => {
        this.killed = killed;
        this.killedAt = killed.time;
        this.#take({ kind: 'killed', ...killed });
      },
      onFenced: (proof) => {
        this.proof = proof;
        this.#take({ kind: 'fenced', ...proof });
      },
    });
  }

  async run(since: number): Promise<void> {
    this.#notice(this.#state.title);
    this.#notice(`The clone is ${this.#clone.folder}`);
    this.#notice(SETTINGS_SAID);
    this.#frames = setInterval(() => this.#draw(), FRAME_MS);
    for (const member of DEMO_CREW) {
      const pid = this.#crew.start(member);
      this.#pids.set(member.name, pid);
      this.#take({ kind: 'spawned', time: Date.now(), session_id: member.name, pid });
    }
    const isOver = (): boolean => this.#open.size === 0;
    const signal = AbortSignal.any([this.#options.signal, this.#stop.signal]);
    try {
      await followEvents(this.#client, since, (event) => this.#hear(event), { isOver, signal });
    } catch (error) {
      if (this.#stop.signal.aborted) throw this.#stop.signal.reason;
      if (!this.#options.signal.aborted) throw error;
    }
    await this.#kill.close();
  }

  /** Ends the workers and the board; the server hears their goodbyes. */
  async end(): Promise<void> {
    await this.#crew.dismiss();
    if (this.#frames !== null) clearInterval(this.#frames);
    this.#draw();
    this.#screen.end();
  }

  #hear(event: LogEvent): void {
    this.events.push(event);
    if (event.type === 'session_registered') this.#isThere(event.data.session_id);
    this.#kill.event(event);
    this.#take({ kind: 'event', time: event.time, event });
    const ended = event.type === 'task_completed' || event.type === 'task_cancelled' || event.type === 'task_failed';
    if (ended && !(event.type === 'task_failed' && event.data.retry_at !== null)) this.#open.delete(event.data.task_id);
  }

  /** The work comes when all have joined: a worker that starts clears up after dead ones, and would after the one killed here. */
  #isThere(name: string): void {
    if (!this.#awaited.delete(name) || this.#awaited.size > 0) return;
    this.#client.call('work.add', { tasks: taskInputs(this.#plan, this.#clone) }).then(
      () => this.#notice(`${this.#plan.length} tasks planned`),
      (error: unknown) => this.#stop.abort(error),
    );
  }

  #notice(text: string): void {
    this.#take({ kind: 'notice', time: Date.now(), text });
  }

  #take(fact: DemoFact): void {
    this.#state = withFact(this.#state, fact);
  }

  #draw(): void {
    this.#state = { ...this.#state, now: this.#open.size === 0 ? this.#state.now : Date.now() };
    this.#screen.show(this.#state);
  }
}
