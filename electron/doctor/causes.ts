import type { DoctorStep, Finding, Remedy } from '../../shared/contract/doctor';
import type { AppError } from '../../shared/errors';
import { finding } from '../providers/diagnosis';
import { certificates, ofObstacle, proxies, unreachable } from './obstacles';

/** What a general reading of a failure depends on, besides the failure. */
export interface Circumstances {
  step: DoctorStep;
  /** Base address of the account, to correct; null without one. */
  address: string | null;
  /** Another account could answer for the same host. */
  hasOthers: boolean;
}

const tryAgain: Remedy = { kind: 'try-again' };
const administrator: Remedy = { kind: 'tell-administrator' };
const replaceToken: Remedy = { kind: 'replace-token' };
const address = (value?: string): Remedy => ({
  kind: 'edit-account',
  field: 'url',
  ...(value ? { value } : {}),
});

const products: Record<string, string> = {
  github: 'GitHub',
  gitlab: 'GitLab',
  bitbucket: 'Bitbucket or Atlassian',
  'azure-devops': 'Azure DevOps',
};

function ofTokenForm(error: Extract<AppError, { kind: 'token-form' }>): Finding {
  const { host, looksLike } = error;
  switch (looksLike) {
    case 'app-password':
      return finding('app-password-retired', replaceToken, { host });
    case 'private-key':
    case 'unknown':
      return finding('token-malformed', replaceToken, {
        host,
        looksLike: looksLike === 'private-key' ? 'a private key' : undefined,
      });
    default:
      return finding('token-of-another-provider', replaceToken, { host, product: products[looksLike] });
  }
}

function ofSignIn({ host, reason, detail }: Extract<AppError, { kind: 'sign-in-failed' }>): Finding {
  const facts = { host, reason, detail };
  switch (reason) {
    case 'unknown-client':
    case 'not-enabled':
    case 'unsupported':
    case 'unknown-tenant':
      return finding('client-id-wrong', { kind: 'sign-in-again' }, facts);
    case 'consent':
    case 'policy':
      return finding('policy-forbids', administrator, facts);
    case 'denied':
    case 'expired':
    case 'scope':
    case 'other':
      return finding('sign-in-needed-again', { kind: 'sign-in-again' }, facts);
    default:
      return reason satisfies never;
  }
}

function ofSecret(error: Extract<AppError, { kind: 'secret-unavailable' }>): Finding {
  switch (error.reason) {
    case 'locked':
    case 'no-store':
      return finding('token-locked', { kind: 'unlock' }, { reason: error.reason });
    case 'missing':
    case 'damaged':
      return finding('token-missing', replaceToken, { reason: error.reason });
    default:
      return error.reason satisfies never;
  }
}

/** What is asked for is not there, or not for this account. */
function notFound(host: string, what: string, at: Circumstances): Finding {
  if (at.step === 'product') return finding('another-product', address(), { host, detail: what });
  if (at.step === 'repository' || at.step === 'git')
    return finding('repository-not-visible', at.hasOthers ? { kind: 'choose-account' } : administrator, {
      host,
      path: what,
    });
  return finding('organization-not-found', { kind: 'edit-account', field: 'organization' }, { host, what });
}

function refused(host: string, detail: string | undefined, at: Circumstances): Finding {
  return at.step === 'git'
    ? finding('git-refuses-token', replaceToken, { host, detail })
    : finding('token-refused', replaceToken, { host, detail });
}

/**
 * What a failure means where its provider knows nothing more of it: one table
 * for every kind of AppError. Null: the user stopped it.
 */
