import { Checkbox, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ClonePlan, CloneSurvey } from '../../../shared/contract/clone-plan';
import { visibleText } from '../../components/visible-text';
import { query } from '../../rpc/client';
import styles from './CloneOptions.module.css';

interface FieldProps {
  survey: CloneSurvey | undefined;
  plan: ClonePlan;
  onPlan: (change: Partial<ClonePlan>) => void;
  /** True, or why not. */
  can: true | string;
}

/** Folders shown of one host's submodules. */
const shownFolders = 4;

function folderWords(paths: readonly string[]): string {
  const shown = paths.slice(0, shownFolders).map(visibleText).join(', ');
  return paths.length > shownFolders ? `${shown} and ${paths.length - shownFolders} more` : shown;
}

/** Other repositories this one names: none is fetched from a host nobody ticked. */
export function SubmodulesField({ survey, plan, onPlan, can }: FieldProps) {
  const submodules = survey?.submodules ?? null;
  const ticked = plan.submodules ?? [];
  return (
    <fieldset className={styles.group}>
      <legend>Submodules</legend>
      {can !== true ? (
        <p className={styles.quiet}>{can}</p>
      ) : submodules === null ? (
        <p className={styles.quiet}>Whether it has any shows after the clone. None are fetched with it.</p>
      ) : submodules.length === 0 ? (
        <p className={styles.quiet}>It has none.</p>
      ) : (
        submodules.map(({ origin, paths }) => (
          <Checkbox
            key={origin ?? ''}
            disabled={origin === null}
            label={
              <span className={styles.long}>
                {origin === null ? 'Addresses that cannot be used' : `From ${visibleText(origin)}`}
              </span>
            }
            description={<span className={styles.long}>{folderWords(paths)}</span>}
            checked={origin !== null && ticked.includes(origin)}
            onChange={(event) => {
              if (origin === null) return;
              const next = event.currentTarget.checked
                ? [...ticked, origin]
                : ticked.filter((each) => each !== origin);
              onPlan({ submodules: next.length === 0 ? null : next });
            }}
          />
        ))
      )}
    </fieldset>
  );
}

export function LargeFilesField({ survey, plan, onPlan, can }: FieldProps) {
  const programs = useQuery({ ...query.application.programs.queryOptions(), staleTime: 60_000 });
  const isMissing = programs.data !== undefined && programs.data.lfs === null;
  const why =
    can !== true
      ? can
      : isMissing
        ? 'Git LFS was not found on this computer. Install it to fetch large files.'
        : null;
  const known =
    survey?.largeFiles === true
      ? 'This repository keeps files in Git LFS. Without it they are small placeholders.'
      : survey?.largeFiles === false
        ? 'Nothing in its top folder says that it uses Git LFS.'
        : 'Whether it uses Git LFS shows after the clone.';
  return (
    <Switch
      label="Fetch large files (Git LFS)"
      description={why ?? known}
      disabled={why !== null || programs.data === undefined}
      // Untouched: as Git is set up, which fetches them where Git LFS is installed as it should be.
      checked={plan.lfs ?? (can === true && programs.data !== undefined && !isMissing)}
      onChange={(event) => onPlan({ lfs: event.currentTarget.checked })}
    />
  );
}
