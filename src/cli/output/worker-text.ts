/**
 * How the news of a worker looks to a person: one line per fact that matters; the rest is in its log files.
 */
import type { WorkerNews } from '../launch.ts';
import { cleanLine, cleanText } from './clean-text.ts';
import type { Palette } from './terminal.ts';
import { clockTime, duration } from './words.ts';

/** What decides how news are told. */
export interface WorkerTelling {
  readonly capabilities: readonly string[];
  /** Also what the tasks print. */
  readonly showOutput: boolean;
  readonly out: Palette;
}

/** The lines of a fact; none for what only programs care about. */
export function workerLine(news: WorkerNews, telling: WorkerTelling): string[] {
  const { out } = telling;
  const field = (name: string): string => cleanLine(wordOf(news[name]));
  const at = out.dim(clockTime(new Date(news.time).toISOString()));
  const line = (mark: string, text: string): string[] => [`${at}  ${mark} ${text}`];
  const task = out.bold(field('task_id'));
  switch (news.kind) {
    case 'registered':
      return line(
        out.green('●'),
        `${out.bold(field('session_id'))} is registered and waits for work (${telling.capabilities.join(', ') || 'tasks that need no capability'}).`,
      );
    case 'assigned':
      return line(out.accent('◔'), `${task}  ${field('title')}${Number(news['attempt']) > 1 ? ` (attempt ${field('attempt')})` : ''}`);
    case 'started':
      return line(out.amber('◐'), `${task} runs in ${field('folder')}${news['branch'] === null ? '' : ` on ${field('branch')}`}`);
    case 'output':
      return telling.showOutput
        ? cleanText(wordOf(news['text']))
            .trimEnd()
            .split('\n')
            .map((text) => `          ${out.dim('│')} ${text}`)
        : [];
    case 'merged':
      return line(out.green('✓'), `${task} is merged into ${field('into')}`);
    case 'completed':
      return line(out.green('✓'), `${task} completed${took(news)}`);
    case 'failed':
      return line(out.red('✕'), `${task} failed${took(news)}${whyFailed(news)}`);
    case 'revoked':
      return line(out.amber('▲'), `${task} was taken back: ${field('reason')}. Its run was stopped, its work kept.`);
    case 'parked':
      return line(out.amber('▲'), `${task} waits for its provider until ${clockTime(field('until'))}`);
    case 'refused':
      return [
        ...line(
          out.red('✕'),
          `the provider ${news['reason'] === 'model' ? 'does not have the model' : 'refuses the key'}: ${field('message')}`,
        ),
        ...line(
          ' ',
          `${task} was given back unharmed. ${news['reason'] === 'model' ? 'Name another model' : 'Set a key that works or pay its bill'} and start the worker anew; it tries again by itself.`,
        ),
      ];
    case 'given_back':
      return line('–', `${task} was given back`);
    case 'undeliverable':
      return line(out.amber('▲'), `the server takes no result of ${task} (${field('code')}); it is kept in ${field('file')}`);
    case 'undelivered':
      return line(out.amber('▲'), `the result of ${task} is kept, and delivered by the next worker here`);
    case 'kept':
      return line('–', `unmerged work of ${task} is kept ${news['ref'] === null ? `in ${field('folder')}` : `under ${field('ref')}`}`);
    case 'warning':
      return line(out.amber('▲'), `${field('message')} ${out.dim(`[${field('code')}]`)}`);
    case 'leftover':
      return line('–', `an earlier worker left a result of ${task}; it is delivered now`);
    case 'connection':
      return news['way'] === 'long_poll' ? line('–', out.dim('no lasting connection; asking for work again and again')) : [];
    case 'lost_server':
      return line(out.amber('▲'), `lost the server: ${field('reason')}. What runs goes on; trying again.`);
    case 'back':
      return line(out.green('●'), `the server is back after ${duration(Number(news['lost_ms']) / 1000)}`);
    default:
      return [];
  }
}

function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value);
}

function took(news: WorkerNews): string {
  const ms = resultOf(news)['duration_ms'];
  return typeof ms === 'number' ? ` in ${duration(ms / 1000)}` : '';
}

function whyFailed(news: WorkerNews): string {
  const { error, exit_code: code, log_file: file } = resultOf(news);
  const message = typeof error === 'object' && error !== null && 'message' in error ? cleanLine(String(error.message)) : null;
  const why = message ?? (typeof code === 'number' ? `exit code ${code}` : null);
  return `${why === null ? '' : `: ${why}`}${typeof file === 'string' ? ` · log: ${cleanLine(file)}` : ''}`;
}

function resultOf({ result }: WorkerNews): Readonly<Record<string, unknown>> {
  return typeof result === 'object' && result !== null ? (result as Readonly<Record<string, unknown>>) : {};
}
