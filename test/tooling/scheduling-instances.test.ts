/** What the scheduling benchmark makes of unusual and of broken instances: a figure, or one sentence that names the place. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type InstanceSet, INSTANCE_SETS, parseInstance } from '../../bench/scheduling/instance-formats.ts';
import { chosenSets, type Instance, ratioOf, readInstances } from '../../bench/scheduling/instances.ts';
import { makespanTable } from '../../bench/scheduling/makespan-table.ts';
import { generatedInput } from '../../bench/scheduling/generated-input.ts';
import { runPlanned } from '../../bench/scheduling/planned-run.ts';
import { scheduleErrors } from '../../bench/scheduling/validate-schedule.ts';
import { simulate } from '../../bench/scheduling/virtual-clock.ts';
import type { DispatchBoard } from '../../src/scheduling/dispatch-board.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tutti-instances-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(set: InstanceSet, name: string, text: string): void {
  mkdirSync(join(folder, set), { recursive: true });
  writeFileSync(join(folder, set, name), text);
}

const imopse = (resources: string, tasks: string): string =>
  `ResourceID Salary Skills\n${resources}\n===\nTaskID Duration Skill\n${tasks}\n===\n`;
const psplib = (relations: string, requests: string, capacities: string): string =>
  `PRECEDENCE RELATIONS:\nhead\n${relations}\n***\nREQUESTS/DURATIONS:\nhead\n---\n${requests}\n***\nRESOURCEAVAILABILITIES:\n R 1\n ${capacities}\n***\n`;

/** Per family: one task, no task, a task that nobody can do before another one, and nothing that takes time. */
const ODD: Readonly<Record<InstanceSet, readonly [one: string, none: string, blocked: string, instant: string]>> = {
  fjsp: ['1 1\n1 1 1 5', '0 3', '2 1 1.5\n2 0 1 1 5\n1 1 1 7', '2 2\n2 2 1 0 2 0 1 1 0\n1 1 2 0'],
  imopse: [
    imopse('1 9.5 Q0: 1', '1 5 Q0: 1'),
    imopse('1 9.5 Q0: 1', ''),
    imopse('1 9.5 Q0: 1', '1 5 Q0: 2\n2 5 Q0: 0 1\n3 7 Q0: 1'),
    imopse('1 9.5 Q0: 1', '1 0 Q0: 1\n2 0 Q0: 1 1'),
  ],
  psplib: [
    psplib('1 1 0', '1 1 5 1', '1'),
    psplib('', '', '2'),
    psplib('1 1 1 2\n2 1 0\n3 1 0', '1 1 5 3\n2 1 5 1\n3 1 7 2', '2'),
    psplib('1 1 1 2\n2 1 0', '1 1 0 1\n2 1 0 2', '2'),
  ],
  wfinstances: [
    '{"tasks":[{"sec":5,"parents":[]}]}',
    '{"tasks":[]}',
    '{"tasks":[{"sec":7,"parents":[]}]}',
    '{"tasks":[{"sec":0,"parents":[]},{"sec":0,"parents":[0]}]}',
  ],
};

describe.each(INSTANCE_SETS)('F1: %s', (set) => {
  test('one task, none, one that nobody can do, and work that takes no time', () => {
    ODD[set].forEach((text, index) => put(set, `${index}.txt`, text));
    const instances = readInstances(folder, set);
    expect(instances.map(({ best }) => best)).toEqual(set === 'wfinstances' ? [5, 0, 7, 0.2] : [5, 0, 7, 0]);
    expect(instances.map(({ blocked }) => blocked)).toEqual(set === 'wfinstances' ? [0, 0, 0, 0] : [0, 0, 2, 0]);
    expect(instances.every(({ isBound }) => isBound)).toBe(true);
    const table = makespanTable(instances, 1);
    expect(table.optimal_10ms).toEqual({ mean: expect.closeTo(1), max: expect.closeTo(1) });
    expect(table.greedy.max).toBeCloseTo(1);
  });

  test('a chain of 700 and as many that nothing binds', () => {
    const names = Array.from({ length: 700 }, (_, index) => index);
    const chains: Readonly<Record<InstanceSet, string>> = {
      fjsp: `1 2\n700 ${names.map((index) => `1 ${1 + (index % 2)} 3`).join(' ')}`,
      imopse: imopse('1 9 Q0: 1', names.map((index) => `${index + 1} 3 Q0: 1 ${index === 0 ? '' : index}`).join('\n')),
      psplib: psplib(
        names.map((index) => (index === 699 ? '700 1 0' : `${index + 1} 1 1 ${index + 2}`)).join('\n'),
        names.map((index) => `${index + 1} 1 3 1`).join('\n'),
        '2',
      ),
      wfinstances: JSON.stringify({ tasks: names.map((index) => ({ sec: 3, parents: index === 0 ? [] : [index - 1] })) }),
    };
    const wide: Readonly<Record<InstanceSet, string>> = {
      fjsp: `700 2\n${names.map(() => '1 2 1 3 2 3').join('\n')}`,
      imopse: imopse('1 9 Q0: 1\n2 9 Q0: 1', names.map((index) => `${index + 1} 3 Q0: 1`).join('\n')),
      psplib: psplib(names.map((index) => `${index + 1} 1 0`).join('\n'), names.map((index) => `${index + 1} 1 3 1`).join('\n'), '2'),
      wfinstances: JSON.stringify({ tasks: names.map(() => ({ sec: 2, parents: [] })) }),
    };
    for (const [text, makespan] of [
      [chains[set], 2100],
      [wide[set], set === 'wfinstances' ? 176 : 1050],
    ] as const) {
      const input = parseInstance(set, text);
      const result = simulate(input, { policy: 'optimal' });
      expect(scheduleErrors(input, result.runs)).toEqual([]);
      expect(result.makespan).toBeCloseTo(makespan);
    }
  });
});

