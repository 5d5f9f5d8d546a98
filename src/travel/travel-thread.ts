/**
 * The thread that travels: it answers about earlier moments for as long as somebody asks, or makes one checkpoint and ends.
 * Invariant: it only reads the log.
 */
import { constants, setPriority } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { Failure, reasonOf } from '../contract/failure.ts';
import type { JournalReader } from '../journal/journal.ts';
import { openSqliteReader } from '../journal/sqlite/sqlite-reader.ts';
import { archiveOldEvents } from './archive-log.ts';
import { CheckpointShelf } from './checkpoint-shelf.ts';
import { EventIndex } from './event-index.ts';
import { bringCheckpoint } from './fold-log.ts';
import { MomentDesk } from './moment-desk.ts';
import type { FromTraveller, ToTraveller, TravelJob } from './travel-protocol.ts';

function answerQuestions(port: MessagePort, { folder, swarm }: TravelJob): void {
  const [shelf, index] = [new CheckpointShelf(folder), new EventIndex(folder)];
  const desk = new MomentDesk({ swarm, log: openSqliteReader(folder), shelf, index, turn: () => nextTurn() });
  const asked = new Map<number, AbortController>();
  const say = (message: FromTraveller): void => port.postMessage(message);
  port.on('message', (message: ToTraveller) => {
    const { id } = message;
    if ('cancel' in message) {
      asked.get(id)?.abort();
      return;
    }
    const controller = new AbortController();
    asked.set(id, controller);
    desk
      .answer(message.question, controller.signal)
      .then(
        (answer) => say({ id, answer }),
        (error: unknown) => say({ id, failure: carried(error) }),
      )
      .finally(() => asked.delete(id));
  });
}

async function makeCheckpoint(port: MessagePort, { folder, swarm, archive_after_ms = 0 }: TravelJob): Promise<void> {
  const log = openSqliteReader(folder);
  await bringCheckpoint(log, new CheckpointShelf(folder), swarm);
  await noteEvents(log, folder);
  await log.close();
  const now = Date.now();
  // It is tried again with the next checkpoint; until then everything is where it was.
  if (archive_after_ms > 0) await archiveOldEvents({ folder, swarm, now }, now - archive_after_ms).catch(() => undefined);
  port.postMessage({ made: true } satisfies FromTraveller);
}

/** So that little is left to do when somebody asks. A checkpoint is worth more than its index. */
async function noteEvents(log: JournalReader, folder: string): Promise<void> {
  const index = new EventIndex(folder);
  await index.follow(log, () => undefined).catch(() => undefined);
  index.close();
}

function carried(error: unknown): { code: Failure['code']; params: Failure['params'] } {
  const failure = error instanceof Failure ? error : new Failure('moment_failed', { reason: reasonOf(error) }, error);
  return { code: failure.code, params: failure.params };
}

/** Nobody waits for a checkpoint: on a busy machine the writer's loop goes first. Only Linux has a priority per thread; elsewhere it would be the whole process's. */
function yieldToWriter(): void {
  try {
    if (process.platform === 'linux') setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Where the system does not allow it, everybody stays equal.
  }
}

if (parentPort !== null) {
  const job = workerData as TravelJob;
  if (job.job === 'moments') answerQuestions(parentPort, job);
  else {
    yieldToWriter();
    await makeCheckpoint(parentPort, job);
  }
}
