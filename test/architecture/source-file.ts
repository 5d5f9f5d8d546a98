/**
 * Reads TypeScript sources into what the architecture checks look at: imports, exports, comments, syntax tree.
 * Invariant: a file that does not parse is an error, never an empty result.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, type Comment, type EcmaScriptModule, type Program } from 'oxc-parser';

/** One parsed source file. */
export interface SourceFile {
  /** Path from the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly program: Program;
  readonly module: EcmaScriptModule;
  readonly comments: readonly Comment[];
}

/** Root folder of the repository. */
export const ROOT = join(import.meta.dirname, '../..');

/** Parses a text as the file at `path`. Throws Error when it is not valid TypeScript. */
export function parseSource(path: string, text: string): SourceFile {
  const result = parseSync(path, text);
  const [first] = result.errors;
  if (first !== undefined) throw new Error(`${path}: ${first.message}`);
  return { path, text, program: result.program, module: result.module, comments: result.comments };
}

/** Files of the repository, tracked or about to be, whose path fits. */
export function repositoryFiles(fits: RegExp): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: ROOT, encoding: 'utf8' });
  const paths = listed.split('\0').filter((path) => path !== '' && fits.test(path) && existsSync(join(ROOT, path)));
  return [...new Set(paths)].toSorted();
}

/** The parsed files of the repository whose path fits. */
export function parseRepository(fits: RegExp): SourceFile[] {
  return repositoryFiles(fits).map((path) => parseSource(path, readFileSync(join(ROOT, path), 'utf8')));
}

/** Sources of the product. */
export const PRODUCT = /^src\/.*(?<!\.test)\.ts$/;

/** Sources of the dashboard. */
export const WEB = /^web\/src\/.*(?<!\.test)\.tsx?$/;

/** Everything in TypeScript, tests and scripts included. */
export const ALL_TYPESCRIPT = /^(src|test|bench|scripts|web)\/.*\.tsx?$/;

/** Line number of a place in a file, from 1. */
function lineAt(file: SourceFile, offset: number): number {
  return file.text.slice(0, offset).split('\n').length;
}

/** `path:line`, as the problems of the checks begin. */
export function place(file: SourceFile, offset: number): string {
  return `${file.path}:${lineAt(file, offset)}`;
}
