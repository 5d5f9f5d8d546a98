/**
 * The flags by which tasks are chosen, for lists and for changes of many.
 */
import type { CliOption, Values } from '../command.ts';

const STATUSES = ['pending', 'assigned', 'in_progress', 'completed', 'failed', 'cancelled'] as const;

/** --status … --failed-for */
export const FILTER_OPTIONS: readonly CliOption[] = [
  { flags: '-s, --status <status>', description: 'Only tasks in this state.', choices: STATUSES, common: true },
  { flags: '--type <type>', description: 'Only tasks of this type.' },
  { flags: '--capability <name>', description: 'Only tasks that need this capability.', field: 'required_capability' },
  { flags: '--group <group>', description: 'Only tasks of this group.', common: true },
  { flags: '--label <label>', description: 'Only tasks with this label.', common: true },
  { flags: '--parent <task>', description: 'Only the parts of this task.' },
  { flags: '--session <id>', description: 'Only tasks that this session holds, or held last.', field: 'assigned_to' },
  { flags: '--failed-for <reason>', description: 'Only tasks whose last attempt failed for this reason.', field: 'reason' },
];

const FIELDS = ['status', 'type', 'required_capability', 'group', 'label', 'parent', 'assigned_to', 'reason'] as const;

/** What the flags choose; empty when none was given. */
export function filterOf(values: Values): Readonly<Record<string, unknown>> {
  return Object.fromEntries(FIELDS.flatMap((field) => (values[field] === undefined ? [] : [[field, values[field]]])));
}
