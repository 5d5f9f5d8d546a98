/**
 * Says the closing report to a person, and where to look next. Pure.
 */
import { wrapTo } from '../cli/output/display-width.ts';
import { cleanLine } from '../cli/output/clean-text.ts';
import type { Palette } from '../cli/output/terminal.ts';
import { counted, stateWords } from '../cli/output/words.ts';
import type { DemoReport, KillReport } from './derive-report.ts';
import type { Rewind } from './rewind.ts';
import { seconds } from './tidings.ts';
import { clock } from './view.ts';

/** What the report is said with. */
export interface ReportPlace {
  readonly home: string;
  readonly folder: string;
  readonly branch: string;
  readonly base_commit: string;
  readonly swarm: string;
  /** How the command line is called here. */
  readonly tutti: string;
  /** Flags that find the server, with a blank before them. */
  readonly flags: string;
  readonly out: Palette;
  readonly columns: number | null;
}

const WIDEST = 100;
const INDENT = 14;
const PURPOSE = 22;

/** The lines of the report; without a kill there is no rewind. */
export function reportLines(report: DemoReport, place: ReportPlace, rewound: Rewind | null): string[] {
  const { out } = place;
  const { tasks } = report;
  const whole = tasks.completed === tasks.added;
  const head = `${counted(tasks.completed, 'task')} of ${tasks.added} done in ${seconds(report.wall_ms)}`;
  const mark = whole ? out.green('✓') : out.amber('▲');
  return [
    `${mark} ${out.bold(head)}${tasks.failed > 0 ? out.red(` · ${tasks.failed} failed: ${tasks.failed_ids.join(', ')}`) : ''}`,
    '',
    ...facts(place, [
      ['log', [`events ${report.first_seq} to ${report.last_seq}: ${logText(report)}`]],
      ['git', [gitText(report, place)]],
      ['no change', tasks.unchanged.length === 0 ? [] : [`${tasks.unchanged.join(', ')}: ran, and had nothing to change`]],
      ['killed', report.kill === null ? ['no worker: every task ended too soon'] : killText(report.kill)],
      ['cost', [costText(report)]],
    ]),
    ...(rewound === null ? [] : ['', ...rewindLines(rewound, report.kill, place)]),
    '',
    out.bold('Look at it'),
    ...commands(place, [
      ['the swarm now', `${place.tutti} status --swarm ${place.swarm}${place.flags}`],
      ...(report.kill === null
        ? []
        : [['what changed hands', `${place.tutti} task show ${report.kill.task_id} --swarm ${place.swarm}${place.flags}`] as const]),
      ['what was merged', `git -C ${place.folder} log --graph --oneline ${place.branch}`],
      ['all as one change', `git -C ${place.folder} diff ${place.base_commit.slice(0, 10)} ${place.branch}`],
      ['remove the clone', `rm -rf ${place.home}`],
    ]),
    '',
    out.bold('Go on, in another terminal'),
    ...commands(place, [
      ['a worker of your own', `${place.tutti} worker --capabilities build,test${place.flags}`],
      ['work for it', `${place.tutti} task add --run "npm test" --wait${place.flags}`],
    ]),
    '',
    out.dim('The server goes on and the clone is kept. Ctrl-C stops the server.'),
  ];
}

/** The moment before the kill, as the log has it. */
function rewindLines({ seq, time, sessions, tasks, before, after }: Rewind, kill: KillReport | null, place: ReportPlace): string[] {
  const subject = kill === null ? '' : `${kill.task_id}: `;
  const { out, tutti, swarm, flags } = place;
  const held = before.session_id === null ? '' : ` by ${before.session_id}, lease ${before.lease}`;
  const by = after.session_id === null ? '' : ` by ${after.session_id}`;
  return [
    `${out.bold('Rewind')} ${out.dim(`the moment before the kill, from the log: event ${seq}, ${clock(time)}`)}`,
    ...facts(place, [
      [
        'sessions',
        sessions.map(
          ({ id, status, task_id, lease }) => `${stateWords(status)}  ${id}${task_id === null ? '' : ` on ${task_id}, lease ${lease}`}`,
        ),
      ],
      ['tasks', [`${tasks.completed} completed, ${tasks.in_progress} in progress, ${tasks.waiting} pending`]],
      ['its task', [`${subject}then ${before.status.replaceAll('_', ' ')}${held}; now ${after.status.replaceAll('_', ' ')}${by}`]],
    ]),
    ...commands(place, [['go there yourself', `${tutti} status --at ${seq} --swarm ${swarm}${flags}`]]),
  ];
}

function logText({ attempts, leases_lost, tasks }: DemoReport): string {
  return `${counted(attempts, 'attempt')}, ${counted(leases_lost, 'lease')} lost, ${tasks.duplicates} completed twice`;
}

function gitText({ git }: DemoReport, { branch }: ReportPlace): string {
  const of = git.commits === git.tasks_merged ? '' : ` of ${counted(git.tasks_merged, 'task')}`;
  const merged = `${counted(git.commits, 'commit')}${of} merged into ${branch}`;
  return `${merged}: ${counted(git.files_changed, 'file')}, +${git.insertions} −${git.deletions}`;
}

function killText(kill: KillReport): string[] {
  const { session_id, pid, task_id, lease, next_lease, next_session, completed_by } = kill;
  const next = next_lease === null ? 'nobody took the task' : `${next_session} got lease ${next_lease}`;
  const end =
    completed_by === null ? 'and it is not completed' : `${completed_by === next_session ? 'and' : `and ${completed_by}`} completed it`;
  return [
    `${session_id} (pid ${pid}), SIGKILL while it ran ${task_id}, lease ${lease}`,
    `noticed after ${seconds(kill.detection_ms)}; ${next} ${end}`,
    kill.refused === null ? 'no late result was tried' : `a late result under lease ${lease} was refused: ${kill.refused}`,
    `${counted(kill.commits_under_dead_lease, 'commit')} of the dead lease on the branch`,
  ];
}

function costText({ runners, sessions }: DemoReport): string {
  const scripts = runners.every((runner) => runner === 'script');
  return scripts ? `$0.00, 0 tokens, no model used: ${counted(sessions, 'script session')}` : `driven by ${runners.join(', ')}`;
}

/** Facts with their names aligned, wrapped below their beginning. */
function facts({ out, columns }: ReportPlace, entries: readonly (readonly [name: string, texts: readonly string[]])[]): string[] {
  const width = Math.max(20, Math.min(columns ?? WIDEST, WIDEST) - INDENT);
  return entries.flatMap(([name, texts]) =>
    texts
      .flatMap((text) => wrapTo(cleanLine(text), width))
      .map((part, index) => `  ${out.dim((index === 0 ? name : '').padEnd(INDENT - 2))}${part}`),
  );
}

/** Commands to copy, each with what it is for; a narrow terminal wraps them itself, so that they can be copied. */
function commands({ out }: ReportPlace, entries: readonly (readonly [purpose: string, command: string])[]): string[] {
  return entries.map(([purpose, command]) => `  ${out.dim(purpose.padEnd(PURPOSE))}${command}`);
}
