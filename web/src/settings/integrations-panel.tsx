/**
 * How other programs follow and drive the swarm. Nothing is sent out by the server itself, so there is no delivery log.
 */
import type { ReactNode } from 'react';
import { BASE_PATH } from '../data/place.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Empty } from '../ui/panels.tsx';
import { Section } from '../ui/page.tsx';

/** The doors. */
export function IntegrationsPanel(): ReactNode {
  const at = `${location.origin}${BASE_PATH}`;
  const doors = [
    ['Every event as it happens', `${at.replace(/^http/, 'ws')}/swarm/realtime`, 'WebSocket, resumes from a number'],
    ['Metrics for Prometheus', `${location.origin}/metrics`, 'Text format, a token of any role'],
    ['Every operation over HTTP', `${location.origin}/openapi.json`, 'OpenAPI 3.1'],
    ['Tools for agents', `${at}/mcp`, 'Model Context Protocol'],
    ['Agent programs', 'tutti install claude', 'Hooks and tools of Claude Code, Codex, Gemini, opencode'],
  ] as const;
  return (
    <div className="grid gap-3 xl:grid-cols-2">
      <Section title="Ways in" className="self-start">
        <DataTable
          label="Ways in"
          rows={doors}
          keyOf={([what]) => what}
          columns={[
            { head: 'What', renderCell: ([what]) => what },
            {
              head: 'Where',
              renderCell: ([what, where]) => (
                <span className="flex min-w-0 items-center gap-1">
                  <code className="min-w-0 font-mono text-12 break-all">{where}</code>
                  <CopyButton text={where} what={`where ${what.toLowerCase()} is`} />
                </span>
              ),
            },
            { head: 'How', renderCell: ([, , how]) => <span className="text-muted">{how}</span> },
          ]}
        />
      </Section>
      <Section title="Notifications" className="self-start">
        <Empty title="This server sends nothing out">
          <p>
            It knows no webhooks, Slack or mail yet: there is nothing to test and no delivery to log. Whoever wants to be told follows the
            events.
          </p>
        </Empty>
      </Section>
    </div>
  );
}
