import { createPrivateKey } from 'node:crypto';
import type { Account } from '../../../shared/contract/accounts';
import type { Finding } from '../../../shared/contract/doctor';
import type { RepositoryRef } from '../../../shared/contract/hosted-repositories';
import { AppFailure, fail } from '../../../shared/errors';
import { finding, type ProviderDiagnosis, type ServerProbe } from '../diagnosis';
import { productOf, refusalOf } from '../http';
import type { AccountAddress, AccountFetch, Session } from '../provider';
import { tokenShape } from '../token-form';
import { apiBase } from './address';
import { createClient, parse } from './client';
import { firstOf, nameOf, ownInstallation } from './installations';
import { accountPage, installationPage } from './pages';
import { path } from './pull-requests';
import { explain } from './refusals';
import { installationsSchema, metaSchema, repositoriesSchema, repositorySchema } from './wire';

/** Before 3.0 checks were a preview that wants another Accept header: docs.github.com/enterprise-server@2.22/rest/reference/checks. */
const minimum = '3.0';

function productName(address: AccountAddress): string {
  const { host } = new URL(address.url);
  if (host === 'github.com') return 'GitHub.com';
  return host.endsWith('.ghe.com') ? 'GitHub Enterprise Cloud' : 'GitHub Enterprise Server';
}

/** `3.17` of a header, or of the documentation a private server points strangers to. */
function versionIn(headers: Headers, body?: unknown): string | null {
  const header = headers.get('x-github-enterprise-version')?.replace(/^enterprise-server@/, '');
  if (header) return header;
  const page = (body as { documentation_url?: unknown } | undefined)?.documentation_url;
  return typeof page === 'string' ? (/enterprise(?:-server@|\/)(\d+\.\d+)/.exec(page)?.[1] ?? null) : null;
}

