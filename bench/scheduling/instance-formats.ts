/**
 * The formats of the published instance families. Each becomes a plan input whose validity can be checked without the
 * scheduler. What a file lacks, or says that cannot be, is an error that names the place; nothing is guessed.
 */
import type { PlanInput, PlanTask } from '../../src/scheduling/plan-problem.ts';

/** The instance families that the benchmark knows. */
export const INSTANCE_SETS = ['imopse', 'fjsp', 'psplib', 'wfinstances'] as const;
/** An instance family. */
export type InstanceSet = (typeof INSTANCE_SETS)[number];

/** The largest time or amount. */
const LARGEST = 1e12;
/** Sessions that the traces of workflows are run on. */
const WORKFLOW_SESSIONS = 8;

/** Reads one file. Throws an Error that says what is wrong with it. */
export function parseInstance(set: InstanceSet, text: string): PlanInput {
  if (text.trim() === '') throw new Error('it is empty');
  return PARSERS[set](text.replaceAll('\r', ''));
}

const PARSERS: Readonly<Record<InstanceSet, (text: string) => PlanInput>> = {
  imopse: parseImopse,
  fjsp: parseFjsp,
  psplib: parsePsplib,
  wfinstances: parseWorkflow,
};

/** MS-RCPSP of iMOPSE: a session may run a task if it has every skill at the level or above. */
function parseImopse(text: string): PlanInput {
  const lines = text.split('\n');
  const owned = block(lines, { title: 'ResourceID', skip: 1, end: '===' }).map((row) => new Map(skillsOf(row)));
  const taskRows = block(lines, { title: 'TaskID', skip: 1, end: '===' }).map((row) => ({
    skills: skillsOf(row),
    numbers: numbersOf(row.replace(/Q\d+:\s*\d+/g, ' '), `task row "${row.trim()}"`),
  }));
  const position = new Map<number, number>();
  taskRows.forEach(({ numbers: [id] }, index) => {
    if (id === undefined || position.has(id))
      throw new Error(`task row ${index + 1} has ${id === undefined ? 'no id' : `the id ${id} again`}`);
    position.set(id, index);
  });
  const tasks = taskRows.map(({ skills, numbers: [id, duration, ...before] }): PlanTask => {
    const capable = owned.flatMap((has, session) => (skills.every(([skill, level]) => (has.get(skill) ?? -1) >= level) ? [session] : []));
    const length = timeOf(duration, `task ${id}`);
    const after = before.map((each) => position.get(each) ?? fail(`task ${id} comes after ${each}, which is not there`));
    return { options: capable.map((session) => ({ session, duration: length })), after };
  });
  return { tasks, sessions: owned.map(() => ({ slots: 1 })) };
}

/** Flexible job shop: the operations of a job are a chain, each with its own machines and durations. */
function parseFjsp(text: string): PlanInput {
  const numbers = numbersOf(text, 'the file');
  // The first line may carry a third number, the mean flexibility.
  let at = text.trim().split('\n')[0]!.trim().split(/\s+/).length;
  const next = (what: string): number => numbers[at++] ?? fail(`it ends where ${what} should stand`);
  const [jobs, machines] = [countOf(numbers[0], 'the jobs'), countOf(numbers[1], 'the machines')];
  const tasks: PlanTask[] = [];
  for (let job = 1; job <= jobs; job++) {
    const operations = countOf(next(`the operations of job ${job}`), `the operations of job ${job}`);
    for (let step = 1; step <= operations; step++) {
      const place = `job ${job}, operation ${step}`;
      const eligible = countOf(next(`the machines of ${place}`), `the machines of ${place}`);
      const options = Array.from({ length: eligible }, () => {
        const machine = next(`a machine of ${place}`);
        if (!Number.isInteger(machine) || machine < 1 || machine > machines) throw new Error(`${place}: there is no machine ${machine}`);
        return { session: machine - 1, duration: timeOf(next(`a duration of ${place}`), place) };
      });
      tasks.push({ options, after: step === 1 ? [] : [tasks.length - 1] });
    }
  }
  if (at < numbers.length) throw new Error(`${numbers.length - at} numbers follow after its last job`);
  return { tasks, sessions: Array.from({ length: machines }, () => ({ slots: 1 })) };
}

