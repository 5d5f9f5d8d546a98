/**
 * A task of the demo: the licences of all packages that package-lock.json pins.
 */
import { countOf, groupedBy, tableOf, textOf, writeFindings } from './worktree-files.ts';

interface Lock {
  readonly packages?: Readonly<
    Record<string, { readonly version?: string; readonly license?: string; readonly dev?: boolean; readonly optional?: boolean }>
  >;
}

const { packages = {} } = JSON.parse(textOf('package-lock.json')) as Lock;
const pinned = Object.entries(packages)
  .filter(([path]) => path !== '')
  .map(([path, { version = '', license = 'not named', dev, optional }]) => ({
    name: path.replace(/^.*node_modules\//, ''),
    version,
    license,
    use: dev === true ? 'development' : optional === true ? 'optional' : 'runtime',
  }));
const byLicence = groupedBy(pinned, ({ license }) => license);
const runtime = pinned.filter(({ use }) => use === 'runtime');
writeFindings({
  name: 'licences',
  title: 'Licences of the dependencies',
  summary: `${countOf(pinned.length, 'package')}, ${runtime.length} of them at runtime, under ${countOf(byLicence.length, 'licence')}.`,
  lines: [
    ...tableOf(
      ['licence', 'packages', 'at runtime'],
      byLicence.map(([licence, group]) => [licence, group.length, group.filter(({ use }) => use === 'runtime').length]),
    ),
    '',
    '## At runtime',
    '',
    ...tableOf(
      ['package', 'version', 'licence'],
      runtime.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ name, version, license }) => [name, version, license]),
    ),
  ],
});
