import { useQuery } from '@tanstack/react-query';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import classes from './preferences.module.css';

const systems: Record<string, string> = { darwin: 'macOS', win32: 'Windows', linux: 'Linux' };

export function AboutPane() {
  const info = useQuery(query.application.info.queryOptions());
  if (!info.data)
    return (
      <ErrorNotice error={info.error ? toAppError(info.error) : null} onRetry={() => void info.refetch()} />
    );
  const { version, shell, platform, dataDirectory } = info.data;
  return (
    <div className={classes.stack}>
      <div>
        <strong>Polyforge</strong> is a Git client for people whose repositories live on several hosting
        providers and under several accounts.
      </div>
      <dl className={classes.facts}>
        <dt>Version</dt>
        <dd>{version}</dd>
        <dt>Runs</dt>
        <dd>
          {shell === 'desktop' ? 'as a desktop application' : 'in a browser'} on{' '}
          {systems[platform] ?? platform}
        </dd>
        <dt>Settings and caches</dt>
        <dd>{dataDirectory}</dd>
        <dt>Licence</dt>
        <dd>MIT</dd>
      </dl>
    </div>
  );
}
