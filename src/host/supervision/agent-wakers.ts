/**
 * Looks after the agents at the terminals of a host: what the team has for one wakes it by its own hook; when that does not
 * happen in time, it is told by a paste into its terminal, and that is checked. A budget that is used up ends its turn.
 *
 *     quiet ─▶ news ─▶ (the agent is at work again: quiet) ─▶ idle for patience_ms: pasted ─▶ at work: quiet
 *                                                                   └─ not taken: later again, given up after three times
 *
 * Invariants: one connection for each agent that is there and has its tools, as its session; nothing is pasted while it
 * works; nothing throws.
 */
import { createLiveClient, type LiveClient } from '../../client/live-client.ts';
import { followNews, isStillNews, type SessionNews } from '../../client/session-news.ts';
import { agentFolder, type AgentSession, findAgentSession } from '../../config/agent-session.ts';
import { hasTools, TOOLS_WITHIN_MS } from '../../config/agent-tools.ts';
import { plainText } from '../../runners/process/plain-text.ts';
import { reasonOf } from '../../contract/failure.ts';
import type { Clock } from '../../contract/ports.ts';
import { createBudgetStop, type InterruptFact } from './budget-stop.ts';
import { type PasteOutcome, pasteWords } from '../terminals/paste-words.ts';
import type { TerminalHome } from '../terminals/terminal-home.ts';
import type { HostServer } from './host-link.ts';

/** What happened to an agent that had to be told. */
export interface WakeFact {
  readonly kind: 'woken';
  readonly session_id: string;
  readonly outcome: PasteOutcome | 'given_up';
  readonly news: string;
}

/** What wakers need. */
export interface AgentWakersOptions {
  /** The data folder of the project: its agents' session files are in it. */
  readonly data: string;
  readonly home: TerminalHome;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How long the hook has, in ms. */
  readonly patience_ms: number;
  readonly tell: (fact: WakeFact | InterruptFact) => void;
}

/** An agent at a terminal. */
export interface WakeableAgent {
  readonly id: string;
  readonly takes_work: boolean;
}

interface Waker {
  readonly incarnation: number;
  readonly url: string;
  readonly live: LiveClient;
  readonly stop: () => void;
  pending: { readonly news: SessionNews; since: number; tries: number } | null;
  telling: boolean;
}

const TRIES = 3;

/** The wakers of a host. */
export class AgentWakers {
  readonly #options: AgentWakersOptions;
  readonly #wakers = new Map<string, Waker>();
  /** Incarnations that were first seen without their tools, and when. */
  readonly #waiting = new Map<number, number>();

  constructor(options: AgentWakersOptions) {
    this.#options = options;
  }

  /** These agents are there now. */
  look(agents: readonly WakeableAgent[], server: HostServer | null): void {
    const { data, clock, patience_ms, signal } = this.#options;
    const present = new Set(agents.map(({ id }) => id));
    for (const [id, waker] of this.#wakers) if (!present.has(id) || signal.aborted) this.#end(id, waker);
    for (const agent of agents) {
      const session = server === null || signal.aborted ? null : findAgentSession(agentFolder(data, {}), agent.id);
      const known = this.#wakers.get(agent.id);
      if (known !== undefined && (known.incarnation !== session?.incarnation || known.url !== server?.url)) this.#end(agent.id, known);
      if (session === null || server === null || (!this.#wakers.has(agent.id) && !this.#isReady(session))) continue;
      const waker = this.#wakers.get(agent.id) ?? this.#begin(agent, session, server);
      const { pending } = waker;
      if (pending === null || waker.telling) continue;
      // At work it hears of it from its hooks, or when it has finished.
      if (session.status === 'busy') pending.since = clock.now();
      else if (clock.now() - pending.since >= patience_ms) void this.#tell(agent.id, waker, pending);
    }
  }

  /** Lets go of all; the agents go on. */
  close(): void {
    for (const [id, waker] of this.#wakers) this.#end(id, waker);
  }

  /** Its tools are there, or were waited for long enough. */
  #isReady({ keys, incarnation }: AgentSession): boolean {
    const { data, clock } = this.#options;
    const since = this.#waiting.get(incarnation) ?? clock.now();
    const isReady = hasTools(agentFolder(data, {}), keys) || clock.now() - since >= TOOLS_WITHIN_MS;
    if (isReady) this.#waiting.delete(incarnation);
    else this.#waiting.set(incarnation, since);
    return isReady;
  }

  #begin({ id, takes_work }: WakeableAgent, { credential, incarnation }: AgentSession, server: HostServer): Waker {
    const { data, home, clock, signal, tell } = this.#options;
    const live = createLiveClient({ ...server, clock, credential: () => credential });
    const onSpent = createBudgetStop({ session_id: id, live, data, home, clock, signal, tell });
    const stop = followNews(live, {
      session_id: id,
      takesWork: takes_work,
      // A hook that was told of it while its agent was starting may not have woken it.
      catchesUp: true,
      onNews: (news) => (waker.pending ??= { news, since: clock.now(), tries: 0 }),
      onBusy: () => (waker.pending = null),
      onSpent,
    });
    // What happened before.
    onSpent(null);
    const waker: Waker = { incarnation, url: server.url, live, stop, pending: null, telling: false };
    this.#wakers.set(id, waker);
    return waker;
  }

  #end(id: string, { live, stop }: Waker): void {
    this.#wakers.delete(id);
    stop();
    live.close();
  }

  async #tell(id: string, waker: Waker, pending: NonNullable<Waker['pending']>): Promise<void> {
    const { clock, tell } = this.#options;
    const news = plainText(pending.news.text);
    waker.telling = true;
    try {
      if (!(await isStillNews(waker.live, id, pending.news))) {
        waker.pending = null;
        return;
      }
      const outcome = await this.#paste(id, news);
      pending.since = clock.now();
      if (outcome !== 'occupied') pending.tries += 1;
      const isOver = outcome !== 'taken' && pending.tries >= TRIES;
      if (isOver || outcome === 'taken') waker.pending = null;
      if (outcome !== 'occupied') tell({ kind: 'woken', session_id: id, outcome: isOver ? 'given_up' : outcome, news });
    } catch (error) {
      pending.since = clock.now();
      tell({ kind: 'woken', session_id: id, outcome: 'lost', news: reasonOf(error) });
    } finally {
      waker.telling = false;
    }
  }

  async #paste(id: string, news: string): Promise<PasteOutcome> {
    const { home, clock, signal } = this.#options;
    const terminal = home.open(id, { onChange: () => undefined, onEnd: () => undefined });
    try {
      return await pasteWords(terminal, news, clock, signal);
    } finally {
      terminal.close();
    }
  }
}
