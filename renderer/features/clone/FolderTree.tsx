import { ActionIcon, Button, Loader, TextInput } from '@mantine/core';
import { IconChevronDown, IconChevronRight, IconFolderPlus, IconX } from '@tabler/icons-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { TreeFolder } from '../../../shared/contract/clone-plan';
import { MiddleEllipsis } from '../../components/MiddleEllipsis';
import { VirtualList, type VirtualListHandle } from '../../components/VirtualList';
import { visibleText } from '../../components/visible-text';
import { describeInOneLine } from '../../errors/describe';
import styles from './FolderTree.module.css';
import { choiceOf, foundLines, type Line, lineKey as keyOf, toggled, treeLines } from './folder-tree';
import { useFolderLevels } from './use-folder-levels';

const listId = 'clone-folders';
const height = 28;
const lineHeight = () => height;

export interface FolderTreeProps {
  url: string;
  accountId: string;
  top: TreeFolder;
  chosen: readonly string[];
  onChosen: (chosen: string[]) => void;
}

/** Chooses folders of a repository that is not here yet; levels are read as they are opened. */
export function FolderTree({ url, accountId, top, chosen, onChosen }: FolderTreeProps) {
  const { levels, load } = useFolderLevels({ url, accountId });
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const [search, setSearch] = useState('');
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const list = useRef<VirtualListHandle>(null);
  useEffect(() => load(top), [load, top]);

  const lines = useMemo(
    () => (search.trim() === '' ? treeLines(levels, expanded) : foundLines(levels, search)),
    [levels, expanded, search],
  );
  const lineKey = useCallback(
    (line: number) => {
      const at = lines[line];
      return at === undefined ? String(line) : keyOf(at);
    },
    [lines],
  );
  const found = lines.findIndex((line) => keyOf(line) === activeKey);
  const active = found < 0 && lines.length > 0 ? 0 : found;

  const fold = (folder: TreeFolder, open: boolean) => {
    if (open) load(folder);
    setExpanded((before) => {
      const after = new Set(before);
      if (open) after.add(folder.path);
      else after.delete(folder.path);
      return after;
    });
  };
  const again = (path: string) => load(path === '' ? top : (folderAt(lines, path) ?? top));
  const choose = (line: Line) => {
    if (line.kind === 'folder') onChosen(toggled(chosen, line.folder.path));
    if (line.kind === 'typed') onChosen(toggled(chosen, line.path));
    if (line.kind === 'failed') again(line.path);
  };
  const onKey = (key: string, at: number): boolean => {
    const line = lines[at];
    if (line === undefined) return false;
    if (key === ' ') {
      choose(line);
      return true;
    }
    if (line.kind === 'folder' && line.expanded !== null) {
      if (key === 'ArrowRight' && !line.expanded) {
        fold(line.folder, true);
        return true;
      }
      if (key === 'ArrowLeft' && line.expanded) {
        fold(line.folder, false);
        return true;
      }
    }
    if (key !== 'ArrowLeft' || line.depth === 0) return false;
    const parent = lines.slice(0, at).findLast((each) => each.depth < line.depth);
    if (parent) setActiveKey(keyOf(parent));
    return true;
  };

  return (
    <div className={styles.box}>
      <TextInput
        size="xs"
        aria-label="Find or name a folder"
        placeholder="Find a folder that was read, or type its path"
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && search !== '') {
            setSearch('');
            event.stopPropagation();
          } else if (event.key === 'Enter') {
            event.preventDefault();
            const line = lines[active];
            if (line) choose(line);
          } else if (event.key.startsWith('Arrow') && list.current?.key(event)) event.preventDefault();
        }}
        rightSection={
          search === '' ? undefined : (
            <ActionIcon size={20} aria-label="Clear" onClick={() => setSearch('')}>
              <IconX size={13} aria-hidden />
            </ActionIcon>
          )
        }
        spellCheck={false}
        autoComplete="off"
        // Escape clears it first; the dialog leaves it to whoever says so.
        data-mantine-stop-propagation={search === '' ? undefined : 'true'}
      />
      <div className={styles.list}>
        {lines.length === 0 ? (
          <p className={styles.quiet}>No folder read so far has this name.</p>
        ) : (
          <VirtualList
            ref={list}
            id={listId}
            role="treegrid"
            label="Folders"
            count={lines.length}
            lineHeight={lineHeight}
            lineKey={lineKey}
            active={active}
            onActive={(line) => setActiveKey(lineKey(line))}
            onOpen={(at) => {
              const line = lines[at];
              if (line?.kind === 'folder' && line.expanded !== null) fold(line.folder, !line.expanded);
              else if (line) choose(line);
            }}
            onKey={(event, line) => onKey(event.key, line)}
            lineAttributes={(at) => {
              const line = lines[at];
              return line?.kind === 'folder' && line.expanded !== null
                ? { 'aria-level': line.depth + 1, 'aria-expanded': line.expanded }
                : { 'aria-level': (line?.depth ?? 0) + 1 };
            }}
            renderLine={(at) => {
              const line = lines[at];
              return line && <TreeLine line={line} chosen={chosen} onChoose={choose} onFold={fold} />;
            }}
          />
        )}
      </div>
      <p className={styles.quiet} aria-live="polite">
        {chosen.length === 0
          ? 'Choose at least one folder. Files beside and above it come along.'
          : `${chosen.length} chosen, with the files beside and above: ${namesOf(chosen)}`}
      </p>
    </div>
  );
}

