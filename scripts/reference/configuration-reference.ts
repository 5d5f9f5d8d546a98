/**
 * docs/reference/configuration.md: every configuration value, from its schema.
 */
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
`;
}

function shown(value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return '–';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
