/**
 * What is found in the knowledge base: by words, and for a task that is handed out.
 */
import type { InputOf, OutputOf } from '../contract/operations.ts';
import type { KnowledgeHit } from '../contract/views/knowledge-view.ts';
import type { TaskContext } from '../contract/views/task-view.ts';
import type { Knowledge } from '../domain/knowledge/state.ts';
import { type Match, termsAsked } from '../domain/knowledge/word-index.ts';
import { type AskedWord, isAsked, textOf, wordsOf } from '../domain/knowledge/words.ts';
import type { SwarmState } from '../domain/state.ts';
import type { Task } from '../domain/task/state.ts';
import { showSummary } from './knowledge-view.ts';

const RESULTS = 10;
const FOR_A_TASK = 3;
/** Contents of up to so many characters come whole with a task. */
const WHOLE_CONTENT = 4000;
const SNIPPET = 200;
/** The first characters of a content in which the best part is looked for. */
const SNIPPET_SCANNED = 8192;
/** Postings that a search looks at; for a task fewer, because handing it out waits for it. */
const POSTINGS_READ = 50_000;
const POSTINGS_FOR_A_TASK = 5000;

/** The topics that match best. */
export function searchKnowledge({ knowledge }: SwarmState, input: InputOf<'knowledge.search'>): OutputOf<'knowledge.search'> {
  const { query, prefix, tag, limit = RESULTS } = input;
  const admits = (topic: string): boolean =>
    (prefix === undefined || topic.startsWith(prefix)) && (tag === undefined || knowledge.topics.get(topic)?.tags.includes(tag) === true);
  const terms = termsAsked(query);
  const results = knowledge.index.search(query, { limit, postings_read: POSTINGS_READ, admits }).flatMap((match) => {
    const entry = knowledge.topics.get(match.topic);
    return entry === undefined ? [] : [showHit(entry, match, terms)];
  });
  return { results };
}

/** What the session that gets a task should know: found by its title, type and capability, which tags and topics name. */
export function knowledgeFor({ knowledge }: SwarmState, task: Task): TaskContext['knowledge'] {
  if (knowledge.topics.size === 0) return [];
  const query = `${task.type} ${task.required_capability ?? ''} ${task.title}`;
  const terms = termsAsked(query);
  return knowledge.index.search(query, { limit: FOR_A_TASK, postings_read: POSTINGS_FOR_A_TASK }).flatMap((match) => {
    const entry = knowledge.topics.get(match.topic);
    if (entry === undefined) return [];
    return [{ ...showHit(entry, match, terms), content: entry.size <= WHOLE_CONTENT ? entry.content : null }];
  });
}

function showHit(entry: Knowledge, { score }: Match, terms: readonly AskedWord[]): KnowledgeHit {
  return { ...showSummary(entry), score: Math.round(score * 1000) / 1000, snippet: snippetOf(textOf(entry.content), terms) };
}

/** The part of a text with the most different terms; its beginning when there is none. */
function snippetOf(text: string, terms: readonly AskedWord[]): string {
  const window: { readonly term: string; readonly at: number }[] = [];
  let start = 0;
  let most = 0;
  for (const word of wordsOf(text.slice(0, SNIPPET_SCANNED))) {
    if (!isAsked(terms, word.term)) continue;
    window.push(word);
    while (word.at - (window[0]?.at ?? 0) > SNIPPET * 0.75) window.shift();
    const different = new Set(window.map(({ term }) => term)).size;
    if (different <= most) continue;
    most = different;
    start = Math.max(0, (window[0]?.at ?? 0) - SNIPPET / 5);
  }
  const from = start === 0 ? 0 : start + Math.max(0, text.slice(start, start + SNIPPET / 5).search(/\s/) + 1);
  const cut = text
    .slice(from, from + SNIPPET)
    .replaceAll(/\s+/g, ' ')
    .trim();
  return `${from > 0 ? '… ' : ''}${cut}${from + SNIPPET < text.length ? ' …' : ''}`;
}
