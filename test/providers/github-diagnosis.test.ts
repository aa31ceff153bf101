import { generateKeyPairSync } from 'node:crypto';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { github } from '../../electron/providers/github';
import { diagnosis } from '../../electron/providers/github/diagnosis';
import { createHttp } from '../../electron/providers/http';
import type { AccountFetch, Session } from '../../electron/providers/provider';
import { type Account, accountDraftSchema } from '../../shared/contract/accounts';
import { githubRefusals } from '../doctor/causes-github';
import { anAccount } from '../fakes/account';
import { ApiDescription } from './api-description';
import { explainsRows } from './diagnosis-rows';
import { failureOf, sessionOf } from './provider.suite';
import { type RecordedAnswer, type RecordingServer, startRecordingServer } from './recording-server';

const description = new ApiDescription(path.join(import.meta.dirname, 'api/github.json'));
const pem = { type: 'pkcs8', format: 'pem' } as const;
const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(pem).toString();
const ed25519 = generateKeyPairSync('ed25519').privateKey.export(pem).toString();

describe('what GitHub’s refusals mean', () => {
  explainsRows(github, githubRefusals, '/api/v3');
});

const signal = new AbortController().signal;

/** A server, an account on it and its session, for one piece of work; requests must be valid GitHub requests. */
async function at<T>(
  answers: RecordedAnswer[],
  more: Partial<Account>,
  work: (parts: { session: Session; rawFetch: AccountFetch; server: RecordingServer }) => Promise<T>,
): Promise<T> {
  const server = await startRecordingServer({ description, basePath: '/api/v3', answers });
  const http = createHttp({ retryDelay: 1, patience: 0 });
  try {
    const account = anAccount({
      kind: 'github-enterprise',
      url: server.origin,
      origins: { api: [server.origin], git: [server.origin] },
      ...more,
    });
    const rawFetch = http.bind({ origins: account.origins }, null, signal);
    const session = sessionOf(http, github, account, more.authenticationType === 'app' ? key : 'ghp_x');
    const outcome = await work({ session, rawFetch, server });
    expect(server.violations).toEqual([]);
    return outcome;
  } finally {
    await http.close();
    await server.close();
  }
}

describe('what answers at the address of a GitHub account', () => {
  const probe = (answer: Omit<RecordedAnswer, 'path'>) =>
    at([{ path: '/meta', ...answer }], {}, async ({ session, rawFetch, server }) => {
      const found = await diagnosis.probe(session.account, rawFetch, signal);
      expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
      return found;
    });

  it('a server of one’s own tells its version, and nothing is sent to it but the question', async () => {
    expect(
      await probe({ json: { verifiable_password_authentication: true, installed_version: '3.17.4' } }),
    ).toEqual({ product: 'GitHub Enterprise Server', version: '3.17.4', warnings: [] });
  });

  it('the header of any answer tells the version too', async () => {
    const headers = { 'x-github-enterprise-version': 'enterprise-server@3.14.0' };
    expect(await probe({ json: {}, headers })).toMatchObject({ version: '3.14.0' });
  });

  it('a server in private mode says no more than 401, and is GitHub all the same', async () => {
    const json = {
      message: 'Must authenticate to access this API.',
      documentation_url: 'https://docs.github.com/enterprise-server@3.13/rest',
    };
    expect(await probe({ status: 401, json })).toMatchObject({ version: '3.13' });
    const page = { 'content-type': 'text/html', 'www-authenticate': 'Basic realm="GitHub"' };
    expect(await probe({ status: 401, text: '', headers: page })).toMatchObject({ version: null });
  });

  it('the hourly limit of strangers does not make it another product', async () => {
    const headers = {
      'x-github-request-id': 'A:1',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(Math.round(Date.now() / 1000) + 3600),
    };
    expect(
      await probe({ status: 403, json: { message: 'API rate limit exceeded for 1.2.3.4.' }, headers }),
    ).toMatchObject({
      product: 'GitHub Enterprise Server',
    });
  });

  it('a server too old for checks is refused with both versions', async () => {
    expect(await failureOf(probe({ json: { installed_version: '2.22.1' } }))).toMatchObject({
      kind: 'server-too-old',
      found: '2.22.1',
      minimum: '3.0',
    });
  });

  it.each([
    [
      'a GitLab',
      { status: 404, json: { error: '404 Not Found' }, headers: { 'x-gitlab-meta': '{}' } },
      'GitLab',
    ],
    ['a page', { status: 404, text: '<html><title>Nginx says no</title></html>' }, 'Nginx says no'],
    ['JSON of nobody known', { json: { hello: 1 } }, undefined],
  ])('%s is another product, named where it can be', async (_name, answer, detail) => {
    expect(await failureOf(probe(answer))).toMatchObject({
      kind: 'wrong-provider',
      expected: 'GitHub Enterprise Server',
      ...(detail ? { detail } : {}),
    });
  });

  it('the cloud and its tenants are called by their names', async () => {
    const answering = (() =>
      Promise.resolve(
        located(Response.json({ verifiable_password_authentication: false }), 'https://api.github.com/meta'),
      )) as AccountFetch;
    for (const [url, product] of [
      ['https://github.com', 'GitHub.com'],
      ['https://octo.ghe.com', 'GitHub Enterprise Cloud'],
    ]) {
      const address = github.address(
        accountDraftSchema.parse({ kind: 'github', alias: '', authenticationType: 'personal', url }),
      );
      expect(await diagnosis.probe(address, answering, signal)).toMatchObject({ product, version: null });
    }
  });
});

