/**
 * How fast sessions start and are shown, and what keeping them costs: `npm run bench:spawn [-- --json] [--count N] [--seconds N]`.
 * `--json` prints the result as JSON; bench/results/spawn.json is such a run.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { terminalSocket } from '../src/config/terminal-socket.ts';
import { machine } from './engine/statistics.ts';
import { startServerProcess } from './engine/server-process.ts';
import { measureAttach } from './spawn/attach.ts';
import { measureKeeping } from './spawn/keeping.ts';
import { measureTools } from './spawn/mcp-tools.ts';
import { measureScripts, measureTerminals } from './spawn/starts.ts';

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, count: { type: 'string', default: '50' }, seconds: { type: 'string', default: '20' } },
});
const count = Number(values.count);
const parent = mkdtempSync(join(tmpdir(), 'tutti-spawn-'));
const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: parent, TERM: 'xterm-256color', LANG: 'C.UTF-8' };
const say = (text: string): void => console.error(text);
const place = (name: string): { folder: string; environment: Readonly<Record<string, string>> } => {
  const folder = join(parent, name);
  mkdirSync(folder);
  return { folder, environment };
};
const homes = ['tmux', 'attach', 'keeping'];
try {
  say('scripts of a worker');
  const script_to_first_output = await measureScripts(place('scripts'), count);
  say('sessions in tmux');
  const tmux = await measureTerminals('tmux', place('tmux'), count);
  say('sessions in terminals of our own');
  const pty = await measureTerminals('pty', place('pty'), count);
  const server = await startServerProcess(place('server').folder);
  say('attaching through a server');
  const attach = await measureAttach(place('attach'), server, count);
  say('tool calls');
  const mcp_tool_call = await measureTools(server, 20 * count);
  await server.stop();
  say(`keeping ${count} sessions`);
  const keeping = await measureKeeping(place('keeping'), count, Number(values.seconds));
  const date = new Date().toISOString().slice(0, 10);
  const result = { date, machine: machine(), count, script_to_first_output, tmux, pty, attach, mcp_tool_call, keeping };
  console.log(values.json === true ? JSON.stringify(result, null, 2) : result);
} finally {
  for (const name of homes) {
    try {
      execFileSync('tmux', ['-L', terminalSocket(join(parent, name)), 'kill-server'], { stdio: 'ignore' });
    } catch {
      // It never ran.
    }
  }
  rmSync(parent, { recursive: true, force: true });
}
