import { Button, Loader } from '@mantine/core';
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { DoctorSubject, Finding } from '../../../shared/contract/doctor';
import { ConfirmDialog } from '../../components/ConfirmDialog';
import { Dialog } from '../../components/Dialog';
import { visibleText } from '../../components/visible-text';
import type { EditDraft } from '../../errors/actions';
import { describeCause, stepName } from '../../errors/describe-cause';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query } from '../../rpc/client';
import { CertificateChain } from './CertificateChain';
import styles from './connection-doctor.module.css';
import { StepList } from './StepList';
import { TrustDialog } from './TrustDialog';
import { type Examined, stepOrder, useDiagnosis } from './use-diagnosis';
import { useRemedy } from './use-remedy';

export interface DoctorDialogProps {
  subject: DoctorSubject;
  /** The form whose draft is examined takes the corrections itself. */
  onEdit?: EditDraft;
  onClose: () => void;
}

/** What is looked at, as the user knows it. */
function titleOf(subject: DoctorSubject, alias: string | undefined): string {
  if (alias) return alias;
  if (subject.draft) return subject.draft.alias || subject.draft.url || 'the new account';
  return subject.url ?? 'the repository';
}

function progress({ steps, diagnosis }: Examined): string {
  if (diagnosis) return '';
  const running = stepOrder.findIndex((name) => steps[name]?.state === 'running');
  const name = stepOrder[running];
  return name ? `Step ${running + 1} of ${stepOrder.length}: ${stepName(name)}` : 'Starting';
}

/** The Connection Doctor: named steps, one cause, one button. */
export function DoctorDialog({ subject, onEdit, onClose }: DoctorDialogProps) {
  const examined = useDiagnosis(subject);
  const { diagnosis, again } = examined;
  const accounts = useQuery(query.accounts.list.queryOptions());
  const accountId = subject.draft?.accountId ?? diagnosis?.accountId ?? subject.accountId;
  const account = accounts.data?.find(({ id }) => id === accountId);
  const [isTrusting, setTrusting] = useState(false);
  const [isCopied, setCopied] = useState(false);
  const copyReport = () => {
    if (!diagnosis) return;
    // Where there is no clipboard, the text below can be selected.
    navigator.clipboard?.writeText(diagnosis.report).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  const finding = diagnosis?.finding ?? null;
  const remedies = useRemedy({
    subject: { ...subject, url: subject.url ?? null },
    account,
    onEdit,
    again,
    copyReport,
    onTrust: () => setTrusting(true),
    onClose,
  });
  const network = useQuery(query.network.get.queryOptions());
  const cured = useAgainOnceChanged(JSON.stringify([account, network.data]), diagnosis !== null, again);
  const remedyButton = useRef<HTMLButtonElement>(null);
  const closeButton = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!diagnosis) return;
    // The answer comes after the dialog: whoever has not moved the focus gets it on what to do next.
    const focused = document.activeElement;
    if (focused === document.body || focused === closeButton.current)
      (remedyButton.current ?? closeButton.current)?.focus();
  }, [diagnosis]);
  const certificates = examined.steps.certificate?.certificates ?? [];
  const trusted =
    finding?.remedy.kind === 'trust-certificate'
      ? { host: finding.remedy.host, fingerprint: finding.remedy.fingerprint }
      : null;
  const trustable = certificates.find((one) => one.fingerprint === trusted?.fingerprint);
  const title = titleOf(subject, account?.alias);
  const restart = () => {
    setCopied(false);
    again();
  };
  return (
    <Dialog
      opened
      onClose={onClose}
      size={680}
      title={
        <span className={styles.title}>
          Connection check: <span title={title}>{visibleText(title)}</span>
        </span>
      }
      styles={{
        content: { display: 'flex', flexDirection: 'column', maxHeight: '92dvh' },
        body: { display: 'flex', flexDirection: 'column', minHeight: 0, flex: 1 },
      }}
    >
      <div className={styles.result} aria-live="polite" role="status" data-tone={toneOf(examined)}>
        <Result examined={examined} />
      </div>
      {examined.error && <ErrorNotice error={examined.error} onRetry={restart} />}
      {finding && (
        <div className={styles.remedy}>
          <Button
            ref={remedyButton}
            onClick={() => {
              cured.watch();
              remedies.act(finding);
            }}
          >
            {isCopied && finding.remedy.kind === 'tell-administrator'
              ? 'Copied'
              : describeCause(finding).button}
          </Button>
          <Advice finding={finding} />
        </div>
      )}
      {finding === null &&
        diagnosis?.warnings.map((warning) => (
          <div key={JSON.stringify(warning)} className={styles.remedy}>
            <Button size="compact-sm" variant="default" onClick={() => remedies.act(warning)}>
              {describeCause(warning).button}
            </Button>
            <span className={styles.quiet}>{describeCause(warning).sentence}</span>
          </div>
        ))}
      <div className={styles.body}>
        <StepList steps={examined.steps} />
        {certificates.length > 0 && (
          <details className={styles.details} open={trusted !== null || undefined}>
            <summary>Certificates ({certificates.length})</summary>
            <CertificateChain certificates={certificates} />
          </details>
        )}
        {diagnosis && (
          <details className={styles.details}>
            <summary>Report</summary>
            <pre className={styles.report} tabIndex={0} aria-label="Report">
              {diagnosis.report}
            </pre>
          </details>
        )}
      </div>
      <div className={styles.footer}>
        <Button variant="default" disabled={!diagnosis} onClick={copyReport}>
          {isCopied ? 'Report copied' : 'Copy report'}
        </Button>
        <span className={styles.space} />
        <Button variant="default" disabled={examined.running} onClick={restart}>
          Check again
        </Button>
        <Button ref={closeButton} data-autofocus variant="default" onClick={onClose}>
          {examined.running ? 'Cancel' : 'Close'}
        </Button>
      </div>
      {isTrusting && trusted && trustable && (
        <TrustDialog
          host={trusted.host}
          certificate={trustable}
          onClose={() => setTrusting(false)}
          onTrusted={() => {
            setTrusting(false);
            restart();
          }}
        />
      )}
      <ConfirmDialog
        opened={remedies.asked !== null}
        title={
          remedies.asked?.kind === 'header'
            ? 'Use header authentication?'
            : 'Use this account for repositories?'
        }
        confirm={remedies.asked?.kind === 'header' ? 'Use the header' : 'Use it'}
        busy={remedies.busy}
        onCancel={remedies.dismiss}
        onConfirm={remedies.confirm}
      >
        {remedies.asked?.kind === 'header'
          ? `From now on git signs in as “${account?.alias ?? ''}” with a ${remedies.asked.header === 'bearer' ? 'Bearer' : 'Basic'} header. The token is in no address, no file and no command. You can change this in the account’s form.`
          : `git gets this account’s token for the repositories on its server, and asks for no password.`}
        {remedies.error && <ErrorNotice error={remedies.error} form />}
      </ConfirmDialog>
    </Dialog>
  );
}

