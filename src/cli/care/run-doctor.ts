/**
 * tutti doctor: runs every check, one after the other, and says of each problem how to fix it.
 * Invariant: a check that breaks is a problem of its own and keeps none of the others from running.
 */
import { Failure, reasonOf } from '../../contract/failure.ts';
import type { CliContext } from '../cli-context.ts';
import { cleanLine, safeJson } from '../output/clean-text.ts';
import { fillTo } from '../output/display-width.ts';
import { checkArchive } from './check-archive.ts';
import type { DoctorCheck, Finding } from './doctor-check.ts';
import { checkClock, checkJournal, checkServer } from './server-checks.ts';
import { checkConfiguration, checkDataFolder, checkDisk, checkGit, checkNode, checkTmux } from './machine-checks.ts';

const CHECKS: Readonly<Record<string, DoctorCheck>> = {
  node: checkNode,
  configuration: checkConfiguration,
  data: checkDataFolder,
  disk: checkDisk,
  server: checkServer,
  journal: checkJournal,
  archive: checkArchive,
  clock: checkClock,
  git: checkGit,
  tmux: checkTmux,
};
const SHAPES = { ok: '✓', warning: '▲', problem: '✕', skipped: '–' } as const;

/** Runs `tutti doctor`: exit code 1 when there is a problem. */
export async function runDoctor(context: CliContext): Promise<number> {
  const { terminal, globals } = context;
  const checks: (Finding & { readonly check: string })[] = [];
  for (const [check, run] of Object.entries(CHECKS)) {
    const finding = await Promise.resolve()
      .then(() => run(context))
      .catch((error: unknown): Finding => ({
        status: 'problem',
        detail: reasonOf(error),
        fix: error instanceof Failure ? error.hint : 'Run it again; if it stays, report it with the log: tutti logs',
      }));
    checks.push({ check, ...finding });
  }
  const problems = checks.filter(({ status }) => status === 'problem').length;
  if (globals.json) {
    terminal.print(safeJson({ ok: problems === 0, checks }, 2));
    return problems === 0 ? 0 : 1;
  }
  const width = Math.max(...checks.map(({ check }) => check.length));
  const { out } = terminal;
  const paint = { ok: out.green, warning: out.amber, problem: out.red, skipped: out.dim } as const;
  for (const { check, status, detail, fix } of checks) {
    terminal.print(`${paint[status](SHAPES[status])} ${fillTo(check, width)}  ${cleanLine(detail)}`);
    if (fix !== null) terminal.print(`  ${' '.repeat(width)}  ${out.dim('fix:')} ${out.bold(cleanLine(fix))}`);
  }
  const warnings = checks.filter(({ status }) => status === 'warning').length;
  terminal.say(
    '',
    problems === 0
      ? `No problem found${warnings === 0 ? '' : `, ${warnings} ${warnings === 1 ? 'thing' : 'things'} to know`}.`
      : `${problems} ${problems === 1 ? 'problem' : 'problems'} found.`,
  );
  return problems === 0 ? 0 : 1;
}
