import type { AppError } from '../../shared/errors';
import { ErrorLine } from '../components/ErrorLine';
import { ErrorPanel } from '../components/ErrorPanel';
import type { DoctorSubject } from '../../shared/contract/doctor';
import { type EditDraft, type ErrorAction, usePerformErrorAction } from './actions';
import { isDiagnosable } from './diagnosable';
import { describeError, type ErrorPlace } from './describe';

export interface ErrorNoticeProps {
  error: AppError | null | undefined;
  /** `line` in lists, `panel` in the middle of an empty view, `box` (default) in forms. */
  shape?: 'line' | 'box' | 'panel';
  account?: ErrorPlace['account'];
  form?: boolean;
  /** Put before the title of a line: the account's alias. */
  label?: string;
  onRetry?: () => void;
  /** What the Connection Doctor would look at; default: the account. */
  subject?: DoctorSubject;
  /** The form that takes the doctor's corrections. */
  onEdit?: EditDraft;
}

/** Shows a failure with its remedy; nothing for no failure and for a cancelled operation. */
export function ErrorNotice(props: ErrorNoticeProps) {
  const { error, shape = 'box', account, form, label, onRetry, onEdit } = props;
  const perform = usePerformErrorAction();
  if (!error) return null;
  const described = describeError(error, { account, form, retry: onRetry !== undefined });
  if (!described) return null;
  const act = (action: ErrorAction) => (action.kind === 'retry' ? onRetry?.() : perform(action));
  const { action } = described;
  const button = action ? { label: action.label, onClick: () => act(action) } : undefined;
  const subject = props.subject ?? (account ? { accountId: account.id } : null);
  const diagnose =
    subject !== null && isDiagnosable(error)
      ? {
          label: 'Find out why',
          onClick: () => perform({ kind: 'diagnose', label: '', subject: { ...subject, error }, onEdit }),
        }
      : undefined;
  if (shape === 'panel')
    return <ErrorPanel title={described.title} text={described.text} action={button} second={diagnose} />;
  return (
    <ErrorLine
      label={label}
      title={described.title}
      text={described.text}
      action={button}
      second={diagnose}
      boxed={shape === 'box'}
    />
  );
}
