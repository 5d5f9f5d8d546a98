/**
 * Owns what can be configured, once: the same schema reads flags, environment, files and defaults.
 * Invariant: every key has a description, and a default unless being absent means something.
 */
import { z } from 'zod';
import { accountName, capability, sessionId, swarmName } from '../contract/ids.ts';
import { settings, settingsPatch } from '../contract/settings.ts';

/** How much the server writes into its log. */
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

const RUNNERS =
  'What does its tasks: script (commands; the default), claude, codex, codex-app-server, gemini, opencode, acp (any agent of that ' +
  'protocol, with its own settings), or straight to a model: anthropic, openai, deepseek.';

const usdPerMillion = z.number().min(0).max(1e6);
const price = z.strictObject({
  input: usdPerMillion.describe('For what the model reads.'),
  output: usdPerMillion.describe('For what it writes.'),
  cache_read: usdPerMillion.optional().describe('For what it reads from a cache; left out: as input.'),
  cache_write: usdPerMillion.optional().describe('For what is put into the cache; left out: as input.'),
});

const serverName = z.string().regex(/^[A-Za-z][\w-]{0,63}$/, 'must begin with a letter and have only letters, digits, - and _');
const serverNames = z.array(serverName).max(50).default([]);
const secretsByName = z.record(z.string().min(1).max(256), z.string().max(4096)).default({});

/** A server of the Model Context Protocol: a command, or an address. */
const mcpServer = z.union([
  z.strictObject({
    command: z.union([z.string().min(1), z.array(z.string()).min(1)]).describe('What starts it: text, or words in a list.'),
    env: secretsByName.describe('Variables that it gets.'),
  }),
  z.strictObject({
    url: z.url({ protocol: /^https?$/ }).describe('Address of one that runs, instead of a command.'),
    headers: secretsByName.describe('Headers of each request to it.'),
  }),
]);

const role = z.strictObject({
  runner: z.string().min(1).max(64).describe('As `worker.runner`.'),
  model: z.string().min(1).max(256).optional().describe('As `worker.model`.'),
  program: z.string().min(1).max(1000).optional().describe('As `worker.program`.'),
  base_url: z.url().optional().describe("Address of a model API; left out: the provider's own."),
  servers: serverNames.describe('MCP servers that its agents get beside Tutti, names of `mcp_servers`.'),
  instructions: z.string().max(20_000).default('').describe('What its agents are told before each task.'),
});

const permissions = z.enum(['all', 'edits', 'ask']).default('edits');

const hostedAgent = z.strictObject({
  runner: z.literal('claude').describe('The agent program.'),
  model: z.string().min(1).max(256).optional().describe('Its model; left out: its own default.'),
  program: z.string().min(1).max(1000).optional().describe('Its command; left out: `claude`.'),
  permissions: permissions.describe('What it may do without being asked.'),
  takes_work: z.boolean().default(true).describe('false: it is told of messages only, and takes no tasks by itself.'),
  servers: serverNames.describe('MCP servers that it gets beside Tutti, names of `mcp_servers`.'),
});

const hosted = z
  .strictObject({
    command: z
      .union([z.string().min(1), z.array(z.string()).min(1)])
      .optional()
      .describe('What runs in its terminal: text for a shell, or words in a list.'),
    agent: hostedAgent
      .optional()
      .describe('An agent program at its terminal, instead of a command; woken when the team has something for it.'),
    folder: z.string().min(1).default('.').describe('Where it runs, from where the host was started; made when it is not there.'),
    restart: z
      .enum(['always', 'on_failure', 'never'])
      .default('on_failure')
      .describe('When it is started again after its end; after three failures in a row not until `tutti host --lift`.'),
    time_seconds: z.number().positive().optional().describe('It is ended after so long.'),
    memory_mb: z
      .int()
      .positive()
      .optional()
      .describe(
        'It is ended, as a failure, when it holds more with all that it started. The host looks once a second: in between it can hold more, and without a host nobody looks.',
      ),
    cpu_seconds: z
      .int()
      .positive()
      .optional()
      .describe('It is ended when it and all that it started have used so much processor time, as the host sees it once a second.'),
    env: z
      .record(z.string(), z.string())
      .default({})
      .describe('Variables that it gets beside HOME, PATH, the language and the terminal; nothing else of the environment reaches it.'),
    worktree: z
      .boolean()
      .default(false)
      .describe('A worktree of its own of the repository in `folder`, with a branch of its own, to work in.'),
  })
  .refine(({ command, agent }) => (command === undefined) !== (agent === undefined), 'needs a command or an agent, and not both');