export function ofError(error: AppError, at: Circumstances): Finding | null {
  switch (error.kind) {
    case 'cancelled':
      return null;
    case 'invalid-input':
      return finding(
        error.field === 'token' || error.field === 'privateKey'
          ? error.reason === 'required' || error.reason === 'address-changed'
            ? 'token-missing'
            : error.field === 'privateKey'
              ? 'private-key-malformed'
              : 'token-malformed'
          : 'address-malformed',
        { kind: 'edit-account', field: error.field },
        { field: error.field, reason: error.reason },
      );
    case 'address-invalid':
      return finding('address-malformed', address(), { part: error.part, reason: error.reason });
    case 'host-unreachable':
      return ofObstacle({
        cause: error.cause === 'proxy' && error.proxy ? proxies[error.proxy] : unreachable[error.cause],
        facts: { host: error.host, ...(error.detail ? { detail: error.detail } : {}) },
      });
    case 'certificate':
      return ofObstacle({
        cause: certificates[error.cause],
        facts: { host: error.host, ...(error.detail ? { detail: error.detail } : {}) },
      });
    case 'token-refused':
      return refused(error.host, error.detail, at);
    case 'authentication-failed':
      return refused(error.host, undefined, at);
    case 'sign-in-failed':
      return ofSignIn(error);
    case 'token-form':
      return ofTokenForm(error);
    case 'sign-in-page':
      return at.step === 'product'
        ? finding('sign-in-portal', administrator, { host: error.host, status: String(error.status) })
        : refused(error.host, 'it answered with a sign-in page', at);
    case 'missing-permission':
      return finding(at.step === 'git' ? 'git-scope-missing' : 'scope-missing', replaceToken, {
        host: error.host,
        scopes: error.needed.join(', '),
        detail: error.detail,
      });
    case 'authorization-required':
      return finding(
        'single-sign-on-required',
        error.url ? { kind: 'open-page', url: error.url, page: 'single-sign-on' } : administrator,
        { host: error.host },
      );
    case 'not-found':
      return notFound(error.host, error.what, at);
    case 'repository-not-found':
      return notFound(error.host, error.path, at);
    case 'rate-limited':
      return finding(
        'rate-limited',
        { kind: 'wait', until: error.retryAt },
        { host: error.host, until: new Date(error.retryAt).toISOString() },
      );
    case 'wrong-provider':
      return finding('another-product', address(), {
        host: error.host,
        expected: error.expected,
        detail: error.detail,
      });
    case 'unexpected-answer':
      return finding('unexpected-answer', administrator, {
        host: error.host,
        status: error.status === undefined ? undefined : String(error.status),
        detail: error.detail,
      });
    case 'server-too-old':
      return finding('product-too-old', administrator, {
        host: error.host,
        found: error.found,
        minimum: error.minimum,
      });
    case 'server-public-url':
      return finding('public-url-wrong', administrator, { host: error.host, wrongUrl: error.wrongUrl });
    case 'server-error': {
      const facts = { host: error.host, status: String(error.status), detail: error.detail };
      return error.status === 503
        ? finding('server-under-maintenance', tryAgain, facts)
        : finding('server-error', tryAgain, facts);
    }
    case 'moved':
      return at.step === 'git' || at.step === 'repository'
        ? finding('repository-moved', administrator, { host: error.host, to: error.to })
        : finding('server-moved', address(error.to.startsWith('https://') ? error.to : undefined), {
            host: error.host,
            to: error.to,
          });
    case 'secret-unavailable':
      return ofSecret(error);
    case 'transfer-incomplete':
      return ofObstacle({
        cause: 'connection-reset',
        facts: { host: error.host, ...(error.detail ? { detail: error.detail } : {}) },
      });
    case 'several-accounts':
      return finding(
        'several-accounts-one-host',
        { kind: 'choose-account' },
        { host: error.host, path: error.path, count: String(error.accountIds.length) },
      );
    case 'unsupported':
      return finding('other', tryAgain, { detail: `${error.what}: ${error.reason}` });
    case 'git-failed':
      return finding('other', tryAgain, { detail: error.detail });
    case 'git-too-old':
      return finding('other', tryAgain, { detail: `Git ${error.found} is older than ${error.minimum}` });
    case 'internal':
      return finding('other', tryAgain, { reference: error.reference });
    case 'wrong-passphrase':
    case 'directory-not-empty':
    case 'directory-not-writable':
    case 'disk-full':
    case 'path-not-found':
    case 'not-a-repository':
    case 'branch-not-found':
    case 'revision-not-found':
    case 'already-exists':
    case 'not-merged':
    case 'identity-missing':
    case 'repository-busy':
    case 'would-overwrite':
    case 'unfinished':
    case 'nothing-to-do':
    case 'not-fast-forward':
    case 'repository-damaged':
    case 'push-unknown':
    case 'contents-missing':
    case 'gone':
      return finding('other', tryAgain, { detail: error.kind });
    case 'ssh-host-key-changed':
      return finding('other', tryAgain, {
        detail: `The SSH key of ${error.host} is not the one that is known for it. Somebody may be posing as the server; ask whoever runs it.`,
      });
    case 'ssh-host-key-unknown':
      return finding('other', tryAgain, {
        detail: `ssh does not know the server ${error.host} yet. Clone or fetch from it once: you are shown its key then.`,
      });
    case 'ssh-key-refused':
    case 'ssh-passphrase':
      return finding('other', tryAgain, {
        detail: `ssh could not sign in to ${error.host} without asking you: its key is locked, or not known there.`,
      });
    case 'ssh-missing':
      return finding('other', tryAgain, { detail: 'No ssh program was found on this computer.' });
    default:
      return error satisfies never;
  }
}
