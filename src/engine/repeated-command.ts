/**
 * Tells a repeated command from another one under the same id. What is known of the first are its events: the second
 * repeats it when it could have made such events, about the same subject.
 */
import type { EventType, LogEvent } from '../contract/event.ts';
import { Failure } from '../contract/failure.ts';
import type { CommandName, InputOf } from '../contract/operations.ts';
import type { SwarmState } from '../domain/state.ts';
import { canonicalJson } from '../domain/task/content-hash.ts';
import { inputsOf } from '../domain/task/decide-add.ts';
import type { Command, Reply } from './command.ts';
import type { Feed } from './feed.ts';

const MADE_BY: Readonly<Record<CommandName, readonly EventType[]>> = {
  'session.register': ['session_registered'],
  'session.heartbeat': ['session_reported', 'session_returned', 'task_started', 'task_progressed'],
  'session.deregister': ['session_deregistered'],
  'work.request': ['session_returned'],
  'work.claim': ['task_assigned', 'task_started'],
  'work.update': ['task_started', 'task_progressed'],
  'work.complete': ['task_completed', 'task_failed'],
  'work.suspend': ['task_suspended'],
  'work.add': ['task_added'],
  'task.cancel': ['task_cancelled'],
  'task.retry': ['task_retried', 'task_recalled'],
  'task.review': ['task_reviewed'],
  'resource.set': ['resource_set'],
  'resource.remove': ['resource_removed'],
  'limit.set': ['limit_set'],
  'limit.remove': ['limit_removed'],
  'schedule.add': ['schedule_added'],
  'schedule.pause': ['schedule_paused'],
  'schedule.resume': ['schedule_resumed'],
  'schedule.remove': ['schedule_removed'],
  'schedule.run': ['schedule_fired'],
  'task.reprioritise': ['task_reprioritised'],
  'task.cancel_many': ['task_cancelled'],
  'task.retry_many': ['task_retried', 'task_recalled'],
  'task.reprioritise_many': ['task_reprioritised'],
  'capability.define': ['capability_defined'],
  'capability.remove': ['capability_removed'],
  'capability.grant': ['session_capability_added'],
  'knowledge.put': ['knowledge_written'],
  'knowledge.delete': ['knowledge_deleted'],
  'message.send': ['message_sent'],
  'message.receive': ['messages_delivered'],
  'message.read': ['messages_read'],
  'message.subscribe': ['channel_joined'],
  'message.unsubscribe': ['channel_left'],
  'lock.acquire': ['lock_acquired', 'lock_renewed'],
  'lock.renew': ['lock_renewed'],
  'lock.release': ['lock_released'],
  'decision.ask': ['decision_needed'],
  'decision.answer': ['decision_answered'],
  'decision.vote': ['decision_voted'],
  'decision.withdraw': ['decision_withdrawn'],
  'signal.raise': ['signal_raised'],
  'signal.resolve': ['signal_resolved'],
  'colleague.request': ['colleague_requested'],
  'colleague.settle': ['colleague_settled'],
  'inbox.snooze': ['inbox_snoozed'],
  'work.park': ['task_parked'],
  'usage.report': ['usage_recorded'],
  'budget.set': ['budget_set'],
  'hosted.report': ['hosted_spawned', 'hosted_adopted', 'hosted_exited', 'hosted_restarting', 'hosted_quarantined', 'hosted_stopped'],
  'terminal.take': ['terminal_taken', 'terminal_extended'],
  'terminal.release': ['terminal_released'],
  'swarm.pause': ['work_paused'],
  'swarm.resume': ['work_resumed'],
  'config.apply': ['config_applied'],
  'event.rollback': ['swarm_rolled_back'],
};

/** What an engine tells of its log. */
interface EngineLog {
  readonly feed: Feed;
  /** Reads the state once all that came before is durable. */
  read<T>(project: (state: SwarmState) => T | Promise<T>): Promise<T>;
}

/** Answers a command whose effect is in the log, from the event `first` on, once that is durable. Rejects with Failure `command_reused`. */
export async function repeatAnswer<T>(engine: EngineLog, command: Command, first: number, reply: Reply<T>): Promise<T> {
  await engine.read(() => undefined);
  const events = repeatedEvents(command, await engine.feed.after(first - 1, 20_000));
  return await engine.read((state) => reply(state, events));
}

/** The events of a repeated command among these. Throws Failure `command_reused` when another command made them. */
function repeatedEvents(command: Command, events: readonly LogEvent[]): LogEvent[] {
  const id = command.input.command_id;
  const own = events.filter((event) => event.command_id === id);
  if (!isRepeat(command, own)) throw new Failure('command_reused', { command_id: id ?? null });
  return own;
}

/** True when a command may have made these events, which were made under its id. */
function isRepeat({ name, input }: Command, events: readonly LogEvent[]): boolean {
  if (name === 'work.add' && !addsSame(input as InputOf<'work.add'>, events)) return false;
  const subjects = [
    'task_id',
    'session_id',
    'id',
    'name',
    'topic',
    'to',
    'channel',
    'capability',
    'schedule_id',
    'resource',
    'key',
    'decision_id',
    'signal_id',
    'request_id',
  ].flatMap((field) => (field in input ? [[field, Reflect.get(input, field)]] : []));
  return events.some(({ type, data }) => {
    if (!MADE_BY[name].includes(type)) return false;
    return subjects.every(([field, subject]) => {
      const key = field === 'id' ? 'task_id' : String(field);
      return subject === undefined || !(key in data) || Reflect.get(data, key) === subject;
    });
  });
}

/** True when every task that was added is one of those that are to be added. */
function addsSame(input: InputOf<'work.add'>, events: readonly LogEvent[]): boolean {
  const wanted = new Set(inputsOf(input).map(({ type, title, spec }) => canonicalJson([type, title, spec ?? ''])));
  return events.every(({ type, data }) => type !== 'task_added' || wanted.has(canonicalJson([data.type, data.title, data.spec])));
}
