/**
 * Says the closing report to a person, and where to look next. Pure.
 */
import { wrapTo } from '../cli/output/display-width.ts';
import { cleanLine } from '../cli/output/clean-text.ts';
import type { Palette } from '../cli/output/terminal.ts';
import { counted } from '../cli/output/words.ts';
import type { DemoReport, KillReport } from './derive-report.ts';
import { seconds } from './tidings.ts';

/** What the report is said with. */
export interface ReportPlace {
  readonly home: string;
  readonly folder: string;
  readonly branch: string;
  readonly base_commit: string;
  readonly swarm: string;
  /** How the command line is called here. */
  readonly tutti: string;
  readonly out: Palette;
  readonly columns: number | null;
}

const WIDEST = 100;
const INDENT = 14;

/** The lines of the report. */
export function reportLines(report: DemoReport, place: ReportPlace): string[] {
  const { out } = place;
  const { tasks, git } = report;
  const whole = tasks.completed === tasks.added;
  const head = `${counted(tasks.completed, 'task')} of ${tasks.added} done in ${seconds(report.wall_ms)}`;
  const mark = whole ? out.green('✓') : out.amber('▲');
  return [
    `${mark} ${out.bold(head)}${tasks.failed > 0 ? out.red(` · ${tasks.failed} failed: ${tasks.failed_ids.join(', ')}`) : ''}`,
    '',
    ...facts(place, [
      [
        'log',
        `events ${report.first_seq} to ${report.last_seq}: ${counted(report.attempts, 'attempt')}, ${counted(report.leases_lost, 'lost lease')}, ${duplicates(tasks.duplicates)}`,
      ],
      [
        'git',
        `${counted(git.commits, 'commit')} of ${counted(git.tasks_merged, 'task')} merged into ${place.branch}: ${counted(git.files_changed, 'file')}, +${git.insertions} −${git.deletions}`,
      ],
      ['no change', tasks.unchanged.length === 0 ? null : `${tasks.unchanged.join(', ')}: ran, and had nothing to change`],
      ['killed', report.kill === null ? 'no worker: every task ended too soon' : killText(report.kill)],
      ['cost', costText(report)],
    ]),
    '',
    out.bold('Look at it'),
    ...commands(place, [
      [`${place.tutti} status --swarm ${place.swarm}`, 'the swarm as it is now'],
      ...(report.kill === null
        ? []
        : [[`${place.tutti} task show ${report.kill.task_id} --swarm ${place.swarm}`, 'the task that changed hands'] as const]),
      [`git -C ${place.folder} log --graph --oneline ${place.branch}`, 'what was merged'],
      [`git -C ${place.folder} diff ${place.base_commit.slice(0, 10)} ${place.branch}`, 'all of it as one change'],
    ]),
    '',
    out.bold('Go on'),
    ...commands(place, [
      [`${place.tutti} worker --capabilities build,test`, 'a worker of your own, in another terminal'],
      [`${place.tutti} task add --title "Run the tests" --run "npm test" --wait`, 'work for it'],
      [`rm -rf ${place.home}`, 'the clone is kept; this removes it'],
    ]),
    '',
    out.dim('The server goes on. Ctrl-C stops it; what was acknowledged is safe.'),
  ];
}

function killText(kill: KillReport): string {
  const { session_id, pid, task_id, lease, next_lease, next_session, completed_by } = kill;
  const fence = kill.refused === null ? 'no late result was tried' : `a late result under lease ${lease} was refused: ${kill.refused}`;
  return [
    `${session_id} (pid ${pid}) in the middle of ${task_id}, lease ${lease}`,
    `noticed after ${seconds(kill.detection_ms)} of silence`,
    next_lease === null ? 'nobody took the task' : `given to ${next_session} under lease ${next_lease}`,
    completed_by === null ? 'not completed' : `completed by ${completed_by}`,
    fence,
    `${counted(kill.commits_under_dead_lease, 'commit')} of the dead lease on the branch`,
  ].join('; ');
}

function costText({ runners, sessions }: DemoReport): string {
  const scripts = runners.every((runner) => runner === 'script');
  return scripts ? `$0.00, 0 tokens, no model used: ${counted(sessions, 'script session')}` : `driven by ${runners.join(', ')}`;
}

function duplicates(count: number): string {
  return count === 0 ? '0 duplicate completions' : counted(count, 'duplicate completion');
}

/** Facts with their names aligned, wrapped below their beginning. */
function facts({ out, columns }: ReportPlace, entries: readonly (readonly [name: string, text: string | null])[]): string[] {
  const width = Math.max(20, Math.min(columns ?? WIDEST, WIDEST) - INDENT);
  return entries.flatMap(([name, text]) =>
    text === null
      ? []
      : wrapTo(cleanLine(text), width).map((part, index) => `  ${out.dim((index === 0 ? name : '').padEnd(INDENT - 2))}${part}`),
  );
}

/** Commands to copy, each with what it is for: beside it where there is room, else above it. */
function commands(place: ReportPlace, entries: readonly (readonly [command: string, purpose: string])[]): string[] {
  const { out, columns } = place;
  return entries.flatMap(([command, purpose]) =>
    command.length + purpose.length + 6 <= Math.min(columns ?? WIDEST, WIDEST)
      ? [`  ${command}  ${out.dim(purpose)}`]
      : [`  ${out.dim(`${purpose}:`)}`, `  ${command}`],
  );
}
