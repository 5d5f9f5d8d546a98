/**
 * A task as a board shows it: everything but its spec and result, so that ten thousand fit into one look.
 */
import type { z } from 'zod';
import { taskView } from './task-view.ts';

/** A task as a card. */
export const taskCard = taskView.omit({ spec: true, result: true, on_dependency_failure: true });
/** A task as a card. */
export type TaskCard = z.output<typeof taskCard>;
