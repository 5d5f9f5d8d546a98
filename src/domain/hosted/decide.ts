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

function recorded(host: string, fact: ReportedFact): Fact {
  switch (fact.kind) {
    case 'spawned': {
      const { kind: _kind, ...data } = fact;
      return { type: 'hosted_spawned', data: { ...data, host } };
    }
    case 'adopted': {
      const { kind: _kind, ...data } = fact;
      return { type: 'hosted_adopted', data: { ...data, host } };
    }
    case 'exited': {
      const { kind: _kind, ...data } = fact;
      return { type: 'hosted_exited', data: { ...data, host } };
    }
    case 'restarting': {
      const { kind: _kind, ...data } = fact;
      return { type: 'hosted_restarting', data: { ...data, host } };
    }
    case 'quarantined': {
      const { kind: _kind, ...data } = fact;
      return { type: 'hosted_quarantined', data: { ...data, host } };
    }
    case 'stopped': {
      const { kind: _kind, ...data } = fact;
      return { type: 'hosted_stopped', data: { ...data, host } };
    }
  }
}
