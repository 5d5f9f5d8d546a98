/** How the input of an operation is put together from a request. */
import { expect, test } from 'vitest';
import { Failure } from '../contract/failure.ts';
import { inputReaderOf, type RequestParts } from './http-input.ts';

const NOTHING: RequestParts = { body: undefined, query: {}, params: {}, idempotencyKey: undefined };

test('query text of number and boolean fields is read as such', () => {
  const read = inputReaderOf('session.list');
  expect(read({ ...NOTHING, query: { limit: '10', ended: 'true', status: 'idle' } })).toEqual({ limit: 10, ended: true, status: 'idle' });
  expect(read({ ...NOTHING, query: { ended: 'false' } })).toEqual({ ended: false });
  expect(inputReaderOf('work.request')({ ...NOTHING, query: { session_id: '7', wait: '0.5' } })).toEqual({ session_id: '7', wait: 0.5 });
});

test('what cannot be read stays text, for the contract to refuse', () => {
  const read = inputReaderOf('session.list');
  for (const limit of ['ten', '', ' 7', '0x10', 'Infinity', '1e', '--1']) expect(read({ ...NOTHING, query: { limit } })).toEqual({ limit });
  expect(read({ ...NOTHING, query: { ended: '1' } })).toEqual({ ended: '1' });
  expect(read({ ...NOTHING, query: { limit: ['1', '2'] } })).toEqual({ limit: ['1', '2'] });
});

test('a list in the query is its field several times, JSON, or the only thing in it', () => {
  const read = inputReaderOf('event.what_if');
  const without = (value: unknown): unknown => read({ ...NOTHING, query: { without: value } });
  expect(without('eng-1')).toEqual({ without: ['eng-1'] });
  expect(without(['eng-1', 'eng-2'])).toEqual({ without: ['eng-1', 'eng-2'] });
  expect(without('["eng-1","eng-2"]')).toEqual({ without: ['eng-1', 'eng-2'] });
  expect(without('[]')).toEqual({ without: [] });
  expect(without('[eng')).toEqual({ without: ['[eng'] });
});

test('path and query join the body', () => {
  const read = inputReaderOf('task.cancel');
  expect(read({ ...NOTHING, params: { task_id: 't-1', swarm: 'other' } })).toEqual({ task_id: 't-1' });
  expect(read({ ...NOTHING, body: { reason: 'no' }, params: { task_id: 't-1' } })).toEqual({ task_id: 't-1', reason: 'no' });
  expect(inputReaderOf('session.deregister')({ ...NOTHING, query: { session_id: 's-1' } })).toEqual({ session_id: 's-1' });
});

test('a body without more is handed on as it is', () => {
  const body = { session_id: 's-1' };
  expect(inputReaderOf('session.deregister')({ ...NOTHING, body })).toBe(body);
  for (const other of [null, 7, 'text', [1]]) expect(inputReaderOf('session.deregister')({ ...NOTHING, body: other })).toBe(other);
});

test('a field given twice must have one value', () => {
  const read = inputReaderOf('task.cancel');
  expect(read({ ...NOTHING, body: { task_id: 't-1' }, params: { task_id: 't-1' } })).toEqual({ task_id: 't-1' });
  expect(() => read({ ...NOTHING, body: { task_id: 't-2' }, params: { task_id: 't-1' } })).toThrow('task_id: given twice');
});

test('the idempotency key is the command id, with or without quotes; a query has none', () => {
  expect(inputReaderOf('task.retry')({ ...NOTHING, params: { task_id: 't' }, idempotencyKey: '"k-1"' })).toEqual({
    task_id: 't',
    command_id: 'k-1',
  });
  expect(inputReaderOf('task.retry')({ ...NOTHING, params: { task_id: 't' }, idempotencyKey: 'k-1' })).toEqual({
    task_id: 't',
    command_id: 'k-1',
  });
  expect(inputReaderOf('swarm.status')({ ...NOTHING, idempotencyKey: 'k-1' })).toEqual({});
});

test('a query cannot set a prototype', () => {
  expect(() => inputReaderOf('session.deregister')({ ...NOTHING, query: JSON.parse('{"__proto__":"x"}') })).toThrow(Failure);
});
