/**
 * Completes package-lock.json for every platform. A registry that does not serve the binaries of other
 * platforms makes npm leave them out of the lock, and then `npm ci` refuses the lock everywhere.
 * Invariant: every optional dependency that a locked package names has an entry; existing entries never change.
 *
 * An added entry has no integrity, because its archive could not be seen; npm fills it in where the archive can be fetched.
 */
import { readFileSync, writeFileSync } from 'node:fs';

/** One package of a lock, as far as this file looks at it. */
interface LockedPackage {
  version?: string;
  cpu?: string[];
  dev?: boolean;
  libc?: string[];
  license?: string;
  optional?: boolean;
  os?: string[];
  optionalDependencies?: Record<string, string>;
}

/** A parsed package-lock.json. */
export interface Lockfile {
  packages: Record<string, LockedPackage>;
}

const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const PROCESSORS = ['arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64', 'arm'];

/** Optional dependencies that locked packages name and the lock lacks, as `path of the package → name`. */
export function missingOptional(lock: Lockfile): { parent: string; name: string }[] {
  return Object.entries(lock.packages).flatMap(([parent, locked]) =>
    Object.keys(locked.optionalDependencies ?? {})
      .filter((name) => !resolves(lock, parent, name))
      .map((name) => ({ parent, name })),
  );
}

/** Adds an entry for each missing optional dependency; returns the names. Throws Error when a name tells no platform. */
export function completeLock(lock: Lockfile): string[] {
  const missing = missingOptional(lock);
  for (const { parent, name } of missing) {
    const owner = lock.packages[parent];
    const version = owner?.optionalDependencies?.[name];
    if (owner === undefined || version === undefined) continue;
    lock.packages[`node_modules/${name}`] = {
      version,
      ...platformOf(name),
      ...(owner.dev === true ? { dev: true } : {}),
      ...(owner.license === undefined ? {} : { license: owner.license }),
      optional: true,
    };
  }
  const sorted = Object.keys(lock.packages).toSorted((a, b) => a.localeCompare(b, 'en'));
  lock.packages = Object.fromEntries(sorted.map((path) => [path, lock.packages[path] ?? {}]));
  return missing.map((each) => each.name);
}

/** True when Node would find `name` from the package at `parent`: inside it or in a folder above. */
function resolves(lock: Lockfile, parent: string, name: string): boolean {
  const inside = `${parent}${parent === '' ? '' : '/'}node_modules/${name}`;
  if (inside in lock.packages) return true;
  if (parent === '') return false;
  const above = parent.slice(0, parent.lastIndexOf('node_modules/')).replace(/\/$/, '');
  return resolves(lock, above, name);
}

function platformOf(name: string): Pick<LockedPackage, 'os' | 'cpu' | 'libc'> {
  // WebAssembly runs on every system; npm knows it as a processor that no machine has.
  if (name.includes('wasm32')) return { cpu: ['wasm32'] };
  const system = SYSTEMS.find((each) => name.includes(each));
  const processor = PROCESSORS.find((each) => name.includes(each));
  if (system === undefined || processor === undefined) throw new Error(`The name ${name} does not tell its platform.`);
  const libc = name.endsWith('-musl') ? 'musl' : system === 'linux' && name.endsWith('-gnu') ? 'glibc' : undefined;
  return { os: [system], cpu: [processor], ...(libc === undefined ? {} : { libc: [libc] }) };
}

if (import.meta.main) {
  const file = new URL('../package-lock.json', import.meta.url);
  const lock = JSON.parse(readFileSync(file, 'utf8')) as Lockfile;
  const added = completeLock(lock);
  if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(added.length === 0 ? 'The lock is complete.' : `Added ${added.length} entries: ${added.join(', ')}`);
}
