/**
 * The small words of the contract: ids, numbers, times. Every other schema is built from these.
 */
import { z } from 'zod';
import { textOrJsonObject } from './json-value.ts';
import { LONGEST_ID, WORD } from './word.ts';

function word(maximum: number, what: string): z.ZodString {
  return z
    .string()
    .max(maximum)
    .regex(WORD, `must be 1 to ${maximum} characters: letters, digits and . _ : @ + -, the first a letter or digit`)
    .describe(what);
}

/** Id of a session: chosen by the session, at most 128 characters. */
export const sessionId = word(LONGEST_ID, 'Id of a session.');
/** Id of a task: chosen by the client or made as `{type}-{nnn}`, at most 128 characters. */
export const taskId = word(LONGEST_ID, 'Id of a task.');
/** Kind of work, for example build or research; estimates are learned per type. */
export const taskType = word(64, 'Kind of work; default ids and learned estimates go by it.');
/** A capability: what a session can do and what a task needs. */
export const capability = word(64, 'A capability, for example build.');
/** Name of a resource, for example gpu. */
export const resourceName = word(64, 'Name of a resource, for example gpu.');
/** Whose allowance at a provider is used: no credential, only a name that is the same for the same one. */
export const accountName = z.string().min(1).max(128);
/** Key that tasks are limited by: one that tasks name, or type:, group: or capability: and a name. */
export const limitKey = word(128, 'Key that tasks name, or `type:`, `group:` or `capability:` and a name.');
/** Id of a schedule: chosen by whoever adds it. */
export const scheduleId = word(64, 'Id of a schedule.');
/** A group of tasks that shares the sessions fairly with the other groups. */
export const groupName = word(64, 'Tasks of different groups share the sessions fairly.');
/** A label: tasks are found and moved together by it. */
export const label = word(64, 'A label.');
/** Key of an addition: adding under the same key adds once. */
export const idempotencyKey = z
  .string()
  .min(1)
  .max(256)
  .describe('Adding under the same key adds once: the same content answers with the same task, other content is refused. Known for 24 h.');
/** Id of a command: makes a repeated command harmless. */
export const commandId = word(128, 'Id of this command; repeating a command under the same id repeats its outcome, not its effect.');
/** Name of a swarm. */
export const swarmName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens, at most 63')
  .describe('Name of a swarm.');
/** 1 to 10, 10 is the most urgent. */
export const priority = z.int().min(1).max(10).describe('1 to 10; 10 is the most urgent.');
/** 0 to 1. */
export const fraction = z.number().min(0).max(1).describe('0 to 1.');
/** Number of a lease: the sequence number of the assignment that granted it. */
export const leaseNumber = z.int().positive().describe('Lease number of the assignment; a stale one changes nothing.');
/** ISO 8601 in UTC. */
export const timestamp = z.iso.datetime().describe('ISO 8601, UTC.');
/** Text or a JSON object. */
export const textOrObject = textOrJsonObject().describe('Text or a JSON object.');
/** Text or a JSON object: a spec, a result, details. */
export type Json = z.output<typeof textOrObject>;
/** An event's sequence number; 0 means before the first. */
export const sequence = z.int().nonnegative().describe('Sequence number of an event.');

/** Topic of a piece of knowledge; slashes make a tree of it, for example `api/errors`. */
export const topicName = z
  .string()
  .max(256)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:@+/-]*$/, 'must be 1 to 256 characters: letters, digits and . _ : @ + / -, the first a letter or digit')
  .describe('Topic, for example api/errors.');
/** A tag: knowledge is found by it. */
export const tag = word(64, 'A tag.');
/** Name of a channel; everybody is in `all`. */
export const channelName = word(64, 'Name of a channel; everybody is in `all`.');
/** Id of a mailbox: a session, or `people`. */
export const mailboxName = word(128, 'Id of a session, or `people`.');
/** Id of a message: the sequence number of the event that sent it. */
export const messageId = z.int().positive().describe('Id of a message.');
/** A path relative to the project, or a glob: no `.` or `..` segments, and none of `\\ [ ] { }`. */
const PATH = /(?!\/)(?:(?!\.{1,2}(?:\/|$))[^/\\[\]{}\p{Cc}]+(?:\/(?!$)|$))+/u;
/** What a lock is on: a name, or files. */
export const lockName = z
  .string()
  .max(256)
  .regex(
    new RegExp(`^(?:file:${PATH.source}|(?!file:)[A-Za-z0-9][A-Za-z0-9._:@+/-]*)$`, 'u'),
    'must be a name of letters, digits and . _ : @ + / -, or file: and a relative path or glob with * ? **, at most 256 characters',
  )
  .describe(
    'A name, for example deploy, or files: `file:` and a path or glob relative to the project. `?` stands for one character and `*` for ' +
      'any number of them within a segment, `**` as a segment for any number of segments, also none.',
  );
