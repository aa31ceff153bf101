import { z } from 'zod';
import type { Account } from '../../../shared/contract/accounts';
import { AppFailure, fail } from '../../../shared/errors';
import type { ServerProbe } from '../diagnosis';
import { readJson, refusalOf } from '../http';
import type { AccountAddress, AccountFetch } from '../provider';
import { baseOf, services } from './address';
import { isAzureDevOps, kindOf } from './answer';
import { failTooOld, isTooOld, releaseOf, requireSupportedVersion } from './version';

const onPremises = 'Azure DevOps Server';
const hosted = 'Azure DevOps Services';

/** Asks for 401 in place of a redirect to the sign-in page. */
const asStranger = { Accept: 'application/json', 'X-TFS-FedAuthRedirect': 'Suppress' };

/** What a server tells of its resources (OPTIONS `_apis`); the newest release any of them has is the server's. */
const catalogue = z.object({ value: z.array(z.object({ maxVersion: z.string().nullish() })) });

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
  const url = `${baseOf(account)}/_apis/connectionData`;
  const host = new URL(url).host;
  let open: Response | null = null;
  try {
    open = await rawFetch(url, { headers: asStranger, signal });
  } catch (error) {
    requireSupportedVersion(error);
    await judgeRefusal(account, product, error);
  }
  if (open && !isAzureDevOps(open.headers) && !/"authenticatedUser"/.test(await open.clone().text()))
    fail(anotherProduct(open, host, product));
  const newest = isServer && open ? await newestVersion(account, rawFetch, signal) : null;
  if (newest !== null && isTooOld(newest)) failTooOld(host, releaseOf(newest));
  return {
    product,
    version: newest === null ? null : releaseOf(newest).replace(`${onPremises} `, ''),
    warnings: [],
  };
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

/** The newest REST version, where the catalogue is open to strangers; else null. */
async function newestVersion(
  account: Account | AccountAddress,
  rawFetch: AccountFetch,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const answer = await rawFetch(`${baseOf(account)}/_apis/`, {
      method: 'OPTIONS',
      headers: asStranger,
      signal,
    });
    const { value } = await readJson(answer, catalogue, onPremises);
    const versions = value
      .map((one) => /^(\d+)\.(\d+)/.exec(one.maxVersion ?? ''))
      .filter((match) => match !== null)
      .map(([, major, minor]) => [Number(major), Number(minor)] as const)
      .sort(([a, b], [c, d]) => c - a || d - b);
    const [newest] = versions;
    return newest ? newest.join('.') : null;
  } catch (error) {
    if (kindOf(error) === 'cancelled') throw error;
    return null;
  }
}
