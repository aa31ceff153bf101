import type { AppError } from '../../shared/errors';
import { ErrorLine } from '../components/ErrorLine';
import { ErrorPanel } from '../components/ErrorPanel';
import { type ErrorAction, usePerformErrorAction } from './actions';
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
}

/** Shows a failure with its remedy; nothing for no failure and for a cancelled operation. */
export function ErrorNotice({ error, shape = 'box', account, form, label, onRetry }: ErrorNoticeProps) {
  const perform = usePerformErrorAction();
  if (!error) return null;
  const described = describeError(error, { account, form, retry: onRetry !== undefined });
  if (!described) return null;
  const act = (action: ErrorAction) => (action.kind === 'retry' ? onRetry?.() : perform(action));
  const { action } = described;
  const button = action ? { label: action.label, onClick: () => act(action) } : undefined;
  if (shape === 'panel') return <ErrorPanel title={described.title} text={described.text} action={button} />;
  return (
    <ErrorLine
      label={label}
      title={described.title}
      text={described.text}
      action={button}
      boxed={shape === 'box'}
    />
  );
}
