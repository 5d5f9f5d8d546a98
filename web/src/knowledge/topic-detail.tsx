/**
 * A topic: one of its versions, where it comes from, and the others.
 */
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useRefusal } from '../app/swarm-access.ts';
import type { OutputOf } from '../../../src/contract/operations.ts';
import { useCommand } from '../data/command.ts';
import { useOperation } from '../data/operation-query.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton, CopyMenu } from '../ui/copy-button.tsx';
import { Foreign, ForeignBlock, foreignText } from '../ui/foreign.tsx';
import { Answer } from '../ui/panels.tsx';
import { TimeText } from '../ui/time-text.tsx';
import { KnowledgeForm } from './knowledge-form.tsx';
import { TaskLink } from '../ui/subject-link.tsx';

/** The topic. */
export function TopicDetail({ topic }: { readonly topic: string }): ReactNode {
  const { version } = useSearch({ from: '/knowledge' });
  const read = useOperation('knowledge.get', { topic, ...(version === undefined ? {} : { version }) });
  return (
    <Answer query={read} what={topic}>
      {({ knowledge }) => <Read knowledge={knowledge} />}
    </Answer>
  );
}

function Read({ knowledge }: { readonly knowledge: OutputOf<'knowledge.get'>['knowledge'] }): ReactNode {
  const { topic, version, content, tags, updated_by, updated_at, source } = knowledge;
  const [editing, setEditing] = useState(false);
  const refusal = useRefusal('knowledge.put');
  const navigate = useNavigate({ from: '/knowledge' });
  const remove = useCommand('knowledge.delete', {
    doing: () => `delete ${topic}`,
    done: () => `Deleted ${topic}; its versions stay in the log.`,
  });
  return (
    <div className="flex flex-col gap-3">
      <header className="flex flex-wrap items-center gap-2">
        <h2 className="text-16 font-semibold">
          <Foreign text={topic} />
        </h2>
        <CopyButton text={foreignText(content)} what="the content" />
        <CopyMenu id={topic} path={`/knowledge?topic=${encodeURIComponent(topic)}`} command={`tutti knowledge get ${topic}`} />
        <span className="ml-auto flex gap-2">
          <Button disabled={refusal !== null} title={refusal ?? undefined} onClick={() => setEditing(true)}>
            Edit
          </Button>
          <Button
            look="danger"
            disabled={refusal !== null}
            title={refusal ?? undefined}
            onClick={() =>
              remove.mutate(
                { topic, expected_version: version },
                { onSuccess: () => void navigate({ search: (before) => ({ ...before, topic: undefined, version: undefined }) }) },
              )
            }
          >
            Delete
          </Button>
        </span>
      </header>
      <p className="flex flex-wrap gap-x-3 text-muted">
        <span className="nums">version {version}</span>
        <Foreign text={updated_by} />
        <TimeText time={updated_at} />
        {tags.map((tag) => (
          <Link
            key={tag}
            to="/knowledge"
            search={(before) => ({ ...before, q: undefined, tag })}
            className="foreign text-link hover:underline"
          >
            #{tag}
          </Link>
        ))}
        {source?.task_id !== undefined && (
          <span>
            from the work on <TaskLink id={source.task_id} />
          </span>
        )}
      </p>
      <ForeignBlock label="Content" value={content} />
      {source !== null && <ForeignBlock label="Source" value={foreignText(source)} />}
      <Versions topic={topic} shown={version} />
      {editing && <KnowledgeForm known={knowledge} onClose={() => setEditing(false)} />}
    </div>
  );
}

function Versions({ topic, shown }: { readonly topic: string; readonly shown: number }): ReactNode {
  const history = useOperation('knowledge.history', { topic, limit: 50 });
  return (
    <section aria-label="Versions">
      <h3 className="mb-1 text-12 font-semibold text-muted uppercase">Versions</h3>
      <Answer query={history} what="the versions" rows={2}>
        {({ versions }) => (
          <ul className="divide-y rounded border">
            {versions.map(({ version, updated_by, updated_at, deleted }) => (
              <li key={version} className="flex gap-3 px-3 py-1">
                <Link
                  to="/knowledge"
                  search={(before) => ({ ...before, version })}
                  replace
                  aria-current={version === shown ? 'true' : undefined}
                  className="nums text-link hover:underline aria-[current]:font-semibold"
                >
                  v{version}
                </Link>
                <Foreign text={updated_by} className="truncate text-muted" />
                {deleted && <span>deleted</span>}
                <TimeText time={updated_at} className="ml-auto text-muted" />
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </section>
  );
}
