/**
 * Sorts events into lanes, one per session; what concerns no session lies in a lane of its own.
 */
import type { EventView } from '../../../src/contract/views/event-view.ts';

/** An event on a lane. */
export interface LaneMark {
  readonly seq: number;
  readonly type: string;
  readonly tone: 'good' | 'bad' | 'work' | 'other';
}

/** A lane. */
export interface Lane {
  readonly name: string;
  readonly marks: readonly LaneMark[];
}

const SWARM_LANE = 'swarm';
const LANES_AT_MOST = 40;

/** The lanes, in the order of their names, the swarm's last. An event of a task that a session holds lies in its lane. */
export function lanesOf(events: readonly EventView[]): readonly Lane[] {
  const holders = new Map<string, string>();
  const lanes = new Map<string, LaneMark[]>();
  for (const { seq, type, data } of events) {
    const task = typeof data['task_id'] === 'string' ? data['task_id'] : null;
    const named = typeof data['session_id'] === 'string' ? data['session_id'] : null;
    if (task !== null && named !== null) holders.set(task, named);
    const name = named ?? (task === null ? null : holders.get(task)) ?? SWARM_LANE;
    const marks = lanes.get(name) ?? [];
    lanes.set(name, marks);
    marks.push({ seq, type, tone: toneOf(type) });
  }
  const sorted = [...lanes]
    .map(([name, marks]) => ({ name, marks }))
    .sort((a, b) => Number(a.name === SWARM_LANE) - Number(b.name === SWARM_LANE) || a.name.localeCompare(b.name, 'en', { numeric: true }));
  return sorted.slice(0, LANES_AT_MOST);
}

function toneOf(type: string): LaneMark['tone'] {
  if (/_(completed|returned|answered|registered)$/.test(type)) return 'good';
  if (/_(failed|offline|released|probed|cancelled)$/.test(type)) return 'bad';
  return /_(assigned|started|progressed)$/.test(type) ? 'work' : 'other';
}