/** Folders named below the tree: those that were typed stand nowhere else. */
const namedFolders = 6;

function namesOf(chosen: readonly string[]): string {
  const named = chosen.slice(0, namedFolders).map(visibleText).join(', ');
  return chosen.length > namedFolders ? `${named} and ${chosen.length - namedFolders} more.` : `${named}.`;
}

function folderAt(lines: readonly Line[], path: string): TreeFolder | undefined {
  const line = lines.find((each) => each.kind === 'folder' && each.folder.path === path);
  return line?.kind === 'folder' ? line.folder : undefined;
}

interface TreeLineProps {
  line: Line;
  chosen: readonly string[];
  onChoose: (line: Line) => void;
  onFold: (folder: TreeFolder, open: boolean) => void;
}

function TreeLine({ line, chosen, onChoose, onFold }: TreeLineProps) {
  const indent = { paddingLeft: 8 + line.depth * 18 };
  if (line.kind === 'folder') {
    const { folder, name, expanded } = line;
    const choice = choiceOf(chosen, folder.path);
    const shown = visibleText(name);
    const Chevron = expanded ? IconChevronDown : IconChevronRight;
    return (
      <div role="gridcell" className={styles.line} style={indent}>
        {expanded !== null && (
          <button
            type="button"
            tabIndex={-1}
            className={styles.fold}
            aria-label={`${expanded ? 'Close' : 'Open'} ${shown}`}
            onClick={() => onFold(folder, !expanded)}
            onDoubleClick={(event) => event.stopPropagation()}
          >
            <Chevron size={14} aria-hidden />
          </button>
        )}
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={visibleText(folder.path)}
          checked={choice === 'chosen' || choice === 'within'}
          disabled={choice === 'within'}
          ref={(box) => {
            if (box) box.indeterminate = choice === 'partly';
          }}
          onChange={() => onChoose(line)}
          onDoubleClick={(event) => event.stopPropagation()}
        />
        <MiddleEllipsis text={shown} />
      </div>
    );
  }
  return (
    <div role="gridcell" className={styles.line} style={indent}>
      {line.kind === 'typed' && (
        <Button
          size="compact-xs"
          variant="default"
          tabIndex={-1}
          leftSection={<IconFolderPlus size={13} aria-hidden />}
          onClick={() => onChoose(line)}
        >
          {choiceOf(chosen, line.path) === 'chosen' ? 'Leave out' : 'Add'} {visibleText(line.path)}
        </Button>
      )}
      {line.kind === 'loading' && <Loader size={14} role="status" aria-label="Reading folders" />}
      {line.kind === 'none' && <span className={styles.quiet}>No folders in it</span>}
      {line.kind === 'cut' && (
        <span className={styles.quiet}>There is more than could be looked through: type a path above.</span>
      )}
      {line.kind === 'failed' && (
        <>
          <Button size="compact-xs" variant="default" tabIndex={-1} onClick={() => onChoose(line)}>
            Try again
          </Button>
          <span className={styles.bad} role="alert" title={describeInOneLine(line.error)}>
            {describeInOneLine(line.error)}
          </span>
        </>
      )}
    </div>
  );
}
