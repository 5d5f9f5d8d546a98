/**
 * Calls as somebody would make them who means ill, is confused, or has a broken client: valid ones with other names, valid
 * ones with something changed, and nonsense. Drawn from a seed, so that a run can be repeated.
 */
import { OPERATIONS, type OperationName } from '../../src/contract/operations.ts';
import { VALID_INPUTS } from '../server/valid-inputs.ts';
import type { SeededRandom } from '../simulation/seeded-random.ts';

/** One call. */
export interface HostileCall {
  /** Of the operations table, or nonsense. */
  readonly operation: string;
  readonly input: unknown;
  /** Its id, when it is a command that carries one: no event may have it after a refusal. */
  readonly command_id: string | null;
}

const NAMES = Object.keys(OPERATIONS) as OperationName[];
/** They look at the whole log, each for a long time, or leave nothing to do for the others. */
const RARE: ReadonlySet<OperationName> = new Set(['event.what_if', 'event.diff', 'session.deregister', 'swarm.pause']);
/** Called far more often than by chance, so that there is a life to disturb. */
const FREQUENT: readonly OperationName[] = [
  'session.register',
  'work.add',
  'work.claim',
  'work.update',
  'work.complete',
  'session.heartbeat',
];
const SESSIONS = ['eng-1', 'eng-9', ...Array.from({ length: 10 }, (_, index) => `s-${index}`)];
const TASKS = ['held', 'open', 'done', 'waiting', ...Array.from({ length: 30 }, (_, index) => `task-${index}`)];

const TEXTS = [
  '',
  ' ',
  '\u0000',
  '\u001B[2J\u001B]0;x\u0007',
  '\uD800',
  '\u202E\u200B',
  "'; DROP TABLE chunks; --",
  '../../../../etc/passwd',
  '%00%2e%2e%2f',
  '<script>alert(1)</script>',
  '${jndi:ldap://x}',
  '__proto__',
  'constructor',
  'NaN',
  '1e999',
  '-1',
  'true',
  'null',
  '2030-13-45T99:99:99Z',
  '@every 1s',
  'é'.repeat(200),
  '😀'.repeat(100),
];
const NUMBERS = [0, -0, -1, 1, 0.1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308, -1e308, 5e-324, Number.MAX_SAFE_INTEGER];

/** Draws calls. */
export class HostileCalls {
  readonly #random: SeededRandom;
  #count = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** The next call. */
  next(): HostileCall {
    const random = this.#random;
    this.#count += 1;
    if (random.chance(0.02)) return { operation: random.pick(TEXTS), input: this.#nonsense(0), command_id: null };
    const operation = this.#operation();
    if (random.chance(0.08)) return { operation, input: patient(this.#nonsense(0)), command_id: null };
    let input: Record<string, unknown> = { ...this.#renamed(VALID_INPUTS[operation]) };
    if (operation === 'work.add' && random.chance(0.8)) input['id'] = random.pick(TASKS);
    if (random.chance(0.55)) {
      for (let change = random.whole(1, 3); change > 0; change -= 1) input = this.#changed(input);
    }
    const isCommand = OPERATIONS[operation].kind === 'command';
    const command_id = isCommand && !Object.hasOwn(input, 'command_id') ? `fuzz-${random.id()}-${this.#count}` : null;
    return { operation, input: patient(command_id === null ? input : { ...input, command_id }), command_id };
  }

  #operation(): OperationName {
    const random = this.#random;
    if (random.chance(0.35)) return random.pick(FREQUENT);
    const name = random.pick(NAMES);
    return RARE.has(name) && !random.chance(0.05) ? 'work.request' : name;
  }

  /** The same input about other sessions and tasks. */
  #renamed(input: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const rename = (value: unknown): unknown => {
      if (typeof value === 'string' && SESSIONS.includes(value)) return this.#random.pick(SESSIONS);
      if (typeof value === 'string' && TASKS.includes(value)) return this.#random.pick(TASKS);
      return Array.isArray(value) ? value.map(rename) : value;
    };
    return Object.fromEntries(Object.entries(input).map(([field, value]) => [field, rename(value)]));
  }

  #changed(input: Record<string, unknown>): Record<string, unknown> {
    const random = this.#random;
    const fields = Object.keys(input);
    const field = fields.length === 0 ? 'x' : random.pick(fields);
    switch (random.whole(0, 6)) {
      case 0:
        return Object.fromEntries(Object.entries(input).filter(([name]) => name !== field));
      case 1:
        return Object.fromEntries([...Object.entries(input), [random.pick([...TEXTS, 'at', 'swarm', 'lease']), this.#nonsense(1)]]);
      case 2:
        return { ...input, [field]: [input[field]] };
      case 3:
        return { ...input, [field]: { [random.pick(TEXTS)]: input[field] } };
      case 4:
        return { ...input, at: random.pick([1, 0, -5, 7, 1e12, '2020-01-01T00:00:00Z', 'now']) };
      default:
        return { ...input, [field]: this.#nonsense(1) };
    }
  }

  #nonsense(depth: number): unknown {
    const random = this.#random;
    switch (random.whole(0, depth > 3 ? 4 : 8)) {
      case 0:
        return random.pick([null, true, false]);
      case 1:
        return random.pick(NUMBERS);
      case 2:
      case 3:
        return random.pick(TEXTS);
      case 4:
        return random.chance(0.03) ? 'x'.repeat(300_000) : 'x'.repeat(random.whole(1, 3000));
      case 5:
        return Array.from({ length: random.whole(0, 5) }, () => this.#nonsense(depth + 1));
      case 6:
        return random.chance(0.2) ? nested(200) : Array.from({ length: random.whole(100, 1500) }, (_, index) => index);
      default:
        return Object.fromEntries(Array.from({ length: random.whole(0, 4) }, () => [random.pick(TEXTS), this.#nonsense(depth + 1)]));
    }
  }
}

function nested(depth: number): unknown {
  let value: unknown = 'bottom';
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

/** Nobody waits for minutes: a valid wait is made none. */
function patient(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || !('wait' in input)) return input;
  const { wait } = input;
  return typeof wait === 'number' && wait > 0 && wait <= 300 ? { ...input, wait: 0 } : input;
}
