import type { AuthenticationType } from '../../shared/contract/accounts';
import type { AppError } from '../../shared/errors';
import type { ErrorAction } from './actions';
import { describeAccess } from './describe-access';
import { describeGit } from './describe-git';
import { describeSsh } from './describe-ssh';
import { describeWork } from './describe-work';

/** Where a failure happened: what the words and the offered action depend on. */
export interface ErrorPlace {
  /** The account concerned; without it no account action is offered. */
  account?: { id: string; alias: string; authenticationType?: AuthenticationType };
  /** Set while an account's form is open: the user repairs the field, not the stored account. */
  form?: boolean;
  /** The place can simply do it again. */
  retry?: boolean;
}

export interface Described {
  /** A few words. */
  title: string;
  /** What is wrong and what to do next, in plain words. */
  text: string;
  action?: ErrorAction;
  /** The draft's property name, where a form field is at fault. */
  field?: string;
}

/** The only place with users' words for failures. Null: the user stopped it, nothing is shown. */
export function describeError(error: AppError, place: ErrorPlace = {}): Described | null {
  if (error.kind === 'cancelled') return null;
  return (
    describeAccess(error, place) ??
    describeSsh(error, place) ??
    describeWork(error, place) ??
    describeGit(error, place)
  );
}

/** One line for lists and status bars. */
export function describeInOneLine(error: AppError, place: ErrorPlace = {}): string {
  const described = describeError(error, place);
  return described ? `${described.title}. ${described.text}` : '';
}
