/**
 * Says of the server before that it ended without a word, before another one is started in its folder: nobody else can, because
 * no code of a process runs any more that was killed or ran out of memory.
 */
import { dataFiles } from '../../config/data-folder.ts';
import { brokenStart } from '../../config/starting-file.ts';
import { processBirth } from '../../config/process-birth.ts';
import { readServerFile } from '../../config/server-file.ts';
import type { CliContext } from '../cli-context.ts';
import { ago } from '../output/words.ts';

/** Says it to a person, if it is so. */
export function sayLastRun(folder: string, context: CliContext): void {
  sayLastServer(folder, context);
  sayLastStart(folder, context);
}

function sayLastServer(folder: string, { terminal, globals }: CliContext): void {
  const last = globals.json ? null : readServerFile(dataFiles(folder).server);
  // Earlier versions did not note when their process began: its id may be another's by now.
  if (last === null || typeof last.born !== 'string' || processBirth(last.pid) === last.born) return;
  terminal.say(
    `${terminal.err.amber('▲')} The last server here (process ${last.pid}, started ${ago(last.started_at, Date.now())}) ended without a word: killed, or out of memory or power.`,
    '  Whatever it had written to its log is safe. If it said `heap out of memory`, allow it more, in MB:',
    '  NODE_OPTIONS=--max-old-space-size=4096 tutti up',
  );
}

/** A server that never came to serve leaves V8's words alone, which do not say what to do. */
function sayLastStart(folder: string, { terminal, globals }: CliContext): void {
  const last = globals.json ? null : brokenStart(dataFiles(folder).starting);
  if (last === null) return;
  terminal.say(
    `${terminal.err.amber('▲')} The last start here (process ${last.pid}, ${ago(last.started_at, Date.now())}) ended before there was a server: killed, or its log needs more memory than it had.`,
    '  Nothing was changed. If it said `heap out of memory`, allow it more, in MB:',
    '  NODE_OPTIONS=--max-old-space-size=4096 tutti up',
  );
}
