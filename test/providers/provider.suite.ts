import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createHttp, type Http } from '../../electron/providers/http';
import type { HostingProvider, Session } from '../../electron/providers/provider';
import {
  type Account,
  type AccountDraft,
  type AccountDraftInput,
  accountDraftSchema,
  kindDescriptorSchema,
  type SignedInUser,
  signInResultSchema,
} from '../../shared/contract/accounts';
import { hostedRepositorySchema, type RepositoryRef } from '../../shared/contract/hosted-repositories';
import {
  changedFileSchema,
  fileDiffSchema,
  pullRequestDetailSchema,
  pullRequestSchema,
  threadSchema,
} from '../../shared/contract/pull-requests';
import { type AppError, AppFailure } from '../../shared/errors';
import type { RemoteUrl } from '../../shared/remote-url';
import { anAccount } from '../fakes/account';
import type { RecordingServer } from './recording-server';

/** What the suite needs to know of a provider and its recorded answers. */
export interface ProviderCase {
  name: string;
  provider: HostingProvider;
  /** Holds the expected results, `<what>.expected.json`. */
  directory: string;
  serve(): Promise<RecordingServer>;
  draft(origin: string): AccountDraftInput;
  secret: string;
  user: Partial<SignedInUser>;
  /** What the account holds besides (an id of the user in the provider's own form). */
  account?: Partial<Account>;
  repository: RepositoryRef;
  number: number;
  /** The number in the recorded answer, where it is not the one that was asked for. */
  recordedNumber?: number;
  /** One of the files of the recorded pull request. */
  file: { path: string; previousPath: string | null };
  /** Expectations left out because nothing was recorded for the call. */
  without?: ('files' | 'threads')[];
}

export async function failureOf(work: Promise<unknown>): Promise<AppError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppFailure) return error.error;
    throw error;
  }
  throw new Error('it succeeded');
}

export async function collect<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}

/** The account a draft stands for, as the service makes it, with what sign-in would have found. */
export function accountOf(
  provider: HostingProvider,
  input: AccountDraftInput,
  more: Partial<Account> = {},
): Account {
  const draft = accountDraftSchema.parse(input);
  return anAccount({
    ...provider.address(draft),
    kind: draft.kind,
    provider: provider.id,
    authenticationType: draft.authenticationType,
    email: draft.email,
    username: draft.username,
    tokenName: draft.tokenName,
    appId: draft.appId,
    headerAuthentication: draft.headerAuthentication,
    ...more,
  });
}

export function sessionOf(
  http: Http,
  provider: HostingProvider,
  account: Account,
  secret: string,
  signal = new AbortController().signal,
): Session {
  return { account, signal, fetch: http.bind(account, provider.authorizer(account, secret), signal) };
}

export function remoteUrl(text: string): RemoteUrl {
  const url = new URL(text);
  return {
    protocol: url.protocol.slice(0, -1) as RemoteUrl['protocol'],
    host: url.hostname,
    port: url.port ? Number(url.port) : null,
    user: null,
    path: decodeURIComponent(url.pathname.slice(1)),
    origin: `${url.protocol}//${url.host}`,
    href: text,
    droppedCredentials: false,
  };
}

