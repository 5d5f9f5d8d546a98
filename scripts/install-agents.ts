/**
 * `npm run agents:install`: installs the agent programs that the tests drive into their cache folder. A folder that has
 * exactly the versions asked for already is left as it is.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AGENT_PACKAGES, agentCache } from './agent-programs.ts';

const cache = agentCache(process.env);

function installedVersion(name: string): string | null {
  const manifest = join(cache, 'node_modules', name, 'package.json');
  return existsSync(manifest) ? (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version : null;
}

const missing = Object.entries(AGENT_PACKAGES).filter(([name, version]) => installedVersion(name) !== version);
if (missing.length === 0) console.log(`The agent programs are in ${cache}.`);
else {
  console.log(`Installing ${missing.map(([name, version]) => `${name}@${version}`).join(', ')} into ${cache} …`);
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, 'package.json'), JSON.stringify({ private: true, dependencies: AGENT_PACKAGES }, null, 2));
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: cache, stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