/** RCPSP of PSPLIB: one session with a slot for every task; the capacities are what binds. */
function parsePsplib(text: string): PlanInput {
  const lines = text.split('\n');
  const rows = (title: string, skip: number): number[][] =>
    block(lines, { title, skip, end: '***' }).map((line) => numbersOf(line, `the row "${line.trim()}" of ${title}`));
  const relations = rows('PRECEDENCE RELATIONS', 2);
  const requests = rows('REQUESTS/DURATIONS', 3);
  const capacities = (rows('RESOURCEAVAILABILITIES', 2)[0] ?? []).map((amount) => timeOf(amount, 'RESOURCEAVAILABILITIES'));
  if (relations.length !== requests.length) throw new Error(`${relations.length} jobs have relations and ${requests.length} have requests`);
  const after: number[][] = relations.map(() => []);
  relations.forEach(([job, modes, count, ...followers], index) => {
    if (job !== index + 1) throw new Error(`PRECEDENCE RELATIONS: job ${index + 1} is missing`);
    if (modes !== 1) throw new Error(`job ${job} has ${modes} modes; only jobs with one are known`);
    if (followers.length !== count) throw new Error(`job ${job} names ${followers.length} successors and says ${count}`);
    for (const next of followers) (after[next - 1] ?? fail(`job ${job} comes before ${next}, which is not there`)).push(index);
  });
  const tasks = requests.map(([job, , duration, ...amounts], index): PlanTask => {
    if (job !== index + 1) throw new Error(`REQUESTS/DURATIONS: job ${index + 1} is missing`);
    if (amounts.length !== capacities.length) throw new Error(`job ${job} asks for ${amounts.length} of ${capacities.length} resources`);
    return {
      options: [{ session: 0, duration: timeOf(duration, `job ${job}`) }],
      after: after[index]!,
      demands: amounts.map((amount, resource) => ({ resource, amount: timeOf(amount, `job ${job}`) })),
    };
  });
  return { tasks, sessions: [{ slots: Math.max(1, tasks.length) }], capacities };
}

/** A workflow trace on eight equal sessions; no time is shorter than 0.1 s. */
function parseWorkflow(text: string): PlanInput {
  const { tasks } = JSON.parse(text) as { tasks?: { sec?: unknown; parents?: unknown }[] };
  if (!Array.isArray(tasks)) throw new Error('it has no list "tasks"');
  const sessions = Array.from({ length: WORKFLOW_SESSIONS }, () => ({ slots: 1 }));
  return {
    sessions,
    tasks: tasks.map(({ sec, parents }, index): PlanTask => {
      if (typeof sec !== 'number') throw new Error(`task ${index} has no number "sec"`);
      if (!Array.isArray(parents)) throw new Error(`task ${index} has no list "parents"`);
      const duration = Math.max(0.1, timeOf(sec, `task ${index}`));
      const after = parents.map((parent: unknown) =>
        typeof parent === 'number' && tasks[parent] !== undefined
          ? parent
          : fail(`task ${index} has the parent ${String(parent)}, which is not there`),
      );
      return { options: sessions.map((_, session) => ({ session, duration })), after };
    }),
  };
}

/** The lines of a block: from `skip` lines behind its title to its end. */
function block(
  lines: readonly string[],
  { title, skip, end }: { readonly title: string; readonly skip: number; readonly end: string },
): string[] {
  const at = lines.findIndex((line) => line.startsWith(title));
  if (at < 0) throw new Error(`it has no line that begins with ${title}`);
  const rest = lines.slice(at + skip);
  const length = rest.findIndex((line) => line.startsWith(end));
  return rest.slice(0, length < 0 ? rest.length : length).filter((line) => line.trim() !== '');
}

function skillsOf(row: string): [string, number][] {
  return [...row.matchAll(/(Q\d+):\s*(\d+)/g)].map((match) => [match[1]!, Number(match[2])]);
}

function numbersOf(text: string, where: string): number[] {
  return text
    .trim()
    .split(/\s+/)
    .map((word) => (word !== '' && Number.isFinite(Number(word)) ? Number(word) : fail(`${where}: "${word.slice(0, 40)}" is no number`)));
}

function countOf(value: number | undefined, what: string): number {
  if (value === undefined || !Number.isInteger(value) || value < 0 || value > 1_000_000) throw new Error(`${what}: ${value} is no count`);
  return value;
}

/** A time or an amount: not below 0, and small enough that a moment in ms is still exact. */
function timeOf(value: number | undefined, where: string): number {
  if (value === undefined || !(value >= 0)) throw new Error(`${where}: ${value ?? 'nothing'} is no time or amount`);
  if (value > LARGEST) throw new Error(`${where}: ${value} is more than ${LARGEST}`);
  return value;
}

function fail(what: string): never {
  throw new Error(what);
}
