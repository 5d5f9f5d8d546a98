/**
 * Reads the instances of a data folder: a folder per family, and beside them optima.json with the best known makespans. What is
 * not known there is measured against a proven lower bound.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../../src/contract/failure.ts';
import type { PlanInput } from '../../src/scheduling/plan-problem.ts';
import { type InstanceSet, INSTANCE_SETS, parseInstance } from './instance-formats.ts';
import { runnableTasks } from './runnable-tasks.ts';
import { urgentBound } from './urgent-bound.ts';

/** One instance: its name, its input, and what its makespan is measured against. */
export interface Instance {
  readonly set: InstanceSet;
  readonly name: string;
  readonly input: PlanInput;
  readonly best: number;
  /** True: no makespan is known, so `best` is a lower bound. */
  readonly isBound: boolean;
  /** Tasks that nothing can make run: no capable session, more than there is of a resource, or behind such a task. */
  readonly blocked: number;
}

/** The families that are measured: those that are named, else those of which there is a folder. Throws an Error that says what is wrong. */
export function chosenSets(folder: string, named: string | undefined): InstanceSet[] {
  if (!isFolder(folder)) throw new Error(`There is no folder ${folder}.`);
  const known = `The sets are ${INSTANCE_SETS.join(', ')}.`;
  const present = INSTANCE_SETS.filter((set) => isFolder(join(folder, set)));
  if (named === undefined) {
    if (present.length === 0) throw new Error(`${folder} has none of the folders of the sets. ${known}`);
    return present;
  }
  return [...new Set(named.split(',').map((name) => name.trim()))].map((name) => {
    const set = INSTANCE_SETS.find((each) => each === name);
    if (set === undefined) throw new Error(`There is no set "${name}". ${known}`);
    if (!present.includes(set)) throw new Error(`There is no folder ${join(folder, set)}.`);
    return set;
  });
}

/** All instances of a family in a data folder, by name. Throws an Error that names the file and what is wrong with it. */
export function readInstances(folder: string, set: InstanceSet): Instance[] {
  const known = bestKnown(folder, set);
  return readdirSync(join(folder, set), { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .toSorted()
    .map((name) => {
      try {
        const input = parseInstance(set, readFileSync(join(folder, set, name), 'utf8'));
        const blocked = input.tasks.length - runnableTasks(input).size;
        const best = known(name);
        return { set, name, input, blocked, best: best ?? urgentBound(input, () => true), isBound: best === undefined };
      } catch (error) {
        throw new Error(`${join(folder, set, name)}: ${reasonOf(error)}.`, { cause: error });
      }
    });
}

/** Makespan ÷ what it is measured against; work that takes no time is as good as it can be. */
export function ratioOf(makespan: number, best: number): number {
  return makespan === best ? 1 : makespan / best;
}

/** The best known makespan by the name of the file, with its ending or without. */
function bestKnown(folder: string, set: InstanceSet): (name: string) => number | undefined {
  const path = join(folder, 'optima.json');
  if (!existsSync(path)) return () => undefined;
  let optima: Record<string, Record<string, { readonly ub?: unknown }> | undefined>;
  try {
    optima = JSON.parse(readFileSync(path, 'utf8')) as typeof optima;
  } catch (error) {
    throw new Error(`${path}: ${reasonOf(error)}.`, { cause: error });
  }
  const values = new Map(Object.entries(optima[set] ?? {}).map(([name, value]) => [name, value.ub]));
  return (name) => {
    const value = values.get(name) ?? values.get(name.replace(/\.[^.]*$/, ''));
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !(value >= 0)) throw new Error(`its best known makespan in ${path} is ${JSON.stringify(value)}`);
    return value;
  };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
