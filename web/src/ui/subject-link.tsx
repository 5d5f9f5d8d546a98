/**
 * The way to the page of a task or a session, by its id.
 */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

interface SubjectProps {
  readonly id: string;
  /** How it stands in its place. */
  readonly className?: string;
}

const LOOK = 'foreign text-link hover:underline';

/** The id of a task, as a link to its page. */
export function TaskLink({ id, className = '' }: SubjectProps): ReactNode {
  return (
    <Link to="/tasks/$taskId" params={{ taskId: id }} className={`${LOOK} ${className}`}>
      {id}
    </Link>
  );
}

/** The id of a session, as a link to its page. */
export function SessionLink({ id, className = '' }: SubjectProps): ReactNode {
  return (
    <Link to="/sessions/$sessionId" params={{ sessionId: id }} className={`${LOOK} ${className}`}>
      {id}
    </Link>
  );
}
