/**
 * The rule of hosted sessions: what a host says is recorded as it is, with its name.
 */
import type { Fact } from '../../contract/event.ts';
import type { ReportedFact } from '../../contract/operations/hosted-operations.ts';
import type { Rule } from '../decision.ts';

/** A fact for each. */
export const reportHostedRule: Rule<'hosted.report'> = {
  decide: (_state, { host, facts }) => facts.map((fact) => recorded(host, fact)),
};

/** Every kind of fact has its event, with the host's name beside what was said. */
function recorded(host: string, { kind, ...data }: ReportedFact): Fact {
  return { type: `hosted_${kind}`, data: { ...data, host } } as Fact;
}
