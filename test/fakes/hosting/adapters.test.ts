import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttp } from '../../../electron/providers/http';
import type { Session, TreeEntry } from '../../../electron/providers/provider';
import { type Account, accountDraftSchema } from '../../../shared/contract/accounts';
import type { HostedRepository } from '../../../shared/contract/hosted-repositories';
import type { PullRequest } from '../../../shared/contract/pull-requests';
import { hostingCases } from './cases';
import type { HostingServer } from './server';

describe.each(hostingCases)('$name: the adapter and its stand-in understand each other (row 2.1)', (one) => {
  const http = createHttp();
  let server: HostingServer;
  let session: Session;

  beforeAll(async () => {
    const started = await one.start();
    ({ server } = started);
    const parsed = accountDraftSchema.parse(started.draft);
    const account = {
      ...parsed,
      ...one.provider.address(parsed),
      id: 'account',
      provider: one.provider.id,
      installation: null,
      expiresOn: null,
      expirySource: 'none',
      scopes: null,
      user: null,
      state: { status: 'unchecked' },
      lastChecked: null,
    } satisfies Account;
    const open = (known: Account): Session => ({
      account: known,
      signal: new AbortController().signal,
      fetch: http.bind(known, one.provider.authorizer(known, started.secret), new AbortController().signal),
    });
    const signedIn = await one.provider.signIn(open(account));
    session = open({ ...account, user: signedIn.user, installation: signedIn.installation });
  });
  afterAll(async () => {
    await http.close();
    await server.close();
  });

  const repositories = async () => {
    const found: HostedRepository[] = [];
    for await (const page of one.provider.listRepositories(session)) found.push(...page);
    return found;
  };
  const pulls = async (filter: { state: 'open' | 'merged' | 'closed'; scope: 'all' | 'mine' | 'review' }) => {
    const found: PullRequest[] = [];
    for await (const page of one.provider.listPullRequests(session, filter)) found.push(...page.items);
    return found;
  };
  const ascending = (all: number[]) => all.toSorted((a, b) => a - b);
  const numbers = (found: PullRequest[]) => ascending(found.map((pull) => pull.number));

  it('signs in', () => {
    expect(session.account.user?.name).toBe(one.user);
  });

  it('lists the repositories of the account, all pages of them', async () => {
    const found = await repositories();
    expect(found.map((repository) => repository.fullName)).toContain(one.repository);
    expect(new Set(found.map((repository) => repository.key)).size).toBe(found.length);
    expect(found.some((repository) => /keller/i.test(repository.fullName))).toBe(false);
    for (const repository of found) expect(repository.httpsUrl).toContain(`${server.origin}/`);
  });

  it('lists pull requests: open, merged, closed, mine and waiting', async () => {
    expect(numbers(await pulls({ state: 'open', scope: 'all' }))).toEqual(ascending(one.open));
    expect(await pulls({ state: 'merged', scope: 'all' })).toHaveLength(1);
    expect(await pulls({ state: 'closed', scope: 'all' })).toHaveLength(1);
    if (one.waiting) {
      expect(numbers(await pulls({ state: 'open', scope: 'review' }))).toEqual(ascending(one.waiting));
      const own = await pulls({ state: 'open', scope: 'mine' });
      expect(own.map((pull) => [pull.mine, pull.draft])).toEqual([[true, true]]);
    }
  });

  it('reads one: description, reviewers, checks, commits, files, a diff and threads at their lines', async () => {
    const pull = (await pulls({ state: 'open', scope: 'all' })).find((found) => found.number === one.number);
    const reference = pull?.repository ?? { id: '', fullName: '' };
    const detail = await one.provider.pullRequest(session, reference, one.number);
    expect(detail.failures).toEqual([]);
    expect(detail.description).toContain('| ');
    expect(detail.commits.length).toBeGreaterThan(1);
    expect(detail.reviewers.map((reviewer) => reviewer.vote)).toContain('approved');
    expect(detail.checks.map((check) => check.state)).toEqual(
      expect.arrayContaining(['passed', 'failed', 'pending']),
    );
    const { files } = await one.provider.changedFiles(session, reference, one.number);
    expect(files.map((file) => file.path)).toContain(one.file);
    const diff = await one.provider.fileDiff(session, reference, one.number, {
      path: one.file,
      previousPath: null,
    });
    expect(JSON.stringify(diff)).toMatch(/VansController|version = |retry|batchSize/);
    const threads = await one.provider.threads(session, reference, one.number);
    const places = threads.flatMap(({ position }) =>
      position
        ? [
            `${position.outdated ? '~' : ''}${position.side}${position.line === null ? '' : ` ${position.line}`}`,
          ]
        : [],
    );
    expect(places.sort()).toEqual([...one.places].sort());
    expect(threads.some((thread) => thread.position === null)).toBe(true);
  });

  it('tells size, folders and files of a repository before it is cloned', async () => {
    const { contents } = one.provider;
    const found = (await repositories()).find((repository) => repository.fullName === one.repository);
    const reference = { id: found?.id ?? '', fullName: found?.fullName ?? '' };
    const facts = await contents.facts(session, reference, null);
    expect(facts.sizeBytes).toBeGreaterThan(80_000);
    let entry: TreeEntry = { path: '', kind: 'folder', id: facts.top ?? '' };
    for (const segment of one.file.split('/')) {
      const path = entry.path === '' ? segment : `${entry.path}/${segment}`;
      const entries: TreeEntry[] = [];
      for await (const page of contents.folder(session, reference, entry)) entries.push(...page);
      expect(new Set(entries.map((each) => each.path)).size).toBe(entries.length);
      const next = entries.find((each) => each.path === path);
      expect(next?.kind, path).toBe(path === one.file ? 'file' : 'folder');
      entry = next ?? entry;
    }
    expect(await contents.file(session, reference, entry)).toMatch(
      /VansController|version = |retry|batchSize|Ship|Payment/,
    );
    // Another branch by its name, with a slash in it.
    const branch = (await pulls({ state: 'open', scope: 'all' })).find(
      (pull) => pull.number === one.number,
    )?.source;
    const other = await contents.facts(session, reference, branch?.branch ?? '');
    for await (const page of contents.folder(session, reference, { path: '', id: other.top ?? '' }))
      expect(page.length).toBeGreaterThan(0);
  });

  it('changes nothing at the provider, and makes no webhook (row 4.11)', () => {
    const changing = server.seen.filter((call) => call.kind === 'api' && call.method !== 'GET');
    // GraphQL asks by POST too; an app's token is made by one.
    for (const { method, path } of changing)
      expect(`${method} ${path}`).toMatch(/^POST .*(\/graphql|\/access_tokens)$/);
    expect(server.seen.some(({ path }) => /hook/i.test(path))).toBe(false);
  });

  it('sends nothing but what the provider answers', () => {
    expect(server.seen.filter((call) => call.kind === 'api' && call.status >= 400)).toEqual([]);
  });
});