/** Whether a refusal is GitHub's own: private servers tell strangers no more than 401. */
function isGitHub(headers: Headers, body: unknown): boolean {
  if (headers.has('x-github-request-id') || headers.has('x-github-media-type')) return true;
  if (headers.has('x-github-enterprise-version')) return true;
  if (/realm="?GitHub/i.test(headers.get('www-authenticate') ?? '')) return true;
  const page = (body as { documentation_url?: unknown } | undefined)?.documentation_url;
  return typeof page === 'string' && /^https:\/\/(docs|developer)\.github\.com\//.test(page);
}

async function probe(
  address: Account | AccountAddress,
  rawFetch: AccountFetch,
  signal: AbortSignal,
): Promise<ServerProbe> {
  const { host } = new URL(address.url);
  const product = productName(address);
  const known = (version: string | null): ServerProbe => {
    if (version && Number.parseFloat(version) < Number.parseFloat(minimum))
      fail({ kind: 'server-too-old', host, found: version, minimum });
    return { product, version, warnings: [] };
  };
  try {
    const answer = await rawFetch(`${apiBase(address)}/meta`, {
      headers: { accept: 'application/vnd.github+json' },
      signal,
    });
    const meta = await parse(answer, metaSchema);
    const version = meta.installed_version ?? versionIn(answer.headers);
    if (version || isGitHub(answer.headers, undefined) || meta.verifiable_password_authentication != null)
      return known(version);
    return fail({ kind: 'wrong-provider', host, expected: product, detail: productOf(answer.headers) });
  } catch (error) {
    const refusal = refusalOf(error);
    if (!(error instanceof AppFailure) || !refusal) throw error;
    const { kind } = error.error;
    // What stands in the way of GitHub's own answers is not for this step to judge.
    if (
      kind !== 'token-refused' &&
      kind !== 'missing-permission' &&
      kind !== 'rate-limited' &&
      kind !== 'not-found'
    )
      throw error;
    if (kind !== 'not-found' && isGitHub(refusal.headers, refusal.body))
      return known(versionIn(refusal.headers, refusal.body));
    return fail(
      {
        kind: 'wrong-provider',
        host,
        expected: product,
        detail: productOf(refusal.headers) ?? (refusal.title || undefined),
      },
      error,
    );
  }
}

function examineSecret(account: Account, secret: string): Finding | null {
  const { host } = new URL(account.url);
  if (account.authenticationType === 'oauth') return null;
  if (account.authenticationType === 'app') {
    try {
      if (createPrivateKey(secret.replaceAll('\\n', '\n')).asymmetricKeyType === 'rsa') return null;
    } catch {
      // Told below.
    }
    return finding('private-key-malformed', { kind: 'edit-account', field: 'privateKey' }, { host });
  }
  const token = secret.trim();
  const replace = { kind: 'replace-token' } as const;
  const looksLike = tokenShape(token);
  if (looksLike && looksLike !== 'github')
    return finding('token-of-another-provider', replace, { host, looksLike });
  // github.blog: the token formats of 2021; 36 characters after ghp_, and longer since. Less was not copied whole.
  if (/^(gh[pousr]_|github_pat_)/.test(token) && token.length < 40)
    return finding('token-malformed', replace, { host });
  // Tokens of before 2021, and of servers of that time, are 40 hexadecimal digits.
  if (!looksLike && !/^[0-9a-f]{40}$/i.test(token)) return finding('token-is-password', replace, { host });
  return null;
}

async function examineAccess(session: Session): ReturnType<ProviderDiagnosis['examineAccess']> {
  return session.account.authenticationType === 'app'
    ? await examineApp(session)
    : await examinePerson(session);
}

async function examinePerson(session: Session): ReturnType<ProviderDiagnosis['examineAccess']> {
  const { account } = session;
  const { host } = new URL(account.url);
  // Only lists tell which organizations are left out for want of single sign-on.
  const { headers } = await createClient(session).get('GET /user/repos', { per_page: 1 }, repositoriesSchema);
  const scopes = headers.get('x-oauth-scopes')?.split(/,\s*/).filter(Boolean) ?? null;
  const warnings: Finding[] = [];
  const page = { kind: 'open-page', url: accountPage(account, '/settings/tokens'), page: 'token' } as const;
  const left = /^partial-results;\s*organizations=([\d,\s]+)/.exec(headers.get('x-github-sso') ?? '')?.[1];
  if (left)
    warnings.push(
      finding(
        'single-sign-on-required',
        { ...page, page: 'single-sign-on' },
        {
          host,
          organizations: left
            .split(/\s*,\s*/)
            .filter(Boolean)
            .join(', '),
        },
      ),
    );
  if (!scopes) return { finding: null, warnings };
  if (!scopes.includes('repo')) {
    const missing = finding('scope-missing', page, { host, scopes: 'repo', tokenKind: 'classic' });
    // Public repositories can still be read and cloned.
    if (!scopes.includes('public_repo')) return { finding: missing, warnings };
    warnings.push(missing);
  }
  if (!['read:org', 'write:org', 'admin:org'].some((scope) => scopes.includes(scope)))
    warnings.push(finding('scope-missing', page, { host, scopes: 'read:org', tokenKind: 'classic' }));
  return { finding: null, warnings };
}

async function examineApp(session: Session): ReturnType<ProviderDiagnosis['examineAccess']> {
  const { account } = session;
  const { host } = new URL(account.url);
  const id = account.installation?.id;
  const data = id
    ? await ownInstallation(session, id)
    : firstOf(
        (await createClient(session).get('GET /app/installations', { per_page: 100 }, installationsSchema))
          .data,
      );
  const remedy = { kind: 'open-page', url: installationPage(account), page: 'installation' } as const;
  if (!data)
    return { finding: finding('app-not-installed', remedy, { host, installation: id }), warnings: [] };
  const name = nameOf(data);
  if (data.suspended_at)
    return {
      finding: finding('app-suspended', remedy, { host, installation: name, since: data.suspended_at }),
      warnings: [],
    };
  const lacks = (permission: string) =>
    data.permissions != null && data.permissions[permission] === undefined;
  const missing = (permissions: string) =>
    finding('scope-missing', remedy, { host, permissions, tokenKind: 'app', installation: name });
  return {
    finding: lacks('contents') ? missing('contents=read') : null,
    warnings: lacks('pull_requests') ? [missing('pull_requests=read')] : [],
  };
}

async function readRepository(session: Session, repository: RepositoryRef): Promise<Finding | null> {
  const { account } = session;
  const { data } = await createClient(session).get(
    'GET /repos/{owner}/{repo}',
    path(repository),
    repositorySchema,
  );
  // GitHub answers for the old name of a renamed repository, until somebody takes that name.
  if (data.full_name.toLowerCase() === repository.fullName.toLowerCase()) return null;
  return finding(
    'repository-moved',
    { kind: 'open-page', url: accountPage(account, `/${data.full_name}`), page: 'server' },
    { host: new URL(account.url).host, repository: repository.fullName, to: data.full_name },
  );
}

/** What the Connection Doctor asks of GitHub, in the cloud and on a server of one's own. */
export const diagnosis: ProviderDiagnosis = {
  probe,
  examineSecret,
  examineAccess,
  readRepository,
  explain,
};
