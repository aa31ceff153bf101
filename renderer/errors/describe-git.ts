import type { AppError } from '../../shared/errors';
import type { ErrorAction } from './actions';
import { capital } from './capital';
import type { Described, ErrorPlace } from './describe';
import type { AccessError } from './describe-access';
import type { SshError } from './describe-ssh';
import type { WorkError } from './describe-work';

/** Failures that only git, the disk or the core itself can have. */
type GitError = Exclude<AppError, AccessError | SshError | WorkError | { kind: 'cancelled' }>;

const names = {
  account: ['This account is gone', 'It was removed meanwhile. Choose another account.'],
  repository: [
    'This repository is not in the list any more',
    'It was taken off the list meanwhile. Open it again from its folder.',
  ],
  prompt: [
    'This question is answered already',
    'The operation that asked has ended or was answered elsewhere.',
  ],
  'pull-request': ['This pull request is gone', 'It cannot be found any more. Refresh the list.'],
  'saved-credential': [
    'This saved credential is gone',
    'It was removed meanwhile. You are asked again when it is needed.',
  ],
} as const;

/** Exhaustive: a new kind that is described nowhere does not compile. */
export function describeGit(error: AppError, place: ErrorPlace): Described {
  const known = error as GitError;
  const retry: ErrorAction | undefined = place.retry ? { kind: 'retry', label: 'Try again' } : undefined;
  switch (known.kind) {
    case 'directory-not-empty':
      return {
        title: 'The folder is not empty',
        text: `${known.path} already holds files. Choose another name or folder; nothing was changed.`,
        field: 'name',
      };
    case 'directory-not-writable':
      return {
        title: 'The folder cannot be written',
        text: `Polyforge may not write in ${known.path}. Choose another folder, or change its permissions.`,
        field: 'parent',
      };
    case 'disk-full':
      return {
        title: 'The disk is full',
        text: `There is no room left for ${known.path}. Free some space, then try again; nothing was lost.`,
        action: retry,
      };
    case 'path-not-found':
      return {
        title: 'The folder is not there',
        text: `${known.path} was not found. It may have been moved or be on a drive that is not connected.`,
      };
    case 'not-a-repository':
      return {
        title: 'This is not a Git repository',
        text: `${known.path} holds no repository. Choose the folder that contains “.git”, or clone one.`,
      };
    case 'git-too-old':
      return {
        title: 'The installed Git is too old',
        text: `Version ${known.found} was found; ${known.minimum} or later is needed. Update Git, or use the built-in engine.`,
        action: { kind: 'open-preferences', label: 'Git preferences', section: 'git' },
      };
    case 'unsupported':
      return {
        title: `${capital(known.what)} is not possible here`,
        text: known.reason,
        action:
          known.needs === 'git'
            ? { kind: 'open-url', label: 'Get Git', url: 'https://git-scm.com/downloads' }
            : undefined,
      };
    case 'authentication-failed':
      if (known.offers)
        return {
          title: `${known.host} takes no user name and password`,
          text: `It lets Git sign in with ${known.offers.join(' or ')} only. Open the account and turn on “Use header-based authentication”.`,
          action: {
            kind: 'open-preferences',
            label: 'Hosting providers',
            section: 'hosting-providers',
          },
        };
      return {
        title: `${known.host} refused the credentials`,
        text: known.accountId
          ? `The account’s token was not accepted for ${known.path}. Replace the token, or use another account.`
          : `No user name and password that fit ${known.path} were given. Add an account, or try again and enter them.`,
        action: known.accountId
          ? { kind: 'replace-token', label: 'Replace token', accountId: known.accountId }
          : (retry ?? {
              kind: 'open-preferences',
              label: 'Hosting providers',
              section: 'hosting-providers',
            }),
      };
    case 'several-accounts':
      return {
        title: `Several accounts fit ${known.host}`,
        text: `Nothing tells which of your ${known.accountIds.length} accounts is meant for ${known.path}. Choose one for this repository, or make a rule.`,
        action: retry ?? {
          kind: 'open-preferences',
          label: 'Account rules',
          section: 'account-rules',
        },
      };
    case 'repository-not-found':
      return {
        title: 'The repository was not found',
        text: `${known.host} knows no ${known.path}, or this account may not see it. Check the address and the account.`,
        field: 'url',
      };
    case 'branch-not-found':
      return {
        title: 'The branch was not found',
        text: `The repository has no branch “${known.branch}”. Choose another one.`,
        field: 'branch',
      };
    case 'transfer-incomplete':
      return {
        title: 'The transfer was cut off',
        text: `The connection to ${known.host} ended before everything had arrived. Nothing was kept; try again.`,
        action: retry,
      };
    case 'git-failed':
      return {
        title: `git ${known.command} failed`,
        text: known.detail
          ? `Git said: ${known.detail}`
          : known.exitCode === null
            ? 'It was ended from outside, without a word. Try again.'
            : `It ended with code ${known.exitCode} and said nothing. Try again.`,
        action: retry,
      };
    case 'gone': {
      const [title, text] = names[known.what];
      return { title, text };
    }
    case 'internal':
      return {
        title: 'Something in Polyforge went wrong',
        text: `Try again. If it happens once more, report it with this reference: ${known.reference}`,
        action: retry,
      };
    default:
      return known satisfies never;
  }
}
