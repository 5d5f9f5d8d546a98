import { describe, expect, test } from 'vitest';
import { checkEnvironment, checkPorts } from './check-ports.ts';
import { PORT_FILES } from './rules.ts';
import { parseRepository, parseSource, PRODUCT, repositoryFiles } from './source-file.ts';

const sources = parseRepository(PRODUCT);

test('time, randomness, network and workers come through ports', () => {
  expect(checkPorts(sources)).toEqual([]);
});

test('only config reads the environment', () => {
  expect(checkEnvironment(sources)).toEqual([]);
});

test('every file that is allowed to touch the real thing exists', () => {
  const known = repositoryFiles(/^src\//);
  expect(PORT_FILES.filter((path) => !known.includes(path))).toEqual([]);
});

describe('the check of ports itself', () => {
  test.each([
    'const a = Date.now();',
    'const a = new Date();',
    'const a = Date();',
    "const a = Date['now']();",
    'const a = Math.random();',
    'setTimeout(() => {}, 1);',
    'const later = setInterval;',
    'const ports = { wait: setImmediate };',
    'const a = performance.now();',
    'const a = globalThis.setTimeout(f, 1);',
    'const a = globalThis.crypto;',
    'const a = crypto.randomUUID();',
    "await fetch('http://x');",
    "new WebSocket('ws://x');",
    "new Worker('x');",
    'const a = process.hrtime();',
    'const a = AbortSignal.timeout(3);',
    "import { setTimeout } from 'node:timers/promises';",
    "import { setTimeout as sleep } from 'timers/promises';",
    "import { randomUUID } from 'node:crypto';",
    "import * as c from 'node:crypto';",
    "import { createServer } from 'node:http';",
    "const net = await import('node:net');",
    "import WebSocket from 'ws';",
  ])('refuses %s', (text) => {
    expect(checkPorts([parseSource('src/engine/a.ts', text)])).toHaveLength(1);
  });

  test.each([
    'const a = new Date(3).toISOString();',
    "const a = Date.parse('x');",
    'const a = Math.max(1, 2);',
    'const a = clock.setTimeout(f, 1);',
    'const a = { setTimeout: f, now: 3 };',
    'interface Clock { setTimeout(ms: number): void; fetch: string }',
    'function setTimeout(): void {}',
    'const performance = f(); g(performance.score);',
    'function f({ performance }: S): number { return performance.score; }',
    "import { createHash } from 'node:crypto';",
    "import type { Worker } from 'node:worker_threads';",
    'process.exitCode = 1;',
  ])('allows %s', (text) => {
    expect(checkPorts([parseSource('src/engine/a.ts', text)])).toEqual([]);
  });

  test('folders at the edge may use the real thing', () => {
    expect(checkPorts([parseSource('src/runners/a.ts', 'setTimeout(f, 1);')])).toEqual([]);
  });
});

describe('the check of the environment itself', () => {
  test.each(["process.env['A'];", 'const { env } = process.env;', 'process["env"];', "import { env } from 'node:process';"])(
    'refuses %s',
    (text) => {
      expect(checkEnvironment([parseSource('src/server/a.ts', text)])).toHaveLength(1);
    },
  );

  test('config may read it', () => {
    expect(checkEnvironment([parseSource('src/config/a.ts', "process.env['A'];")])).toEqual([]);
  });
});