test.each<[InstanceSet, string, string]>([
  ['fjsp', '', 'it is empty'],
  ['fjsp', '2 2\n2 1 1 5 1 2', 'it ends where a duration of job 1, operation 2 should stand'],
  ['fjsp', 'two jobs', 'the file: "two" is no number'],
  ['fjsp', '1 2\n1 1 3 5', 'job 1, operation 1: there is no machine 3'],
  ['fjsp', '1 1\n1 1 1 -5', 'job 1, operation 1: -5 is no time or amount'],
  ['fjsp', '1 1\n1 1 1 1e15', 'job 1, operation 1: 1000000000000000 is more than 1000000000000'],
  ['fjsp', '1 1\n1 1 1 5 7', '1 numbers follow after its last job'],
  ['imopse', 'nothing', 'it has no line that begins with ResourceID'],
  ['imopse', imopse('1 9 Q0: 1', '1 5 Q0: 1 9'), 'task 1 comes after 9, which is not there'],
  ['imopse', imopse('1 9 Q0: 1', '1 5 Q0: 1\n1 6 Q0: 1'), 'task row 2 has the id 1 again'],
  ['imopse', imopse('1 9 Q0: 1', '1 Q0: 1'), 'task 1: nothing is no time or amount'],
  ['psplib', psplib('1 3 0', '1 1 5 1', '1'), 'job 1 has 3 modes; only jobs with one are known'],
  ['psplib', psplib('1 1 1 7', '1 1 5 1', '1'), 'job 1 comes before 7, which is not there'],
  ['psplib', psplib('1 1 0', '1 1 5 1 1', '1'), 'job 1 asks for 2 of 1 resources'],
  ['wfinstances', '{"tasks":[{"parents":[]}]}', 'task 0 has no number "sec"'],
  ['wfinstances', '{"tasks":[{"sec":1,"parents":[7]}]}', 'task 0 has the parent 7, which is not there'],
])('F1: a broken file of %s is told by one sentence: %#', (set, text, sentence) => {
  expect(() => parseInstance(set, text)).toThrow(sentence);
});

test.each(['resources', 'mixed'] as const)(
  'F1: 700 tasks that nearly all ask for other amounts of %s, without a plan and with one',
  (shape) => {
    const input = generatedInput(shape, 700, 11);
    let pools = 0;
    let classes = 0;
    const beforeDecision = ({ sessions }: DispatchBoard): void => {
      pools = sessions.pools.length;
      classes = sessions.classes.length;
    };
    const free = simulate(input, { policy: 'optimal', beforeDecision });
    expect(scheduleErrors(input, free.runs)).toEqual([]);
    // Who can do a task goes by the sessions that are named, not by what else it asks for.
    expect(pools).toBe(new Set(input.tasks.map(({ options }) => options.map(({ session }) => session).join())).size);
    expect(classes).toBeGreaterThan(10 * pools);
    // Without any time the plan is the best of those that are made without search.
    const planned = runPlanned(input, { milliseconds: 0, seed: 1 });
    expect(scheduleErrors(input, planned.runs)).toEqual([]);
    expect(planned.makespan).toBeLessThan(free.makespan);
  },
);

test('F1: who waits for himself is told with the file', () => {
  put('wfinstances', 'ring.json', '{"tasks":[{"sec":1,"parents":[1]},{"sec":1,"parents":[0]}]}');
  expect(() => readInstances(folder, 'wfinstances')).toThrow(/ring\.json: 2 tasks wait for each other/);
});

test('F1: the best known makespan is found with the ending of the file or without, and checked', () => {
  put('fjsp', 'a.txt', '1 1\n1 1 1 5');
  put('fjsp', 'b.txt', '1 1\n1 1 1 5');
  const write = (values: object): void => writeFileSync(join(folder, 'optima.json'), JSON.stringify({ fjsp: values }));
  write({ 'a.txt': { ub: 5 }, b: { ub: 6 } });
  expect(readInstances(folder, 'fjsp').map(({ best, isBound }): Partial<Instance> => ({ best, isBound }))).toEqual([
    { best: 5, isBound: false },
    { best: 6, isBound: false },
  ]);
  write({ 'a.txt': { ub: 'five' } });
  expect(() => readInstances(folder, 'fjsp')).toThrow(/a\.txt: its best known makespan in .* is "five"/);
  expect([ratioOf(0, 0), ratioOf(6, 5)]).toEqual([1, 1.2]);
});

test('F1: sets that are not there', () => {
  expect(() => chosenSets(join(folder, 'none'), undefined)).toThrow('There is no folder');
  expect(() => chosenSets(folder, undefined)).toThrow('has none of the folders of the sets');
  mkdirSync(join(folder, 'fjsp'));
  expect(chosenSets(folder, undefined)).toEqual(['fjsp']);
  expect(readInstances(folder, 'fjsp')).toEqual([]);
  expect(() => chosenSets(folder, 'fjsp,psplib')).toThrow('There is no folder');
  expect(() => chosenSets(folder, 'jobs')).toThrow('There is no set "jobs". The sets are imopse, fjsp, psplib, wfinstances.');
});

test.each([
  ['--bogus', 'Unknown option'],
  ['--seeds=0', '--seeds 0 is not a number from 1 to 1000.'],
  ['--part=all', 'There is no part "all".'],
])('F1: a wrong option %s ends with one line and exit code 2', (option, said) => {
  const ran = spawnSync(process.execPath, ['bench/scheduling.ts', '--data', folder, option], { encoding: 'utf8' });
  expect([ran.status, ran.stdout, ran.stderr.trim().split('\n')]).toEqual([2, '', [expect.stringContaining(said)]]);
});
