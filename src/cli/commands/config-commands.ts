/**
 * The commands on configuration: the values here with their origins, and the rules in force on the server.
 */
import type { ConfiguredValue } from '../../config/load-configuration.ts';
import { Failure } from '../../contract/failure.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../contract/settings.ts';
import type { CliCommand } from '../command.ts';
import { operationCommand } from '../operation-command.ts';
import { cleanLine, safeJson } from '../output/clean-text.ts';
import { type Column, table } from '../output/table.ts';

/** tutti config get */
const configGet: CliCommand = {
  path: 'config get',
  summary: 'Show the configuration: flags, environment, project file, user file, defaults, in this order.',
  doing: 'show the configuration',
  args: [
    {
      field: 'key',
      shown: 'key',
      description: 'Only this value, for example port or worker.slots; or a rule of the server.',
      optional: true,
    },
  ],
  options: [{ flags: '--show-origin', description: 'Where each value comes from.', common: true }],
  examples: [
    { run: 'tutti config get --show-origin', says: 'Every value and where it comes from' },
    { run: 'tutti config get port', says: 'One value, for a script' },
    { run: 'tutti config get offline_after', says: 'A protocol rule as it is in force on the server' },
  ],
  run: async ({ configure, connect, terminal, globals }, given) => {
    const { values } = await configure();
    const key = given['key'] as string | undefined;
    if (key !== undefined && isRule(key)) {
      const { client } = await connect();
      const { settings } = await client.call('config.get', {});
      const rule = { key, value: settings[key] };
      terminal.print(globals.json ? safeJson({ values: [rule] }, 2) : valueText(rule));
      return;
    }
    const showOrigin = given['show_origin'] === true;
    const chosen = key === undefined ? values : values.filter((each) => each.key === key || each.key.startsWith(`${key}.`));
    if (chosen.length === 0) throw new Failure('usage', { reason: `There is no configuration value ${key}; tutti config get lists them.` });
    const shown = chosen.map(({ key: name, value, origin }) => ({ key: name, value, ...(showOrigin ? { origin } : {}) }));
    const [only] = chosen;
    if (globals.json) terminal.print(safeJson({ values: shown }, 2));
    else if (key !== undefined && chosen.length === 1 && only?.key === key && !showOrigin) terminal.print(valueText(only));
    else terminal.print(...table(chosen, showOrigin ? [...COLUMNS, ORIGIN] : COLUMNS, terminal));
  },
};

/** tutti config rules */
const configRules = operationCommand({
  path: 'config rules',
  summary: 'Show the protocol rules in force on the server.',
  doing: 'show the rules',
  operation: 'config.get',
  examples: [
    { run: 'tutti config rules', says: 'Timeouts, intervals, the policy' },
    { run: 'tutti config rules --json | jq .settings.policy', says: 'One of them' },
    { run: 'tutti config rules --swarm payments', says: 'Of another swarm' },
  ],
  print: ({ output }, { terminal }) => terminal.print(...table(rulesOf(output.settings), COLUMNS, terminal)),
});

/** tutti config set */
const configSet = operationCommand({
  path: 'config set',
  summary: 'Change protocol rules on the server; takes effect at once and is recorded.',
  doing: 'change the rules',
  operation: 'config.apply',
  args: [{ field: 'settings', shown: 'rule=value', description: 'Rules and their values; or one rule and its value.', variadic: true }],
  examples: [
    { run: 'tutti config set offline_after 60', says: 'Reassign after a minute of silence' },
    { run: 'tutti config set heartbeat_interval=10 offline_after=30', says: 'Two rules at once' },
    { run: 'tutti config set policy=fifo --dry-run', says: 'Only check it' },
  ],
  input: ({ settings }) => ({ settings: assignmentsOf(settings as readonly string[]) }),
  print: ({ output, values }, { terminal }) => {
    const changed = Object.keys(assignmentsOf(values['settings'] as readonly string[]));
    terminal.print(
      ...table(
        rulesOf(output.settings).filter(({ key }) => changed.includes(key)),
        COLUMNS,
        terminal,
      ),
    );
    terminal.say(...(output.notes ?? []).map(cleanLine));
  },
});

/** Every command of this file. */
export const CONFIG_COMMANDS: readonly CliCommand[] = [configGet, configRules, configSet];

const COLUMNS: readonly Column<Pick<ConfiguredValue, 'key' | 'value'>>[] = [
  { title: 'KEY', cell: ({ key }) => key, paint: (text, _row, { bold }) => bold(text) },
  { title: 'VALUE', cell: valueText, flexible: true },
];
const ORIGIN: Column<ConfiguredValue> = {
  title: 'ORIGIN',
  cell: ({ origin }) => `${origin.source}${origin.place === '' ? '' : ` (${origin.place})`}`,
};

function valueText({ value }: Pick<ConfiguredValue, 'value'>): string {
  if (value === null) return '–';
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.join(',');
  return typeof value === 'string' ? value : safeJson(value);
}

function rulesOf(settings: Readonly<Record<string, unknown>>): { key: string; value: unknown }[] {
  return Object.entries(settings).map(([key, value]) => ({ key, value }));
}

/** True for the name of a protocol rule. */
function isRule(key: string): key is keyof Settings {
  return Object.hasOwn(DEFAULT_SETTINGS, key);
}

/** `key=value`, or one key and its value, as a record; numbers are numbers. Throws Failure `usage`. */
function assignmentsOf(given: readonly string[]): Readonly<Record<string, unknown>> {
  const [key = '', value = ''] = given;
  const texts = given.length === 2 && !given.some((text) => text.includes('=')) ? [`${key}=${value}`] : given;
  return Object.fromEntries(
    texts.map((text) => {
      const [, key, value] = /^(?:settings\.)?([a-z_]+)=(.*)$/.exec(text) ?? [];
      if (key === undefined || value === undefined) throw new Failure('usage', { reason: `${text} is not of the form rule=value.` });
      return [key, value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value];
    }),
  );
}
