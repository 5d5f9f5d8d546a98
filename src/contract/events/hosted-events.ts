/**
 * Events of the sessions that hosts keep: what became of their processes. A host reports them after the fact.
 */
import { z } from 'zod';
import { sessionId } from '../ids.ts';

/** Most characters of a last screen. */
export const SCREEN_CHARACTERS = 8000;

const host = z.string().max(256);
const pid = z.int().nonnegative();
const screen = z.string().max(SCREEN_CHARACTERS);
/** ms since 1970. */
const moment = z.number().nonnegative().max(8.64e15);

/** Its process was started. */
export const hostedSpawned = z.object({ session_id: sessionId, host, pid, command: z.string().max(200) });

/** It ran before this host began, and is kept. */
export const hostedAdopted = z.object({ session_id: sessionId, host, pid, started_at: moment });

/** Its process ended; `screen` is the last it showed. */
export const hostedExited = z.object({
  session_id: sessionId,
  host,
  pid,
  exit_code: z.int().nullable(),
  signal: z.int().nullable(),
  screen,
});

/** It will be started again. */
export const hostedRestarting = z.object({ session_id: sessionId, host, failures: z.int().nonnegative(), at: moment });

/** It ended too often in a row, and stays ended until somebody lifts that. */
export const hostedQuarantined = z.object({ session_id: sessionId, host, failures: z.int().nonnegative(), screen });

/** The host ended it. */
export const hostedStopped = z.object({
  session_id: sessionId,
  host,
  why: z.enum(['not_wanted', 'time_over', 'host_ended', 'cpu_over', 'memory_over']),
  survivors: z.array(pid).max(1000),
});
