/**
 * What the newest evidence of a task changed, file by file: side by side where there is room, one under the other where not.
 * Every line is what an agent wrote.
 */
import { type ReactNode, useState, useSyncExternalStore } from 'react';
import type { OutputOf } from '../../../src/contract/operations.ts';
import type { ChangedPath, CommitChanges } from '../../../src/contract/views/changes-view.ts';
import { useOperation } from '../data/operation-query.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Foreign } from '../ui/foreign.tsx';
import { Answer, Empty } from '../ui/panels.tsx';
import { FileTree, placeOf } from './file-tree.tsx';
import { PatchTable } from './patch-table.tsx';
import { type DraftComment, useReviewDraft } from './review-draft.ts';

/** Files that are open from the start, and lines of one that is. */
const OPEN_FILES = 10;
const OPEN_LINES = 400;

const MISSING: Readonly<Record<NonNullable<OutputOf<'task.diff'>['missing']>, readonly [string, string]>> = {
  no_result: ['It has left nothing yet', 'When its session ends it, the commits of its evidence are compared here.'],
  no_commit: ['Its result names no commit', 'It ran outside a repository, or changed nothing.'],
  no_base: ['Its result does not say where it began', 'Sessions that report a base_commit beside their commit can be compared.'],
  no_repository: ['This server knows no repository', 'Start it inside the project, or look at the present instead of the past.'],
  not_in_repository: ['The commits are not in the repository of this server', 'They may be on another machine, or have been cleaned away.'],
};

/** The changes. */
export function TaskDiff({ taskId }: { readonly taskId: string }): ReactNode {
  const diff = useOperation('task.diff', { task_id: taskId });
  return (
    <Answer query={diff} what="the changes">
      {({ changes, missing, branch }) => {
        if (changes === null) {
          const [title, why] = MISSING[missing ?? 'no_result'];
          return (
            <Empty title={title}>
              <p>{why}</p>
            </Empty>
          );
        }
        return <Changes taskId={taskId} changes={changes} branch={branch} />;
      }}
    </Answer>
  );
}

interface ChangesProps {
  readonly taskId: string;
  readonly changes: CommitChanges;
  readonly branch: string | null;
}

function Changes({ taskId, changes, branch }: ChangesProps): ReactNode {
  const { files, files_total, insertions, deletions, base_commit, commit } = changes;
  const draft = useReviewDraft(taskId, commit);
  const viewed = new Set(draft.viewed);
  return (
    <div className="flex flex-col gap-3">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span>
          {files_total} files <Counts insertions={insertions} deletions={deletions} />
        </span>
        {branch !== null && <Foreign text={branch} className="font-mono text-12" />}
        <span className="font-mono text-12 text-muted">
          {base_commit.slice(0, 10)} → {commit.slice(0, 10)}
        </span>
        <CopyButton text={`git diff ${base_commit} ${commit}`} what="the git command" />
        <span className="nums text-muted">
          {files.filter(({ path }) => viewed.has(path)).length} of {files.length} viewed
          {draft.comments.length > 0 && `, ${draft.comments.length} comments not sent`}
        </span>
      </p>
      {files.length === 0 && <Empty title="It changed no file" />}
      <div className={files.length > 1 ? 'grid min-w-0 gap-3 2xl:grid-cols-[220px_1fr]' : ''}>
        {files.length > 1 && <FileTree files={files} viewed={viewed} />}
        <div className="flex min-w-0 flex-col gap-3">
          {files.map((file, index) => (
            <ChangedFile
              key={`${commit} ${file.path}`}
              file={file}
              open={index < OPEN_FILES}
              viewed={viewed.has(file.path)}
              comments={draft.comments.filter(({ path }) => path === file.path)}
              onView={draft.mark}
              onComment={draft.comment}
            />
          ))}
        </div>
      </div>
      {files.length < files_total && <p className="text-muted">And {files_total - files.length} more files: use the git command.</p>}
    </div>
  );
}

function Counts({ insertions, deletions }: { readonly insertions: number | null; readonly deletions: number | null }): ReactNode {
  if (insertions === null || deletions === null) return <span className="text-muted">binary</span>;
  return (
    <span className="nums">
      <span className="text-idle">+{insertions}</span> <span className="text-offline">−{deletions}</span>
    </span>
  );
}

interface ChangedFileProps {
  readonly file: ChangedPath;
  readonly open: boolean;
  readonly viewed: boolean;
  readonly comments: readonly DraftComment[];
  readonly onView: (path: string, viewed: boolean) => void;
  readonly onComment: (place: Omit<DraftComment, 'text'>, text: string | null) => void;
}

function ChangedFile({ file, open, viewed, comments, onView, onComment }: ChangedFileProps): ReactNode {
  const lines = (file.insertions ?? 0) + (file.deletions ?? 0);
  const [shown, setShown] = useState(open && !viewed && lines <= OPEN_LINES);
  const wide = useWide();
  return (
    <section id={placeOf(file.path)} aria-label={`Changes of ${file.path}`} className="min-w-0 scroll-mt-2 rounded border bg-surface">
      <h3 className={`flex flex-wrap items-center gap-x-3 px-2 py-1 ${shown ? 'border-b' : ''}`}>
        <Button look="quiet" aria-expanded={shown} onClick={() => setShown(!shown)}>
          <span aria-hidden="true">{shown ? '▾' : '▸'}</span>
          <Foreign text={file.path} className="font-mono text-12" />
        </Button>
        <span className="text-12 text-muted">{file.status}</span>
        <Counts insertions={file.insertions} deletions={file.deletions} />
        <label className="ml-auto flex min-h-6 items-center gap-1.5 text-12 text-muted">
          <input
            type="checkbox"
            className="size-4 accent-accent"
            checked={viewed}
            aria-label={`Viewed ${file.path}`}
            onChange={(event) => {
              onView(file.path, event.target.checked);
              setShown(!event.target.checked);
            }}
          />
          viewed
        </label>
      </h3>
      {shown && <Hunks file={file} wide={wide} comments={comments} onComment={onComment} />}
    </section>
  );
}

interface HunksProps extends Pick<ChangedFileProps, 'comments' | 'onComment'> {
  readonly file: ChangedPath;
  readonly wide: boolean;
}

function Hunks({ file: { path, patch, cut, insertions }, wide, comments, onComment }: HunksProps): ReactNode {
  if (patch === null)
    return <p className="px-3 py-2 text-muted">{insertions === null ? 'A binary file.' : 'Too large to be shown here.'}</p>;
  if (patch === '') return <p className="px-3 py-2 text-muted">No line differs.</p>;
  return (
    <>
      <PatchTable path={path} patch={patch} wide={wide} comments={comments} onComment={onComment} />
      {cut && <p className="border-t px-3 py-1.5 text-muted">It goes on: use the git command to see the rest.</p>}
    </>
  );
}

/** True when both sides fit beside each other. */
function useWide(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const query = matchMedia('(min-width: 1100px)');
      query.addEventListener('change', listener);
      return () => query.removeEventListener('change', listener);
    },
    () => matchMedia('(min-width: 1100px)').matches,
  );
}
