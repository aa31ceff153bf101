import type { Account } from '../../../shared/contract/accounts';
import type { Finding, Remedy } from '../../../shared/contract/doctor';
import type { AppFailure } from '../../../shared/errors';
import { endedOn, finding, type Told, toldBy } from '../diagnosis';
import { installationPage, tokenKind, tokenListPage } from './pages';
import {
  administrator,
  type At,
  type Case,
  edit,
  organization,
  refusedByGit,
  replaceToken,
  sentences,
  singleSignOn,
  tokenPageKind,
  tryAgain,
} from './sentences';

/** Scopes the answer asks for and the token lacks, in GitHub's words. */
function missingScopes(said: Told): string | undefined {
  const list = (name: string) => said.headers.get(name)?.split(/,\s*/).filter(Boolean);
  const has = list('x-oauth-scopes');
  const accepted = list('x-accepted-oauth-scopes');
  if (!has || !accepted?.length || accepted.some((scope) => has.includes(scope))) return undefined;
  return accepted.join(', ');
}

/** Status of a failure, also where git told it in its own words. */
function statusOf({ failure, said }: Case): number | null {
  if (said.status !== null) return said.status;
  const { kind } = failure.error;
  if (kind === 'token-refused' || kind === 'authentication-failed') return 401;
  if (kind === 'missing-permission') return 403;
  return kind === 'not-found' || kind === 'repository-not-found' ? 404 : null;
}

function unauthorized(one: Case): Finding | null {
  const { account, said, at, about } = one;
  const ended = endedOn(account);
  if (ended) return finding('token-expired', replaceToken, { ...about, expiredOn: ended });
  // GitHub Enterprise Server still takes passwords, and asks for the second factor then.
  if (said.headers.get('x-github-otp')?.startsWith('required'))
    return finding('token-is-password', replaceToken, about);
  if (account.authenticationType === 'oauth')
    return finding('sign-in-needed-again', { kind: 'sign-in-again' }, about);
  if (at.step === 'git') return refusedByGit(one);
  return finding('token-refused', replaceToken, { ...about, user: account.user?.login, detail: said.text });
}

function forbidden(one: Case): Finding | null {
  const { account, failure, said, about } = one;
  const permissions = said.headers.get('x-accepted-github-permissions')?.trim();
  const needed = failure.error.kind === 'missing-permission' ? failure.error.needed.join(', ') : '';
  const scopes = missingScopes(said) ?? (permissions ? undefined : needed || undefined);
  if (permissions || scopes || /resource not accessible by/i.test(said.text))
    return finding(
      'scope-missing',
      { kind: 'open-page', url: tokenListPage(account, said), page: tokenPageKind(account) },
      { ...about, permissions, scopes, tokenKind: tokenKind(account, said) },
    );
  if (/you appear to have the correct authorization credentials/i.test(said.text))
    return finding('policy-forbids', administrator, { ...about, ...organization(one), detail: said.text });
  return null;
}

function missing(one: Case): Finding | null {
  const { account, failure, said, at, about } = one;
  const what = failure.error.kind === 'not-found' ? failure.error.what : '';
  if (account.authenticationType === 'app' && /installation/.test(what)) {
    const installed: Remedy = account.installation
      ? edit('installation')
      : { kind: 'open-page', url: installationPage(account), page: 'installation' };
    return finding('app-not-installed', installed, { ...about, installation: account.installation?.id });
  }
  if (at.step !== 'repository' && at.step !== 'git') return null;
  const scopes = missingScopes(said);
  const kind = tokenKind(account, said);
  const page: Remedy = { kind: 'open-page', url: tokenListPage(account, said), page: tokenPageKind(account) };
  if (scopes) return finding('scope-missing', page, { ...about, scopes, tokenKind: kind });
  // Another account of this host may be the one: the doctor knows, and asks.
  if (at.step === 'git' && kind !== 'app' && kind !== 'fine-grained') return null;
  return finding(
    'repository-not-visible',
    kind === 'app' || kind === 'fine-grained' ? page : { kind: 'choose-account' },
    { ...about, tokenKind: kind, user: account.user?.login },
  );
}

/** See ProviderDiagnosis.explain. */
export function explain(account: Account, failure: AppFailure, at: At): Finding | null {
  const said = toldBy(failure);
  const about = { host: new URL(account.url).host, repository: at.repository?.fullName };
  const one: Case = { account, failure, said, at, about };
  const { error } = failure;
  if (error.kind === 'rate-limited')
    return finding(
      'rate-limited',
      { kind: 'wait', until: error.retryAt },
      { ...about, until: new Date(error.retryAt).toISOString() },
    );
  if (error.kind === 'authorization-required') return singleSignOn(one);
  for (const [sentence, make] of sentences) {
    const match = sentence.exec(said.text);
    const found = match && make(one, match);
    if (found) return found;
  }
  const status = statusOf(one);
  if (status === 401) return unauthorized(one);
  if (status === 403) return forbidden(one);
  if (status === 404) return missing(one);
  // "the appliance responds with status code 503": docs.github.com, enabling and scheduling maintenance mode.
  if (status === 503 && account.kind === 'github-enterprise')
    return finding('server-under-maintenance', tryAgain, { ...about, detail: said.text });
  return null;
}