/** Looks again when what a remedy was for has changed, so that no cause is shown longer than it is true. */
function useAgainOnceChanged(state: string, isDone: boolean, again: () => void): { watch: () => void } {
  const before = useRef<string | null>(null);
  useEffect(() => {
    if (before.current === null || before.current === state || !isDone) return;
    before.current = null;
    again();
  }, [state, isDone, again]);
  return {
    watch: () => {
      before.current = state;
    },
  };
}

function toneOf({ diagnosis, error }: Examined): 'good' | 'bad' | undefined {
  if (error || diagnosis?.finding) return 'bad';
  return diagnosis ? 'good' : undefined;
}

function Result({ examined }: { examined: Examined }) {
  const { diagnosis, error } = examined;
  if (error) return null;
  if (!diagnosis)
    return (
      <>
        <Loader size={18} aria-hidden />
        <span>{progress(examined)}</span>
      </>
    );
  if (diagnosis.finding)
    return (
      <>
        <IconCircleX size={20} aria-hidden />
        <strong>{describeCause(diagnosis.finding).sentence}</strong>
      </>
    );
  return (
    <>
      <IconCircleCheck size={20} aria-hidden />
      <span>
        <strong>Everything works.</strong>
        {diagnosis.warnings.length > 0 && ' Something should be put right all the same:'}
      </span>
    </>
  );
}

function Advice({ finding }: { finding: Finding }) {
  const { advice } = describeCause(finding);
  return advice ? <span className={styles.quiet}>{advice}</span> : null;
}
