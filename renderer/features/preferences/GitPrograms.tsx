import { useQuery } from '@tanstack/react-query';
import type { ApplicationInfo, Programs } from '../../../shared/contract/application';
import { Note } from '../../components/Note';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import classes from './preferences.module.css';

const gitLacks: Record<NonNullable<Programs['git']>['lacks'][number], string> = {
  'owner-check':
    'It does not check whom a repository belongs to: on a shared computer, open only folders of your own. Git 2.36 and later check it.',
  'bare-check':
    'It does not leave alone bare repositories hidden among the files of another one: open only folders you trust. Git 2.38 and later leave them alone.',
};

const sshLacks: Record<NonNullable<Programs['ssh']>['lacks'][number], string> = {
  questions:
    'It cannot ask in Polyforge for the passphrase of a key or about an unknown server: use an ssh agent, and connect once in a terminal. The ssh that comes with Git asks here.',
  'server-questions':
    'What a server itself asks at sign-in, such as a one-time code, cannot be told from what ssh asks, and is refused. OpenSSH 8.5 and later tell them apart.',
};

/** Words of a version and a path, the path one can select alone. */
function Program({ name, path }: { name: string; path: string }) {
  return (
    <>
      {name}, <span>{path}</span>
    </>
  );
}

/** The programs that do git's work here, each with what it cannot do. */
export function GitPrograms({ info }: { info: ApplicationInfo }) {
  const programs = useQuery(query.application.programs.queryOptions());
  const { git } = info;
  const { data } = programs;
  return (
    <>
      {programs.error && (
        <ErrorNotice error={toAppError(programs.error)} onRetry={() => void programs.refetch()} />
      )}
      <dl className={classes.facts}>
        <dt>Installed Git</dt>
        <dd>{git.found ? <Program name={git.version} path={git.path} /> : 'none found'}</dd>
        <dt>SSH</dt>
        <dd>
          {!data && '…'}
          {data && !data.ssh && 'none found'}
          {data?.ssh && <Program name={data.ssh.version ?? 'unknown version'} path={data.ssh.path} />}
        </dd>
        {git.found && (
          <>
            <dt>Shell</dt>
            <dd>{data ? (data.shell ?? 'the one that belongs to Git') : '…'}</dd>
          </>
        )}
        <dt>In use</dt>
        <dd>{info.engine === 'system' ? 'Installed Git' : 'Built-in engine'}</dd>
        <dt>Why</dt>
        <dd>{info.engineReason}</dd>
      </dl>
      {git.found && !git.usable && (
        <Note tone="warn">
          <strong>This Git is too old to be used.</strong> It does not take the settings that keep a
          repository from running programs; 2.31 and later do. Until it is updated the built-in engine does
          the work, which cannot use ssh.
        </Note>
      )}
      {git.found && git.usable && !!data?.git?.lacks.length && (
        <Note tone="warn">
          <strong>Git {git.version} protects less than newer ones.</strong>{' '}
          {data.git.lacks.map((lack) => gitLacks[lack]).join(' ')}
        </Note>
      )}
      {data && !data.ssh && (
        <Note tone="warn">
          <strong>There is no ssh on this computer.</strong> Addresses like git@host:path and ssh://… cannot
          be cloned. Install {git.found ? 'OpenSSH' : 'Git and OpenSSH'}, or use the https address of the
          repository.
        </Note>
      )}
      {data?.ssh && data.ssh.lacks.length > 0 && (
        <Note tone="warn">
          <strong>This ssh does less than newer ones.</strong>{' '}
          {data.ssh.lacks.map((lack) => sshLacks[lack]).join(' ')}
        </Note>
      )}
    </>
  );
}
