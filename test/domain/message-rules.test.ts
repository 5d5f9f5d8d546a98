/**
 * The rules of messages, given/when/then, and random lives of them.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHANNELS, MAILBOX_BYTES, MAILBOX_LETTERS, MESSAGE_BYTES, PEOPLE, SUBSCRIBERS } from '../../src/domain/message/state.ts';
import { ANYONE, dataOf, TestSwarm, typesOf } from '../support/test-swarm.ts';

/** A swarm with sessions s1, s2 and s3. */
function given(): TestSwarm {
  const swarm = new TestSwarm();
  for (const id of ['s1', 's2', 's3']) swarm.register(id);
  return swarm;
}

/** Sends; returns the id. */
function send(swarm: TestSwarm, input: object): number {
  return swarm.must('message.send', { body: 'hello', ...input }).at(-1)?.seq ?? 0;
}

async function receive(swarm: TestSwarm, session_id?: string): Promise<number[]> {
  const { messages } = await swarm.answer('message.receive', session_id === undefined ? {} : { session_id });
  return messages.map(({ message_id }) => message_id);
}

const unread = (swarm: TestSwarm, id: string): number[] => [...(swarm.state.messages.mailboxes.get(id)?.unread.keys() ?? [])];
const bodies = (letters: Iterable<{ readonly message: { readonly bytes: number } }>): number =>
  [...letters].reduce((sum, { message }) => sum + message.bytes, 0);

