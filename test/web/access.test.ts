/** How a page becomes somebody, and who is kept out (C8, C12). */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityProblems } from './axe.ts';
import { fill } from './lively-swarm.ts';
import { startWebBed, type WebBed } from './web-bed.ts';

let bed: WebBed;
beforeAll(async () => {
  bed = await startWebBed();
}, 300_000);
afterEach(() => bed.closePages());
afterAll(() => bed.close());

/** Asks for a ticket as `tutti open` does. */
async function ticket(role: 'admin' | 'viewer' = 'admin'): Promise<string> {
  const { body } = await bed.server.request('/page/ticket', { method: 'POST', body: {}, token: bed.server.tokenOf(role) });
  return String(body['ticket']);
}

/** Signs in and returns the cookie. */
async function cookie(): Promise<string> {
  const { headers } = await bed.server.request('/page/session', { body: { ticket: await ticket() }, token: null });
  return headers.get('set-cookie')?.split(';')[0] ?? '';
}

describe('C12: signing in', () => {
  test('a ticket of the fragment signs the page in, leaves the address, and is good once', async () => {
    const page = await bed.open('/');
    expect(await page.title()).toBe('Overview · Tutti');
    expect(page.url()).not.toContain('ticket');
    const used = await ticket();
    expect((await bed.server.request('/page/session', { body: { ticket: used }, token: null })).status).toBe(200);
    expect((await bed.server.request('/page/session', { body: { ticket: used }, token: null })).status).toBe(401);
  });

  test('the cookie is out of reach of scripts and of other sites', async () => {
    const { headers } = await bed.server.request('/page/session', { body: { ticket: await ticket() }, token: null });
    expect(headers.get('set-cookie')).toMatch(/^tutti_page_\d+=\S+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
    const page = await bed.open('/');
    expect(await page.evaluate('document.cookie')).toBe('');
  });

  test('a stranger is asked for a token, and a typed one signs in', async () => {
    const context = await bed.stranger();
    const page = await context.newPage();
    await page.goto(`${bed.server.url}/board`);
    await page.getByLabel('Token').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('No such token').waitFor();
    await page.getByLabel('Token').fill(bed.server.tokenOf('viewer'));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Board', level: 1 }).waitFor();
    expect(await page.title()).toBe('Board · Tutti');
    await context.close();
  });

  test('a viewer may look and is told why not more', async () => {
    const page = await bed.open('/', { role: 'viewer' });
    const button = page.getByRole('button', { name: 'Add the first task' });
    expect(await button.isDisabled()).toBe(true);
    await page.getByText('This needs the role worker; this page is a viewer.').waitFor();
  });
});

describe('C8: who is kept out', () => {
  test('a cookie does not act for a page of another origin, not even of another port of this machine', async () => {
    const headers = { cookie: await cookie() };
    expect((await bed.server.request('/swarm/status', { token: null, headers })).status).toBe(200);
    for (const origin of ['http://evil.example', 'http://127.0.0.1:1', 'null']) {
      const read = await bed.server.request('/swarm/status', { token: null, headers: { ...headers, origin } });
      const write = await bed.server.request('/work/add', {
        token: null,
        headers: { ...headers, origin },
        body: { type: 'x', title: 'x' },
      });
      expect([read.body['code'], write.body['code']]).toEqual(['origin_refused', 'origin_refused']);
    }
  });

  test('a cookie that was changed, or has ended, is nobody', async () => {
    const [name, value = ''] = (await cookie()).split('=');
    const forged = value.replace(/^admin\.\d+/, 'admin.9999999999999');
    const ended = bed.server.tokens.pageSessionOf('admin', 1);
    for (const each of [forged, ended, value.replace('admin', 'viewer'), '']) {
      const { status } = await bed.server.request('/swarm/status', { token: null, headers: { cookie: `${name}=${each}` } });
      expect(status).toBe(401);
    }
  });

  test('pages and files come with a policy that allows nothing foreign, and no file outside the build is read', async () => {
    const { headers } = await bed.server.request('/', { token: null });
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|http|\*/);
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    for (const path of ['/assets/../index.html', '/assets/%2e%2e/built-from.txt', '/assets/..%2f..%2fpackage.json', '/assets/absent.js']) {
      expect((await bed.server.request(path, { token: null })).status).toBe(404);
    }
  });

  test('the pages make no request to anybody else', async () => {
    const context = await bed.stranger();
    const page = await context.newPage();
    const foreign: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(bed.server.url)) foreign.push(request.url());
    });
    await page.goto(`${bed.server.url}/#ticket=${await ticket()}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(foreign).toEqual([]);
    await context.close();
  });
});

test('C12: a browser that goes to a page gets the page, a program gets the operation, also under one path', async () => {
  for (const path of ['/board', '/s/default/board', '/tasks/build-001', '/settings', '/metrics']) {
    const { status, headers } = await bed.server.request(path, { token: null, headers: { accept: 'text/html' } });
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  }
  expect((await bed.server.request('/config')).body).toHaveProperty('settings');
  expect((await bed.server.request('/nowhere', { headers: { accept: 'text/html' } })).status).toBe(404);
});

describe('C12: axe finds nothing', () => {
  beforeAll(async () => {
    await fill(bed.server);
  });

  test.each((['dark', 'light'] as const).flatMap((theme) => ['/', '/board', '/board?view=table'].map((path) => [theme, path] as const)))(
    'with the %s theme on %s',
    async (theme, path) => {
      const page = await bed.open(path, { theme });
      await page.locator('[data-task], ol li').first().waitFor();
      expect(await accessibilityProblems(page)).toEqual([]);
    },
  );
});

test('nothing went wrong in the consoles of the pages', () => {
  expect(bed.complaints.filter((each) => !each.includes('401'))).toEqual([]);
});
