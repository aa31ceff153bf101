import { Button } from '@mantine/core';
import { IconShieldQuestion } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { RepositoryTrust } from '../../../shared/contract/trust';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import { Findings } from './Findings';
import classes from './trust.module.css';
import { headline } from './words';

/** Shown before the user asks for more. */
const first = 3;

/** Repositories the user said "keep it off" to: one line is left of the banner as long as this page lives. */
const keptOff = new Set<string>();

/** Above a repository that is not trusted: what it names, and the question. Nothing where there is nothing to ask. */
export function TrustBanner({ repositoryId }: { repositoryId: string }) {
  const found = useQuery(query.trust.state.queryOptions({ input: { repositoryId } }));
  const queries = useQueryClient();
  const grant = useMutation(
    query.trust.grant.mutationOptions({
      onSuccess(state) {
        queries.setQueryData(query.trust.state.queryKey({ input: { repositoryId } }), state);
        // The button that had the focus is gone.
        document.getElementById('main')?.focus();
      },
    }),
  );
  const [isOff, setOff] = useState(keptOff.has(repositoryId));
  /** The button that was pressed makes room for another, which takes the focus over. */
  const [hasAnswered, setAnswered] = useState(false);
  const keepOff = (off: boolean) => {
    if (off) keptOff.add(repositoryId);
    else keptOff.delete(repositoryId);
    setOff(off);
    setAnswered(true);
  };
  if (found.error)
    return <ErrorNotice shape="line" error={toAppError(found.error)} onRetry={() => void found.refetch()} />;
  if (found.data?.state !== 'untrusted') return null;
  if (isOff)
    return (
      <div className={classes.line} role="note" aria-label="Trust of this repository">
        <IconShieldQuestion size={15} aria-hidden />
        <span>Not trusted: what this repository names is kept off.</span>
        <Button size="compact-xs" variant="default" autoFocus={hasAnswered} onClick={() => keepOff(false)}>
          Look again
        </Button>
      </div>
    );
  return (
    <Question
      trust={found.data}
      isBusy={grant.isPending}
      failure={grant.error && toAppError(grant.error)}
      hasFocus={hasAnswered}
      onTrust={() => grant.mutate({ repositoryId })}
      onKeepOff={() => keepOff(true)}
    />
  );
}

interface QuestionProps {
  trust: RepositoryTrust;
  isBusy: boolean;
  failure: ReturnType<typeof toAppError> | null;
  hasFocus: boolean;
  onTrust: () => void;
  onKeepOff: () => void;
}

function Question({ trust, isBusy, failure, hasFocus, onTrust, onKeepOff }: QuestionProps) {
  const id = useId();
  const [isWhole, setWhole] = useState(false);
  const { findings, total } = trust;
  const shown = isWhole ? findings : findings.slice(0, first);
  const isForeign = findings.some(({ kind }) => kind === 'owner');
  return (
    <section className={classes.banner} aria-labelledby={`${id}-title`}>
      <IconShieldQuestion size={20} stroke={1.7} aria-hidden />
      <div className={classes.body}>
        <h2 id={`${id}-title`}>{headline(trust)}</h2>
        <p>
          Polyforge has run nothing of it. <span className={classes.reason}>{trust.reason} </span>
          {isForeign
            ? 'Trust it only if you know who can write to this folder.'
            : 'Trust it if it is yours, or if you know who set it up.'}
        </p>
        <div
          id={`${id}-list`}
          className={classes.list}
          role="group"
          aria-labelledby={`${id}-title`}
          data-brief={!isWhole || undefined}
          tabIndex={0}
        >
          <Findings findings={shown} label="What was found" />
        </div>
        {isWhole && total > findings.length && <p>{total - findings.length} more are not listed.</p>}
        {failure && <ErrorNotice shape="line" error={failure} />}
        <div className={classes.actions}>
          <Button size="compact-sm" variant="default" loading={isBusy} onClick={onTrust}>
            Trust this repository
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            autoFocus={hasFocus}
            disabled={isBusy}
            onClick={onKeepOff}
          >
            Keep it off
          </Button>
          <Button
            className={total > first ? undefined : classes.whenLow}
            size="compact-sm"
            variant="subtle"
            aria-expanded={isWhole}
            aria-controls={`${id}-list`}
            onClick={() => setWhole(!isWhole)}
          >
            {isWhole ? 'Show fewer' : total > first ? `and ${total - first} more` : 'What they do'}
          </Button>
        </div>
      </div>
    </section>
  );
}
