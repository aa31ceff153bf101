import { afterEach, describe, expect, it, vi } from 'vitest';
import { azureDevOps } from '../../electron/providers/azure-devops';
import { explain } from '../../electron/providers/azure-devops/explain';
import { examineSecret } from '../../electron/providers/azure-devops/secret-form';
import { createHttp } from '../../electron/providers/http';
import { AppFailure } from '../../shared/errors';
import { azureRefusals } from '../doctor/causes-azure';
import {
  type AzureOptions,
  type AzureStandIn,
  azureTokens,
  startAzureDevOps,
} from '../fakes/hosting/azure-devops';
import { startBitbucketDataCenter } from '../fakes/hosting/bitbucket-data-center';
import { html } from '../fakes/hosting/server';
import { git, temporaryDirectory } from '../fakes/repositories';
import { explainsRows, refusing } from './diagnosis-rows';
import { examine } from './diagnosis-steps';
import { accountOf, collect, sessionOf } from './provider.suite';

describe('what Azure DevOps’ refusals mean', () => {
  explainsRows(azureDevOps, azureRefusals, '', {
    id: 'fabrikam/fleet/fleet',
    fullName: 'Fleet/Fleet',
  });
});

const token = azureTokens.first;
const services = (url: string, organization = 'harbour-vans') => ({
  kind: 'azure-devops-services' as const,
  alias: '',
  authenticationType: 'personal' as const,
  url,
  organization,
});
const server = (url: string, collection = 'DefaultCollection') => ({
  kind: 'azure-devops-server' as const,
  alias: '',
  authenticationType: 'personal' as const,
  url,
  collection,
  headerAuthentication: 'basic' as const,
});

async function at<T>(options: AzureOptions, work: (azure: AzureStandIn) => Promise<T>): Promise<T> {
  const azure = await startAzureDevOps(options);
  try {
    return await work(azure);
  } finally {
    await azure.close();
  }
}

