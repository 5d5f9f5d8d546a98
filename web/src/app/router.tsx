/**
 * The routes: which address is which page, and what its search parameters are. Overview comes with the shell, every other
 * page is loaded when it is first gone to.
 */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  retainSearchParams,
  type SearchSchemaInput,
} from '@tanstack/react-router';
import { type SharedSearch, readSharedSearch } from '../data/moment.ts';
import { BASE_PATH } from '../data/place.ts';
import { readBoardSearch } from '../board/board-search.ts';
import { OverviewPage } from '../overview/overview-page.tsx';
import { Skeleton } from '../ui/panels.tsx';
import { NotFound, PageTrouble } from './page-trouble.tsx';
import { numberSearch, textSearch } from './read-search.ts';
import { Shell } from './shell.tsx';

const messagesSearch = (search: Record<string, unknown>) => ({ ...textSearch('mailbox')(search), ...numberSearch('message')(search) });
const timelineSearch = (search: Record<string, unknown>) => ({ ...textSearch('q', 'panel')(search), ...numberSearch('seq')(search) });
const knowledgeSearch = (search: Record<string, unknown>) => ({
  ...textSearch('q', 'topic', 'tag')(search),
  ...numberSearch('version')(search),
});

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: PageTrouble,
  validateSearch: (search: Record<string, unknown> & SearchSchemaInput): SharedSearch => readSharedSearch(search),
  search: { middlewares: [retainSearchParams(['at'])] },
});

const parent = () => root;

const routes = [
  createRoute({ getParentRoute: parent, path: '/', component: OverviewPage }),
  createRoute({
    getParentRoute: parent,
    path: '/board',
    validateSearch: readBoardSearch,
    component: lazyRouteComponent(() => import('../board/board-page.tsx'), 'BoardPage'),
  }),
  createRoute({
    getParentRoute: parent,
    path: '/tasks/$taskId',
    validateSearch: textSearch('tab'),
    component: lazyRouteComponent(() => import('../task/task-page.tsx'), 'TaskPage'),
  }),
  createRoute({
    getParentRoute: parent,
    path: '/graph',
    validateSearch: textSearch('focus', 'view', 'q'),
    component: lazyRouteComponent(() => import('../graph/graph-page.tsx'), 'GraphPage'),
  }),
  createRoute({
    getParentRoute: parent,
    path: '/sessions',
    validateSearch: textSearch('q'),
    component: lazyRouteComponent(() => import('../sessions/sessions-page.tsx'), 'SessionsPage'),
  }),
  createRoute({
    getParentRoute: parent,
    path: '/sessions/$sessionId',
    component: lazyRouteComponent(() => import('../sessions/session-page.tsx'), 'SessionPage'),
  }),
  createRoute({
    getParentRoute: parent,
    path: '/inbox',
    validateSearch: textSearch('item'),
    component: lazyRouteComponent(() => import('../inbox/inbox-page.tsx'), 'InboxPage'),
  }),
  createRoute({
    getParentRoute: parent,
    path: '/messages',
    validateSearch: messagesSearch,
    component: lazyRouteComponent(() => import('../messages/messages-page.tsx'), 'MessagesPage'),
  }),
  createRoute({
    getParentRoute: parent,
    path: '/timeline',
    validateSearch: timelineSearch,
    component: lazyRouteComponent(() => import('../timeline/timeline-page.tsx'), 'TimelinePage'),
  }),
  createRoute({
    getParentRoute: parent,
    path: '/knowledge',
    validateSearch: knowledgeSearch,
    component: lazyRouteComponent(() => import('../knowledge/knowledge-page.tsx'), 'KnowledgePage'),
  }),
  createRoute({
    getParentRoute: parent,
    path: '/metrics',
    validateSearch: numberSearch('hours'),
    component: lazyRouteComponent(() => import('../metrics/metrics-page.tsx'), 'MetricsPage'),
  }),
  createRoute({
    getParentRoute: parent,
    path: '/settings',
    validateSearch: textSearch('tab'),
    component: lazyRouteComponent(() => import('../settings/settings-page.tsx'), 'SettingsPage'),
  }),
] as const;

/** The router of the page. */
export const router = createRouter({
  routeTree: root.addChildren(routes),
  basepath: BASE_PATH === '' ? '/' : BASE_PATH,
  defaultPreload: 'intent',
  defaultPendingComponent: Skeleton,
  defaultErrorComponent: PageTrouble,
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
