/**
 * Walks the production dependencies as they are installed, and judges the licence that each declares.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Licences that an Apache-2.0 product may ship with. */
const ALLOWED = /^(MIT|MIT-0|ISC|Apache-2\.0|BSD-[234]-Clause|BlueOak-1\.0\.0|0BSD|CC0-1\.0|Unlicense|Python-2\.0)$/;

interface Manifest {
  name?: string;
  version?: string;
  license?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

/** An installed package and the licence that it declares. */
export interface InstalledPackage {
  readonly name: string;
  readonly license: string;
}

/** Every package that is installed for production below `root`, transitively. Throws Error when a required one is absent. */
export function productionPackages(root: string): InstalledPackage[] {
  const found = new Map<string, InstalledPackage>();
  const open = [root];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    if (folder !== root) found.set(folder, { name: `${manifest.name}@${manifest.version}`, license: manifest.license ?? 'none' });
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies })) {
      const next = installedAt(folder, name, root);
      if (next === null && manifest.dependencies?.[name] !== undefined) throw new Error(`${name}, which ${folder} needs, is not installed`);
      if (next !== null && !found.has(next)) open.push(next);
    }
  }
  return [...found.values()].toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** Packages whose licence is not allowed. An SPDX choice (`A OR B`) needs one allowed part, `A AND B` all of them. */
export function refusedLicences(packages: readonly InstalledPackage[]): string[] {
  return packages.filter((each) => !isAllowed(each.license)).map((each) => `${each.name}: ${each.license}`);
}

function isAllowed(license: string): boolean {
  const plain = license.replaceAll(/[()]/g, '');
  return plain.split(' OR ').some((choice) => choice.split(' AND ').every((part) => ALLOWED.test(part.trim())));
}

/** Where Node finds a package from a folder; null when it is not installed (other platforms' optional packages). */
function installedAt(folder: string, name: string, root: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    const candidate = join(at, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (at === root || at === dirname(at)) return null;
  }
}
