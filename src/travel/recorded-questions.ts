/**
 * Owns which questions to people held tasks back in a period: those at which an attempt was given back are a part of it, and come
 * again as long after its beginning; any other one comes at its time.
 * Invariant: a replay asks and answers without words: what was asked changes nothing of who waits how long.
 */
import type { EventData, EventOf, Fact, LogEvent } from '../contract/event.ts';
import type { SwarmState } from '../domain/state.ts';

type Question = EventOf<'decision_needed'> | EventOf<'decision_answered'> | EventOf<'decision_withdrawn'>;

/** True for events of questions that matter to who waits. */
export function isQuestion(event: LogEvent): event is Question {
  return event.type === 'decision_needed' || event.type === 'decision_answered' || event.type === 'decision_withdrawn';
}

/** A question that keeps a task from going on. */
export function questionOf(decision_id: string, task_id: string): Fact {
  const nobody = { session_id: null, incarnation: null, deadline: null, default_answer: null, votes_needed: null };
  const silent = { kind: 'question' as const, question: '', options: [], context: null, evidence: [], asked_by: 'what-if' };
  return { type: 'decision_needed', data: { decision_id, task_id, ...silent, ...nobody, priority: 5, blocks: true } };
}

/** Its end. */
export function answerOf(decision_id: string, task_id: string): Fact {
  const silent = { answer: '', source: 'person' as const, answered_by: 'what-if', via: null, reason: null, data: null };
  return { type: 'decision_answered', data: { decision_id, task_id, session_id: null, ...silent } };
}

/** The questions of a period that come at their times. */
export class QuestionRecorder {
  /** Open questions → the task that each holds back. */
  readonly #open = new Map<string, string>();

  /** What was open when the period began, for tasks that nobody had. */
  open({ tasks, decisions }: SwarmState): Fact[] {
    const facts: Fact[] = [];
    for (const { id, task_id, blocks } of decisions.open.values()) {
      const task = tasks.get(task_id ?? '');
      if (task === undefined || !blocks || task.status !== 'pending') continue;
      this.#open.set(id, task.id);
      facts.push(questionOf(id, task.id));
    }
    return facts;
  }

  /** What comes of the next event; null: nothing. `isHeld`: somebody has the task. */
  take({ type, data }: Question, isHeld: (taskId: string) => boolean): Fact | null {
    if (type === 'decision_needed') {
      const { decision_id, task_id, blocks }: EventData<'decision_needed'> = data;
      if (task_id === null || !blocks || isHeld(task_id)) return null;
      this.#open.set(decision_id, task_id);
      return questionOf(decision_id, task_id);
    }
    const task = this.#open.get(data.decision_id);
    if (task === undefined) return null;
    this.#open.delete(data.decision_id);
    return answerOf(data.decision_id, task);
  }
}
