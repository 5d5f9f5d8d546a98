/**
 * What a run used, told while it goes on: programs that tell it only at the end of a turn write each call of their model
 * into their transcript or database, so that a budget stops them after the call that uses it up, and what was used is known of those
 * that were ended before they could tell.
 * Invariant: nothing is told twice: of what the program tells itself, only what exceeds the transcript is left.
 */
import type { AgentBrief, RunnerEvent, RunUsage } from '../runner.ts';
import { findTranscript } from './find-transcript.ts';
import { createOpencodeUsage, findOpencodeStore } from './opencode-usage.ts';
import { createTurnTally } from './turn-tally.ts';
import { beginUsage, endOfTranscript, readUsage, type UsageCursor } from './usage-tail.ts';

type UsageEvent = Extract<RunnerEvent, { kind: 'usage' }>;

/** What a run used, from its transcript and from its program. */
export interface RunUsageTeller {
  /** Events for what is new in the transcript of the conversation; none without one. Never rejects. */
  readonly look: () => Promise<readonly UsageEvent[]>;
  /** What the program tells of the turn that is over, without what was told of it before; the next turn is another. */
  readonly told: (usages: readonly RunUsage[]) => Promise<readonly UsageEvent[]>;
  /** Looks again and again from now on, until it is stopped. */
  readonly follow: (send: (event: UsageEvent) => Promise<void>) => () => void;
}

/** Whose transcript. */
export interface RunUsagePlace {
  readonly environment: Readonly<Record<string, string>>;
  /** The conversation, empty until it is known. */
  readonly conversation: () => string;
  /** The conversation that the run goes on with. */
  readonly resumed: string | undefined;
  /** The program may keep a database instead of a transcript; not for one that tells each call itself. */
  readonly keepsStore?: boolean;
  /** What tokens cost that are told without their cost, as far as anybody knows; null: nobody does. */
  readonly price?: AgentBrief['price'];
}

const LOOK_MS = 500;
/** A program that has not begun one by then writes none. */
const SEARCHES = 40;

/** Makes a teller; the run begins now. */
export function createRunUsage({ environment, conversation, resumed, keepsStore, price = () => null }: RunUsagePlace): RunUsageTeller {
  const began = Date.now();
  let file: string | null = null;
  let readStore: ReturnType<typeof createOpencodeUsage> | null = null;
  let searches = 0;
  let cursor: UsageCursor = beginUsage(began);
  const turn = createTurnTally(price);
  let last: Promise<unknown> = beginAtEnd();

  async function beginAtEnd(): Promise<void> {
    if (resumed === undefined) return;
    file = await findTranscript(environment, resumed);
    if (file !== null) cursor = await endOfTranscript(file, began);
  }

  /** One look after the other. */
  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = last.then(act);
    last = done.catch(() => undefined);
    return done;
  }

  async function find(id: string): Promise<void> {
    searches += 1;
    file = await findTranscript(environment, id);
    const store = file === null && keepsStore === true ? await findOpencodeStore(environment, id) : null;
    if (store !== null) readStore = createOpencodeUsage(store, id);
  }

  async function written(): Promise<readonly RunUsage[]> {
    if (readStore !== null) return readStore(cursor.since);
    if (file === null) return [];
    const found = await readUsage(file, cursor);
    cursor = found.cursor;
    return found.usage.map(({ task_id: _named, ...usage }) => usage);
  }

  async function read(): Promise<UsageEvent[]> {
    const id = conversation();
    if (id === '') return [];
    if (file === null && readStore === null && searches < SEARCHES) await find(id);
    const usages = await written();
    for (const usage of usages) turn.add(usage);
    return usages.map((usage) => ({ kind: 'usage', usage }));
  }

  return {
    look: () => inTurn(read),
    told: (usages) =>
      inTurn(async () => {
        const events = await read();
        const rest = turn.rest(usages).map((usage): UsageEvent => ({ kind: 'usage', usage }));
        // A transcript that is behind its program tells this turn once more.
        cursor = { ...cursor, since: Date.now() };
        return [...events, ...rest];
      }),
    follow(send) {
      const timer = setInterval(() => {
        void inTurn(async () => {
          for (const event of await read()) await send(event);
        });
      }, LOOK_MS);
      return () => clearInterval(timer);
    },
  };
}
