/**
 * How explanations look to a person: the reasons in order with what would change them, and the candidates with their terms.
 */
import type {
  BlockingReason,
  CandidateView,
  ExplainedAssignment,
  SessionExplanation,
  TaskExplanation,
} from '../../contract/views/explain-view.ts';
import { cleanLine } from './clean-text.ts';
import { type Canvas, type Column, table } from './table.ts';
import { amount } from './words.ts';

/** Why a task is where it is. */
export function taskExplanationText(why: TaskExplanation, canvas: Canvas): string[] {
  const { out } = canvas;
  return [
    `${out.bold(cleanLine(why.task_id))}  ${cleanLine(why.text)}`,
    ...reasonLines([...why.reasons, ...(why.copying === null ? [] : [why.copying])], canvas),
    ...(why.assignment === null ? [] : decisionLines(why.assignment, canvas)),
    ...block('its place', termsLine(why.order), canvas),
    ...(why.candidates.length === 0 ? [] : ['', ...table(why.candidates, CANDIDATES, canvas)]),
    ...(why.more === 0 ? [] : [out.dim(`and ${why.more} more`)]),
  ];
}

/** Why a session does what it does. */
export function sessionExplanationText(why: SessionExplanation, canvas: Canvas): string[] {
  return [
    `${canvas.out.bold(cleanLine(why.session_id))}  ${cleanLine(why.text)}`,
    ...reasonLines(why.reasons, canvas),
    ...why.assignments.flatMap((assignment) => assignmentLines(assignment, canvas)),
  ];
}

const CANDIDATES: readonly Column<CandidateView>[] = [
  { title: 'SESSION', cell: ({ session_id }) => session_id },
  { title: 'NOW', cell: ({ obstacle }) => (obstacle === null ? 'could get it' : obstacle.replaceAll('_', ' ')) },
  { title: 'TERMS', cell: ({ terms }) => termsLine(terms), flexible: true },
];

function reasonLines(reasons: readonly BlockingReason[], { out }: Canvas): string[] {
  return reasons.flatMap(({ text, unblock }, place) => [
    '',
    `${place + 1}. ${cleanLine(text)}`,
    ...(unblock === '' ? [] : [`   ${out.dim(cleanLine(unblock))}`]),
  ]);
}

function assignmentLines(assignment: ExplainedAssignment, canvas: Canvas): string[] {
  const heading = `${canvas.out.bold(cleanLine(assignment.task_id))}  ${cleanLine(assignment.text)}`;
  return ['', heading, ...decisionLines(assignment, canvas)];
}

/** The numbers of the moment of decision. */
function decisionLines({ order, candidates }: ExplainedAssignment, canvas: Canvas): string[] {
  return [
    ...block('its place then', termsLine(order), canvas),
    ...candidates.map(({ session_id, terms }) => `  ${cleanLine(session_id)}: ${termsLine(terms)}`),
  ];
}

function block(name: string, line: string, { out }: Canvas): string[] {
  return line === '' ? [] : ['', `${out.dim(name)}  ${line}`];
}

function termsLine(terms: Readonly<Record<string, number>>): string {
  return Object.entries(terms)
    .map(([name, value]) => `${cleanLine(name).replaceAll('_', ' ')} ${amount(value)}`)
    .join(' · ');
}