/** Fencing token of a lock: the sequence number of the event that granted it. */
export const fencingToken = z.int().positive().describe('Fencing token: grows with every lock ever granted.');

/** Id of a decision, made as `decision-{nnn}`. */
export const decisionId = word(128, 'Id of a decision, for example decision-001.');
/** An answer to a question: one of its options, or free text when it has none. */
export const answerText = z.string().min(1).max(4000).describe('One of the options; free text when there are none.');
/** Id of a signal, made as `signal-{nnn}`. */
export const signalId = word(128, 'Id of a signal, for example signal-001.');
/** Id of a request for a colleague, made as `colleague-{nnn}`. */
export const colleagueRequestId = word(128, 'Id of a request for a colleague, for example colleague-001.');

/** The statuses of a task (A12). */
export const taskStatus = z.enum(['pending', 'assigned', 'in_progress', 'completed', 'failed', 'cancelled']);
/** A status of a task. */
export type TaskStatus = z.output<typeof taskStatus>;
/** The statuses of a session (A11). */
export const sessionStatus = z.enum(['idle', 'busy', 'offline']);
/** A status of a session. */
export type SessionStatus = z.output<typeof sessionStatus>;
/** What a session is for (E1). */
export const sessionMode = z.enum(['development', 'leadership', 'config', 'emergency']);
/** What a session is for. */
export type SessionMode = z.output<typeof sessionMode>;
/** Where and for whom a session works (E1). */
export const userContext = z
  .strictObject({
    workspace_path: z.string().max(4096).optional(),
    project_name: z.string().max(256).optional(),
    preferences: z.record(z.string().max(64), z.union([z.string().max(1000), z.number(), z.boolean()])).optional(),
  })
  .describe('Where and for whom it works.');
/** Where and for whom a session works. */
export type UserContext = z.output<typeof userContext>;
/** What happens to a task when one it depends on fails (B2). */
export const dependencyPolicy = z
  .enum(['block', 'cascade', 'ignore'])
  .describe('When a dependency fails: wait for its retry (block), fail too (cascade), or run anyway (ignore).');
/** Why an attempt failed, as the session that made it says. */
export const reportedReason = z
  .enum(['reported', 'checks_failed', 'timed_out', 'crashed', 'conflict', 'environment', 'rate_limited', 'invalid_spec', 'not_permitted'])
  .describe(
    'Why it failed. rate_limited is tried again after 5 minutes, up to 20 times; invalid_spec and not_permitted are not tried again; the ' +
      'others after a growing pause, as often as max_attempts says.',
  );
/** Why an attempt failed, as the session says. */
export type ReportedReason = z.output<typeof reportedReason>;
/** Why a task failed: also what Tutti itself finds. */
export const failureReason = z.enum([...reportedReason.options, 'dependency_failed', 'leases_lost', 'budget_exhausted']);
/** Why a task failed. */
export type FailureReason = z.output<typeof failureReason>;
/** What follows when an attempt fails for one reason; what is left out is as the catalogue says. */
export const retryRule = z.strictObject({
  retry: z
    .enum(['backoff', 'after', 'never'])
    .optional()
    .describe('Try again after a growing pause (backoff), after a fixed time (after), or not at all (never).'),
  after_seconds: z.number().min(0).max(604_800).optional().describe('For `after`.'),
  max_attempts: z
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe('Attempts that may fail before the task has, when the last one failed for this reason.'),
});
/** What follows when an attempt fails for one reason. */
export type RetryRule = z.output<typeof retryRule>;
/** Rules by reason. */
export const retryRules = z
  .partialRecord(reportedReason, retryRule)
  .describe('What follows from a reason, where it differs for this task.');
/** Rules by reason. */
export type ReasonRules = z.output<typeof retryRules>;
/** A dependency policy. */
export type DependencyPolicy = z.output<typeof dependencyPolicy>;
/** A number of tokens. */
export const tokenCount = z.int().nonnegative().max(1e15).describe('Tokens.');
/** An amount of money. */
export const usd = z.number().nonnegative().max(1e9).describe('US dollars.');
/** What a budget is for. */
export const budgetScope = z.enum(['swarm', 'session', 'task']).describe('What a budget is for.');
/** What a budget is for. */
export type BudgetScope = z.output<typeof budgetScope>;
/** Why a provider takes no more for now. */
export const limitKind = z
  .enum(['rate', 'usage', 'overloaded', 'access', 'model'])
  .describe(
    'Too much at once, an allowance used up, or the provider is overloaded; access: it refuses the key or its bill is not paid; ' +
      'model: it does not have the model.',
  );

/** What a person says of a task's work. */
export const reviewVerdict = z.enum(['approve', 'request_changes']);
/** What a person says of a task's work. */
export type ReviewVerdict = z.output<typeof reviewVerdict>;
