import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { gitlab } from '../../electron/providers/gitlab';
import { diagnosis } from '../../electron/providers/gitlab/diagnosis';
import { otherAddresses } from '../../electron/providers/gitlab/probe';
import { createHttp } from '../../electron/providers/http';
import type { Session } from '../../electron/providers/provider';
import type { Account } from '../../shared/contract/accounts';
import { AppFailure } from '../../shared/errors';
import { gitlabRefusals } from '../doctor/causes-gitlab';
import { anAccount } from '../fakes/account';
import { ApiDescription } from './api-description';
import { explainsRows } from './diagnosis-rows';
import { failureOf, sessionOf } from './provider.suite';
import { type RecordedAnswer, startRecordingServer } from './recording-server';

const description = new ApiDescription(path.join(import.meta.dirname, 'api/gitlab.json'));
const signal = new AbortController().signal;

describe('what GitLab’s refusals mean', () => {
  explainsRows(gitlab, gitlabRefusals, '/api/v4');
});

const lab = (origin: string, more: Partial<Account> = {}) =>
  anAccount({
    kind: 'gitlab-self-managed',
    provider: 'gitlab',
    url: origin,
    origins: { api: [origin], git: [origin] },
    ...more,
  });

describe('what answers at the address of a GitLab account', () => {
  type Page = { status: number; headers?: Record<string, string>; body: string };
  const json = (status: number, body: unknown, headers = {}): Page => ({
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const unauthorized = json(401, { message: '401 Unauthorized' });

  /** A server with GitLab, or something else, under some paths. */
  const probe = async (prefix: string, answers: Record<string, Page>, otherwise: Page) => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.url}${request.headers.authorization ? ' with a secret' : ''}`);
      const page = answers[request.url ?? ''] ?? otherwise;
      response.writeHead(page.status, page.headers).end(page.body);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const http = createHttp({ retryDelay: 1, patience: 0 });
    try {
      const account = lab(origin, { url: `${origin}${prefix}` });
      const rawFetch = http.bind({ origins: account.origins }, null, signal);
      const failure = await diagnosis.probe(account, rawFetch, signal).catch((error: unknown) => error);
      const found =
        failure instanceof AppFailure
          ? diagnosis.explain(account, failure, { step: 'product', repository: null, git: null })
          : failure;
      expect(asked.filter((one) => one.includes('secret'))).toEqual([]);
      return {
        found: JSON.parse(JSON.stringify(found).replaceAll(origin, 'http://self')) as unknown,
        failure,
        asked,
      };
    } finally {
      await http.close();
      server.closeAllConnections();
      server.close();
    }
  };
  const nothing: Page = {
    status: 404,
    headers: { 'content-type': 'text/html' },
    body: '<title>404 Nginx</title>',
  };

  it('is GitLab when it refuses strangers the way GitLab does', async () => {
    const { found, asked } = await probe('', { '/api/v4/metadata': unauthorized }, nothing);
    expect(found).toEqual({ product: 'GitLab', version: null, warnings: [] });
    expect(asked).toEqual(['/api/v4/metadata']);
  });

  it('is GitLab before 15.2 too, which has no metadata', async () => {
    const old = json(404, { error: '404 Not Found' }, { 'x-gitlab-meta': '{"version":"1"}' });
    expect((await probe('', { '/api/v4/metadata': old }, nothing)).found).toMatchObject({
      product: 'GitLab',
    });
  });

  it('a path that was left out is found and offered', async () => {
    const { found } = await probe('', { '/gitlab/api/v4/metadata': unauthorized }, nothing);
    expect(found).toMatchObject({
      cause: 'another-product',
      remedy: { kind: 'edit-account', field: 'url', value: 'http://self/gitlab' },
    });
  });

  it('a group that was left in the address is cut off', async () => {
    // GitLab takes the API's path for one of the group's own pages and asks to sign in.
    const signIn: Page = { status: 302, headers: { location: '/users/sign_in' }, body: '' };
    const { found } = await probe('/acme/tools', { '/api/v4/metadata': unauthorized }, signIn);
    expect(found).toMatchObject({ remedy: { kind: 'edit-account', value: 'http://self' } });
  });

  it('another product is named where its answers tell', async () => {
    const github = json(404, { message: 'Not Found' }, { 'x-github-request-id': 'A:1' });
    const { failure } = await probe('', {}, github);
    expect(failure).toMatchObject({
      error: { kind: 'wrong-provider', expected: 'GitLab', detail: 'GitHub' },
    });
    expect((await probe('', {}, nothing)).failure).toMatchObject({ error: { detail: '404 Nginx' } });
  });

  it('looks next door on the same server only', () => {
    expect(otherAddresses('https://x.example/a/b')).toEqual([
      'https://x.example',
      'https://x.example/a',
      'https://x.example/gitlab',
      'https://x.example/git',
    ]);
    expect(otherAddresses('https://x.example/gitlab')).toEqual([
      'https://x.example',
      'https://x.example/git',
    ]);
  });
});

describe('what the form of a GitLab secret tells', () => {
  const examine = (secret: string, more: Partial<Account> = {}) =>
    diagnosis.examineSecret(lab('https://lab.example', more), secret)?.cause ?? null;

  it.each([
    ['a personal token', 'glpat-abcdefghijklmnopqrst', null],
    ['a token of GitLab 18, with parts', 'glpat-abcdefghijklmnopqrstuvwxyz.01.0a1b2c3d4', null],
    ['a token of a server with its own prefix', 'acme-glpat-abcdefghijklmnopqrst', null],
    ['a token of before prefixes', 'z_sxgtrfAxKr8q1TPY8Y', null],
    ['a token that was not copied whole', 'glpat-abc', 'token-malformed'],
    ['a deploy token, which is nobody', 'gldt-abcdefghijklmnopqrst', 'scope-missing'],
    ['a runner’s token', 'glrt-abcdefghijklmnopqrst', 'scope-missing'],
    ['a token of GitHub', `ghp_${'a'.repeat(36)}`, 'token-of-another-provider'],
    ['a password', 'hunter2!', 'token-is-password'],
  ])('%s', (_name, secret, cause) => {
    expect(examine(secret)).toBe(cause);
  });

  it('what a sign-in on GitLab’s page made is nobody’s business', () => {
    expect(examine('{"accessToken":"x"}', { authenticationType: 'oauth' })).toBeNull();
  });
});

describe('what a working GitLab token still lacks', () => {
  async function at<T>(
    answers: RecordedAnswer[],
    more: Partial<Account>,
    work: (session: Session) => Promise<T>,
  ): Promise<T> {
    const server = await startRecordingServer({ description, answers, basePath: '' });
    const http = createHttp({ retryDelay: 1, patience: 0 });
    try {
      const outcome = await work(sessionOf(http, gitlab, lab(server.origin, more), 'glpat-x'));
      expect(server.violations).toEqual([]);
      return outcome;
    } finally {
      await http.close();
      await server.close();
    }
  }
  const access = (scopes: string[], version = '18.2.0', more: Partial<Account> = {}) =>
    at(
      [
        { path: '/api/v4/personal_access_tokens/self', json: { scopes } },
        { path: '/api/v4/metadata', json: { version } },
        { path: '/api/v4/projects', json: [] },
      ],
      more,
      (session) => diagnosis.examineAccess(session),
    );

  it('read_api without a right to git cannot clone (row 1.11)', async () => {
    expect(await access(['read_api'])).toMatchObject({
      finding: { cause: 'git-scope-missing', facts: { scopes: 'read_repository' } },
    });
    expect(await access(['read_api'], '18.2.0', { useForRepositories: false })).toMatchObject({
      finding: null,
      warnings: [{ cause: 'git-scope-missing' }],
    });
  });

  it('api alone, and read_api with git, are enough (row 1.11)', async () => {
    expect(await access(['api'])).toEqual({ finding: null, warnings: [] });
    expect(await access(['read_api', 'write_repository'])).toEqual({ finding: null, warnings: [] });
  });

  it('read_user cannot list projects (row 1.11)', async () => {
    expect(await access(['read_user', 'read_repository'])).toMatchObject({
      finding: { cause: 'scope-missing', facts: { scopes: 'read_api' } },
    });
  });

  it('a server without the list of changed files is a warning', async () => {
    expect(await access(['api'], '15.6.3-ee')).toMatchObject({
      finding: null,
      warnings: [{ cause: 'product-too-old', facts: { version: '15.6.3-ee', minimum: '15.7' } }],
    });
    expect(await access(['api'], '15.11.13')).toMatchObject({ warnings: [] });
  });

  it('a token that cannot tell about itself is judged by what it may do', async () => {
    const found = at([{ path: '/api/v4/projects', json: [] }], {}, (session) =>
      diagnosis.examineAccess(session),
    );
    expect(await found).toEqual({ finding: null, warnings: [] });
    const refused = [{ path: '/api/v4/projects', status: 403, json: { error: 'insufficient_scope' } }];
    expect(await failureOf(at(refused, {}, (session) => diagnosis.examineAccess(session)))).toMatchObject({
      kind: 'missing-permission',
    });
  });

  it('a project that moved is found at its new path', async () => {
    const read = (now: string) =>
      at(
        [{ path: '/api/v4/projects/acme%2Fold', json: { id: 1, path: 'x', path_with_namespace: now } }],
        {},
        async (session) => await diagnosis.readRepository(session, { id: 'acme/old', fullName: 'acme/old' }),
      );
    expect(await read('acme/new')).toMatchObject({ cause: 'repository-moved', facts: { to: 'acme/new' } });
    expect(await read('Acme/Old')).toBeNull();
  });
});
