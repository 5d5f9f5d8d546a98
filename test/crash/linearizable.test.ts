/** The checker of histories accepts what one register can do and nothing else. */
import { describe, expect, test } from 'vitest';
import { SeededRandom } from '../simulation/seeded-random.ts';
import { isLinearizable, type RegisterOperation } from './linearizable.ts';

const write = (called: number, answered: number | null, expected: number, [value, version]: [string, number?]): RegisterOperation => ({
  called,
  answered,
  ask: { kind: 'write', expected, value },
  answer: answered === null ? null : version === undefined ? { kind: 'refused' } : { kind: 'written', version },
});
const read = (called: number, answered: number, version: number, value: string | null): RegisterOperation => ({
  called,
  answered,
  ask: { kind: 'read' },
  answer: { kind: 'read', version, value },
});

/** A history of four clients that overlap, each operation taking effect at a moment between its call and its answer. */
function lived(count: number): { readonly history: readonly RegisterOperation[]; readonly values: readonly string[] } {
  const random = new SeededRandom('lived');
  const register = { version: 0, value: null as string | null };
  const values: string[] = [];
  const history = Array.from({ length: count }, (_, index): RegisterOperation => {
    const [called, answered] = [index * 10 - random.between(1, 25), index * 10 + random.between(1, 25)];
    if (random.chance(0.5)) return read(called, answered, register.version, register.value);
    if (random.chance(0.3)) return write(called, answered, register.version + random.pick([-1, 1]), [`refused-${index}`]);
    const expected = register.version;
    register.version += 1;
    register.value = `value-${index}`;
    values.push(register.value);
    return write(called, answered, expected, [register.value, register.version]);
  });
  return { history, values };
}

/** Answers that no order of the operations explains: lost, doubled, invented and late ones. */
function* lies({ ask, answer }: RegisterOperation, values: readonly string[]): Generator<RegisterOperation['answer']> {
  if (answer?.kind === 'read') {
    yield { ...answer, value: 'never written' };
    yield { ...answer, version: answer.version + 1 };
    if (answer.version > 1) yield { ...answer, value: values[answer.version - 2] ?? null };
    if (answer.version > 20) yield { kind: 'read', version: answer.version - 20, value: values[answer.version - 21] ?? null };
  } else if (answer?.kind === 'written') {
    yield { kind: 'refused' };
    yield { kind: 'written', version: answer.version + 1 };
  } else if (answer?.kind === 'refused' && ask.kind === 'write') yield { kind: 'written', version: ask.expected + 1 };
}

describe('histories of one register', () => {
  test.each<[string, RegisterOperation[]]>([
    ['nothing', []],
    ['one after the other', [write(0, 1, 0, ['a', 1]), read(2, 3, 1, 'a'), write(4, 5, 1, ['b', 2]), read(6, 7, 2, 'b')]],
    ['a read beside a write sees it or not', [write(0, 9, 0, ['a', 1]), read(1, 2, 0, null), read(3, 4, 1, 'a')]],
    ['of two writes at once one is refused', [write(0, 9, 0, ['a', 1]), write(1, 8, 0, ['b']), read(10, 11, 1, 'a')]],
    ['a write without an answer that happened', [write(0, null, 0, ['a']), read(5, 6, 1, 'a')]],
    ['a write without an answer that did not', [write(0, null, 0, ['a']), read(5, 6, 0, null), write(7, 8, 0, ['b', 1])]],
    ['a write without an answer that happens late', [write(0, null, 0, ['a']), read(5, 6, 0, null), read(7, 8, 1, 'a')]],
  ])('%s: can be', (_, history) => {
    expect(isLinearizable(history)).toBe(true);
  });

  test.each<[string, RegisterOperation[]]>([
    ['an acknowledged write is lost', [write(0, 1, 0, ['a', 1]), read(2, 3, 0, null)]],
    ['a read goes back', [write(0, 9, 0, ['a', 1]), read(1, 2, 1, 'a'), read(3, 4, 0, null)]],
    ['two writes get one version', [write(0, 1, 0, ['a', 1]), write(2, 3, 0, ['b', 1])]],
    ['a read sees what is written later', [read(0, 1, 1, 'a'), write(2, 3, 0, ['a', 1])]],
    ['a refused write shows', [write(0, 9, 0, ['a', 1]), write(1, 8, 0, ['b']), read(10, 11, 1, 'b')]],
    ['a write is refused although nothing stood in its way', [write(0, 1, 0, ['a']), read(2, 3, 0, null)]],
    ['a write without an answer happens twice', [write(0, null, 0, ['a']), read(1, 2, 1, 'a'), read(3, 4, 0, null)]],
  ])('%s: cannot be', (_, history) => {
    expect(isLinearizable(history)).toBe(false);
  });

  test('of a history as a register really gives it, every single changed answer is found', () => {
    const { history, values } = lived(300);
    expect(isLinearizable(history)).toBe(true);
    let changes = 0;
    for (const [index, operation] of history.entries()) {
      for (const answer of lies(operation, values)) {
        changes += 1;
        expect([index, answer, isLinearizable(history.with(index, { ...operation, answer }))]).toEqual([index, answer, false]);
      }
    }
    expect(changes).toBeGreaterThan(history.length);
  });

  test('a long history of many at once is judged at once', () => {
    const history = Array.from({ length: 400 }, (_, index) => {
      const round = Math.floor(index / 4);
      const start = round * 10;
      return index % 4 === 0 ? write(start, start + 9, round, [`v${round}`, round + 1]) : write(start + 1, start + 8, round, [`w${index}`]);
    });
    expect(isLinearizable(history)).toBe(true);
    const last = history.length - 4;
    const lost = history.map((operation, index) =>
      index === last ? { ...operation, answer: { kind: 'written', version: 5 } as const } : operation,
    );
    expect(isLinearizable(lost)).toBe(false);
  });

  test('a long history with many lost answers is judged at once', () => {
    const lost = Array.from({ length: 400 }, (_, round) => [
      write(round * 10, null, round, [`lost-${round}`]),
      write(round * 10 + 1, null, round, [`never-${round}`]),
      write(round * 10 + 2, round * 10 + 8, round, [`v${round}`, round + 1]),
      read(round * 10 + 3, round * 10 + 9, round + 1, `v${round}`),
    ]).flat();
    expect(isLinearizable(lost)).toBe(true);
    expect(isLinearizable([...lost, read(5000, 5001, 399, 'v398')])).toBe(false);
  });
});
