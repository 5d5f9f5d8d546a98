/**
 * Schedules: what is added again and again, when it comes next, what came of it.
 */
import { type ReactNode, useState } from 'react';
import { useRefusal } from '../app/swarm-access.ts';
import type { ScheduleView } from '../../../src/contract/views/schedule-view.ts';
import { useCommand } from '../data/command.ts';
import { useOperation } from '../data/operation-query.ts';
import { Button } from '../ui/button.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Foreign } from '../ui/foreign.tsx';
import { Menu } from '../ui/menu.tsx';
import { Section } from '../ui/page.tsx';
import { Answer, Empty } from '../ui/panels.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { TimeText } from '../ui/time-text.tsx';
import { ScheduleDialog } from './schedule-dialog.tsx';
import { TaskLink } from '../ui/subject-link.tsx';

/** The schedules. */
export function SchedulesPanel(): ReactNode {
  const list = useOperation('schedule.list', { limit: 1000 });
  const [adding, setAdding] = useState(false);
  const refusal = useRefusal('schedule.add');
  return (
    <Answer query={list} what="the schedules" rows={4}>
      {({ schedules }) => (
        <Section
          title={`Schedules (${schedules.length})`}
          aside={
            <Button look="primary" disabled={refusal !== null} title={refusal ?? undefined} onClick={() => setAdding(true)}>
              Add a schedule
            </Button>
          }
        >
          {schedules.length === 0 ? (
            <Empty title="Nothing is scheduled">
              <p>A schedule adds a task each time its cron expression comes round, also after the server was down.</p>
            </Empty>
          ) : (
            <ScheduleTable schedules={schedules} refusal={refusal} />
          )}
          {adding && <ScheduleDialog onClose={() => setAdding(false)} />}
        </Section>
      )}
    </Answer>
  );
}

function ScheduleTable({
  schedules,
  refusal,
}: {
  readonly schedules: readonly ScheduleView[];
  readonly refusal: string | null;
}): ReactNode {
  return (
    <DataTable
      label="Schedules"
      rows={schedules}
      keyOf={({ schedule_id }) => schedule_id}
      columns={[
        { head: 'Schedule', renderCell: ({ schedule_id }) => <Foreign text={schedule_id} className="font-medium" /> },
        {
          head: 'When',
          renderCell: ({ cron, time_zone }) => (
            <>
              <code className="font-mono text-12">{cron}</code> <span className="text-muted">{time_zone}</span>
            </>
          ),
        },
        { head: 'Adds', renderCell: ({ task }) => <Foreign text={task.title} /> },
        { head: 'State', renderCell: ({ status }) => <StateMark state={status} /> },
        { head: 'Next', renderCell: ({ next_at }) => <TimeText time={next_at} /> },
        {
          head: 'Last',
          renderCell: ({ last }) => (last === null ? <span className="text-muted">never</span> : <TaskLink id={last.task_id} />),
        },
        {
          head: 'Fired / skipped',
          number: true,
          renderCell: ({ fired, skipped }) => `${fired} / ${skipped}`,
        },
        { head: 'Do', renderCell: (schedule) => <ScheduleMenu schedule={schedule} refusal={refusal} /> },
      ]}
    />
  );
}

function ScheduleMenu({
  schedule: { schedule_id, status },
  refusal,
}: {
  readonly schedule: ScheduleView;
  readonly refusal: string | null;
}): ReactNode {
  const run = useCommand('schedule.run', { doing: () => `run ${schedule_id}`, done: ({ task_id }) => `Added ${task_id}.` });
  const pause = useCommand('schedule.pause', { doing: () => `pause ${schedule_id}`, done: () => `${schedule_id} is paused.` });
  const resume = useCommand('schedule.resume', { doing: () => `resume ${schedule_id}`, done: () => `${schedule_id} goes on.` });
  const remove = useCommand('schedule.remove', { doing: () => `remove ${schedule_id}`, done: () => `${schedule_id} is removed.` });
  return (
    <Menu
      label={`Change ${schedule_id}`}
      trigger="Change"
      look="plain"
      disabled={refusal !== null}
      choices={[
        { label: 'Run it now', onChoose: () => run.mutate({ schedule_id }) },
        status === 'paused'
          ? { label: 'Resume', onChoose: () => resume.mutate({ schedule_id }) }
          : { label: 'Pause', disabled: status === 'ended', onChoose: () => pause.mutate({ schedule_id }) },
        { label: 'Remove', note: 'The tasks that it added stay.', onChoose: () => remove.mutate({ schedule_id }) },
      ]}
    />
  );
}