/** True for scheme, host and port, as a browser writes them into the Origin header. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** The roles that are there from the start (C2); those of the configuration join or replace them, one by one. */
export const BUILT_IN_ROLES: Readonly<Record<string, z.output<typeof role>>> = {
  analyst: {
    runner: 'anthropic',
    servers: [],
    instructions: 'You are an analyst: you work out requirements, designs and risks, and say what is not known.',
  },
  implementer: {
    runner: 'codex',
    servers: [],
    instructions: 'You are an implementer: you write interfaces and algorithms, make them fast where it matters, and test what you write.',
  },
  validator: {
    runner: 'anthropic',
    servers: [],
    instructions: 'You are a validator: you review work, look for security faults, write tests, and name what you did not check.',
  },
  integrator: {
    runner: 'acp',
    program: 'claude-agent-acp',
    servers: [],
    instructions: 'You are an integrator: you take care of continuous integration, deployment, monitoring and environments.',
  },
  reasoner: {
    runner: 'deepseek',
    servers: [],
    instructions: 'You are a reasoner: you think through algorithms, complexity and bottlenecks, and show why a conclusion holds.',
  },
};

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
  allowed_hosts: z
    .array(z.string().regex(/^[\w.-]{1,253}$|^\[[\da-f:.]+\]$/i, 'must be a host name or address without a port'))
    .max(100)
    .default([])
    .describe('Further host names under which the server may be called, for example behind a proxy; any other Host is refused.'),
  allowed_origins: z
    .array(z.string().refine(isOrigin, 'must be an origin such as https://tutti.example.org'))
    .max(100)
    .default([])
    .describe('Further origins whose pages may call the server; pages of any other origin are refused whatever changes state.'),
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
  archive_after: z
    .number()
    .min(0)
    .max(36_500)
    .default(0)
    .describe('Days after which events leave the log for compressed files in `archive` beside it, with a checkpoint; 0: never.'),
  log_level: z.enum(LOG_LEVELS).default('info').describe('How much the server writes into its log.'),
  settings: settingsPatch.prefault({}).describe('Protocol rules of the swarm that differ from the defaults.'),
  worker: z
    .strictObject({
      name: sessionId.optional().describe('Id of the session; left out: made from the host name and the process.'),
      capabilities: z.array(capability).max(100).default([]).describe('What the worker can do.'),
      specialties: z.array(z.string().min(1).max(128)).max(100).default([]).describe('What it is especially good at.'),
      slots: z.int().min(1).max(1000).default(1).describe('Tasks it works on at the same time.'),
      role: z.string().min(1).max(64).optional().describe('Role of its agents, one of `roles`; it names their runner and model too.'),
      runner: z.string().min(1).max(64).optional().describe(RUNNERS),
      model: z.string().min(1).max(256).optional().describe('Model of its agents; left out: the default of the runner.'),
      program: z.string().min(1).max(1000).optional().describe('Command of the agent program; left out: the name of the runner.'),
      account: accountName.optional().describe('Whose allowance at a provider its agents use; left out: told from the key or the login.'),
      permissions: permissions.describe(
        'What its agents may do without being asked: everything, edit files of their folder, or only read. For the rest claude, ' +
          'codex-app-server and acp (`gemini --acp`, `opencode acp`) ask in the inbox; codex, gemini and opencode refuse it.',
      ),
      servers: serverNames.describe('MCP servers of its agents beside Tutti, names of `mcp_servers`; those of its role join them.'),
    })
    .prefault({})
    .describe('Defaults of `tutti worker`.'),
  mcp_servers: z
    .record(serverName, mcpServer)
    .default({})
    .describe(
      'MCP servers that workers, roles and sessions may name under `servers`: their agents get these and Tutti, and none of the user. ' +
        'In `env` and `headers` a value `secret:NAME` is that variable of the environment.',
    ),
  roles: z
    .record(z.string().min(1).max(64), role)
    .default(BUILT_IN_ROLES)
    .describe(
      'Roles of agents, each with its runner, model and instructions; they join the five of the default, or replace one by its name.',
    ),
  sessions: z
    .record(sessionId, hosted)
    .default({})
    .describe('Sessions that `tutti host` keeps on this machine: command or agent, folder, restart, limits, environment, worktree.'),
  keep_sessions: z.boolean().default(false).describe('true: `tutti up` keeps the sessions under `sessions` too, as `tutti host` does.'),
  most_sessions: z.int().min(1).max(1000).default(50).describe('Sessions that may run on this machine at once.'),
  prices: z
    .record(z.string().min(1).max(256), price)
    .default({})
    .describe('USD for a million tokens, by model or the beginning of its name; used where the provider reports no cost, and marked.'),
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
  readonly kind: 'text' | 'number' | 'boolean' | 'list' | 'table';
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
  if (schema instanceof z.ZodRecord) return 'table';
  return schema instanceof z.ZodArray ? 'list' : 'text';
}
