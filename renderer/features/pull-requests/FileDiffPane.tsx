import { Loader, useComputedColorScheme } from '@mantine/core';
import { parseDiffFromFile, parsePatchFiles, type FileDiffMetadata } from '@pierre/diffs';
import { FileDiff, Virtualizer, WorkerPoolContextProvider } from '@pierre/diffs/react';
// Vite makes the class; the package's own file has no export.
// oxlint-disable-next-line import/default
import DiffWorker from '@pierre/diffs/worker/worker.js?worker';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Account } from '../../../shared/contract/accounts';
import type {
  ChangedFile,
  FileDiff as Fetched,
  PullRequestId,
  Thread,
} from '../../../shared/contract/pull-requests';
import { EmptyState } from '../../components/EmptyState';
import { ExternalLink } from '../../components/ExternalLink';
import { visibleText } from '../../components/visible-text';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import styles from './PullRequests.module.css';
import { ThreadCard } from './ThreadCard';
import { everyLine, placeThreads, type ShownLines, shownLines } from './thread-placement';

export interface FileDiffPaneProps {
  input: PullRequestId;
  file: ChangedFile;
  threads: Thread[];
  diffStyle: 'split' | 'unified';
  account: Account | undefined;
}

// The plain github themes fail the contrast rules on changed lines.
const theme = { dark: 'github-dark-high-contrast', light: 'github-light-high-contrast' };
// Its comments are grey enough on white, not on a changed line.
const unsafeCSS = '[style*="#66707B" i] { --diffs-token-light: #4d5660 !important; }';
const pool = { workerFactory: () => new DiffWorker(), poolSize: 1 };
const highlighter = { theme };

interface Prepared {
  diff: FileDiffMetadata | null;
  shown: ShownLines | null;
  /** The patch as text, where it cannot be read as a diff. */
  raw: string | null;
}

/** A file that was only renamed, or whose mode changed: names, and not one line. */
function isHeaderOnly(patch: string): boolean {
  return patch
    .split('\n')
    .every((line) =>
      /^($|--- |\+\+\+ |diff --git |index |similarity |dissimilarity |rename |copy |(old|new|deleted file|new file) mode )/.test(
        line,
      ),
    );
}

function prepare(fetched: Fetched, file: ChangedFile): Prepared {
  if (fetched.kind === 'binary' || fetched.kind === 'too-large')
    return { diff: null, shown: null, raw: null };
  if (fetched.kind === 'contents') {
    const before = visibleText(fetched.before ?? '');
    const after = visibleText(fetched.after ?? '');
    return {
      diff: parseDiffFromFile(
        { name: file.previousPath ?? file.path, contents: before },
        { name: file.path, contents: after },
      ),
      shown: everyLine(before, after),
      raw: null,
    };
  }
  const patch = visibleText(fetched.patch);
  if (isHeaderOnly(patch)) return { diff: null, shown: null, raw: null };
  try {
    const [diff] = parsePatchFiles(patch, { throwOnError: true }).flatMap((parsed) => parsed.files);
    return diff === undefined
      ? { diff: null, shown: null, raw: patch }
      : { diff: { ...diff, name: file.path }, shown: shownLines(patch), raw: null };
  } catch {
    return { diff: null, shown: null, raw: patch };
  }
}

/** One file's diff with the discussions at their lines. */
export default function FileDiffPane({ input, file, threads, diffStyle, account }: FileDiffPaneProps) {
  const fetched = useQuery(
    query.pullRequests.fileDiff.queryOptions({
      input: { ...input, path: file.path, previousPath: file.previousPath },
    }),
  );
  const prepared = useMemo(() => (fetched.data ? prepare(fetched.data, file) : null), [fetched.data, file]);
  if (fetched.error !== null)
    return (
      <ErrorNotice
        shape="panel"
        error={toAppError(fetched.error)}
        account={account}
        onRetry={() => void fetched.refetch()}
      />
    );
  if (fetched.data === undefined || prepared === null)
    return <EmptyState icon={<Loader aria-hidden />} title="Reading the diff" />;
  const { placed, unplaced } = placeThreads(threads, prepared.shown);
  return (
    <>
      {unplaced.length > 0 && (
        <div className={styles.unplaced}>
          <h3>Discussions that stand at no shown line</h3>
          {unplaced.map((thread) => (
            <ThreadCard key={thread.id} thread={thread} />
          ))}
        </div>
      )}
      {prepared.diff === null ? (
        <NoDiff fetched={fetched.data} raw={prepared.raw} file={file} />
      ) : (
        <Diff diff={prepared.diff} placed={placed} diffStyle={diffStyle} file={file} />
      )}
    </>
  );
}

function NoLine({ file }: { file: ChangedFile }) {
  if (file.status === 'added') return <EmptyState title="An empty file was added" />;
  if (file.status === 'deleted') return <EmptyState title="An empty file was deleted" />;
  if (file.status === 'renamed')
    return <EmptyState title="No line has changed" text="The file was only renamed or moved." />;
  return (
    <EmptyState title="No line has changed" text="Only the name or the mode of the file is different." />
  );
}

function NoDiff({ fetched, raw, file }: { fetched: Fetched; raw: string | null; file: ChangedFile }) {
  if (fetched.kind === 'binary')
    return <EmptyState title="A binary file" text="Its change cannot be shown as text." />;
  if (fetched.kind === 'too-large')
    return (
      <EmptyState
        title="The provider does not send this diff"
        text={
          <>
            It is too large. <ExternalLink url={fetched.url}>See it in the browser</ExternalLink>
          </>
        }
      />
    );
  if (raw === null || raw.trim() === '') return <NoLine file={file} />;
  return (
    <pre className={styles.raw} tabIndex={0}>
      {raw}
    </pre>
  );
}

function Diff(props: {
  diff: FileDiffMetadata;
  placed: ReturnType<typeof placeThreads>['placed'];
  diffStyle: 'split' | 'unified';
  file: ChangedFile;
}) {
  const scheme = useComputedColorScheme('light');
  const options = useMemo(
    () => ({
      theme,
      themeType: scheme,
      diffStyle: props.diffStyle,
      overflow: 'scroll' as const,
      disableFileHeader: true,
      unsafeCSS,
      lineDiffType: 'word-alt' as const,
      hunkSeparators: 'line-info' as const,
      // Wide code scrolls sideways: the keyboard must reach it.
      onPostRender: (node: HTMLElement) => {
        for (const code of node.shadowRoot?.querySelectorAll<HTMLElement>('code[data-code]') ?? [])
          code.tabIndex = 0;
      },
    }),
    [scheme, props.diffStyle],
  );
  const annotations = useMemo(
    () => props.placed.map(({ thread, line, side }) => ({ side, lineNumber: line, metadata: thread })),
    [props.placed],
  );
  if (props.diff.hunks.length === 0) return <NoLine file={props.file} />;
  return (
    <WorkerPoolContextProvider poolOptions={pool} highlighterOptions={highlighter}>
      <Virtualizer className={styles.diffScroll}>
        <FileDiff<Thread>
          fileDiff={props.diff}
          options={options}
          lineAnnotations={annotations}
          renderAnnotation={(annotation) => (
            <div className={styles.annotation}>
              <ThreadCard thread={annotation.metadata} />
            </div>
          )}
        />
      </Virtualizer>
    </WorkerPoolContextProvider>
  );
}
