import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { RelativeTime } from '../../components/RelativeTime';
import { StatusBadge } from '../../components/StatusBadge';
import { visibleText } from '../../components/visible-text';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import classes from './preferences.module.css';

/** Passphrases of SSH keys the user wanted kept; nothing where there are none. */
export function SavedPassphrases() {
  const saved = useQuery(query.ssh.savedPassphrases.queryOptions());
  const forget = useMutation(query.ssh.forgetPassphrase.mutationOptions());
  if (saved.error)
    return <ErrorNotice error={toAppError(saved.error)} onRetry={() => void saved.refetch()} />;
  if (!saved.data || saved.data.length === 0) return null;
  return (
    <section aria-label="Passphrases of SSH keys">
      <h3 className={classes.groupTitle}>Passphrases of SSH keys</h3>
      <ul className={classes.passphrases}>
        {saved.data.map((each) => (
          <li key={each.keyPath}>
            <div>
              <div>{visibleText(each.keyPath)}</div>
              <div className={classes.dimmed}>
                {each.missing ? (
                  'The key is not there now.'
                ) : (
                  <>
                    Used <RelativeTime time={each.lastUsed} />.
                  </>
                )}
              </div>
            </div>
            {each.state === 'refused' && (
              <StatusBadge tone="warn" title="It did not open the key, and is not tried again.">
                Wrong
              </StatusBadge>
            )}
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`Forget the passphrase of ${each.keyPath}`}
              loading={forget.isPending && forget.variables?.keyPath === each.keyPath}
              onClick={() => forget.mutate({ keyPath: each.keyPath })}
            >
              Forget
            </Button>
          </li>
        ))}
      </ul>
      {forget.error && <ErrorNotice shape="line" error={toAppError(forget.error)} />}
    </section>
  );
}