/** Responses made by hand have no address. */
function located(response: Response, url: string): Response {
  return Object.defineProperty(response, 'url', { value: url });
}

describe('what the form of a GitHub secret tells', () => {
  const examine = (secret: string, more: Partial<Account> = {}) =>
    diagnosis.examineSecret(anAccount(more), secret)?.cause ?? null;

  it.each([
    ['a classic token (row 1.5)', `ghp_${'a'.repeat(36)}`, null],
    ['a fine-grained token (row 1.5)', `github_pat_${'a'.repeat(22)}_${'b'.repeat(59)}`, null],
    ['a token of before 2021', '0123456789abcdef0123456789abcdef01234567', null],
    ['a token that was not copied whole', 'ghp_abc', 'token-malformed'],
    ['a token of GitLab', 'glpat-abcdefghijklmnopqrst', 'token-of-another-provider'],
    ['a password', 'correct-horse-battery', 'token-is-password'],
  ])('%s', (_name, secret, cause) => {
    expect(examine(secret)).toBe(cause);
  });

  it('a key is looked at as a key (row 1.7)', () => {
    const account = { authenticationType: 'app' } as const;
    expect(examine(key, account)).toBeNull();
    expect(examine(key.slice(0, 200), account)).toBe('private-key-malformed');
    expect(examine(ed25519, account)).toBe('private-key-malformed');
  });
});

describe('what a working GitHub token still lacks', () => {
  const repos = (headers: Record<string, string>) => [{ path: '/user/repos', json: [], headers }];
  const person = (headers: Record<string, string>) =>
    at(repos(headers), {}, ({ session }) => diagnosis.examineAccess(session));

  it('a classic token without repo cannot list or clone (row 1.4)', async () => {
    expect(await person({ 'x-oauth-scopes': 'gist, read:org' })).toMatchObject({
      finding: { cause: 'scope-missing', facts: { scopes: 'repo' } },
    });
  });

  it('public_repo alone works, for public repositories (row 1.4)', async () => {
    expect(await person({ 'x-oauth-scopes': 'public_repo' })).toMatchObject({
      finding: null,
      warnings: [{ facts: { scopes: 'repo' } }, { facts: { scopes: 'read:org' } }],
    });
  });

  it('organizations left out for want of single sign-on are a warning', async () => {
    const sso = 'partial-results; organizations=21955855,20582480';
    expect(await person({ 'x-oauth-scopes': 'repo, read:org', 'x-github-sso': sso })).toMatchObject({
      finding: null,
      warnings: [{ cause: 'single-sign-on-required', facts: { organizations: '21955855, 20582480' } }],
    });
  });

  it('a fine-grained token tells nothing of itself', async () => {
    expect(await person({})).toEqual({ finding: null, warnings: [] });
  });

  const application = (installation: object) =>
    at(
      [{ path: '/app/installations/5', json: { id: 5, account: { login: 'acme' }, ...installation } }],
      { authenticationType: 'app', appId: '7', installation: { id: '5', name: 'acme' } },
      ({ session }) => diagnosis.examineAccess(session),
    );

  it('an app without Contents cannot clone, without Pull requests it can (row 1.6)', async () => {
    expect(await application({ permissions: { metadata: 'read', pull_requests: 'read' } })).toMatchObject({
      finding: { cause: 'scope-missing', facts: { permissions: 'contents=read', installation: 'acme' } },
    });
    expect(await application({ permissions: { metadata: 'read', contents: 'read' } })).toMatchObject({
      finding: null,
      warnings: [{ cause: 'scope-missing', facts: { permissions: 'pull_requests=read' } }],
    });
  });

  it('a suspended installation is found before anything is asked of it (row 1.8)', async () => {
    expect(await application({ suspended_at: '2026-01-01T00:00:00Z' })).toMatchObject({
      finding: { cause: 'app-suspended', facts: { installation: 'acme' } },
    });
  });
});

describe('reading one GitHub repository', () => {
  const wire = { name: 'widgets', full_name: 'acme/widgets', owner: { login: 'acme' }, private: true };
  const read = (answer: Omit<RecordedAnswer, 'path'>) =>
    at([{ path: '/repos/acme/old', ...answer }], {}, ({ session }) =>
      diagnosis.readRepository(session, { id: 'acme/old', fullName: 'acme/old' }),
    );

  it('one that was renamed is found under its new name', async () => {
    expect(await read({ json: wire })).toMatchObject({
      cause: 'repository-moved',
      facts: { repository: 'acme/old', to: 'acme/widgets' },
    });
    expect(await read({ json: { ...wire, full_name: 'ACME/old' } })).toBeNull();
  });

  it('one that cannot be seen rejects', async () => {
    expect(
      await failureOf(Promise.resolve(read({ status: 404, json: { message: 'Not Found' } }))),
    ).toMatchObject({
      kind: 'not-found',
    });
  });
});
