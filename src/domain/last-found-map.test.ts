import { expect, test } from 'vitest';
import { LastFoundMap } from './last-found-map.ts';

test('answers like a map, whatever was found last', () => {
  const map = new LastFoundMap<{ readonly n: number }>();
  const plain = new Map<string, { readonly n: number }>();
  const ids = ['a', 'b', 'c'];
  let random = 1;
  for (let step = 0; step < 5000; step += 1) {
    random = (random * 48_271) % 2_147_483_647;
    const id = ids[random % 3] ?? 'a';
    const action = Math.floor(random / 3) % 8;
    if (action === 0) expect(map.delete(id)).toBe(plain.delete(id));
    else if (action === 1 && random % 50 === 0) for (const each of [map, plain]) each.clear();
    else if (action < 3) for (const each of [map, plain]) each.set(id, { n: step });
    expect(map.get(id)).toEqual(plain.get(id));
    expect(map.has(id)).toBe(plain.has(id));
    expect([...map.keys()]).toEqual([...plain.keys()]);
  }
});
