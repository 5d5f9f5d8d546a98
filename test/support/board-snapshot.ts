/**
 * What a dispatch board holds, by the names of tasks and sessions: for comparing a board that followed the events with
 * one made from the state.
 */
import type { SwarmBoard } from '../../src/domain/dispatch/swarm-board.ts';
import { isTerminal } from '../../src/domain/task/state.ts';
import { isMember } from '../../src/domain/session/state.ts';
import type { SwarmState } from '../../src/domain/state.ts';

/** The content of a board in words; sessions are compared without whether they are open, which is no state. */
export function boardSnapshot(swarm: SwarmBoard, state: SwarmState): unknown {
  const { tasks, sessions, ready } = swarm.board;
  const names = (rows: readonly number[] | undefined): string[] => (rows ?? []).map((row) => swarm.taskAt(row).id).toSorted();
  const unfinished = [...state.tasks.values()].filter((task) => !isTerminal(task.status));
  const rows = unfinished.map((task) => {
    const row = swarm.rowOf(task) ?? -1;
    return {
      id: task.id,
      state: tasks.state[row],
      waiting: tasks.waiting[row],
      priority: tasks.priority[row],
      inherited: tasks.inherited[row],
      rank: tasks.rank[row]?.toPrecision(9),
      after: names(tasks.predecessors[row]),
      before: names(tasks.successors[row]),
      class: JSON.stringify(sessions.classes[tasks.taskClass[row] ?? -1]?.spec),
      session: task.lease === null ? null : swarm.sessionAt(tasks.session.get(row) ?? -1).id,
      ready_since: task.queued ? tasks.readySince[row] : null,
    };
  });
  const members = sessions.sessions.flatMap((row, index) =>
    row === undefined ? [] : [{ id: swarm.sessionAt(index).id, used: row.used, slots: row.spec.slots, running: names([...row.running]) }],
  );
  const found = { rows, members: members.toSorted((a, b) => (a.id < b.id ? -1 : 1)), count: tasks.count, ready: ready.size };
  return { ...found, running: swarm.board.shares.running, expected_members: [...state.sessions.values()].filter(isMember).length };
}
