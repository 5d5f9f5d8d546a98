/** The capability registry (B3), capabilities that a history shows (B4), and what is said of protocol rules (B5). */
import { describe, expect, test } from 'vitest';
import { SeededRandom } from '../simulation/seeded-random.ts';
import { dataOf, TestSwarm, typesOf } from '../support/test-swarm.ts';

const GPU = { capability: 'gpu', description: 'Runs on a machine with a GPU.' };

/** A session ends tasks of a type, so many completed and so many failed. */
function lives(swarm: TestSwarm, session: string, type: string, [completed, failed = 0]: readonly [number, number?]): void {
  for (let count = 0; count < completed; count += 1) swarm.finish(session, swarm.add({ type }));
  for (let count = 0; count < failed; count += 1) swarm.finish(session, swarm.add({ type }), 'failed');
}

async function detected(swarm: TestSwarm, session_id?: string): Promise<string[]> {
  const answer = await swarm.ask('capability.detect', session_id === undefined ? {} : { session_id });
  return answer.detected.map((each) => `${each.session_id} ${each.capability}`);
}

describe('B3: the registry', () => {
  test('B3: it comes with build, architect, marketing, research and coordination, each with its skills and its factor on time', async () => {
    const { capabilities } = await new TestSwarm().ask('capability.list', {});
    expect(capabilities.map(({ name, skills, time_multiplier }) => [name, skills, time_multiplier])).toEqual([
      ['build', ['coding', 'testing', 'deployment'], 1],
      ['architect', ['system-design', 'planning', 'documentation'], 0.5],
      ['marketing', ['copywriting', 'social-media', 'seo'], 0.3],
      ['research', ['data-analysis', 'competitive-research'], 0.5],
      ['coordination', ['orchestration', 'monitoring'], 0.2],
    ]);
    expect(capabilities.every(({ description, built_in }) => description.length > 10 && built_in)).toBe(true);
  });

  test('B3: a person adds one, defines it anew and removes it; the same again changes nothing', async () => {
    const swarm = new TestSwarm();
    expect(typesOf(swarm.must('capability.define', GPU))).toEqual(['capability_defined']);
    expect(swarm.must('capability.define', GPU)).toEqual([]);
    swarm.must('capability.define', { ...GPU, skills: ['cuda', 'cuda'], time_multiplier: 0.25 });
    swarm.register('s1', ['gpu']);
    swarm.add({ required_capability: 'gpu' });
    expect(await swarm.ask('capability.show', { capability: 'gpu' })).toMatchObject({
      capability: { name: 'gpu', skills: ['cuda'], time_multiplier: 0.25, built_in: false, changed: true, sessions: 1, detection: null },
      sessions: ['s1'],
      ready_tasks: 1,
    });
    expect(await swarm.answer('capability.remove', { capability: 'gpu' })).toEqual({ capability: 'gpu', status: 'removed' });
    expect((await swarm.ask('capability.list', {})).undefined).toEqual(['gpu']);
    expect(swarm.run('capability.remove', { capability: 'gpu' })).toMatchObject({ refused: 'capability_unknown' });
  });

  test('B3: one that comes with Tutti can be defined anew; removing that brings it back, and itself it cannot be removed', async () => {
    const swarm = new TestSwarm();
    swarm.must('capability.define', { capability: 'build', description: 'Writes Rust.', time_multiplier: 2 });
    expect((await swarm.ask('capability.show', { capability: 'build' })).capability).toMatchObject({ time_multiplier: 2, changed: true });
    expect(await swarm.answer('capability.remove', { capability: 'build' })).toEqual({ capability: 'build', status: 'restored' });
    expect((await swarm.ask('capability.show', { capability: 'build' })).capability).toMatchObject({ time_multiplier: 1, changed: false });
    expect(swarm.run('capability.remove', { capability: 'build' })).toMatchObject({ refused: 'capability_built_in' });
  });

  test('B3: no more than 1,000 are taken in', () => {
    const swarm = new TestSwarm();
    for (let count = 5; count < 1000; count += 1) swarm.must('capability.define', { capability: `c${count}`, description: 'x' });
    expect(swarm.run('capability.define', GPU)).toMatchObject({ refused: 'capability_limit', params: { limit: 1000 } });
    expect(typesOf(swarm.run('capability.define', { capability: 'c7', description: 'y' }))).toEqual(['capability_defined']);
  });

  test('B3: a task with an unknown capability is taken in, and the answer says what was probably meant', async () => {
    const swarm = new TestSwarm();
    const typo = await swarm.answer('work.add', { type: 'x', title: 't', required_capability: 'bild' });
    expect(typo.notes).toEqual([expect.stringMatching(/No session has the capability bild.*Did you mean build\?.*waits until/)]);
    const other = await swarm.answer('work.add', { tasks: [{ type: 'x', title: 't', required_capability: 'gpu' }] });
    expect(other.notes).toEqual([expect.stringContaining('Defined are build, architect, marketing, research, coordination.')]);
    expect(await swarm.answer('work.add', { type: 'x', title: 't', required_capability: 'build' })).not.toHaveProperty('notes');
    swarm.register('s1', ['gpu']);
    expect(await swarm.answer('work.add', { type: 'x', title: 't', required_capability: 'gpu' })).not.toHaveProperty('notes');
    expect(await swarm.answer('work.add', { type: 'x', title: 't' })).not.toHaveProperty('notes');
  });

  test('B3: a session that registers with an unknown capability is taken in and told', async () => {
    const swarm = new TestSwarm();
    const answer = await swarm.answer('session.register', { session_id: 's1', capabilities: ['build', 'marketng'] });
    expect(answer.notes).toEqual([expect.stringMatching(/marketng is not defined\. Did you mean marketing\?.*capability define marketng/)]);
    expect(await swarm.answer('session.register', { session_id: 's2', capabilities: ['build'] })).not.toHaveProperty('notes');
  });

  test('B3: where the rules say so, unknown capabilities are refused, with what was probably meant', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    swarm.configure({ unknown_capabilities: 'refuse' });
    const refused = { refused: 'capability_unknown', params: { capability: 'bild', suggestion: 'Did you mean build?' } };
    expect(swarm.run('work.add', { type: 'x', title: 't', required_capability: 'bild' })).toMatchObject(refused);
    expect(swarm.run('session.register', { session_id: 's2', capabilities: ['build', 'bild'] })).toMatchObject(refused);
    expect(swarm.run('capability.grant', { session_id: 's1', capability: 'bild' })).toMatchObject(refused);
    swarm.must('capability.define', { capability: 'bild', description: 'Paints.' });
    swarm.add({ required_capability: 'bild' });
    swarm.register('s2', ['bild']);
  });
});