export function providerSuite(one: ProviderCase): void {
  const { provider } = one;
  const expected = (value: unknown, name: string, origin: string) =>
    expect(`${JSON.stringify(value, null, 1).replaceAll(origin, 'http://server')}\n`).toMatchFileSnapshot(
      path.join(one.directory, `${name}.expected.json`),
    );

  describe(one.name, () => {
    let server: RecordingServer;
    let http: Http;
    let draft: AccountDraft;
    let account: Account;
    let session: Session;

    beforeEach(async () => {
      server = await one.serve();
      http = createHttp({ retryDelay: 1 });
      draft = accountDraftSchema.parse(one.draft(server.origin));
      account = accountOf(provider, draft, {
        user: { id: '1', login: one.user.login ?? 'x', name: 'x' },
        ...one.account,
      });
      session = sessionOf(http, provider, account, one.secret);
    });

    afterEach(async () => {
      await http.close();
      await server.close();
    });

    const requestsAreValid = () => {
      expect(server.violations).toEqual([]);
      expect(server.requests.length).toBeGreaterThan(0);
      for (const request of server.requests) {
        expect(`${request.path}?${request.query.toString()}`).not.toContain(one.secret);
        expect(JSON.stringify(request.headers)).not.toContain('undefined');
      }
    };

    it('describes its kinds completely', () => {
      for (const kind of provider.kinds) {
        expect(kindDescriptorSchema.parse(kind)).toEqual(kind);
        expect(kind.provider).toBe(provider.id);
        for (const way of kind.authentication) {
          expect(way.steps.length).toBeGreaterThan(1);
          expect(way.header.choices).toContain(way.header.initial);
          expect(way.fields.map(({ field }) => field)).toContain('alias');
        }
      }
    });

    it('binds the secret to the exact origins of its address', () => {
      expect(account.origins.api).toEqual([server.origin]);
      expect(account.origins.git).toEqual([server.origin]);
    });

    it('signs in and names the user', async () => {
      const result = await provider.signIn(session);
      expect(signInResultSchema.parse(result)).toEqual(result);
      expect(result.user).toMatchObject(one.user);
      requestsAreValid();
    });

    it('lists repositories as recorded', async () => {
      const items = (await collect(provider.listRepositories(session))).flat();
      expect(z.array(hostedRepositorySchema).parse(items)).toEqual(items);
      expect(items.length).toBeGreaterThan(0);
      expect(new Set(items.map(({ key }) => key)).size).toBe(items.length);
      await expected(items, 'repositories', server.origin);
      requestsAreValid();
    });

    it('lists the pull requests of a repository as recorded', async () => {
      const found: unknown[] = [];
      for (const state of ['open', 'merged', 'closed'] as const) {
        const pages = await collect(
          provider.listPullRequests(session, { state, scope: 'all', repository: one.repository }),
        );
        const items = pages.flatMap((page) => page.items);
        expect(z.array(pullRequestSchema).parse(items)).toEqual(items);
        for (const item of items) expect(item.state).toBe(state);
        found.push(...items);
      }
      expect(found.length).toBeGreaterThan(0);
      await expected(found, 'pull-requests', server.origin);
      requestsAreValid();
    });

    it('asks over the whole account with valid requests in every scope and state', async () => {
      for (const state of ['open', 'merged', 'closed'] as const)
        for (const scope of ['all', 'mine', 'review'] as const) {
          const pages = await collect(provider.listPullRequests(session, { state, scope }));
          const items = pages.flatMap((page) => page.items);
          expect(z.array(pullRequestSchema).parse(items)).toEqual(items);
          expect(new Set(items.map(({ key }) => key)).size).toBe(items.length);
        }
      requestsAreValid();
    });

    it('reads one pull request as recorded', async () => {
      const detail = await provider.pullRequest(session, one.repository, one.number);
      expect(pullRequestDetailSchema.parse(detail)).toEqual(detail);
      expect(detail.pullRequest.number).toBe(one.recordedNumber ?? one.number);
      await expected(detail, 'pull-request', server.origin);
      requestsAreValid();
    });

    it.skipIf(one.without?.includes('files'))('reads changed files and a diff as recorded', async () => {
      const { files } = await provider.changedFiles(session, one.repository, one.number);
      expect(z.array(changedFileSchema).parse(files)).toEqual(files);
      const diff = await provider.fileDiff(session, one.repository, one.number, one.file);
      expect(fileDiffSchema.parse(diff)).toEqual(diff);
      await expected({ files, diff }, 'files', server.origin);
      requestsAreValid();
    });

    it.skipIf(one.without?.includes('threads'))('reads threads as recorded', async () => {
      const threads = await provider.threads(session, one.repository, one.number);
      expect(z.array(threadSchema).parse(threads)).toEqual(threads);
      expect(threads.length).toBeGreaterThan(0);
      await expected(threads, 'threads', server.origin);
      requestsAreValid();
    });

    it('finds its own repositories by remote URL and no one else’s', async () => {
      const [first] = (await collect(provider.listRepositories(session))).flat();
      const url = remoteUrl(first?.httpsUrl ?? '');
      expect(provider.locate(account, url)).toMatchObject({ id: first?.id });
      expect(provider.matches(account, url)).toBeGreaterThan(0);
      const port = url.port ?? 0;
      const neighbours = [
        [`http://${url.host}.evil.example:${port}`, '.evil.example after it'],
        [`http://evil-${url.host}:${port}`, 'a prefix'],
        [`http://evil.${url.host}:${port}`, 'a subdomain'],
        [`http://${url.host}.:${port}`, 'a dot at the end'],
        [`http://localhost:${port}`, 'another name of the machine'],
        [`http://[::1]:${port}`, 'another address of the machine'],
        [`http://127.0.0.2:${port}`, 'the next address'],
        [`http://127.0.0.10:${port}`, 'a digit more'],
        [`http://xn--${url.host}:${port}`, 'a punycode look-alike'],
        [`http://${url.host}`, 'no port'],
        [`http://${url.host}:${port + 1}`, 'the next port'],
        [`http://${url.host}:${port}0`, 'a digit more in the port'],
        [`https://${url.host}:${port}`, 'another scheme'],
        [`http://${url.host}:${port}@evil.example`, 'itself as a user name'],
        [`http://evil.example/${url.host}:${port}`, 'itself as a path'],
      ] as const;
      for (const [origin, what] of neighbours) {
        const split = /^(https?):\/\/(.+?)(?::(\d+))?$/.exec(origin);
        const other: RemoteUrl = {
          ...url,
          protocol: split?.[1] as RemoteUrl['protocol'],
          host: split?.[2] ?? '',
          port: split?.[3] ? Number(split[3]) : null,
          origin,
          href: `${origin}/${url.path}`,
        };
        expect(provider.matches(account, other), what).toBeNull();
        expect(provider.locate(account, other), what).toBeNull();
      }
    });

    it('gives git a credential that holds the token in its proper place', async () => {
      const credential = await provider.gitCredential(session, one.secret);
      if (credential.kind === 'password') {
        expect(credential.password).toBe(one.secret);
        expect(credential.username).not.toBe('');
      } else expect(credential.header).toMatch(/^(Basic|Bearer) \S+$/);
    });

    it('stops at once when cancelled', async () => {
      const controller = new AbortController();
      const stopped = sessionOf(http, provider, account, one.secret, controller.signal);
      controller.abort();
      for (const work of everything(stopped)) expect(await failureOf(work())).toEqual({ kind: 'cancelled' });
      expect(server.requests).toHaveLength(0);
    });

    /** Every reading call of the interface. */
    const everything = (used: Session): (() => Promise<unknown>)[] => [
      () => provider.signIn(used),
      () => collect(provider.listRepositories(used)),
      () => collect(provider.listPullRequests(used, { state: 'open', scope: 'all' })),
      () =>
        collect(provider.listPullRequests(used, { state: 'open', scope: 'all', repository: one.repository })),
      () => provider.pullRequest(used, one.repository, one.number),
      () => provider.changedFiles(used, one.repository, one.number),
      () => provider.fileDiff(used, one.repository, one.number, one.file),
      () => provider.threads(used, one.repository, one.number),
    ];

    const json = { 'content-type': 'application/json' };
    it.each<[string, number, Record<string, string>, string, AppError['kind'][]]>([
      ['a refused token', 401, json, '{"message":"Bad credentials"}', ['token-refused']],
      ['a sign-in page', 200, { 'content-type': 'text/html' }, '<html>Sign in</html>', ['sign-in-page']],
      [
        'a sign-in page with 203',
        203,
        { 'content-type': 'text/html' },
        '<html>Sign in</html>',
        ['sign-in-page'],
      ],
      [
        'another product',
        200,
        { 'content-type': 'text/html' },
        '<html><title>Router</title></html>',
        ['wrong-provider', 'sign-in-page'],
      ],
      ['JSON cut short', 200, json, '[{"id":1', ['unexpected-answer']],
      ['an empty body', 200, json, '', ['unexpected-answer']],
      ['an odd shape', 200, json, '{"surprise":[]}', ['unexpected-answer', 'wrong-provider']],
      ['JSON of a number', 200, json, '7', ['unexpected-answer', 'wrong-provider']],
      ['a server error', 500, json, '{"message":"boom"}', ['server-error']],
      ['a rate limit', 429, { ...json, 'retry-after': '60' }, '{}', ['rate-limited']],
      ['a redirect elsewhere', 302, { location: 'https://evil.example/x' }, '', ['moved']],
    ])(
      '%s is told for what it is by every call, never as an empty list',
      async (_name, status, headers, body, kinds) => {
        const broken = createServer((_request, response) => {
          response.writeHead(status, headers).end(body);
        });
        await new Promise<void>((resolve) => {
          broken.listen(0, '127.0.0.1', resolve);
        });
        try {
          const origin = `http://127.0.0.1:${(broken.address() as AddressInfo).port}`;
          const elsewhere = accountOf(
            provider,
            { ...draft, ...one.draft(origin) },
            { user: account.user, id: '' },
          );
          const count = everything(session).length;
          for (let index = 0; index < count; index += 1) {
            const used = sessionOf(http, provider, elsewhere, one.secret);
            const told = await failureOf(everything(used)[index]?.() ?? Promise.resolve());
            expect(kinds, `call ${index} told ${JSON.stringify(told)}`).toContain(told.kind);
            expect(JSON.stringify(told)).not.toContain(one.secret);
          }
        } finally {
          broken.closeAllConnections();
          await new Promise((resolve) => broken.close(resolve));
        }
      },
    );
  });
}
