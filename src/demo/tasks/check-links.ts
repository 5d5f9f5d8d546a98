/**
 * A task of the demo: checks every link of every Markdown file against the repository. Links that leave it are counted
 * and not followed: the demo needs no network.
 */
import { dirname, join, normalize } from 'node:path';
import { countOf, tableOf, tellProgress, textOf, trackedFiles, writeFindings } from './worktree-files.ts';

const FENCED = /^(```|~~~)[\s\S]*?^\1/gm;
const CODE = /`[^`\n]*`/g;
const LINK = /\]\(\s*<?([^)\s>]+)>?(?:\s+["'][^)]*)?\)/g;
const LEAVES = /^([a-z][a-z0-9+.-]*:|\/\/)/i;

const files = new Set(trackedFiles(/./));
const folders = new Set([...files].flatMap((file) => foldersAbove(file)));
const documents = [...files].filter((file) => /\.md$/i.test(file));
let external = 0;
let checked = 0;
const broken: [document: string, target: string, why: string][] = [];
for (const [index, document] of documents.entries()) {
  tellProgress(index / documents.length, document);
  for (const target of linksOf(textOf(document))) {
    if (LEAVES.test(target)) external += 1;
    else {
      checked += 1;
      const why = problemOf(document, target);
      if (why !== null) broken.push([document, target, why]);
    }
  }
}
const summary = `${countOf(checked, 'link')} of ${countOf(documents.length, 'document')} checked, ${broken.length} broken; ${external} leave the repository.`;
writeFindings({
  name: 'links',
  title: 'Links',
  summary,
  lines: broken.length === 0 ? ['No link is broken.'] : tableOf(['document', 'target', 'why'], broken),
});

function linksOf(text: string): string[] {
  return [...text.replace(FENCED, '').replace(CODE, '').matchAll(LINK)].map(([, target = '']) => target);
}

function problemOf(document: string, target: string): string | null {
  const [path = '', anchor = ''] = decode(target).split('#', 2);
  const file = path === '' ? document : path.startsWith('/') ? path.slice(1) : normalize(join(dirname(document), path)).replace(/\/$/, '');
  if (!files.has(file)) return folders.has(file) || file === '.' ? null : 'no such file';
  return anchor === '' || !/\.md$/i.test(file) || headingsOf(textOf(file)).has(anchor.toLowerCase()) ? null : 'no such heading';
}

function headingsOf(text: string): Set<string> {
  const heads = [...text.replace(FENCED, '').matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(([, head = '']) => head);
  return new Set(
    heads.map((head) =>
      head
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  );
}

function decode(target: string): string {
  try {
    return decodeURIComponent(target);
  } catch {
    return target;
  }
}

function foldersAbove(file: string): string[] {
  const parts = file.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
