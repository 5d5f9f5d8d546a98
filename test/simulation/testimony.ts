/**
 * What the clients of a simulated world were told, to be held against the log at the end: a thing that was acknowledged
 * or shown once must be there for ever. Owns no truth of its own but theirs.
 */
import type { OutputOf } from '../../src/contract/operations.ts';
import type { EventView } from '../../src/contract/views/event-view.ts';
import type { Link } from '../../src/journal/chain.ts';
import type { Head } from '../../src/journal/journal.ts';

/** What clients were told. */
export class Testimony {
  /** Tasks whose adding was acknowledged. */
  readonly added = new Set<string>();
  /** Task → the tasks that are to end before it starts. */
  readonly dependencies = new Map<string, readonly string[]>();
  /** Task → lease of every completion that was acknowledged, repeated answers included. */
  readonly completed = new Map<string, Set<number>>();
  /** Topic → versions that were acknowledged as newly written. */
  readonly versions = new Map<string, number[]>();
  /** Every event that a follower was shown, by its sequence number. */
  readonly shown = new Map<number, EventView>();
  /** Moment → the tasks that were counted there, long after. */
  readonly moments = new Map<number, OutputOf<'swarm.status'>['tasks']>();
  /** Command → how much a rollback that was acknowledged changed. */
  readonly rollbacks = new Map<string, number>();
  /** Backups as they were written, up to which event, and the tasks that were acknowledged before. */
  readonly backups: (Head & { readonly text: string; readonly acknowledged: ReadonlySet<string> })[] = [];
  /** Forks: the event up to which they were asked for, and what was taken. */
  readonly forks: { readonly until: number; readonly links: readonly Link[] }[] = [];
  /** Which process began to run each lease. */
  readonly runs = new Map<number, string>();
  /** What already went wrong from where the clients stand. */
  readonly violations: string[] = [];

  /** A completion was acknowledged. */
  complete(task_id: string, lease: number): void {
    const leases = this.completed.get(task_id) ?? new Set();
    this.completed.set(task_id, leases.add(lease));
  }

  /** A process begins to run a task under a lease: one lease, one run. */
  run(lease: number, process: string): void {
    const before = this.runs.get(lease);
    if (before !== undefined) this.violations.push(`${before} and ${process} both ran the lease ${lease}`);
    this.runs.set(lease, process);
  }

  /** A version was acknowledged as newly written. */
  wrote(topic: string, version: number): void {
    const versions = this.versions.get(topic) ?? [];
    this.versions.set(topic, versions);
    if (versions.includes(version)) this.violations.push(`version ${version} of ${topic} was given out twice`);
    versions.push(version);
  }

  /** A follower was shown a page that begins after `since`. */
  show(since: number, events: readonly EventView[]): void {
    let expected = since + 1;
    for (const event of events) {
      if (event.seq !== expected) this.violations.push(`a follower saw event ${event.seq} where ${expected} belongs`);
      const before = this.shown.get(event.seq);
      if (before !== undefined && JSON.stringify(before) !== JSON.stringify(event)) {
        this.violations.push(`event ${event.seq} was shown as ${before.type} and later as ${event.type}`);
      }
      this.shown.set(event.seq, event);
      expected = event.seq + 1;
    }
  }
}
