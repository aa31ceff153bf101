import { Button, Group, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { PushPlan, PushResult } from '../../../shared/contract/remotes';
import { Note } from '../../components/Note';
import { UntrustedText } from '../../components/UntrustedText';
import { visibleName, visibleText } from '../../components/visible-text';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { client, toAppError } from '../../rpc/client';
import { follow } from '../../rpc/follow';
import styles from './RemoteBar.module.css';
import { rejections } from './words';

type Rejection = Extract<PushResult, { result: 'rejected' }>;

export interface RejectedProps {
  repositoryId: string;
  plan: PushPlan;
  rejection: Rejection;
  onPull: () => void;
  /** Back to the form, for another branch. */
  onElsewhere: () => void;
  onOverwrite: (seen: string) => void;
  onClose: () => void;
}

/** Why the server kept its branch, and the usual ways on. */
export function Rejected(props: RejectedProps) {
  const { rejection, plan } = props;
  const { title, text } = rejections[rejection.reason];
  const isApart = rejection.reason === 'behind' || rejection.reason === 'stale-lease';
  const canPull = isApart && !plan.setUpstream;
  const canElsewhere = rejection.reason !== 'no-permission' && rejection.reason !== 'shallow';
  const [isOverwriting, setOverwriting] = useState(false);
  if (isOverwriting) return <Overwrite {...props} onBack={() => setOverwriting(false)} />;
  return (
    <Stack gap="sm">
      <Note tone="warn">
        <strong>{title}.</strong> {text}
      </Note>
      {rejection.detail !== '' && <UntrustedText label="The server said" text={rejection.detail} />}
      <div className={styles.ways}>
        {isApart && (
          <div className={styles.way}>
            <span>Take in what the server has, then push again.</span>
            <Button onClick={props.onPull} autoFocus={canPull} disabled={!canPull}>
              Pull and merge
            </Button>
          </div>
        )}
        {canElsewhere && (
          <div className={styles.way}>
            <span>Leave that branch alone and push under another name.</span>
            <Button variant="default" autoFocus={!canPull} onClick={props.onElsewhere}>
              Push to another branch…
            </Button>
          </div>
        )}
        {isApart && (
          <div className={styles.way}>
            <span>Replace the server’s branch with yours, after a look at what would go.</span>
            <Button variant="default" onClick={() => setOverwriting(true)}>
              Overwrite…
            </Button>
          </div>
        )}
      </div>
      <Group justify="flex-end">
        <Button variant="default" autoFocus={!canPull && !canElsewhere} onClick={props.onClose}>
          Close
        </Button>
      </Group>
    </Stack>
  );
}

/** What the server has is looked at first: only exactly that is replaced. */
function Overwrite({ repositoryId, plan, onOverwrite, onBack }: RejectedProps & { onBack: () => void }) {
  const look = useMutation({
    async mutationFn() {
      const signal = new AbortController().signal;
      const { failures } = await follow(
        client.remotes.fetch({ repositoryId, remote: plan.remote, prune: false }),
        signal,
        () => undefined,
      );
      const failed = failures[0];
      const fresh = await client.remotes.pushPlan({
        repositoryId,
        branch: plan.branch,
        remote: plan.remote ?? undefined,
        to: plan.to,
      });
      if (failed || fresh.seen === null) return { seen: null, failed: failed?.error ?? null, commits: [] };
      const { commits, more } = await client.history.log({
        repositoryId,
        ref: `${fresh.remote}/${fresh.to}`,
        limit: 5,
      });
      return { seen: fresh.seen, failed: null, commits, more, behind: fresh.behind };
    },
  });
  const found = look.data;
  const target = `${visibleName(plan.remote ?? '')}/${visibleName(plan.to)}`;
  return (
    <Stack gap="sm">
      {!found && (
        <Note>
          The server is asked for its branch first. It is replaced only if it is still exactly that when the
          push arrives.
        </Note>
      )}
      {look.error !== null && <ErrorNotice error={toAppError(look.error)} subject={{ repositoryId }} />}
      {found?.failed && <ErrorNotice error={found.failed} subject={{ repositoryId }} />}
      {found && found.seen === null && !found.failed && (
        <Note>The branch is not on the server any more. Go back and push as usual.</Note>
      )}
      {found && found.seen !== null && (
        <>
          <Note tone="warn">
            {found.behind
              ? `${found.behind === 1 ? 'A commit' : `${found.behind.toLocaleString()} commits`} of ${target} would be gone from there. `
              : ''}
            Others who have {target} will have to reset theirs.
          </Note>
          <dl className={styles.facts}>
            <dt>There now</dt>
            <dd>
              {found.commits.map((commit) => (
                <div key={commit.oid}>
                  <code>{commit.oid.slice(0, 8)}</code> {visibleText(commit.subject || '(no message)')},{' '}
                  {visibleText(commit.author.name)}
                </div>
              ))}
              {found.more && '…'}
            </dd>
          </dl>
        </>
      )}
      <Group justify="flex-end" gap="xs">
        <Button key={found ? 'looked' : 'back'} variant="default" onClick={onBack} autoFocus>
          Back
        </Button>
        {found?.seen ? (
          <Button
            key="overwrite"
            color="red.9"
            onClick={() => found.seen !== null && onOverwrite(found.seen)}
          >
            Overwrite {target}
          </Button>
        ) : (
          <Button key="look" loading={look.isPending} onClick={() => look.mutate()}>
            Look at the server’s branch
          </Button>
        )}
      </Group>
    </Stack>
  );
}
