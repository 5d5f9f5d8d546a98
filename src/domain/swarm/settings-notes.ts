/**
 * What is odd about protocol rules that are each valid: rules that work against each other.
 */
import type { Settings } from '../../contract/settings.ts';

/** What to say about rules that work against each other; empty when none do. */
export function notesOnSettings(settings: Settings): string[] {
  const { heartbeat_interval, offline_after, stall_after, probe_grace } = settings;
  const notes: string[] = [];
  if (offline_after <= heartbeat_interval) {
    notes.push(
      `A session is offline after ${offline_after} s of silence but is asked for a heartbeat only every ${heartbeat_interval} s: set heartbeat_interval to a third of offline_after.`,
    );
  }
  if (stall_after + probe_grace <= heartbeat_interval) {
    notes.push(
      `Work counts as stalled after ${stall_after + probe_grace} s, before the first heartbeat after ${heartbeat_interval} s could tell of it: raise stall_after, or lower heartbeat_interval.`,
    );
  }
  return notes;
}
