import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconFolder, IconFolderOff, IconFolderOpen, IconX } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Repository } from '../../../shared/contract/repositories';
import { RelativeTime } from '../../components/RelativeTime';
import { MiddleEllipsis } from '../../components/MiddleEllipsis';
import { StatusBadge } from '../../components/StatusBadge';
import { Toolbar } from '../../components/Toolbar';
import { visibleText } from '../../components/visible-text';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { client, query, toAppError } from '../../rpc/client';
import { OpenFromDisk } from './OpenFromDisk';
import { FirstSteps } from './FirstSteps';
import styles from './WelcomeView.module.css';

export interface WelcomeViewProps {
  onOpenRepository: (id: string) => void;
  onClone: () => void;
  onBrowse: () => void;
  onAddAccount: () => void;
}

/** Where every session starts: the repositories of this machine and the ways to more. */
export function WelcomeView(props: WelcomeViewProps) {
  const recent = useQuery(query.repositories.list.queryOptions());
  const accounts = useQuery(query.accounts.list.queryOptions());
  const noAccount = accounts.data?.length === 0;
  return (
    <div className={styles.view}>
      <Toolbar
        title="Repositories"
        actions={
          <>
            <Button variant="default" onClick={props.onClone}>
              Clone…
            </Button>
            <Button variant={noAccount ? 'default' : 'filled'} onClick={props.onBrowse}>
              Browse hosted
            </Button>
          </>
        }
      />
      <div className={styles.content}>
        {noAccount && <FirstSteps {...props} />}
        <OpenFromDisk onOpened={(repository) => props.onOpenRepository(repository.id)} />
        <section aria-labelledby="recent-title">
          <h2 id="recent-title" className={styles.title}>
            Recent
          </h2>
          {recent.error !== null && (
            <ErrorNotice error={toAppError(recent.error)} onRetry={() => void recent.refetch()} />
          )}
          {recent.data?.length === 0 && (
            <p className={styles.quiet}>
              No repository yet. Those you clone or open are listed here, the latest first.
            </p>
          )}
          <ul className={styles.list}>
            {recent.data?.map((repository) => (
              <RecentRepository
                key={repository.id}
                repository={repository}
                onOpen={() => props.onOpenRepository(repository.id)}
              />
            ))}
          </ul>
        </section>
      </div>
    </div>
  );
}

function RecentRepository({ repository, onOpen }: { repository: Repository; onOpen: () => void }) {
  const forget = useMutation({
    mutationFn: () => client.repositories.forget({ repositoryId: repository.id }),
  });
  const Icon = repository.present ? IconFolder : IconFolderOff;
  const name = visibleText(repository.name);
  return (
    <li className={styles.item}>
      <button type="button" className={styles.open} onClick={onOpen}>
        <Icon size={20} stroke={1.5} aria-hidden />
        <span className={styles.what}>
          <span className={styles.name}>
            <strong>{name}</strong>
            {!repository.present && <StatusBadge tone="warn">Folder not there</StatusBadge>}
          </span>
          <span className={styles.path}>
            <MiddleEllipsis text={visibleText(repository.path)} tail={28} />
          </span>
        </span>
        <span className={styles.when}>
          <RelativeTime time={repository.lastOpened} />
        </span>
        <IconFolderOpen size={16} aria-hidden className={styles.go} />
      </button>
      <Tooltip label="Remove from this list; the folder stays">
        <ActionIcon
          aria-label={`Remove ${name} from the list`}
          loading={forget.isPending}
          onClick={() => forget.mutate()}
        >
          <IconX size={15} aria-hidden />
        </ActionIcon>
      </Tooltip>
      {forget.error !== null && <ErrorNotice shape="line" error={toAppError(forget.error)} />}
    </li>
  );
}
