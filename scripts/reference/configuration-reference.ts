/**
 * docs/reference/configuration.md: every configuration value, from its schema.
 */
import { z } from 'zod';
import { CONFIGURATION_KEYS, configurationSchema } from '../../src/config/configuration-schema.ts';
import { DEFAULT_SETTINGS } from '../../src/contract/settings.ts';
import { markdownTable, type ReferenceGenerator } from './generator.ts';

/** Writes every key with its variable, default and meaning. */
export const configurationReference: ReferenceGenerator = { file: 'docs/reference/configuration.md', generate: configurationText };

function configurationText(): string {
  const defaults = { ...configurationSchema.parse({}), settings: DEFAULT_SETTINGS };
  const rows = CONFIGURATION_KEYS.map(({ key, variable, description }) => [
    `\`${key}\``,
    `\`${variable}\``,
    shown(key.split('.').reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], defaults)),
    description,
  ]);
  return `# Configuration

Generated from the schema by \`npm run docs:generate\`; do not edit.

A value comes from the first of these that has it: a flag, an environment variable, the file \`.tutti/config.yaml\` of the project, the file
\`tutti/config.yaml\` of the user below \`$XDG_CONFIG_HOME\` (\`~/.config\`), the default. \`tutti config get --show-origin\` says which it was.
Unknown keys and wrong values are refused, and their place is named. Lists in variables and flags are separated by commas.

\`\`\`yaml
port: 9000
worker:
  capabilities: [build, test]
settings:
  offline_after: 60
\`\`\`

${markdownTable(['key', 'variable', 'default', 'meaning'], rows)}

Beside these, \`TUTTI_DATA\` names the data folder and \`TUTTI_TOKEN\` is the token to send. Settings enter the log of the swarm when the
server starts with them; \`tutti config rules\` shows those in force, \`tutti config set\` changes them.

## Tables

What stands under a name of one's own:

\`\`\`yaml
sessions:
  lead:
    agent: { runner: claude, permissions: edits }
    worktree: true
  watch:
    command: npm run watch
    restart: always
    memory_mb: 2000
roles:
  poet: { runner: claude, instructions: You write short. }
mcp_servers:
  notes: { command: [npx, notes-server], env: { NOTES_KEY: 'secret:NOTES_KEY' } }
prices:
  gpt-5: { input: 1.25, output: 10 }
\`\`\`

${CONFIGURATION_KEYS.filter(({ kind }) => kind === 'table')
  .map(({ key, schema }) => tableText(key, schema))
  .join('\n\n')}
`;
}

interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema;
}

function tableText(key: string, schema: z.ZodType): string {
  const { additionalProperties = {} } = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
  return `### \`${key}.NAME\`\n\n${markdownTable(['field', 'value', 'default', 'meaning'], fieldsOf(additionalProperties))}`;
}

/** The fields of one entry of a table, those of objects in them too. */
function fieldsOf(schema: JsonSchema, prefix = ''): string[][] {
  return (schema.anyOf ?? [schema]).flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties).flatMap(([name, field]) => {
      const standard = required.includes(name) ? 'needed' : shown(JSON.stringify(field.default) === '{}' ? undefined : field.default);
      const own = [`\`${prefix}${name}\``, kindOf(field), standard, field.description ?? ''];
      return [own, ...(field.properties === undefined ? [] : fieldsOf(field, `${prefix}${name}.`))];
    }),
  );
}

function kindOf({ type, anyOf, enum: values, const: value }: JsonSchema): string {
  if (value !== undefined) return `\`${value}\``;
  if (values !== undefined) return values.map((each) => `\`${each}\``).join(', ');
  return type ?? (anyOf ?? []).map(kindOf).join(' or ');
}

function shown(value: unknown): string {
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return '–';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
