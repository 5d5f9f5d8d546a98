/**
 * How the inbox, decisions, signals and requests look to a person.
 */
import type { ColleagueRequestView, DecisionView, InboxItem, SignalView } from '../../contract/views/decision-view.ts';
import { cleanLine } from './clean-text.ts';
import { type Canvas, type Column, fields } from './table.ts';
import { bodyText } from './task-text.ts';
import { ago, duration } from './words.ts';

/** The columns of the inbox. */
export function inboxColumns(now: number): readonly Column<InboxItem>[] {
  return [
    { title: 'ITEM', cell: ({ item_id }) => item_id, paint: (text, _row, { bold }) => bold(text) },
    {
      title: 'KIND',
      cell: ({ kind, blocks }) => `${blocks ? '■' : '□'} ${kind}`,
      paint: (text, { blocks }, { amber }) => (blocks ? amber(text) : text),
    },
    { title: 'FROM', cell: ({ from }) => from.replace(/^session:/, '') },
    { title: 'TASK', cell: ({ task_id }) => task_id ?? '–', drop: 2 },
    { title: 'SINCE', cell: ({ since }) => ago(since, now), right: true, drop: 1 },
    { title: 'LEFT', cell: ({ deadline }) => leftUntil(deadline, now), right: true, drop: 3 },
    { title: 'WHAT', cell: ({ title }) => title, flexible: true },
  ];
}

/** The columns of a list of decisions. */
export function decisionColumns(now: number): readonly Column<DecisionView>[] {
  return [
    { title: 'DECISION', cell: ({ decision_id }) => decision_id, paint: (text, _row, { bold }) => bold(text) },
    { title: 'STATE', cell: ({ status }) => DECISION_STATES[status] },
    { title: 'FROM', cell: ({ asked_by }) => asked_by.replace(/^session:/, ''), drop: 2 },
    { title: 'ASKED', cell: ({ asked_at }) => ago(asked_at, now), right: true, drop: 1 },
    { title: 'ANSWER', cell: ({ answer }) => answer ?? '–' },
    { title: 'QUESTION', cell: ({ question }) => question, flexible: true },
  ];
}

/** One decision, whole. */
export function decisionText(decision: DecisionView, canvas: Canvas, now: number): string[] {
  const { decision_id, kind, status, question, options, context, evidence, deadline, default_answer, votes, closed_at } = decision;
  const silent = deadline === null ? null : `${leftUntil(deadline, now)}, then "${default_answer ?? ''}"`;
  const how = [decision.source === 'person' ? null : decision.source, decision.via].filter((part) => part !== null).join(', ');
  return [
    `${canvas.out.bold(cleanLine(decision_id))}  ${DECISION_STATES[status]}`,
    ...fields(
      [
        ['kind', kind],
        ['asked by', `${decision.asked_by} · ${ago(decision.asked_at, now)}`],
        ['task', decision.task_id === null ? null : `${decision.task_id}${decision.blocks ? '' : ' (goes on meanwhile)'}`],
        ['deadline', status === 'open' ? silent : null],
        ['answer', decision.answer],
        [
          'answered',
          decision.answer === null ? null : `${decision.answered_by ?? ''}${how === '' ? '' : ` (${how})`} · ${ago(closed_at, now)}`,
        ],
        ['reason', decision.reason],
      ],
      canvas,
    ),
    '',
    ...bodyText(question),
    ...options.map(({ answer, details }) => `  - ${cleanLine(answer)}${details === undefined ? '' : `: ${cleanLine(details)}`}`),
    ...(context === null ? [] : ['', ...bodyText(context)]),
    ...(evidence.length === 0 ? [] : ['', 'evidence', ...evidence.map((each) => `  ${cleanLine(each)}`)]),
    ...(votes.length === 0 ? [] : ['', 'votes', ...votes.map(({ voter, answer, reason }) => voteLine(voter, answer, reason))]),
  ];
}

/** The columns of a list of signals. */
export function signalColumns(now: number): readonly Column<SignalView>[] {
  return [
    { title: 'SIGNAL', cell: ({ signal_id }) => signal_id, paint: (text, _row, { bold }) => bold(text) },
    { title: 'STATE', cell: ({ status }) => status },
    { title: 'TYPE', cell: ({ type }) => type.replaceAll('_', ' ') },
    { title: 'URGENCY', cell: ({ urgency }) => urgency, drop: 2 },
    { title: 'FROM', cell: ({ raised_by }) => raised_by.replace(/^session:/, ''), drop: 3 },
    { title: 'RAISED', cell: ({ raised_at }) => ago(raised_at, now), right: true, drop: 1 },
    { title: 'WHAT', cell: ({ title }) => title, flexible: true },
  ];
}

/** One signal, whole. */
export function signalText(signal: SignalView, canvas: Canvas, now: number): string[] {
  const { signal_id, status, title, details, evidence, resolution, resolved_by } = signal;
  return [
    `${canvas.out.bold(cleanLine(signal_id))}  ${cleanLine(title)}`,
    ...fields(
      [
        ['state', `${status}${resolution === null ? '' : ` by ${resolved_by ?? ''}: ${resolution}`}`],
        ['type', `${signal.type.replaceAll('_', ' ')} · urgency ${signal.urgency}`],
        ['raised by', `${signal.raised_by} · ${ago(signal.raised_at, now)}`],
        ['task', signal.task_id],
        ['impact', signal.impact],
      ],
      canvas,
    ),
    ...(details === null ? [] : ['', ...bodyText(details)]),
    ...evidence.map((each) => `  ${cleanLine(each)}`),
  ];
}

/** The columns of a list of requests for colleagues. */
export function colleagueColumns(now: number): readonly Column<ColleagueRequestView>[] {
  return [
    { title: 'REQUEST', cell: ({ request_id }) => request_id, paint: (text, _row, { bold }) => bold(text) },
    { title: 'STATE', cell: ({ status, colleague }) => (colleague === null ? status : `${status}: ${colleague}`) },
    { title: 'ROLE', cell: ({ role }) => role },
    { title: 'NAME', cell: ({ name }) => name ?? '–', drop: 2 },
    { title: 'FROM', cell: ({ requested_by }) => requested_by.replace(/^session:/, '') },
    { title: 'ASKED', cell: ({ requested_at }) => ago(requested_at, now), right: true, drop: 1 },
    { title: 'TO DO', cell: ({ instructions }) => instructions, flexible: true },
  ];
}

/** One request for a colleague, whole. */
export function colleagueText(request: ColleagueRequestView, canvas: Canvas, now: number): string[] {
  const { request_id, role, name, status, instructions, reason } = request;
  return [
    `${canvas.out.bold(cleanLine(request_id))}  ${cleanLine(role)} ${cleanLine(name ?? '')}`.trimEnd(),
    ...fields(
      [
        ['state', `${status}${reason === null ? '' : `: ${reason}`}`],
        ['asked by', `${request.requested_by} · ${ago(request.requested_at, now)}`],
        ['task', request.task_id],
        ['session', request.colleague],
      ],
      canvas,
    ),
    '',
    ...bodyText(instructions),
  ];
}

const DECISION_STATES: Readonly<Record<DecisionView['status'], string>> = {
  open: '■ open',
  answered: '✓ answered',
  withdrawn: '– withdrawn',
};

function voteLine(voter: string, answer: string, reason: string | null): string {
  return `  ${cleanLine(voter)}: ${cleanLine(answer)}${reason === null ? '' : ` – ${cleanLine(reason)}`}`;
}

function leftUntil(deadline: string | null, now: number): string {
  return deadline === null ? '–' : duration((Date.parse(deadline) - now) / 1000);
}
