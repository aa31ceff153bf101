import { rmSync } from 'node:fs';
import { createHttp, type HttpOptions } from '../../electron/providers/http';
import type { Session } from '../../electron/providers/provider';
import { type Account, type AccountDraftInput, accountDraftSchema } from '../../shared/contract/accounts';
import type { RepositoryListPart, RepositoryRef } from '../../shared/contract/hosted-repositories';
import type { AppError } from '../../shared/errors';
import type { HostingCase } from '../fakes/hosting/cases';
import type { HostingServer, Reply } from '../fakes/hosting/server';
import { fakePlatform, temporaryDirectory } from '../fakes/platform';
import { accountOf, collect, sessionOf } from '../providers/provider.suite';
import { startCore } from '../services/core';
import { type EvilServer, startEvilServer } from './evil-server';

/** One list as the page saw it arrive. */
export interface Listing {
  cached: number;
  fromProvider: number;
  /** The last word: what failed, or null. */
  error: AppError | null;
}

/** Polyforge's services with one account, whose server was good when it was added. */
export interface Situation {
  readonly server: HostingServer;
  readonly evil: EvilServer;
  readonly accountId: string;
  readonly secret: string;
  /** Repositories the account had while all was well. */
  readonly known: number;
  list(): Promise<Listing>;
  /** What is kept without asking the server. */
  kept(): Promise<Listing>;
  /** Requests to the API since the last call. */
  requests(): number;
  client: Awaited<ReturnType<typeof startCore>>['client'];
  close(): Promise<void>;
}

export async function startSituation(one: HostingCase, options: HttpOptions = {}): Promise<Situation> {
  const directory = temporaryDirectory();
  const { server, draft, secret } = await one.start();
  const evil = await startEvilServer();
  const http = createHttp({ retryDelay: 1, ...options });
  const { client, core } = await startCore(
    directory,
    [one.provider],
    fakePlatform(directory),
    undefined,
    http,
  );
  const saved = await client.accounts.save({
    draft: { ...draft, ...(draft.authenticationType === 'app' ? {} : { token: secret }) },
  });
  if (!saved.account) throw new Error(`${one.name} was not saved: ${JSON.stringify(saved.test)}`);
  const accountId = saved.account.id;
  const list = async (refresh: boolean): Promise<Listing> => {
    const parts: RepositoryListPart[] = [];
    for await (const part of await client.hostedRepositories.list({ refresh })) parts.push(part);
    const count = (source: 'cache' | 'provider') =>
      parts.reduce(
        (sum, part) => sum + (part.kind === 'items' && part.source === source ? part.items.length : 0),
        0,
      );
    const failed = parts.find((part) => part.kind === 'failed');
    return { cached: count('cache'), fromProvider: count('provider'), error: failed?.error ?? null };
  };
  const first = await list(true);
  if (first.error || first.fromProvider === 0) throw new Error(`${one.name} lists nothing`);
  let counted = 0;
  const situation: Situation = {
    server,
    evil,
    accountId,
    secret,
    known: first.fromProvider,
    list: () => list(true),
    kept: () => list(false),
    requests() {
      const all = server.seen.filter(({ kind }) => kind === 'api').length;
      const since = all - counted;
      counted = all;
      return since;
    },
    client,
    async close() {
      await core.close();
      await http.close();
      await evil.close();
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  situation.requests();
  return situation;
}

/** The answer a hostile input describes, as this server gives it. */
export function replyOf(
  input: {
    status?: unknown;
    type?: string;
    body?: string;
    headers?: Record<string, string>;
    location?: string;
    link?: string;
  },
  server: HostingServer,
  evil: EvilServer,
): Reply {
  const local = (text: string) => placed(text, server, evil);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(input.headers ?? {}))
    headers[name] = local(value).replace('now+3600', String(Math.floor(Date.now() / 1000) + 3600));
  if (input.location !== undefined) headers['location'] = local(input.location);
  if (input.link !== undefined) headers['link'] = local(input.link);
  return {
    status: typeof input.status === 'number' ? input.status : 200,
    headers,
    type: input.type ?? 'application/json',
    body: input.body === '[[[[...100000 deep...]]]]' ? '['.repeat(100_000) : (input.body ?? '{}'),
  };
}

/** The placeholders of the hostile inputs; the good host speaks plain http here, and so does the other. */
export function placed(text: string, server: { origin: string }, evil: EvilServer): string {
  const good = new URL(server.origin).host;
  return text
    .replace('https://{{GOOD}}:other-port/...', `http://127.0.0.1:${evil.port}/x`)
    .replaceAll(/https:\/\/(?=\{\{)/g, 'http://')
    .replaceAll('{{GOOD}}', good)
    .replaceAll('{{EVIL}}', evil.host);
}

/** An adapter's session after sign-in. */
export async function signedIn(
  one: HostingCase,
  server: HostingServer,
  draft: AccountDraftInput,
  secret: string,
  options: HttpOptions = {},
): Promise<{
  calls: Call[];
  account: Account;
  repository: RepositoryRef;
  close(): Promise<void>;
}> {
  const http = createHttp({ retryDelay: 1, ...options });
  const { provider } = one;
  const plain = accountOf(provider, accountDraftSchema.parse(draft));
  const { user, installation } = await provider.signIn(sessionOf(http, provider, plain, secret));
  const account: Account = { ...plain, user, installation };
  const session = sessionOf(http, provider, account, secret);
  const listed = (await collect(provider.listRepositories(session))).flat();
  const repository = listed.find(({ fullName }) => fullName === one.repository);
  if (!repository) throw new Error(`${one.name} does not list ${one.repository}`);
  return { calls: callsOf(one, session, repository), account, repository, close: () => http.close() };
}

export type Call = [name: string, call: () => Promise<unknown>];

/** Every reading call of an adapter. */
export function callsOf(one: HostingCase, session: Session, repository: RepositoryRef): Call[] {
  const { provider, number } = one;
  const file = { path: one.file, previousPath: null };
  return [
    ['sign-in', () => provider.signIn(session)],
    ['repositories', () => collect(provider.listRepositories(session))],
    ['pull requests', () => collect(provider.listPullRequests(session, { state: 'open', scope: 'all' }))],
    [
      'pull requests of a repository',
      () => collect(provider.listPullRequests(session, { state: 'open', scope: 'all', repository })),
    ],
    ['a pull request', () => provider.pullRequest(session, repository, number)],
    ['files', () => provider.changedFiles(session, repository, number)],
    ['a diff', () => provider.fileDiff(session, repository, number, file)],
    ['threads', () => provider.threads(session, repository, number)],
  ];
}
