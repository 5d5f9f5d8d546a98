/**
 * Who may do what, how others get in, and what leaves this machine.
 */
import { type ReactNode, use } from 'react';
import { EGRESS } from '../../../src/contract/egress.ts';
import { ROLES } from '../../../src/contract/roles.ts';
import { PageSessionContext } from '../app/swarm-access.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/page.tsx';

const MAY = {
  viewer: 'look at everything',
  worker: 'and register sessions, take work, report, write knowledge and messages',
  operator: 'and add, cancel, retry and review tasks, decide, type into terminals, set budgets',
  admin: 'and change the rules and go back to an earlier moment',
} as const;

/** Tokens and privacy. */
export function AccessPanel(): ReactNode {
  const session = use(PageSessionContext);
  return (
    <div className="grid gap-3 xl:grid-cols-2">
      <Section title="Tokens" className="self-start">
        <p className="border-b px-3 py-2 text-muted">
          {session.auth
            ? `This page is signed in as ${session.role}. A token is printed on the machine of the server and never shown here.`
            : 'The server was started without tokens: whoever reaches it on this machine may do everything.'}
        </p>
        <DataTable
          label="Roles and their tokens"
          rows={ROLES}
          keyOf={(role) => role}
          columns={[
            { head: 'Role', renderCell: (role) => role },
            { head: 'May', renderCell: (role) => MAY[role] },
            {
              head: 'Token',
              renderCell: (role) => (
                <span className="flex min-w-0 items-center gap-1">
                  <code className="min-w-0 font-mono text-12 break-words">tutti token --role {role}</code>
                  <CopyButton text={`tutti token --role ${role}`} what={`the command for the token of a ${role}`} />
                </span>
              ),
            },
          ]}
        />
      </Section>
      <Section title="Privacy" className="self-start">
        <div className="flex flex-col gap-1 border-b px-3 py-2">
          <p>Nothing leaves this machine by itself: no telemetry, no third-party request, fonts and code come from this server.</p>
          <p className="text-muted">What you start may speak to others. This is the whole list:</p>
        </div>
        <DataTable
          label="What leaves this machine"
          rows={EGRESS}
          keyOf={({ who }) => who}
          columns={[
            { head: 'Who', renderCell: ({ who }) => who },
            { head: 'To', renderCell: ({ where }) => <span className="font-mono text-12">{where}</span> },
            { head: 'When', renderCell: ({ when }) => <span className="text-muted">{when}</span> },
          ]}
        />
      </Section>
    </div>
  );
}
