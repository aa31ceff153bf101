import type { Account } from '../../../shared/contract/accounts';
import { AppFailure, fail } from '../../../shared/errors';
import type { ServerProbe } from '../diagnosis';
import { refusalOf } from '../http';
import type { AccountAddress, AccountFetch } from '../provider';
import { baseOf, profileBase, services } from './address';
import { isAzureDevOps, kindOf } from './answer';
import { failTooOld, requireSupportedVersion } from './version';

const onPremises = 'Azure DevOps Server';
const hosted = 'Azure DevOps Services';

/** Asks for 401 in place of a redirect to the sign-in page. */
const asStranger = { Accept: 'application/json', 'X-TFS-FedAuthRedirect': 'Suppress' };

/**
 * Who answers, without a credential. Services and Server alike refuse a
 * stranger with 401 and headers of their own (X-TFS-*, X-VSS-*), so the
 * refusal is the proof; the version is told only where strangers may read.
 */
export async function probe(
  account: Account | AccountAddress,
  rawFetch: AccountFetch,
  signal: AbortSignal,
): Promise<ServerProbe> {
  const isServer = account.collection !== '';
  const product = isServer ? onPremises : hosted;
  const { host } = new URL(account.url);
  // Without an organization there is only the profile to ask for.
  const url =
    account.organization === '' && !isServer
      ? `${profileBase(account)}/_apis/profile/profiles/me?api-version=7.1`
      : `${baseOf(account)}/_apis/connectionData`;
  let open: Response | null = null;
  try {
    open = await rawFetch(url, { headers: asStranger, signal });
  } catch (error) {
    requireSupportedVersion(error);
    await judgeRefusal(account, product, error);
  }
  if (open && !isAzureDevOps(open.headers) && !/"authenticatedUser"/.test(await open.clone().text()))
    fail(anotherProduct(open, host, product));
  if (isServer && open) await requireVersion(account, rawFetch, signal);
  return { product, version: null, warnings: [] };
}

/** Returns for a refusal only Azure DevOps gives; throws what the answer is otherwise. */
async function judgeRefusal(
  account: Account | AccountAddress,
  product: string,
  error: unknown,
): Promise<void> {
  if (!(error instanceof AppFailure)) throw error;
  const refusal = refusalOf(error);
  const { host } = new URL(account.url);
  const known = account.url === services || (refusal ? isAzureDevOps(refusal.headers) : false);
  switch (error.error.kind) {
    case 'token-refused':
    case 'missing-permission':
    case 'rate-limited':
      if (known || error.error.kind === 'rate-limited') return;
      return fail(
        { kind: 'wrong-provider', host, expected: product, detail: namedBy(refusal?.headers) },
        error,
      );
    case 'sign-in-page':
      // 203 and a redirect to its own sign-in page are how Services turns strangers away.
      if (known) return;
      throw error;
    case 'not-found': {
      if (!known)
        return fail(
          {
            kind: 'wrong-provider',
            host,
            expected: product,
            detail: namedBy(refusal?.headers) ?? missingDirectory(account),
          },
          error,
        );
      const what =
        account.collection === ''
          ? `the organization "${account.organization}"`
          : `the collection "${account.collection}"`;
      // Without an organization nothing was named that could be missing.
      if (account.organization === '' && account.collection === '') return;
      return fail({ kind: 'not-found', host, what }, error);
    }
    default:
      throw error;
  }
}

function missingDirectory(account: AccountAddress | Account): string | undefined {
  return account.collection !== '' && !/\/tfs$/i.test(account.url)
    ? `Perhaps the virtual directory is missing from the URL (${account.url}/tfs).`
    : undefined;
}

/** Products that name themselves in a header. */
function namedBy(headers: Headers | undefined): string | undefined {
  if (headers?.has('x-arequestid')) return 'It is a Bitbucket server.';
  if (headers?.has('x-github-request-id')) return 'It is GitHub.';
  if (headers?.has('x-gitlab-meta')) return 'It is GitLab.';
  return undefined;
}

function anotherProduct(answer: Response, host: string, expected: string) {
  return { kind: 'wrong-provider', host, expected, detail: namedBy(answer.headers) } as const;
}

/** A server that lets strangers read tells them, too, when it does not know the version it is asked in. */
async function requireVersion(
  account: Account | AccountAddress,
  rawFetch: AccountFetch,
  signal: AbortSignal,
): Promise<void> {
  try {
    await rawFetch(`${baseOf(account)}/_apis/projects?api-version=7.0`, { headers: asStranger, signal });
  } catch (error) {
    requireSupportedVersion(error);
    if (kindOf(error) === 'cancelled') throw error;
    // Server 2019 has no route for versions it does not know.
    if (kindOf(error) === 'not-found')
      failTooOld(new URL(account.url).host, 'Azure DevOps Server 2019 or Team Foundation Server', error);
  }
}
