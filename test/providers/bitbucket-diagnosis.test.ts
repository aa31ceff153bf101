import { describe, expect, it } from 'vitest';
import { bitbucket } from '../../electron/providers/bitbucket';
import { bitbucketCloudRefusals, bitbucketDataCenterRefusals } from '../doctor/causes-bitbucket';
import { startAzureDevOps } from '../fakes/hosting/azure-devops';
import { bitbucketCloudTokens, startBitbucketCloud } from '../fakes/hosting/bitbucket-cloud';
import {
  type DataCenterStandIn,
  dataCenterTokens,
  startBitbucketDataCenter,
} from '../fakes/hosting/bitbucket-data-center';
import { json } from '../fakes/hosting/server';
import { explainsRows, refusing } from './diagnosis-rows';
import { examine } from './diagnosis-steps';
import { accountOf } from './provider.suite';

describe('what Bitbucket Cloud’s refusals mean', () => {
  explainsRows(bitbucket, bitbucketCloudRefusals, '/2.0');
});

describe('what Bitbucket Data Center’s refusals mean', () => {
  explainsRows(bitbucket, bitbucketDataCenterRefusals, '/rest/api/1.0');
});

const cloud = (url: string, more: object = {}) => ({
  kind: 'bitbucket-cloud' as const,
  alias: '',
  authenticationType: 'personal' as const,
  url,
  email: 'mira.keller@northwind.example',
  ...more,
});
const dataCenter = (url: string, more: object = {}) => ({
  kind: 'bitbucket-data-center' as const,
  alias: '',
  authenticationType: 'personal' as const,
  url,
  ...more,
});

async function atServer<T>(
  options: Parameters<typeof startBitbucketDataCenter>[0],
  work: (server: DataCenterStandIn) => Promise<T>,
): Promise<T> {
  const server = await startBitbucketDataCenter(options);
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}

describe('Bitbucket Cloud, step by step', () => {
  const at = async <T>(work: (server: Awaited<ReturnType<typeof startBitbucketCloud>>) => Promise<T>) => {
    const server = await startBitbucketCloud();
    try {
      return await work(server);
    } finally {
      await server.close();
    }
  };

  it('finds nothing wrong where all is well', () =>
    at(async (server) => {
      const remote = `${server.origin}/harbour/ledger.git`;
      const secret = bitbucketCloudTokens.first;
      expect(await examine({ provider: bitbucket, draft: cloud(server.origin), secret, remote })).toEqual({
        step: 'git',
        finding: null,
        warnings: [],
      });
      expect(server.seen[0]).toMatchObject({ authorized: false });
    }));

  it('row 1.12: names what a token cannot do before a clone fails of it', () =>
    at(async (server) => {
      const secret = 'ATATT3xFfGF0Weak1234567890abcdefghij=0A0B0C0D';
      server.tokens.push({
        secret,
        kind: 'api',
        login: 'mira',
        scopes: ['read:user:bitbucket', 'read:workspace:bitbucket', 'write:repository:bitbucket'],
      });
      expect(await examine({ provider: bitbucket, draft: cloud(server.origin), secret })).toMatchObject({
        step: 'permissions',
        // The right to write does not hold the right to read.
        finding: {
          cause: 'scope-missing',
          facts: { scopes: 'read:repository:bitbucket, read:pullrequest:bitbucket' },
        },
      });
    }));

  it('says that a repository answers to an old name', () =>
    at(async (server) => {
      server.inject({
        path: /\/repositories\/harbour\/old-name/,
        as: 'reply',
        reply: json({ full_name: 'harbour/ledger', name: 'ledger', uuid: '{1}' }),
      });
      const { warnings } = await examine({
        provider: bitbucket,
        draft: cloud(server.origin),
        secret: bitbucketCloudTokens.first,
        remote: `${server.origin}/harbour/old-name.git`,
      });
      expect(warnings).toMatchObject([
        {
          cause: 'repository-moved',
          facts: { path: 'harbour/old-name', to: `${server.origin}/harbour/ledger` },
        },
      ]);
    }));

  it('tells a server of one’s own from Bitbucket Cloud', () =>
    atServer({}, async (server) => {
      expect(
        await examine({
          provider: bitbucket,
          draft: cloud(server.origin),
          secret: bitbucketCloudTokens.first,
        }),
      ).toMatchObject({
        step: 'product',
        finding: {
          cause: 'another-product',
          remedy: { kind: 'edit-account', field: 'url', value: 'https://bitbucket.org' },
        },
      });
    }));
});

