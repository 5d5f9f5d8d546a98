/**
 * A real server with the built dashboard, and a real browser that is signed in to it.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { Role } from '../../src/contract/roles.ts';
import { changesIn } from '../../src/workspace/read-changes.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../support/start-test-server.ts';
import { makeExporterRepository, type NamedWork } from './exporter-repository.ts';

const ROOT = join(import.meta.dirname, '../..');
const CHROMIUM = '/usr/bin/chromium';
/** What comes late on a busy machine still comes. */
const PATIENCE_MS = 90_000;

/** Prints a measurement: it is looked at, never asserted, because machines of tests are busy. */
export function report(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** How a page is opened. */
export interface OpenOptions {
  /** Default admin. */
  readonly role?: Role;
  readonly theme?: 'dark' | 'light';
  readonly width?: number;
  readonly height?: number;
  /** Done with the page before it goes anywhere. */
  readonly before?: (page: Page) => Promise<void>;
}

/** A server and a browser. */
export interface WebBed {
  readonly server: TestServer;
  readonly browser: Browser;
  /** A browser of its own that nobody is signed in with; whoever asks for it closes it. */
  readonly stranger: (options?: BrowserContextOptions) => Promise<BrowserContext>;
  /** Commits of the repository around the server, as a result names them. */
  readonly work: NamedWork;
  /** Opens a page, signed in by a ticket; it is closed with the bed at the latest. What its console says goes wrong is kept. */
  readonly open: (path: string, options?: OpenOptions) => Promise<Page>;
  /** Closes every page that is open: one that nobody looks at any more still draws whatever happens. */
  readonly closePages: () => Promise<void>;
  /** Errors of all pages: exceptions, refused by policy, failed requests. */
  readonly complaints: string[];
  readonly close: () => Promise<void>;
}

/** Starts both; builds the dashboard when it is missing or stale. */
export async function startWebBed(options: TestServerOptions = {}): Promise<WebBed> {
  execFileSync(process.execPath, [join(ROOT, 'scripts/build-web.ts')], { stdio: ['ignore', 'ignore', 'pipe'] });
  const repository = makeExporterRepository();
  const changes = await changesIn(repository.folder);
  const server = await startTestServer({ ...options, changes, dashboard: join(ROOT, 'web/dist') });
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'], timeout: PATIENCE_MS });
  const contexts: BrowserContext[] = [];
  const complaints: string[] = [];
  const stranger = async (options: BrowserContextOptions = {}): Promise<BrowserContext> => {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(PATIENCE_MS);
    return context;
  };
  const open = async (
    path: string,
    { role = 'admin', theme = 'dark', width = 1280, height = 800, before }: OpenOptions = {},
  ): Promise<Page> => {
    const context = await stranger({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce' });
    contexts.push(context);
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(`${path}: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(`${path}: ${message.text()} ${message.location().url}`);
    });
    await before?.(page);
    const { body } = await server.request('/page/ticket', { method: 'POST', body: {}, token: server.tokenOf(role) });
    await page.goto(`${server.url}${path}#ticket=${String(body['ticket'])}`);
    await page.locator('h1, [role=alert]').first().waitFor();
    return page;
  };
  const closePages = async (): Promise<void> => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
  };
  const close = async (): Promise<void> => {
    await closePages();
    await browser.close();
    await server.close();
    repository.remove();
  };
  return { server, browser, stranger, work: repository.work, open, closePages, complaints, close };
}
