import { expect, test } from 'vitest';
import { z } from 'zod';
import { OPERATIONS } from '../contract/operations.ts';
import { SHORTER } from './tool-schema.ts';

test('E14: whatever tools say in fewer words is still said by the contract', () => {
  const inputs = Object.values(OPERATIONS).map(({ input }) =>
    JSON.stringify(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' })),
  );
  const said = inputs.join('\n');
  expect(SHORTER.filter(([begin]) => !said.includes(`"description":${JSON.stringify(begin).slice(0, -1)}`))).toEqual([]);
});
