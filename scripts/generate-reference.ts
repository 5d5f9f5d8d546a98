/**
 * Writes what is generated (the reference in docs/reference, the routes of the client), or with --check fails when a checked-in file differs from what the code says.
 * A further file is one more entry in GENERATORS.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cliReference } from './reference/cli-reference.ts';
import { clientRoutes } from './reference/client-routes.ts';
import { configurationReference } from './reference/configuration-reference.ts';
import { errorsReference } from './reference/errors-reference.ts';
import { type ReferenceGenerator } from './reference/generator.ts';
import { mcpReference } from './reference/mcp-reference.ts';
import { openApiReference } from './reference/openapi-reference.ts';

const GENERATORS: readonly ReferenceGenerator[] = [
  clientRoutes,
  errorsReference,
  openApiReference,
  cliReference,
  configurationReference,
  mcpReference,
];

/** Files below `root` that differ from what their generator makes; with `write` they are brought up to date. */
export async function outdatedReference(root: string, generators: readonly ReferenceGenerator[], write: boolean): Promise<string[]> {
  const outdated: string[] = [];
  for (const { file, generate } of generators) {
    const path = join(root, file);
    const text = await generate();
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    outdated.push(file);
    if (!write) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return outdated;
}

if (import.meta.main) {
  const check = process.argv.includes('--check');
  const outdated = await outdatedReference(join(import.meta.dirname, '..'), GENERATORS, !check);
  if (outdated.length === 0) console.log(`${GENERATORS.length} reference files are up to date.`);
  for (const file of outdated) console.log(check ? `${file} is out of date: run npm run docs:generate` : `wrote ${file}`);
  if (check && outdated.length > 0) process.exitCode = 1;
}
