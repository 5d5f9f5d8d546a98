/**
 * What a run used, told while it goes on: programs that tell it only at the end of a turn write each call of their model
 * into their transcript, so that a budget stops them after the call that uses it up, and what was used is known of those
 * that were ended before they could tell.
 * Invariant: nothing is told twice: of what the program tells itself, only what exceeds the transcript is left.
 */
import type { RunnerEvent, RunUsage } from '../runner.ts';
import { findTranscript } from './find-transcript.ts';
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
}

const LOOK_MS = 500;
/** A program that has not begun one by then writes none. */
const SEARCHES = 40;

/** Makes a teller; the run begins now. */
export function createRunUsage({ environment, conversation, resumed }: RunUsagePlace): RunUsageTeller {
  const began = Date.now();
  let file: string | null = null;
  let searches = 0;
  let cursor: UsageCursor = beginUsage(began);
  /** What was told of this turn, by model. */
  let before = new Map<string, RunUsage>();
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

  async function read(): Promise<UsageEvent[]> {
    const id = conversation();
    if (id === '') return [];
    if (file === null && searches < SEARCHES) {
      searches += 1;
      file = await findTranscript(environment, id);
    }
    if (file === null) return [];
    const found = await readUsage(file, cursor);
    cursor = found.cursor;
    for (const usage of found.usage) before.set(usage.model, sum(usage, before.get(usage.model)));
    return found.usage.map(({ task_id: _named, ...usage }) => ({ kind: 'usage', usage }));
  }

  return {
    look: () => inTurn(read),
    told: (usages) =>
      inTurn(async () => {
        const events = await read();
        const rest = usages.flatMap((usage): UsageEvent[] => {
          const same = before.get(usage.model);
          // The only model may have another name here.
          const known = same !== undefined ? [same] : usages.length === 1 ? [...before.values()] : [];
          const left = known.length === 0 ? usage : exceeding(usage, known);
          return left === null ? [] : [{ kind: 'usage', usage: left }];
        });
        before = new Map();
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

function sum(usage: RunUsage, before: RunUsage | undefined): RunUsage {
  if (before === undefined) return usage;
  return {
    ...usage,
    tokens_in: usage.tokens_in + before.tokens_in,
    tokens_out: usage.tokens_out + before.tokens_out,
    cache_read: usage.cache_read + before.cache_read,
    cache_write: usage.cache_write + before.cache_write,
  };
}

/** What is more than was told; null for nothing. Some programs tell cached tokens among those that went in. */
function exceeding(usage: RunUsage, told: readonly RunUsage[]): RunUsage | null {
  const all = told.reduce((total, each) => sum(each, total));
  const went = (of: RunUsage): number => of.tokens_in + of.cache_read + of.cache_write;
  const more = (field: 'tokens_in' | 'tokens_out' | 'cache_read' | 'cache_write'): number => Math.max(0, usage[field] - all[field]);
  const grew = went(usage) > went(all);
  const left = {
    model: usage.model === '' ? all.model : usage.model,
    tokens_in: grew ? more('tokens_in') : 0,
    tokens_out: more('tokens_out'),
    cache_read: grew ? more('cache_read') : 0,
    cache_write: grew ? more('cache_write') : 0,
    cost_usd: usage.cost_usd,
  };
  return went(left) + left.tokens_out === 0 && left.cost_usd === null ? null : left;
}
