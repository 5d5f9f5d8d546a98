/**
 * Messages: any mailbox, its messages with their receipts, the channels; looking changes nothing.
 */
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useRefusal } from '../app/swarm-access.ts';
import type { MessageView } from '../../../src/contract/views/message-view.ts';
import { useOperation } from '../data/operation-query.ts';
import { Button } from '../ui/button.tsx';
import { Choice } from '../ui/fields.tsx';
import { Foreign, foreignText } from '../ui/foreign.tsx';
import { ChoiceList, ListAndDetail } from '../ui/list-and-detail.tsx';
import { Page, Section } from '../ui/page.tsx';
import { Answer, Empty } from '../ui/panels.tsx';
import { TimeText } from '../ui/time-text.tsx';
import { ComposeDialog } from './compose-dialog.tsx';
import { MessageRecord } from './message-record.tsx';

const PEOPLE = 'people';

/** The messages. */
export function MessagesPage(): ReactNode {
  const { mailbox = PEOPLE, message } = useSearch({ from: '/messages' });
  const navigate = useNavigate({ from: '/messages' });
  const [composing, setComposing] = useState(false);
  const refusal = useRefusal('message.send');
  const sessions = useOperation('session.list', { limit: 1000 });
  const box = useOperation('message.list', { mailbox, limit: 100 });
  const names = [...new Set([PEOPLE, mailbox, ...(sessions.data?.sessions.map(({ id }) => id) ?? [])])];
  return (
    <Page
      title="Messages"
      note={box.data !== undefined && <span className="nums">{box.data.unread} unread</span>}
      actions={
        <>
          <Choice
            label="Mailbox"
            quiet
            className="w-44"
            value={mailbox}
            options={names.map((name) => [name, name === PEOPLE ? 'people (yours)' : name] as const)}
            onChange={(event) => void navigate({ search: { mailbox: event.target.value === PEOPLE ? undefined : event.target.value } })}
          />
          <Button look="primary" disabled={refusal !== null} title={refusal ?? undefined} onClick={() => setComposing(true)}>
            New message
          </Button>
        </>
      }
    >
      <ListAndDetail
        label="Chosen message"
        nothing="Choose a message to read it."
        list={
          <>
            <div className="rounded border bg-surface">
              <Answer query={box} what="the mailbox">
                {({ messages, missed }) => (
                  <>
                    {messages.length === 0 && (
                      <Empty title="No messages">
                        <p>What sessions write to {mailbox === PEOPLE ? 'people' : mailbox} comes here at once.</p>
                      </Empty>
                    )}
                    <MessageList messages={messages} chosen={message} />
                    {missed > 0 && <p className="border-t px-3 py-1.5 text-busy">{missed} messages of channels found this mailbox full.</p>}
                  </>
                )}
              </Answer>
            </div>
            <Channels mailbox={mailbox} />
          </>
        }
        detail={message === undefined ? null : <MessageRecord key={message} messageId={message} />}
      />
      {composing && <ComposeDialog recipients={['#all', ...names.filter((name) => name !== PEOPLE)]} onClose={() => setComposing(false)} />}
    </Page>
  );
}

function MessageList({ messages, chosen }: { readonly messages: readonly MessageView[]; readonly chosen: number | undefined }): ReactNode {
  return (
    <ChoiceList
      label="Messages"
      items={messages}
      keyOf={({ message_id }) => String(message_id)}
      chosen={chosen === undefined ? undefined : String(chosen)}
      renderLink={(each, look) => (
        <Link to="/messages" search={(before) => ({ ...before, message: each.message_id })} replace {...look}>
          <span className="flex gap-2 text-12 text-muted">
            <span aria-hidden="true" className={`mark ${each.status === 'read' ? '' : 'text-link'}`}>
              {each.status === 'read' ? '○' : '●'}
            </span>
            <Foreign text={each.from} className="truncate" />
            {each.channel !== null && <Foreign text={`#${each.channel}`} />}
            <span>{each.status}</span>
            <TimeText time={each.sent_at} className="ml-auto" />
          </span>
          <Foreign text={each.subject ?? foreignText(each.body)} className="truncate" />
        </Link>
      )}
    />
  );
}

function Channels({ mailbox }: { readonly mailbox: string }): ReactNode {
  const { data } = useOperation('message.channels', { mailbox, limit: 100 });
  if (data === undefined || data.channels.length === 0) return null;
  return (
    <Section title="Channels">
      <ul className="divide-y">
        {data.channels.map(({ channel, subscribers, subscribed }) => (
          <li key={channel} className="flex gap-3 px-3 py-1.5">
            <Foreign text={`#${channel}`} />
            <span className="nums text-muted">{channel === 'all' ? 'everybody' : `${subscribers} subscribed`}</span>
            {subscribed && <span className="ml-auto text-muted">comes here</span>}
          </li>
        ))}
      </ul>
    </Section>
  );
}