describe('B4: capabilities from history', () => {
  test.each([
    ['build', 3, 'build'],
    ['spec', 5, 'architect'],
    ['marketing', 10, 'marketing'],
  ])('B4: more than %s × %d completed shows %s', async (type, enough, capability) => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    lives(swarm, 's1', type, [enough]);
    expect(await detected(swarm)).toEqual([]);
    lives(swarm, 's1', type, [1]);
    expect(await detected(swarm, 's1')).toEqual([`s1 ${capability}`]);
    swarm.register('s2');
    expect(await detected(swarm, 's2')).toEqual([]);
  });

  test('B4: rules for any type; mostly failed is not shown; what it has already is not suggested', async () => {
    const swarm = new TestSwarm();
    swarm.must('capability.define', {
      capability: 'legal',
      description: 'Reads contracts.',
      detection: { task_types: ['contract', 'licence'], more_than: 2, min_success: 0.8 },
    });
    swarm.register('good');
    swarm.register('poor');
    lives(swarm, 'good', 'contract', [2]);
    lives(swarm, 'good', 'licence', [2, 1]);
    lives(swarm, 'poor', 'contract', [4, 2]);
    expect(await detected(swarm)).toEqual(['good legal']);
    swarm.register('good', ['legal']);
    expect(await detected(swarm)).toEqual([]);
  });

  test('B4: by itself where the rules say so: with the task that shows it, and again when it registers', () => {
    const swarm = new TestSwarm();
    swarm.configure({ detect_capabilities: 'auto' });
    swarm.register('s1');
    lives(swarm, 's1', 'build', [3]);
    const events = swarm.finish('s1', swarm.add());
    expect(typesOf(events)).toEqual(['task_completed', 'session_capability_added']);
    expect(dataOf(events, 'session_capability_added')).toEqual({ session_id: 's1', capability: 'build', reason: 'detected' });
    const task = swarm.add({ required_capability: 'build' });
    swarm.claim('s1', task);
    swarm.register('s1', ['research']);
    expect(swarm.session('s1').capabilities).toEqual(['research', 'build']);
    expect(typesOf(swarm.finish('s1', swarm.add()))).toEqual(['task_completed']);
  });

  test('B4: as a suggestion nothing is given; a person follows a suggestion with a grant', async () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    lives(swarm, 's1', 'build', [5]);
    expect(swarm.session('s1').capabilities).toEqual([]);
    expect(await swarm.answer('capability.grant', { session_id: 's1', capability: 'build' })).toMatchObject({ capabilities: ['build'] });
    expect(swarm.must('capability.grant', { session_id: 's1', capability: 'build' })).toEqual([]);
    expect(swarm.run('capability.grant', { session_id: 'nobody', capability: 'build' })).toMatchObject({ refused: 'session_unknown' });
  });

  test('B4: on labelled histories precision and recall are at least 0.9', async () => {
    const seeded = new SeededRandom('histories');
    const random = (): number => seeded.next();
    const types = { build: 'build', architect: 'spec', marketing: 'marketing', research: 'survey' } as const;
    const names = Object.keys(types) as (keyof typeof types)[];
    const swarm = new TestSwarm();
    swarm.must('capability.define', {
      capability: 'research',
      description: 'Finds out.',
      detection: { task_types: ['survey'], more_than: 4 },
    });
    const labels = new Set<string>();
    for (let index = 0; index < 200; index += 1) {
      const session = `s${index}`;
      swarm.register(session);
      const skills = names.filter(() => random() < 0.4);
      for (const skill of skills) labels.add(`${session} ${skill}`);
      const tasks = 40 + Math.floor(random() * 60);
      for (let count = 0; count < tasks; count += 1) {
        // Three quarters of its work are what it is good at; the rest is whatever there was.
        const own = skills.length > 0 && random() < 0.75;
        const from = own ? skills : names;
        const name = from[Math.floor(random() * from.length)] ?? 'build';
        const succeeds = random() < (skills.includes(name) ? 0.9 : 0.25);
        lives(swarm, session, types[name], [succeeds ? 1 : 0, succeeds ? 0 : 1]);
      }
    }
    const found = await detected(swarm);
    const right = found.filter((each) => labels.has(each)).length;
    expect(labels.size).toBeGreaterThan(200);
    expect(right / found.length).toBeGreaterThanOrEqual(0.9);
    expect(right / labels.size).toBeGreaterThanOrEqual(0.9);
  });

  test('B4: a history goes with the last trace of its session', () => {
    const swarm = new TestSwarm();
    swarm.register('s0');
    lives(swarm, 's0', 'build', [1]);
    swarm.must('session.deregister', { session_id: 's0' });
    for (let index = 1; index <= 1000; index += 1) {
      swarm.register(`s${index}`);
      swarm.must('session.deregister', { session_id: `s${index}` });
    }
    expect(swarm.state.sessions.has('s0')).toBe(false);
  });
});

describe('B5: protocol rules', () => {
  test('B5: the defaults', async () => {
    expect((await new TestSwarm().ask('config.get', {})).settings).toMatchObject({
      heartbeat_interval: 60,
      task_claim_timeout: 300,
      idle_threshold: 120,
      max_concurrent_tasks: 1,
      collaboration_threshold: 8,
    });
  });

  test('B5: a change is an event, in force at once, and says when rules work against each other', async () => {
    const swarm = new TestSwarm();
    expect(await swarm.answer('config.apply', { settings: { task_claim_timeout: 30 } })).not.toHaveProperty('notes');
    expect(swarm.log.at(-1)).toMatchObject({ type: 'config_applied', data: { settings: { task_claim_timeout: 30 } } });
    swarm.register('s1');
    const task = swarm.add();
    swarm.dispatch('s1');
    expect(typesOf(swarm.passAlive(31, 's1'))).toEqual(['task_released']);
    expect(swarm.task(task).status).toBe('pending');
    const { notes } = await swarm.answer('config.apply', { settings: { offline_after: 20, stall_after: 30, probe_grace: 10 } });
    expect(notes).toEqual([expect.stringContaining('offline after 20 s'), expect.stringContaining('stalled after 40 s')]);
  });
});
