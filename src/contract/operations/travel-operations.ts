/**
 * Operations on the past (F5): what changed between two moments, what led to one, what would have happened otherwise, and
 * the way back. They are answered away from the loop, from the log.
 */
import { z } from 'zod';
import { rollbackPart } from '../events/swarm-events.ts';
import { commandId, sequence, sessionId, timestamp } from '../ids.ts';
import { moment } from '../moment.ts';
import { command, get, post, query } from '../operation.ts';
import { eventView } from '../views/event-view.ts';

const place = z.object({ seq: sequence, time: timestamp });

/** One thing that is not as it was. */
const momentChange = z.object({
  kind: z.enum([
    'task',
    'session',
    'knowledge',
    'lock',
    'setting',
    'decision',
    'signal',
    'pause',
    'resource',
    'limit',
    'schedule',
    'budget',
  ]),
  id: z.string(),
  before: z.string().nullable().describe('null: it was not there.'),
  after: z.string().nullable().describe('null: it is not there.'),
  text: z.string().describe('The change as a sentence.'),
});

/** One thing that is not as it was. */
export type MomentChange = z.output<typeof momentChange>;

/** Net changes: what came and went in between is not shown. */
export const eventDiff = query(
  'What changed between two moments, as sentences.',
  {
    input: z.strictObject({
      from: moment,
      to: moment.optional().describe('Left out: the end of the log.'),
      limit: z.int().min(1).max(10_000).optional().describe('Changes that are listed; default 200.'),
    }),
    output: z.object({
      from: place,
      to: place,
      counts: z
        .record(z.string(), z.int())
        .describe(
          'How many more there are of each: added, pending, assigned, in_progress, completed, failed, cancelled, sessions, topics.',
        ),
      changes: z.array(momentChange),
      changes_total: z.int(),
    }),
  },
  { role: 'viewer', paths: [get('/event/diff')], tool: 'diff_moments' },
);

const figures = z.object({
  completed: z.int(),
  makespan_s: z.number().describe('From the first task to the last completion.'),
  mean_wait_s: z.number().describe('From when a task was added until it was first given out.'),
  utilization: z.number().describe('Share of the time that sessions were there in which they worked.'),
  failed_attempts: z.int().describe('Attempts that failed, tried again or not.'),
  parked: z.int().describe('Attempts that ended because a provider took no more.'),
  unfinished: z.int().describe('Tasks that had come and not ended.'),
});
const replayedFigures = figures.extend({
  guessed: z.int().describe('Tasks with an attempt of which the period does not tell how it ends: it takes the mean and completes.'),
});

/** The same tasks at the same times, attempts that take as long and end as they did; sessions as they came and went, and more. */
export const eventWhatIf = query(
  'Replay a period under another policy or with other sessions, and compare makespan, waiting and utilisation.',
  {
    input: z.strictObject({
      from: moment.optional().describe('Left out: the beginning.'),
      to: moment.optional().describe('Left out: the end of the log.'),
      policy: z.enum(['optimal', 'greedy', 'fifo']).optional().describe('Left out: the one in force at the beginning.'),
      sessions: z.int().min(0).max(1000).optional().describe('So many sessions more, that can do all that any could.'),
      without: z.array(sessionId).max(1000).optional().describe('Sessions that were there, and are left out.'),
    }),
    output: z.object({
      from: place,
      to: place,
      happened: figures.describe('As the log tells it.'),
      replayed: replayedFigures.describe('Replayed as it was: what the replay leaves out shows here.'),
      what_if: replayedFigures.describe('Replayed otherwise.'),
      assumed: z.array(z.string()).describe('What the replay cannot know and what it leaves out, as sentences.'),
    }),
  },
  { role: 'viewer', paths: [get('/event/what-if')], tool: 'what_if' },
);

/** The state is made anew of every event, without a checkpoint, and held against the one that checkpoints give. */
export const eventReplay = query(
  'Replay the log up to a moment, event by event from the first: what led there, and whether the checkpoints agree.',
  {
    input: z.strictObject({
      from: moment.optional().describe('Count and list only what came after this; left out: from the beginning.'),
      limit: z.int().min(1).max(1000).optional().describe('Of the last events so many are listed; default 20.'),
    }),
    output: z.object({
      from: place,
      to: place,
      replayed: z.int().describe('Events that were folded, from the first on.'),
      took_s: z.number(),
      fingerprint: z.string().describe('SHA-256 of the state: equal states have equal ones.'),
      same: z.boolean().describe('The state by way of the checkpoints is this very one.'),
      counts: z.record(z.string(), z.int()).describe('What there was at the moment: added, pending, in_progress, sessions …'),
      types: z.record(z.string(), z.int()).describe('Events of each type after `from`.'),
      events: z.array(eventView).describe('The last ones.'),
    }),
  },
  { role: 'viewer', paths: [get('/event/replay')], tool: 'replay_events' },
);

const eventRange = z.object({ first_seq: sequence, last_seq: sequence });

/** Old events in compressed files beside the log. */
export const eventArchive = query(
  'What of the log is archived: which events and times, in which files, how large, and whether they are there.',
  {
    input: z.strictObject({
      verify: z.boolean().optional().describe('Read every file and recompute its hashes; left out: only look whether it is there.'),
      limit: z.int().min(1).max(1000).optional().describe('Files that are listed, the newest; default 200.'),
    }),
    output: z.object({
      archived: sequence.describe('Events 1 to this one are archived; 0: none.'),
      head: sequence.describe('The last event of the log.'),
      folder: z.string().nullable().describe('Where the files are; null: this log has no archive.'),
      bytes: z.int().describe('Size of all files, compressed.'),
      verified: z.boolean().describe('Every hash was recomputed.'),
      missing: z.array(eventRange).describe('Archived events that no readable file holds.'),
      files: z.array(
        eventRange.extend({
          name: z.string(),
          bytes: z.int(),
          first_time: timestamp.nullable(),
          last_time: timestamp.nullable(),
          fault: z.string().nullable().describe('What is wrong with it, or null.'),
        }),
      ),
      files_total: z.int(),
    }),
  },
  { role: 'viewer', paths: [get('/event/archive')] },
);

/** Something that a rollback changes. */
const rollbackChange = z.object({
  kind: z.string(),
  id: z.string(),
  text: z.string().describe('The change as a sentence.'),
});
/** Something that a rollback changes. */
export type RollbackChange = z.output<typeof rollbackChange>;

/** Something that stays as it is. */
const rollbackKept = z.object({ kind: z.string(), id: z.string(), reason: z.string() });
/** By new events; nothing is deleted from the log, and no running lease is touched. */
export const eventRollback = command(
  'Bring tasks, rules, knowledge and more back to how they were at a moment, by new events; what cannot be undone is named.',
  {
    input: z.strictObject({
      moment: moment.describe('What it goes back to.'),
      parts: z.array(rollbackPart).min(1).optional().describe('Left out: all of them.'),
      dry_run: z.boolean().optional().describe('Only say what it would change.'),
      limit: z.int().min(1).max(1000).optional().describe('Changes and kept things that are listed, of each so many; default 200.'),
      command_id: commandId.optional(),
    }),
    output: z.object({
      to: place,
      dry_run: z.boolean(),
      changed: z.int(),
      changes: z.array(rollbackChange),
      kept: z.array(rollbackKept).describe('What is not as it was then and stays so, and why: work that was done, tasks that run.'),
      kept_total: z.int(),
      more: z.boolean().describe('It changes at most 1,000 things at once: repeat the call for the rest.'),
    }),
  },
  { role: 'admin', paths: [post('/event/rollback')], tool: 'rollback', destructive: true },
);
