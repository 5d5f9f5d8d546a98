/**
 * Decides what the page is: the dashboard, the way in, or the news that nobody answers. What connects is loaded only once
 * the server knows us.
 */
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { type Arrival, arrive } from '../data/page-session.ts';
import { Skeleton } from '../ui/panels.tsx';
import { SignIn, Unreachable } from './sign-in.tsx';

const Dashboard = lazy(() => import('./dashboard.tsx').then((module) => ({ default: module.Dashboard })));

/** A ticket is good once, so the question is asked once. */
let first: Promise<Arrival> | null = null;

/** The whole page. */
export function Root(): ReactNode {
  const [arrival, setArrival] = useState<Arrival | null>(null);
  useEffect(() => {
    first ??= arrive();
    void first.then(setArrival);
  }, []);
  if (arrival === null) return <Skeleton />;
  if (arrival.kind === 'stranger') return <SignIn reason={arrival.reason} onArrival={setArrival} />;
  if (arrival.kind === 'unreachable') return <Unreachable reason={arrival.reason} onRetry={() => void arrive().then(setArrival)} />;
  return (
    <Suspense fallback={<Skeleton />}>
      <Dashboard session={arrival.session} />
    </Suspense>
  );
}
