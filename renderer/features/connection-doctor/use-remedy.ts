import { useState } from 'react';
import type { Account, HeaderAuthentication } from '../../../shared/contract/accounts';
import type { DoctorSubject, Finding } from '../../../shared/contract/doctor';
import type { AppError } from '../../../shared/errors';
import { draftOf } from '../../../shared/account-draft';
import { useOpenExternal } from '../../components/ExternalLink';
import { type EditDraft, usePerformErrorAction } from '../../errors/actions';
import { client, toAppError } from '../../rpc/client';

/** A change of the account that is asked about first. */
export type Change = { kind: 'header'; header: HeaderAuthentication } | { kind: 'for-repositories' };

export interface RemedyParts {
  subject: DoctorSubject;
  account: Account | undefined;
  onEdit: EditDraft | undefined;
  again: () => void;
  copyReport: () => void;
  onTrust: () => void;
  onClose: () => void;
}

export interface Remedies {
  /** Does what the finding's button says. */
  act: (finding: Finding) => void;
  /** A change waiting for the user's yes. */
  asked: Change | null;
  confirm: () => void;
  dismiss: () => void;
  busy: boolean;
  error: AppError | null;
}

/** The one place where the doctor's buttons do their thing. */
export function useRemedy(parts: RemedyParts): Remedies {
  const { subject, account, onEdit } = parts;
  const perform = usePerformErrorAction();
  const openExternal = useOpenExternal();
  const [asked, setAsked] = useState<Change | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);

  /** In the form the field is changed; a stored account is asked about first. */
  const change = (wanted: Change) => {
    if (!onEdit) {
      setAsked(wanted);
      return;
    }
    if (wanted.kind === 'header') onEdit('headerAuthentication', wanted.header);
    else onEdit('useForRepositories', 'true');
    parts.onClose();
  };

  const confirm = async () => {
    if (!asked || !account) return;
    setBusy(true);
    setError(null);
    const draft = {
      ...draftOf(account),
      ...(asked.kind === 'header' ? { headerAuthentication: asked.header } : { useForRepositories: true }),
    };
    try {
      await client.accounts.save({ draft, acceptFailure: true });
      setAsked(null);
      parts.again();
    } catch (reason) {
      setError(toAppError(reason));
    } finally {
      setBusy(false);
    }
  };

  const act = ({ cause, remedy }: Finding) => {
    const label = '';
    const accountId = account?.id;
    switch (remedy.kind) {
      case 'open-page':
        openExternal(remedy.url);
        return;
      case 'replace-token':
        if (accountId !== undefined) perform({ kind: 'replace-token', label, accountId });
        return;
      case 'sign-in-again':
        if (accountId !== undefined) perform({ kind: 'sign-in-again', label, accountId });
        return;
      case 'edit-account':
        if (onEdit) {
          onEdit(remedy.field, remedy.value);
          parts.onClose();
        } else if (accountId !== undefined)
          perform({ kind: 'edit-account', label, accountId, field: remedy.field, value: remedy.value });
        return;
      case 'use-header':
        change({ kind: 'header', header: remedy.header });
        return;
      case 'use-for-repositories':
        change({ kind: 'for-repositories' });
        return;
      case 'choose-account':
        perform({
          kind: 'choose-account',
          label,
          repositoryId: subject.repositoryId ?? null,
          url: subject.url ?? null,
        });
        parts.onClose();
        return;
      case 'set-use-http-path':
        perform({ kind: 'set-use-http-path', label, host: remedy.host });
        return;
      case 'trust-certificate':
        parts.onTrust();
        return;
      case 'add-client-certificate':
        perform({
          kind: 'open-preferences',
          label,
          section: 'network',
          network: { add: 'client-certificate', host: remedy.host },
        });
        return;
      case 'network-preferences':
        perform({
          kind: 'open-preferences',
          label,
          section: 'network',
          ...(cause === 'proxy-wants-sign-in' ? { network: { add: 'proxy-password' } as const } : {}),
        });
        return;
      case 'unlock':
        perform({ kind: 'unlock', label });
        return;
      case 'move-organizations':
        if (accountId !== undefined) perform({ kind: 'move-organizations', label, accountId });
        return;
      case 'wait':
      case 'try-again':
        parts.again();
        return;
      case 'tell-administrator':
        parts.copyReport();
        return;
      default:
        remedy satisfies never;
    }
  };

  return {
    act,
    asked,
    confirm: () => void confirm(),
    dismiss: () => setAsked(null),
    busy,
    error,
  };
}
