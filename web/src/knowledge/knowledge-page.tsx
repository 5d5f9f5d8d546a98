/**
 * Knowledge: what the team knows, by topic; search, versions, where it comes from; writing needs the version one has read.
 */
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useDeferredValue, useState } from 'react';
import { useRefusal } from '../app/swarm-access.ts';
import type { KnowledgeSummary } from '../../../src/contract/views/knowledge-view.ts';
import { useOperation } from '../data/operation-query.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/fields.tsx';
import { Foreign } from '../ui/foreign.tsx';
import { ChoiceList, ListAndDetail } from '../ui/list-and-detail.tsx';
import { Page } from '../ui/page.tsx';
import { Answer, Empty } from '../ui/panels.tsx';
import { TimeText } from '../ui/time-text.tsx';
import { KnowledgeForm } from './knowledge-form.tsx';
import { TopicDetail } from './topic-detail.tsx';

/** The knowledge base. */
export function KnowledgePage(): ReactNode {
  const { q, topic, tag } = useSearch({ from: '/knowledge' });
  const navigate = useNavigate({ from: '/knowledge' });
  const [writing, setWriting] = useState(false);
  const refusal = useRefusal('knowledge.put');
  return (
    <Page
      title="Knowledge"
      actions={
        <>
          <TextField
            label="Search the knowledge"
            quiet
            type="search"
            placeholder="Search by words"
            className="w-64"
            value={q ?? ''}
            onChange={(event) => void navigate({ search: (before) => ({ ...before, q: event.target.value || undefined }), replace: true })}
          />
          <Button look="primary" disabled={refusal !== null} title={refusal ?? undefined} onClick={() => setWriting(true)}>
            Write a topic
          </Button>
        </>
      }
    >
      <ListAndDetail
        label="Chosen topic"
        nothing="Choose a topic to read it."
        list={
          <div className="rounded border bg-surface lg:min-h-0 lg:overflow-auto">
            {tag !== undefined && (
              <p className="flex items-center gap-2 border-b px-3 py-1">
                <Foreign text={`#${tag}`} />
                <Button
                  look="quiet"
                  className="h-6"
                  onClick={() => void navigate({ search: (before) => ({ ...before, tag: undefined }), replace: true })}
                >
                  All tags
                </Button>
              </p>
            )}
            {q === undefined ? <TopicList chosen={topic} tag={tag} onWrite={() => setWriting(true)} /> : <Found words={q} chosen={topic} />}
          </div>
        }
        detail={topic === undefined ? null : <TopicDetail key={topic} topic={topic} />}
      />
      {writing && <KnowledgeForm onClose={() => setWriting(false)} />}
    </Page>
  );
}

interface TopicListProps {
  readonly chosen: string | undefined;
  readonly tag: string | undefined;
  readonly onWrite: () => void;
}

function TopicList({ chosen, tag, onWrite }: TopicListProps): ReactNode {
  const topics = useOperation('knowledge.list', { limit: 1000, ...(tag === undefined ? {} : { tag }) });
  return (
    <Answer query={topics} what="the topics">
      {({ topics: all }) =>
        all.length === 0 && tag !== undefined ? (
          <Empty title="No topic has this tag" />
        ) : all.length === 0 ? (
          <Empty title="Nothing is known yet">
            <p>What sessions learn is written here, with its source, and handed out with the tasks it fits.</p>
            <Button onClick={onWrite}>Write the first topic</Button>
          </Empty>
        ) : (
          <Topics label="Topics" topics={all} chosen={chosen} />
        )
      }
    </Answer>
  );
}

function Found({ words, chosen }: { readonly words: string; readonly chosen: string | undefined }): ReactNode {
  const query = useDeferredValue(words);
  const found = useOperation('knowledge.search', { query, limit: 50 }, { keep: true });
  return (
    <Answer query={found} what="the search">
      {({ results }) =>
        results.length === 0 ? (
          <Empty title="No topic has these words">
            <p>A star finds words by their beginning: depl*</p>
          </Empty>
        ) : (
          <Topics label="Search results" topics={results} chosen={chosen} />
        )
      }
    </Answer>
  );
}

interface TopicsProps {
  readonly label: string;
  readonly topics: readonly (KnowledgeSummary & { readonly snippet?: string })[];
  readonly chosen: string | undefined;
}

function Topics({ label, topics, chosen }: TopicsProps): ReactNode {
  return (
    <ChoiceList
      label={label}
      items={topics}
      keyOf={({ topic }) => topic}
      chosen={chosen}
      renderLink={({ topic, version, updated_by, updated_at, tags, snippet }, look) => (
        <Link to="/knowledge" search={(before) => ({ ...before, topic, version: undefined })} replace {...look}>
          <span className="flex gap-2">
            <Foreign text={topic} className="min-w-0 truncate font-medium" />
            <span className="nums ml-auto shrink-0 text-muted">v{version}</span>
          </span>
          <span className="flex gap-2 text-12 text-muted">
            <Foreign text={updated_by} className="truncate" />
            <TimeText time={updated_at} />
            <Foreign text={tags.join(' ')} className="ml-auto truncate" />
          </span>
          {snippet !== undefined && <Foreign text={snippet} className="line-clamp-2 text-12" />}
        </Link>
      )}
    />
  );
}