describe('E9 messages', () => {
  test('go from one session to another, with receipts: queued, delivered, read', async () => {
    const swarm = given();
    const id = send(swarm, { session_id: 's1', to: 's2', subject: 'review', body: { pull: 7 } });
    const receipts = async () => (await swarm.ask('message.show', { message_id: id })).message.receipts;
    expect(await receipts()).toEqual([{ mailbox: 's2', status: 'queued', delivered_at: null, read_at: null }]);
    swarm.now += 1000;
    const delivered_at = new Date(swarm.now).toISOString();
    const { messages } = await swarm.answer('message.receive', { session_id: 's2' });
    expect(messages).toMatchObject([{ message_id: id, from: 's1', to: 's2', subject: 'review', body: { pull: 7 }, status: 'delivered' }]);
    expect(await receipts()).toEqual([{ mailbox: 's2', status: 'delivered', delivered_at, read_at: null }]);
    swarm.now += 1000;
    const read = await swarm.answer('message.read', { session_id: 's2', message_ids: [id] });
    expect(read).toMatchObject({ unread: 0, messages: [{ message_id: id, status: 'read' }] });
    expect(await receipts()).toEqual([{ mailbox: 's2', status: 'read', delivered_at, read_at: new Date(swarm.now).toISOString() }]);
  });

  test('are handed out again until they are read, the most urgent first, then the oldest; repeating changes nothing', async () => {
    const swarm = given();
    const [low, usual, urgent, later] = [2, undefined, 10, 5].map((priority) => send(swarm, { session_id: 's1', to: 's2', priority }));
    expect(await receive(swarm, 's2')).toEqual([urgent, usual, later, low]);
    const before = swarm.log.length;
    expect(await receive(swarm, 's2')).toEqual([urgent, usual, later, low]);
    expect(swarm.log.length).toBe(before);
    swarm.must('message.read', { session_id: 's2', message_ids: [urgent, later] });
    expect(await receive(swarm, 's2')).toEqual([usual, low]);
    expect(typesOf(swarm.must('message.read', { session_id: 's2', message_ids: [urgent, later, urgent] }))).toEqual([]);
  });

  test('go to people and come from people', async () => {
    const swarm = given();
    const asked = send(swarm, { session_id: 's1', to: PEOPLE });
    expect(await receive(swarm)).toEqual([asked]);
    const answer = send(swarm, { to: 's1', reply_to: asked });
    expect((await swarm.ask('message.list', { mailbox: 's1' })).messages).toMatchObject([
      { message_id: answer, from: PEOPLE, reply_to: asked, thread: asked },
    ]);
    const again = send(swarm, { session_id: 's1', to: PEOPLE, reply_to: answer });
    expect((await swarm.ask('message.show', { message_id: again })).message.thread).toBe(asked);
  });

  test('of a session with a credential name it: nobody speaks for people or for another by mistake', () => {
    const swarm = given();
    const caller = { ...ANYONE, credential: { session_id: 's1', incarnation: swarm.session('s1').incarnation } };
    expect(typesOf(swarm.run('message.send', { to: 's2', body: '' }, caller))).toBe('credential_invalid');
    expect(typesOf(swarm.run('message.receive', { session_id: 's2' }, caller))).toBe('credential_invalid');
    expect(typesOf(swarm.run('message.send', { session_id: 's1', to: 's2', body: '' }, caller))).toEqual(['message_sent']);
  });

  test('into a channel reach its subscribers but the sender, into all everybody', () => {
    const swarm = given();
    expect(swarm.run('message.send', { channel: 'builds', body: 'x' })).toMatchObject({ refused: 'channel_empty' });
    for (const session_id of ['s1', 's2']) swarm.must('message.subscribe', { session_id, channel: 'builds' });
    swarm.must('message.subscribe', { channel: 'builds' });
    const first = send(swarm, { session_id: 's1', channel: 'builds' });
    const everybody = send(swarm, { session_id: 's3', channel: 'all' });
    expect(['s1', 's2', 's3', PEOPLE].map((id) => unread(swarm, id))).toEqual([[everybody], [first, everybody], [], [first, everybody]]);
    swarm.must('message.unsubscribe', { session_id: 's2', channel: 'builds' });
    swarm.must('message.unsubscribe', { channel: 'builds' });
    expect(swarm.run('message.send', { session_id: 's1', channel: 'builds', body: 'x' })).toMatchObject({ refused: 'channel_empty' });
    swarm.must('message.unsubscribe', { session_id: 's1', channel: 'builds' });
    expect(swarm.state.messages.channels.size).toBe(0);
  });

  test('subscribing twice, leaving twice and joining all change nothing; nobody leaves all', () => {
    const swarm = given();
    expect(typesOf(swarm.run('message.subscribe', { session_id: 's1', channel: 'builds' }))).toEqual(['channel_joined']);
    expect(typesOf(swarm.run('message.subscribe', { session_id: 's1', channel: 'builds' }))).toEqual([]);
    expect(typesOf(swarm.run('message.unsubscribe', { session_id: 's2', channel: 'builds' }))).toEqual([]);
    expect(typesOf(swarm.run('message.subscribe', { session_id: 's1', channel: 'all' }))).toEqual([]);
    expect(typesOf(swarm.run('message.unsubscribe', { session_id: 's1', channel: 'all' }))).toBe('invalid_input');
  });

  test('are unread in the answer to a heartbeat', async () => {
    const swarm = given();
    send(swarm, { session_id: 's1', to: 's2' });
    expect(await swarm.answer('session.heartbeat', { session_id: 's2', status: 'idle' })).toMatchObject({ unread_messages: 1 });
    expect(await swarm.answer('session.heartbeat', { session_id: 's1', status: 'idle' })).toMatchObject({ unread_messages: 0 });
  });

  test('to whom nobody can reach, or about what is not there, are refused', async () => {
    const swarm = given();
    swarm.must('session.deregister', { session_id: 's3' });
    const other = send(swarm, { session_id: 's1', to: 's2' });
    expect(typesOf(swarm.run('message.send', { to: 'nobody', body: '' }))).toBe('session_unknown');
    expect(typesOf(swarm.run('message.send', { to: 's3', body: '' }))).toBe('session_ended');
    expect(typesOf(swarm.run('message.send', { session_id: 's3', to: 's1', body: '' }))).toBe('session_ended');
    expect(typesOf(swarm.run('message.send', { to: 's1', body: '', reply_to: other }))).toBe('message_unknown');
    expect(typesOf(swarm.run('message.read', { session_id: 's1', message_ids: [other] }))).toBe('message_unknown');
    expect(typesOf(swarm.run('message.send', { to: 's1', body: 'x'.repeat(MESSAGE_BYTES) }))).toBe('event_too_large');
    await expect(swarm.ask('message.show', { message_id: 1 })).rejects.toMatchObject({ code: 'message_unknown' });
    await expect(swarm.ask('message.list', { mailbox: 'nobody' })).rejects.toMatchObject({ code: 'session_unknown' });
  });

  test('fill a mailbox: unread ones are never dropped, what was read first leaves first, a channel is missed and counted', async () => {
    const swarm = given();
    const ids = Array.from({ length: MAILBOX_LETTERS }, () => send(swarm, { session_id: 's1', to: 's2' }));
    const full = { refused: 'mailbox_full', params: { mailbox: 's2', unread: MAILBOX_LETTERS } };
    expect(swarm.run('message.send', { session_id: 's1', to: 's2', body: 'x' })).toEqual(full);
    const missed = send(swarm, { session_id: 's1', channel: 'all' });
    expect((await swarm.ask('message.show', { message_id: missed })).message.receipts?.map(({ mailbox }) => mailbox)).toEqual([
      PEOPLE,
      's3',
    ]);
    expect(await swarm.ask('message.list', { mailbox: 's2' })).toMatchObject({ missed: 1, unread: MAILBOX_LETTERS });
    const [first = 0, second = 0] = ids;
    swarm.must('message.read', { session_id: 's2', message_ids: [second] });
    swarm.must('message.read', { session_id: 's2', message_ids: [first] });
    send(swarm, { session_id: 's1', to: 's2' });
    expect([...(swarm.state.messages.mailboxes.get('s2')?.read.keys() ?? [])]).toEqual([first]);
  });

  test('wait for a session that comes back, and are forgotten with one that is known no more', () => {
    const swarm = given();
    swarm.must('message.subscribe', { session_id: 's2', channel: 'builds' });
    const id = send(swarm, { session_id: 's1', to: 's2' });
    swarm.must('session.deregister', { session_id: 's2' });
    expect(swarm.run('message.send', { session_id: 's1', channel: 'builds', body: '' })).toMatchObject({ refused: 'channel_empty' });
    swarm.register('s2');
    expect(unread(swarm, 's2')).toEqual([id]);
    swarm.must('session.deregister', { session_id: 's2' });
    for (let index = 0; index < 1000; index += 1) {
      swarm.register(`t${index}`);
      swarm.must('session.deregister', { session_id: `t${index}` });
    }
    expect(swarm.state.messages.mailboxes.has('s2')).toBe(false);
    expect(swarm.state.messages.channels.size).toBe(0);
  });

  test('of long ago are read from the log, without receipts', async () => {
    const swarm = given();
    const first = send(swarm, { session_id: 's1', to: 's2', body: 'first' });
    swarm.must('message.read', { session_id: 's2', message_ids: [first] });
    for (let index = 0; index < 2000; index += 1) {
      swarm.must('message.read', { session_id: 's2', message_ids: [send(swarm, { session_id: 's1', to: 's2' })] });
    }
    expect(swarm.state.messages.recent.size).toBe(2000);
    expect((await swarm.ask('message.show', { message_id: first })).message).toMatchObject({
      body: 'first',
      receipts: null,
      thread: first,
    });
  });

  test('come in pages, newest first', async () => {
    const swarm = given();
    const ids = Array.from({ length: 5 }, () => send(swarm, { session_id: 's1', to: 's2' }));
    const page = await swarm.ask('message.list', { mailbox: 's2', limit: 2 });
    const rest = await swarm.ask('message.list', { mailbox: 's2', cursor: page.next_cursor ?? '' });
    expect([...page.messages, ...rest.messages].map(({ message_id }) => message_id)).toEqual(ids.toReversed());
    expect(rest.next_cursor).toBeNull();
    await expect(swarm.ask('message.list', { mailbox: 's2', cursor: 'x' })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('channels are listed in pages, and bounded', async () => {
    const swarm = given();
    for (let index = 0; index < CHANNELS; index += 1) swarm.must('message.subscribe', { session_id: 's1', channel: `c${index}` });
    expect(swarm.run('message.subscribe', { session_id: 's1', channel: 'more' })).toMatchObject({ refused: 'channel_full' });
    const first = await swarm.ask('message.channels', { mailbox: 's1', limit: 600 });
    const rest = await swarm.ask('message.channels', { mailbox: 's1', limit: 600, cursor: first.next_cursor ?? '' });
    expect(first.channels[0]).toEqual({ channel: 'all', subscribers: 4, subscribed: true });
    expect([first.channels.length, rest.channels.length, rest.next_cursor]).toEqual([601, 400, null]);
    for (let index = 0; index < SUBSCRIBERS; index += 1) {
      swarm.register(`t${index}`);
      swarm.run('message.subscribe', { session_id: `t${index}`, channel: 'c0' });
    }
    expect(swarm.run('message.subscribe', { session_id: 's2', channel: 'c0' })).toMatchObject({ refused: 'channel_full' });
  });
});

const SESSIONS = ['s1', 's2', 's3'] as const;
const step = fc.record({
  kind: fc.constantFrom('send', 'send', 'send', 'post', 'post', 'receive', 'read', 'read', 'join', 'leave', 'register', 'deregister'),
  from: fc.constantFrom(...SESSIONS, undefined),
  to: fc.constantFrom(...SESSIONS, PEOPLE),
  channel: fc.constantFrom('all', 'builds'),
  size: fc.constantFrom(1, 10_000, 16_000),
  times: fc.constantFrom(1, 1, 20),
  at: fc.nat(30),
});

test('E9 in any life of mailboxes they stay within bounds, count what they hold, lose nothing unread, and the log folds into the same', () => {
  let refused = 0;
  let missed = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const swarm = new TestSwarm();
      const expected = new Map<string, Set<number>>();
      swarm.onEvent = (event) => {
        if (event.type === 'message_sent' && event.data.to !== undefined) {
          expected.set(event.data.to, (expected.get(event.data.to) ?? new Set()).add(event.seq));
        }
        if (event.type === 'messages_read') for (const id of event.data.message_ids) expected.get(event.data.mailbox)?.delete(id);
        for (const mailbox of swarm.state.messages.mailboxes.values()) {
          const { unread, read, unread_bytes, read_bytes, id } = mailbox;
          expect(unread.size + read.size).toBeLessThanOrEqual(MAILBOX_LETTERS);
          expect(unread_bytes + read_bytes).toBeLessThanOrEqual(MAILBOX_BYTES);
          expect([bodies(unread.values()), bodies(read.values())]).toEqual([unread_bytes, read_bytes]);
          for (const direct of expected.get(id) ?? []) expect(unread.has(direct)).toBe(true);
          for (const channel of mailbox.channels) expect(swarm.state.messages.channels.get(channel)?.has(id)).toBe(true);
        }
      };
      for (const id of SESSIONS) swarm.register(id);
      for (const { kind, from, to, channel, size, times, at } of steps) {
        const speaker = from === undefined ? {} : { session_id: from };
        for (let time = 0; time < times; time += 1) {
          if (kind === 'send') refused += 'refused' in swarm.run('message.send', { ...speaker, to, body: 'x'.repeat(size) }) ? 1 : 0;
          else if (kind === 'post') swarm.run('message.send', { ...speaker, channel, body: 'x'.repeat(size) });
          else if (kind === 'receive') swarm.run('message.receive', speaker);
          else if (kind === 'read') {
            const ids = unread(swarm, from ?? PEOPLE);
            swarm.run('message.read', { ...speaker, message_ids: [ids[at % Math.max(1, ids.length)] ?? 1] });
          } else if (kind === 'join') swarm.run('message.subscribe', { ...speaker, channel });
          else if (kind === 'leave') swarm.run('message.unsubscribe', { ...speaker, channel: 'builds' });
          else if (kind === 'register') swarm.register(from ?? 's1');
          else swarm.run('session.deregister', { session_id: from ?? 's1' });
        }
      }
      for (const mailbox of swarm.state.messages.mailboxes.values()) missed += mailbox.missed;
      expect(swarm.refold().messages).toEqual(swarm.state.messages);
    }),
    { numRuns: 150 },
  );
  expect(refused).toBeGreaterThan(0);
  expect(missed).toBeGreaterThan(0);
});

test('E9 what a channel writes names who gets it', () => {
  const swarm = given();
  swarm.must('message.subscribe', { session_id: 's2', channel: 'builds' });
  const sent = swarm.must('message.send', { session_id: 's1', channel: 'builds', body: 'green' });
  expect(dataOf(sent, 'message_sent')).toEqual({ from: 's1', channel: 'builds', recipients: ['s2'], priority: 5, body: 'green' });
});
