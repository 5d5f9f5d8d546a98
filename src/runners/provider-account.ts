/**
 * Whose allowance at a provider a runner uses, as a name that is the same for the same one: sessions that share it wait
 * together when it is used up (F3). Invariant: no credential can be told from the name.
 */
import { createHash } from 'node:crypto';

/** Who asks the provider. */
export interface AccountHolder {
  readonly runner: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly host: string;
}

/** The provider of each runner, and the variables that may hold its key; the first that is set counts. */
const PROVIDERS: Readonly<Record<string, { readonly provider: string; readonly keys: readonly string[] }>> = {
  claude: { provider: 'anthropic', keys: ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN'] },
  anthropic: { provider: 'anthropic', keys: ['ANTHROPIC_API_KEY'] },
  codex: { provider: 'openai', keys: ['CODEX_API_KEY', 'OPENAI_API_KEY'] },
  'codex-app-server': { provider: 'openai', keys: ['CODEX_API_KEY', 'OPENAI_API_KEY'] },
  openai: { provider: 'openai', keys: ['OPENAI_API_KEY'] },
  gemini: { provider: 'google', keys: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'] },
  deepseek: { provider: 'deepseek', keys: ['DEEPSEEK_API_KEY'] },
};

/** The name of the account; undefined where no provider is known: commands, and agents that choose theirs by themselves. */
export function accountOf({ runner, env, host }: AccountHolder): string | undefined {
  const known = Object.hasOwn(PROVIDERS, runner) ? PROVIDERS[runner] : undefined;
  if (known === undefined) return undefined;
  const key = known.keys.map((name) => env[name]).find((value) => value !== undefined && value !== '');
  // Without a key the program uses the login that it keeps in the home folder of this machine.
  const secret = key ?? `${host} ${env['HOME'] ?? ''}`;
  const fingerprint = createHash('sha256').update(`tutti account\0${known.provider}\0${secret}`).digest('hex').slice(0, 12);
  return `${known.provider}:${fingerprint}`;
}
