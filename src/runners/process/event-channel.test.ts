import { expect, test } from 'vitest';
import { createEventChannel } from './event-channel.ts';

test('hands events over in order, whoever comes first', async () => {
  const channel = createEventChannel<number>(10);
  const early = channel.receive();
  await channel.send(1, 1);
  await channel.send(2, 1);
  channel.close();
  expect([await early, await channel.receive(), await channel.receive()]).toEqual([1, 2, null]);
});

test('lets the sender wait while the reader is behind', async () => {
  const channel = createEventChannel<string>(2);
  await channel.send('a', 1);
  let sent = false;
  const second = channel.send('b', 1).then(() => (sent = true));
  await Promise.resolve();
  expect(sent).toBe(false);
  expect(await channel.receive()).toBe('a');
  await second;
  expect(sent).toBe(true);
});

test('lets nobody wait once it was abandoned or has more room', async () => {
  const channel = createEventChannel<string>(1);
  const first = channel.send('a', 1);
  channel.resize(5);
  await first;
  const second = channel.send('b', 10);
  channel.abandon();
  await second;
  await channel.send('c', 100);
  expect(await channel.receive()).toBeNull();
});
