/**
 * Owns what can be configured, once: the same schema reads flags, environment, files and defaults.
 * Invariant: every key has a description, and a default unless being absent means something.
 */
import { z } from 'zod';
import { capability, sessionId, swarmName } from '../contract/ids.ts';
import { settings, settingsPatch } from '../contract/settings.ts';

/** How much the server writes into its log. */
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

/** Every configuration value. */
export const configurationSchema = z.strictObject({
  swarm: swarmName.default('default').describe('The swarm that commands speak to.'),
  server: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .optional()
    .describe('Address of the server; left out: the one whose `.tutti/server.json` is found from the current folder upwards.'),
  host: z.string().min(1).max(253).default('127.0.0.1').describe('Address that `tutti up` listens on.'),
  port: z.int().min(0).max(65_535).default(8600).describe('Port that `tutti up` listens on; 0 takes any free one.'),
  auth: z.boolean().default(true).describe('false: no token is asked for; only on loopback.'),
  journal: z
    .string()
    .regex(/^(memory:|sqlite:.*)$/, 'must be `sqlite:FOLDER` or `memory:`')
    .default('sqlite:')
    .describe('Where the log lives: `sqlite:` is the data folder, `sqlite:FOLDER` another one, `memory:` forgets at the end.'),
  checkpoint_interval: z
    .number()
    .min(0)
    .max(86_400)
    .default(30)
    .describe('Seconds of change after which a checkpoint is made, so that starting and looking back stay fast; 0: never.'),
  log_level: z.enum(LOG_LEVELS).default('info').describe('How much the server writes into its log.'),
  settings: settingsPatch.prefault({}).describe('Protocol rules of the swarm that differ from the defaults.'),
  worker: z
    .strictObject({
      name: sessionId.optional().describe('Id of the session; left out: made from the host name and the process.'),
      capabilities: z.array(capability).max(100).default([]).describe('What the worker can do.'),
      specialties: z.array(z.string().min(1).max(128)).max(100).default([]).describe('What it is especially good at.'),
      slots: z.int().min(1).max(1000).default(1).describe('Tasks it works on at the same time.'),
    })
    .prefault({})
    .describe('Defaults of `tutti worker`.'),
});

/** Every configuration value, complete. */
export type Configuration = z.output<typeof configurationSchema>;

/** One value that can be set, as files, variables and flags name it. */
export interface ConfigurationKey {
  /** Dotted, for example `worker.slots`. */
  readonly key: string;
  /** The environment variable. */
  readonly variable: string;
  readonly description: string;
  readonly kind: 'text' | 'number' | 'boolean' | 'list';
  /** The schema of the value, when it is given. */
  readonly schema: z.ZodType;
}

/** Every key, in the order of the schema. */
export const CONFIGURATION_KEYS: readonly ConfigurationKey[] = keysOf(configurationSchema, '');

function keysOf(object: z.ZodObject, prefix: string): ConfigurationKey[] {
  return Object.entries(object.shape as Readonly<Record<string, z.ZodType>>).flatMap(([name, schema]) => {
    const key = `${prefix}${name}`;
    const inner = bare(schema);
    if (inner instanceof z.ZodObject) return keysOf(inner, `${key}.`);
    const variable = `TUTTI_${key.replaceAll('.', '_').toUpperCase()}`;
    const description = schema.description ?? inner.description ?? ruleDescription(key) ?? '';
    return [{ key, variable, description, kind: kindOf(inner), schema: inner }];
  });
}

/** A patch of the rules has lost their descriptions. */
function ruleDescription(key: string): string | undefined {
  const name = key.replace(/^settings\./, '');
  return Object.hasOwn(settings.shape, name) ? settings.shape[name as keyof typeof settings.shape].description : undefined;
}

/** The schema below defaults and optionals. */
function bare(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return bare(schema.unwrap() as z.ZodType);
  }
  return schema;
}

function kindOf(schema: z.ZodType): ConfigurationKey['kind'] {
  if (schema instanceof z.ZodNumber) return 'number';
  if (schema instanceof z.ZodBoolean) return 'boolean';
  return schema instanceof z.ZodArray ? 'list' : 'text';
}