describe('Azure DevOps, step by step', () => {
  it('finds nothing wrong where all is well, and tells strangers’ answers from other products', () =>
    at({}, async (azure) => {
      const remote = `${azure.url}/harbour-vans/Fleet/_git/Fleet`;
      expect(
        await examine({ provider: azureDevOps, draft: services(azure.url), secret: token, remote }),
      ).toEqual({ step: 'git', finding: null, warnings: [] });
      expect(azure.seen[0]).toMatchObject({ authorized: false });
    }));

  it('rows 0.12 0.14: gives git on a server the token in a header', () =>
    at({ edition: 'server', prefix: '/tfs' }, async (azure) => {
      const remote = `${azure.url}/DefaultCollection/Fleet/_git/Fleet`;
      const tried = { provider: azureDevOps, draft: server(azure.url), secret: token, remote };
      expect(await examine(tried)).toEqual({ step: 'git', finding: null, warnings: [] });
      expect(azure.seen.find(({ kind }) => kind === 'git')?.authorization).toBe(
        `Basic ${Buffer.from(`:${token}`).toString('base64')}`,
      );
    }));

  it('row 3.11: names an organization that is not there before any token is sent', () =>
    at({}, async (azure) => {
      const { step, finding } = await examine({
        provider: azureDevOps,
        draft: services(azure.url, 'nobody'),
        secret: token,
      });
      expect([step, finding]).toMatchObject([
        'product',
        {
          cause: 'organization-not-found',
          remedy: { kind: 'edit-account', field: 'organization' },
          facts: { organization: 'nobody' },
        },
      ]);
      expect(azure.seen.some(({ authorized }) => authorized)).toBe(false);
    }));

  it('rows 4.7 4.8: names a collection that is not there', () =>
    at({ edition: 'server' }, async (azure) => {
      expect(
        await examine({ provider: azureDevOps, draft: server(azure.url, 'Nothing'), secret: token }),
      ).toMatchObject({
        step: 'product',
        finding: {
          cause: 'collection-not-found',
          remedy: { field: 'collection' },
          facts: { collection: 'Nothing' },
        },
      });
    }));

  it.each([
    ['6.0', 'Azure DevOps Server 2020 (REST 6.0)'],
    ['5.1', 'Azure DevOps Server 2019 (REST 5.1)'],
    ['4.1', 'Team Foundation Server 2018 (REST 4.1)'],
    ['3.2', 'Team Foundation Server 2017 (REST 3.2)'],
    ['2.3', 'Team Foundation Server 2015 (REST 2.3)'],
  ])('rows 4.4 4.5: says that a server with REST %s is too old', (newest, found) =>
    at({ edition: 'server', newest }, async (azure) => {
      expect(
        await examine({ provider: azureDevOps, draft: server(azure.url), secret: azureTokens.second }),
      ).toMatchObject({
        step: 'sign-in',
        finding: { cause: 'product-too-old', facts: { found, minimum: 'Azure DevOps Server 2022' } },
      });
    }),
  );

  it('row 3.11: names the scope that is missing, once the token is known to be one', () =>
    at({}, async (azure) => {
      azure.tokens.push({
        secret: `${'Weak00'.repeat(12)}MiraAZDO3rd0`,
        login: azure.tokens[0]?.login ?? '',
        organization: azure.organization,
        scopes: ['vso.work'],
      });
      expect(
        await examine({
          provider: azureDevOps,
          draft: services(azure.url),
          secret: `${'Weak00'.repeat(12)}MiraAZDO3rd0`,
        }),
      ).toMatchObject({
        step: 'sign-in',
        finding: { cause: 'scope-missing', facts: { scopes: 'Code (Read)' } },
      });
    }));

  it('row 4.13: works on with a server that believes to be localhost, from the list to a clone', () =>
    at({ edition: 'server', prefix: '/tfs', publicUrl: 'http://localhost:8080/tfs' }, async (azure) => {
      const account = accountOf(azureDevOps, server(azure.url), { headerAuthentication: 'basic' });
      const http = createHttp();
      const session = sessionOf(http, azureDevOps, account, token);
      const { warnings } = await azureDevOps.signIn(session);
      expect(warnings).toMatchObject([
        { kind: 'server-public-url', wrongUrl: expect.stringMatching(/^http:\/\/localhost:8080\/tfs\//) },
      ]);
      const listed = (await collect(azureDevOps.listRepositories(session))).flat();
      expect(listed.length).toBeGreaterThan(0);
      const fleet = listed.find(({ name }) => name === 'Fleet');
      const ref = { id: fleet?.id ?? '', fullName: fleet?.fullName ?? '' };
      const pages = await collect(
        azureDevOps.listPullRequests(session, { state: 'open', scope: 'all', repository: ref }),
      );
      const pulls = pages.flatMap(({ items }) => items);
      const detail = await azureDevOps.pullRequest(session, ref, pulls[0]?.number ?? 0);
      for (const shown of [listed, pulls, detail]) expect(JSON.stringify(shown)).not.toContain('localhost');
      const credential = await azureDevOps.gitCredential(session, token);
      if (credential.kind !== 'header') throw new Error('no header');
      const directory = await temporaryDirectory();
      await git(
        directory.path,
        '-c',
        `http.extraHeader=Authorization: ${credential.header}`,
        'clone',
        '--quiet',
        fleet?.httpsUrl ?? '',
        'fleet',
      );
      expect(await git(`${directory.path}/fleet`, 'rev-parse', '--abbrev-ref', 'HEAD')).toContain('main');
      await directory.remove();
      await http.close();
    }));

  it('names another product at the address', async () => {
    const other = await startBitbucketDataCenter({ prefix: '/git' });
    try {
      const { step, finding } = await examine({
        provider: azureDevOps,
        draft: server(`${other.origin}/git`),
        secret: token,
      });
      expect(step).toBe('product');
      // The general reading names it; the address that may be meant is offered here.
      expect(finding).toMatchObject({
        cause: 'another-product',
        remedy: { kind: 'edit-account', field: 'url' },
      });
    } finally {
      await other.close();
    }
  });

  it('takes a portal in front of the server for what it is', async () => {
    const portal = await refusing({ status: 302, headers: { location: 'https://login.okta.com/app/sso' } });
    try {
      // Left to the general reading, which calls a sign-in page at this step a portal.
      expect(await examine({ provider: azureDevOps, draft: server(portal.origin), secret: token })).toEqual({
        step: 'product',
        finding: null,
        warnings: [],
      });
    } finally {
      await portal.close();
    }
  });
});

const account = (organization: string) =>
  accountOf(azureDevOps, services('https://dev.azure.com', organization));

it('rows 2.8 3.4 3.10 3.12 4.1: says where a user looks for the old sign-in that it is retired, with dates', () => {
  const kind = azureDevOps.kinds.find((one) => one.kind === 'azure-devops-services');
  const notices = kind?.authentication.map(({ type, notice }) => [type, notice ?? '']) ?? [];
  expect(notices.map(([type]) => type)).toEqual(expect.arrayContaining(['personal', 'oauth']));
  for (const [, notice] of notices) {
    expect(notice).toContain('April 2025');
    expect(notice).toContain('2026-07-24');
  }
  expect(Object.fromEntries(notices)['personal']).toContain('60 days');
});

describe('what the text of an Azure DevOps token tells', () => {
  const jwt = (issuer: string) =>
    ['{"alg":"RS256"}', JSON.stringify({ iss: issuer }), 'x']
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');

  it.each([
    ['84 characters', token, null],
    ['52 characters', 'a2'.repeat(26), null],
    ['a form nobody documents', 'Xy9_'.repeat(12), null],
    ['nothing', '  ', { cause: 'token-missing' }],
    [
      'a character lost',
      token.slice(1),
      { cause: 'token-malformed', facts: { reason: 'It has 1 character too few.' } },
    ],
    ['a character gained', `${token}=`, { cause: 'token-malformed' }],
    ['an encoded token', Buffer.from(`:${token}`).toString('base64'), { cause: 'token-malformed' }],
    [
      'GitLab’s',
      'glpat-abcdefghij0123456789',
      { cause: 'token-of-another-provider', facts: { looksLike: 'gitlab' } },
    ],
    ['a password', 'correct horse', { cause: 'token-malformed' }],
    [
      'a short password',
      'Tr0ub4dor&3',
      { cause: 'token-is-password', remedy: { kind: 'open-page', page: 'token' } },
    ],
  ])('%s', (_what, secret, expected) => {
    const found = azureDevOps.diagnosis?.examineSecret(account('fabrikam'), secret);
    if (expected === null) expect(found).toBeNull();
    else expect(found).toMatchObject(expected);
    expect(JSON.stringify(found ?? '')).not.toContain(token.slice(2, -2));
  });

  it('rows 2.4 3.4 3.10 3.12: a token of the retired Azure DevOps OAuth is named with its dates', () => {
    expect(examineSecret(account('fabrikam'), jwt('app.vstoken.visualstudio.com'))).toMatchObject({
      cause: 'oauth-retired',
      facts: { closed: '2025-04', date: '2026-07-24', secretDays: '60' },
    });
    expect(examineSecret(account('fabrikam'), jwt('https://sts.windows.net/x/'))?.cause).toBe(
      'token-malformed',
    );
  });
});

describe('tokens for all organizations', () => {
  afterEach(() => vi.useRealTimers());
  const refused = new AppFailure({ kind: 'token-refused', host: 'dev.azure.com' });
  const place = { step: 'sign-in', repository: null, git: null } as const;
  const before = Date.parse('2026-11-30T12:00:00Z');
  const after = Date.parse('2026-12-01T00:00:00Z');

  it('rows 2.10 3.6: a refusal from the day they end on is told as that, with the way to move', () => {
    expect(explain(account(''), refused, place, before)).toMatchObject({ cause: 'token-refused' });
    expect(explain(account(''), refused, place, after)).toMatchObject({
      cause: 'all-organizations-token-ending',
      remedy: { kind: 'move-organizations' },
      facts: { date: '2026-12-01', daysLeft: '0' },
    });
    expect(explain(account('fabrikam'), refused, place, after)).toMatchObject({ cause: 'token-refused' });
  });

  it('row 2.10: one that works is warned of with the days left', () =>
    at({}, async (azure) => {
      vi.useFakeTimers({ now: Date.parse('2026-11-21T12:00:00Z'), toFake: ['Date'] });
      azure.tokens.push({
        secret: `${'Global'.repeat(12)}MiraAZDO4th0`,
        login: azure.tokens[0]?.login ?? '',
        organization: '*',
        scopes: ['vso.code_write', 'vso.profile'],
      });
      const tried = await examine({
        provider: azureDevOps,
        draft: { ...services(azure.url, '') },
        account: { url: azure.url, organization: '' },
        secret: `${'Global'.repeat(12)}MiraAZDO4th0`,
      });
      expect(tried).toMatchObject({
        finding: null,
        warnings: [
          { cause: 'all-organizations-token-ending', facts: { date: '2026-12-01', daysLeft: '10' } },
        ],
      });
    }));

  it('row 0.16: their end is told as that of their kind, and leaves the user’s own date alone', () =>
    at({}, async (azure) => {
      const secret = `${'Global'.repeat(12)}MiraAZDO6th0`;
      azure.tokens.push({
        secret,
        login: azure.tokens[0]?.login ?? '',
        organization: '*',
        scopes: ['vso.profile'],
      });
      const http = createHttp();
      const account = accountOf(azureDevOps, services(azure.url, ''));
      const result = await azureDevOps.signIn(sessionOf(http, azureDevOps, account, secret));
      expect(result).toMatchObject({ expiresOn: null, endsAtLatest: '2026-11-30' });
      await http.close();
    }));

  it('row 2.10: one refused with the sign-in page after that day is not taken for one of an organization', () =>
    at({}, async (azure) => {
      vi.useFakeTimers({ now: Date.parse('2026-12-02T12:00:00Z'), toFake: ['Date'] });
      const http = createHttp();
      const old = accountOf(azureDevOps, services(azure.url, ''));
      const secret = 'Xy9_'.repeat(12);
      const failure = await azureDevOps
        .signIn(sessionOf(http, azureDevOps, old, secret))
        .catch((error: unknown) => error);
      if (!(failure instanceof AppFailure)) throw new Error('it succeeded');
      expect(azureDevOps.diagnosis?.explain(old, failure, place)?.cause).toBe(
        'all-organizations-token-ending',
      );
      await http.close();
    }));

  it('says when one organization lets it in and another does not', () =>
    at({}, async (azure) => {
      const secret = `${'Global'.repeat(12)}MiraAZDO5th0`;
      azure.tokens.push({
        secret,
        login: azure.tokens[0]?.login ?? '',
        organization: '*',
        scopes: ['vso.profile'],
      });
      azure.inject({
        path: /_apis\/git\/repositories/,
        as: 'reply',
        reply: html(
          'VS403463: The conditional access policy defined by your Microsoft Entra administrator has failed.',
          401,
        ),
      });
      const { step, finding } = await examine({
        provider: azureDevOps,
        draft: services(azure.url, ''),
        account: { url: azure.url, organization: '' },
        secret,
      });
      expect([step, finding?.cause, finding?.facts['organization']]).toEqual([
        'permissions',
        'conditional-access',
        'harbour-vans',
      ]);
    }));
});