describe('what the text of a Bitbucket token tells', () => {
  const examined = (draft: object, secret: string) =>
    bitbucket.diagnosis?.examineSecret(accountOf(bitbucket, cloud('https://bitbucket.org', draft)), secret);

  it.each(['ATBBabcdefghijklmnopqrstuvwxyz012345', 'aB3dE5gH7jK9mN1pQ2sT'])(
    'row 1.12: %s is an app password, and every one of its rights has a named replacement',
    (secret) => {
      const found = examined({}, secret);
      expect(found).toMatchObject({
        cause: 'app-password-retired',
        remedy: {
          kind: 'open-page',
          url: 'https://id.atlassian.com/manage-profile/security/api-tokens',
          page: 'token',
        },
        facts: { date: '2026-07-28' },
      });
      for (const permission of [
        'repository:read',
        'repository:write',
        'repo:status',
        'project:read',
        'project:write',
        'api:read',
      ])
        expect(found?.facts['replacements']).toContain(`${permission}: `);
      expect(found?.facts['scopes']).toContain('write:repository:bitbucket');
      expect(JSON.stringify(found)).not.toContain(secret);
    },
  );

  it('row 1.12: the form’s help maps every right of an app password to scopes there are', () => {
    const [form] = bitbucket.kinds[0]?.authentication ?? [];
    const help = form?.steps.join(' ') ?? '';
    for (const right of [
      'repository:read',
      'repository:write',
      'repo:status',
      'project:read',
      'project:write',
      'api:read',
    ])
      expect(help).toMatch(new RegExp(`${right}: (read|write|admin):`));
    expect(form?.notice).toContain('2026-07-28');
  });

  it('row 1.16: an e-mail address that is none is told before anything is sent', () => {
    expect(examined({ email: 'mira' }, bitbucketCloudTokens.first)).toMatchObject({
      cause: 'user-name-wrong',
      remedy: { kind: 'edit-account', field: 'email' },
    });
    expect(examined({ email: '' }, bitbucketCloudTokens.first)).toMatchObject({ cause: 'user-name-wrong' });
  });

  it('tells the tokens of persons and of repositories apart by their form', () => {
    expect(examined({}, bitbucketCloudTokens.access)).toMatchObject({
      cause: 'bearer-required',
      remedy: { field: 'authenticationType', value: 'access-token' },
    });
    const bot = { authenticationType: 'access-token', organization: 'harbour' };
    expect(examined(bot, bitbucketCloudTokens.first)).toMatchObject({
      cause: 'user-name-wrong',
      remedy: { field: 'authenticationType', value: 'personal' },
    });
    expect(examined(bot, bitbucketCloudTokens.access)).toBeNull();
    expect(examined({}, bitbucketCloudTokens.first)).toBeNull();
    expect(examined({}, 'ghp_abcdefghijklmnopqrstuvwxyz0123456789')).toMatchObject({
      cause: 'token-of-another-provider',
    });
    expect(examined({}, 'hunter2')).toMatchObject({ cause: 'token-is-password' });
    expect(examined({}, '')).toMatchObject({ cause: 'token-missing' });
  });
});

describe('Bitbucket Data Center, step by step', () => {
  const secret = dataCenterTokens.first;

  it('tells its version to strangers, and nothing is wrong below a context path', () =>
    atServer({ prefix: '/bitbucket' }, async (server) => {
      const remote = `${server.url}/scm/fin/invoices.git`;
      expect(await examine({ provider: bitbucket, draft: dataCenter(server.url), secret, remote })).toEqual({
        step: 'git',
        finding: null,
        warnings: [],
      });
    }));

  it('finds the context path that was left out', () =>
    atServer({ prefix: '/bitbucket' }, async (server) => {
      expect(await examine({ provider: bitbucket, draft: dataCenter(server.origin), secret })).toMatchObject({
        step: 'product',
        finding: {
          cause: 'another-product',
          remedy: { kind: 'edit-account', field: 'url', value: `${server.origin}/bitbucket` },
        },
      });
      expect(server.seen.some(({ authorized }) => authorized)).toBe(false);
    }));

  it.each([
    ['5.4.1', 'Bitbucket Server 5.4.1'],
    ['3.11.6', 'Stash 3.11.6'],
  ])('says that version %s is too old', (version, found) =>
    atServer({ version }, async (server) => {
      expect(await examine({ provider: bitbucket, draft: dataCenter(server.origin), secret })).toMatchObject({
        step: 'product',
        finding: { cause: 'product-too-old', facts: { found, minimum: 'Bitbucket Server 5.5' } },
      });
    }),
  );

  it('gives git the token of a project in a header, though a user name was typed', () =>
    atServer({}, async (server) => {
      const remote = `${server.origin}/scm/fin/invoices.git`;
      const tried = await examine({
        provider: bitbucket,
        draft: dataCenter(server.origin, { username: 'mira' }),
        // What signing in learned: the server names nobody.
        account: { user: { id: '', login: '', name: 'Access token' } },
        secret: dataCenterTokens.project,
        remote,
      });
      expect(tried).toEqual({ step: 'git', finding: null, warnings: [] });
      expect(
        server.seen.filter(({ kind }) => kind === 'git').map(({ authorization }) => authorization),
      ).toEqual([`Bearer ${dataCenterTokens.project}`]);
    }));

  it('tells Azure DevOps from a Bitbucket server', async () => {
    const azure = await startAzureDevOps({ edition: 'server' });
    try {
      expect((await examine({ provider: bitbucket, draft: dataCenter(azure.origin), secret })).step).toBe(
        'product',
      );
    } finally {
      await azure.close();
    }
  });

  it('says that a locked server is being maintained', async () => {
    const locked = await refusing({
      status: 503,
      headers: { 'x-arequestid': '@1', 'retry-after': '300' },
      text: '',
    });
    try {
      expect(await examine({ provider: bitbucket, draft: dataCenter(locked.origin), secret })).toMatchObject({
        step: 'product',
        finding: { cause: 'server-under-maintenance' },
      });
    } finally {
      await locked.close();
    }
  });
});
