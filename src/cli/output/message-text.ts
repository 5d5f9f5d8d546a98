/**
 * How messages look to a person: the list, and one message.
 */
import type { MessageView, SentMessageView } from '../../contract/views/message-view.ts';
import { cleanLine, safeJson } from './clean-text.ts';
import { type Canvas, type Column, fields } from './table.ts';
import { bodyText } from './task-text.ts';
import { ago } from './words.ts';

/** The columns of a list of messages. */
export function messageColumns(now: number): readonly Column<MessageView>[] {
  return [
    { title: 'MESSAGE', cell: ({ message_id }) => String(message_id), right: true },
    {
      title: 'STATE',
      cell: ({ status }) => STATES[status],
      paint: (text, { status }, { bold }) => (status === 'read' ? text : bold(text)),
    },
    { title: 'PRIO', cell: ({ priority }) => String(priority), right: true, drop: 2 },
    { title: 'FROM', cell: ({ from }) => from },
    { title: 'TO', cell: addressOf, drop: 3 },
    { title: 'SENT', cell: ({ sent_at }) => ago(sent_at, now), right: true, drop: 1 },
    { title: 'WHAT', cell: lineOf, flexible: true },
  ];
}

/** One message, whole. */
export function messageText(message: MessageView | SentMessageView, canvas: Canvas, now: number): string[] {
  const { from, message_id, priority, reply_to, sent_at, subject, thread } = message;
  return [
    `${canvas.out.bold(`#${message_id}`)}  ${cleanLine(subject ?? '')}`.trimEnd(),
    ...fields(
      [
        ['from', `${from} · ${ago(sent_at, now)}`],
        ['to', addressOf(message)],
        ['priority', priority === 5 ? null : String(priority)],
        ['answers', reply_to === null ? null : `#${reply_to}${thread === reply_to ? '' : ` · conversation #${thread}`}`],
      ],
      canvas,
    ),
    ...bodyText(message.body),
  ];
}

const STATES: Readonly<Record<MessageView['status'], string>> = { queued: '○ queued', delivered: '◐ delivered', read: '✓ read' };

function addressOf({ to, channel }: Pick<MessageView, 'to' | 'channel'>): string {
  return to ?? `channel ${channel ?? ''}`;
}

function lineOf({ subject, body }: MessageView): string {
  return subject ?? (typeof body === 'string' ? body : safeJson(body));
}
