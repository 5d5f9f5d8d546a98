/**
 * Readers of the published instance families. Each becomes a plan input whose validity can be
 * checked without the scheduler.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PlanInput, type PlanTask } from '../../src/scheduling/plan-problem.ts';

/** The instance families that the benchmark knows. */
export type InstanceSet = 'imopse' | 'fjsp' | 'psplib' | 'wfinstances';

/** One instance: its name, its input, and the best known makespan (a lower bound for wfinstances). */
export interface Instance {
  readonly set: InstanceSet;
  readonly name: string;
  readonly input: PlanInput;
  readonly best: number;
}

/** All instances of a family in a data folder, by name. */
export function readInstances(folder: string, set: InstanceSet): Instance[] {
  const optima = JSON.parse(readFileSync(join(folder, 'optima.json'), 'utf8')) as Record<string, Record<string, { ub: number }>>;
  const parse = { imopse: parseImopse, fjsp: parseFjsp, psplib: parsePsplib, wfinstances: parseWorkflow }[set];
  return readdirSync(join(folder, set))
    .sort()
    .map((name) => {
      const input = parse(readFileSync(join(folder, set, name), 'utf8'));
      return { set, name, input, best: optima[set]?.[name]?.ub ?? workflowBound(input) };
    });
}

/** MS-RCPSP of iMOPSE: a session may run a task if it has every skill at the level or above. */
function parseImopse(text: string): PlanInput {
  const lines = text.split('\n');
  const rows = (from: string): string[] => {
    const begin = lines.findIndex((line) => line.startsWith(from)) + 1;
    const length = lines.slice(begin).findIndex((line) => line.startsWith('==='));
    return lines.slice(begin, begin + length);
  };
  const skillsOf = (row: string): [string, number][] => [...row.matchAll(/(Q\d+):\s*(\d+)/g)].map((match) => [match[1]!, Number(match[2])]);
  const owned = rows('ResourceID').map((row) => new Map(skillsOf(row)));
  const taskRows = rows('TaskID').map((row) => ({
    skills: skillsOf(row),
    numbers: row
      .replace(/Q\d+:\s*\d+/g, ' ')
      .trim()
      .split(/\s+/)
      .map(Number),
  }));
  const position = new Map(taskRows.map((row, index) => [row.numbers[0]!, index]));
  const tasks = taskRows.map(({ skills, numbers }): PlanTask => {
    const capable = owned.flatMap((has, session) => (skills.every(([skill, level]) => (has.get(skill) ?? -1) >= level) ? [session] : []));
    return {
      options: capable.map((session) => ({ session, duration: numbers[1]! })),
      after: numbers.slice(2).map((id) => position.get(id)!),
    };
  });
  return { tasks, sessions: owned.map(() => ({ slots: 1 })) };
}

/** Flexible job shop: the operations of a job are a chain, each with its own machines and durations. */
function parseFjsp(text: string): PlanInput {
  const numbers = text.trim().split(/\s+/).map(Number);
  // The first line may carry a third number, the mean flexibility.
  let at = text.trim().split('\n')[0]!.trim().split(/\s+/).length;
  const tasks: PlanTask[] = [];
  for (let job = 0; job < numbers[0]!; job++) {
    const operations = numbers[at++]!;
    for (let step = 0; step < operations; step++) {
      const eligible = numbers[at++]!;
      const options = Array.from({ length: eligible }, () => ({ session: numbers[at++]! - 1, duration: numbers[at++]! }));
      tasks.push({ options, after: step === 0 ? [] : [tasks.length - 1] });
    }
  }
  return { tasks, sessions: Array.from({ length: numbers[1]! }, () => ({ slots: 1 })) };
}

/** RCPSP of PSPLIB: one session with a slot for every task; the capacities are what binds. */
function parsePsplib(text: string): PlanInput {
  const lines = text.split('\n');
  const numbersOf = (line: string): number[] => line.trim().split(/\s+/).map(Number);
  const block = (title: string, skip: number): number[][] => {
    const begin = lines.findIndex((line) => line.startsWith(title)) + skip;
    const length = lines.slice(begin).findIndex((line) => line.startsWith('***'));
    return lines.slice(begin, begin + length).map(numbersOf);
  };
  const relations = block('PRECEDENCE RELATIONS', 2);
  const requests = block('REQUESTS/DURATIONS', 3);
  const capacities = block('RESOURCEAVAILABILITIES', 2)[0]!;
  const after: number[][] = relations.map(() => []);
  for (const [job, , , ...followers] of relations) for (const next of followers) after[next - 1]!.push(job! - 1);
  const tasks = requests.map(([, , duration, ...amounts], index): PlanTask => ({
    options: [{ session: 0, duration: duration! }],
    after: after[index]!,
    demands: amounts.map((amount, resource) => ({ resource, amount })),
  }));
  return { tasks, sessions: [{ slots: tasks.length }], capacities };
}

/** A workflow trace on eight equal sessions; its bound is max(critical path, work / sessions). */
function parseWorkflow(text: string): PlanInput {
  const { tasks } = JSON.parse(text) as { tasks: { sec: number; parents: number[] }[] };
  const sessions = Array.from({ length: 8 }, () => ({ slots: 1 }));
  return {
    sessions,
    tasks: tasks.map((task) => ({
      options: sessions.map((_, session) => ({ session, duration: Math.max(0.1, task.sec) })),
      after: task.parents,
    })),
  };
}

function workflowBound(input: PlanInput): number {
  const durations = input.tasks.map((task) => task.options[0]!.duration);
  const finish = new Map<number, number>();
  const finishOf = (task: number): number => {
    const known = finish.get(task);
    if (known !== undefined) return known;
    const value = durations[task]! + Math.max(0, ...input.tasks[task]!.after.map(finishOf));
    finish.set(task, value);
    return value;
  };
  const work = durations.reduce((sum, duration) => sum + duration, 0);
  return Math.max(work / input.sessions.length, ...durations.map((_, task) => finishOf(task)));
}
