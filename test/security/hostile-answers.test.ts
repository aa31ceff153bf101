import { afterEach, describe, expect, it, vi } from 'vitest';
import type { HttpOptions } from '../../electron/providers/http';
import { describeError } from '../../renderer/errors/describe';
import type { AppError } from '../../shared/errors';
import { type HostingCase, hostingCases } from '../fakes/hosting/cases';
import type { HostingFault, Reply } from '../fakes/hosting/server';
import { settlesWithin } from '../fakes/own-time';
import { hostileEntries } from './hostile-inputs';
import { replyOf, type Situation, startSituation } from './hostile-server';

interface Answer {
  provider?: string;
  status?: unknown;
  type?: string;
  body?: string;
  headers?: Record<string, string>;
  location?: string;
  link?: string;
}
const entries = new Map(hostileEntries('api-response').map((entry) => [entry.id, entry]));
const entry = (id: string) => {
  const found = entries.get(id);
  if (!found) throw new Error(`${id} is no hostile answer`);
  return { input: found.input as Answer, must: found.must };
};

const closing: Situation[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const situation of closing.splice(0)) await situation.close();
});
const situationOf = async (one: HostingCase, options?: HttpOptions) => {
  const situation = await startSituation(one, options);
  closing.push(situation);
  return situation;
};

/** Which of our cases an entry is about. */
function casesOf(provider: string): HostingCase[] {
  const wanted: Record<string, (name: string) => boolean> = {
    any: () => true,
    azure: (name) => name.startsWith('Azure'),
    github: (name) => name.startsWith('GitHub'),
    'github-app': (name) => name.endsWith('application'),
    gitlab: (name) => name.startsWith('GitLab'),
  };
  const found = hostingCases.filter(({ name }) => wanted[provider]?.(name));
  if (found.length === 0) throw new Error(`No case of ${provider}`);
  return found;
}

/** Each entry with each way to be connected that it is about, as the name of its test and what it needs. */
const each = (...ids: string[]) =>
  ids.flatMap((id) =>
    casesOf(entry(id).input.provider ?? 'any').map((one) => [id, one.name, one, entry(id).input] as const),
  );

/** Nothing that was known is lost, nothing went elsewhere, and the failure is one a person can act on. */
async function nothingIsLost(situation: Situation, told: AppError | null, secret = situation.secret) {
  const { evil, known, client, accountId } = situation;
  expect(evil.connections).toBe(0);
  const kept = await situation.kept();
  expect(kept).toMatchObject({ cached: known });
  const [account] = await client.accounts.list();
  expect(account?.id).toBe(accountId);
  if (told === null) throw new Error('nothing was told');
  expect(JSON.stringify(told)).not.toContain(secret);
  const words = describeError(told, { account: { id: accountId, alias: 'a' }, retry: true });
  expect(`${words?.title} ${words?.text}`).toContain('127.0.0.1');
  expect(words?.text.length).toBeGreaterThan(20);
}

async function worksAgain(situation: Situation) {
  const { client, accountId, known } = situation;
  expect((await client.accounts.check({ accountId })).state.status).toBe('working');
  expect(await situation.list()).toEqual({ cached: known, fromProvider: known, error: null });
}

describe('a hostile answer ends as one failure; what was known stays, and the account', () => {
  const kinds: Record<string, AppError['kind'][]> = {
    'API-001': ['sign-in-page'],
    'API-002': ['sign-in-page'],
    'API-004': ['unexpected-answer'],
    'API-008': ['unexpected-answer', 'wrong-provider'],
    'API-009': ['unexpected-answer'],
    'API-014': ['token-refused'],
    'API-031': ['server-error'],
    'API-037': ['unexpected-answer'],
  };
  it.each(each(...Object.keys(kinds)))('%s: %s', async (id, _name, one, input) => {
    const situation = await situationOf(one);
    const { server, evil } = situation;
    const reply: Reply = replyOf(input, server, evil);
    if (id === 'API-037')
      reply.headers = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`x-${n}`, 'v']));
    const restore = server.inject({ as: 'reply', reply });
    const { cached, fromProvider, error } = await situation.list();
    restore();
    expect({ cached, fromProvider }).toEqual({ cached: situation.known, fromProvider: 0 });
    expect(kinds[id]).toContain(error?.kind);
    // A sign-in page is asked for at most once more.
    if (id === 'API-001' || id === 'API-002') expect(situation.requests()).toBeLessThanOrEqual(2);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    await nothingIsLost(situation, error);
    await worksAgain(situation);
  });
});

describe('a server that asks to wait', () => {
  const waiting = [
    ['API-015', 3_600_000],
    ['API-016', 60_000],
    ['API-019', 60_000],
    ['API-020', 60_000],
  ] as const;
  it.each(waiting.flatMap(([id, wait]) => each(id).map((row) => [...row, wait] as const)))(
    '%s: %s is left alone until then, and asked again after',
    async (_id, _name, one, input, wait) => {
      vi.useFakeTimers({ toFake: ['Date'] });
      const situation = await situationOf(one);
      const restore = situation.server.inject({
        as: 'reply',
        reply: replyOf(input, situation.server, situation.evil),
      });
      const { error } = await situation.list();
      restore();
      const retryAt = error?.kind === 'rate-limited' ? error.retryAt : 0;
      // Headers carry whole seconds.
      expect(retryAt).toBeGreaterThanOrEqual(Date.now() + wait - 1000);
      expect(retryAt).toBeLessThanOrEqual(Date.now() + wait + 2000);
      situation.requests();
      vi.setSystemTime(retryAt - 10_000);
      expect((await situation.list()).error).toEqual(error);
      expect(situation.requests()).toBe(0);
      await nothingIsLost(situation, error);
      vi.setSystemTime(retryAt + 1);
      expect(await situation.list()).toMatchObject({ fromProvider: situation.known, error: null });
    },
  );

  it.each(hostingCases.map((one) => [one.name, one] as const))(
    '%s: an answer that says to wait is used, and nothing is asked until then',
    async (_name, one) => {
      vi.useFakeTimers({ toFake: ['Date'] });
      const situation = await situationOf(one);
      const told = Date.now();
      const restore = situation.server.inject({
        as: 'change',
        change: (reply) => ({ ...reply, headers: { ...reply.headers, 'Retry-After': '30' } }),
      });
      await situation.list();
      restore();
      expect(situation.requests()).toBeGreaterThan(0);
      const { error } = await situation.list();
      expect(error).toMatchObject({ kind: 'rate-limited' });
      expect(situation.requests()).toBe(0);
      expect(error?.kind === 'rate-limited' && error.retryAt).toBeGreaterThanOrEqual(told + 30_000);
      await nothingIsLost(situation, error);
      vi.setSystemTime(told + 31_000);
      expect(await situation.list()).toMatchObject({ fromProvider: situation.known, error: null });
    },
  );

  it.each(each('API-017'))(
    '%s: %s understands a date, and one that has passed means now',
    async (_id, _name, one, input) => {
      vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-21T09:00:00Z') });
      const situation = await situationOf(one);
      const { server, evil } = situation;
      server.inject({ as: 'reply', reply: replyOf(input, server, evil), times: 1 });
      expect(await situation.list()).toMatchObject({ fromProvider: situation.known, error: null });
      const ahead = { ...input, headers: { 'retry-after': 'Sat, 21 Nov 2026 10:00:00 GMT' } };
      server.inject({ as: 'reply', reply: replyOf(ahead, server, evil), times: 1 });
      const { error } = await situation.list();
      expect(error?.kind === 'rate-limited' && error.retryAt).toBeGreaterThanOrEqual(
        Date.parse('2026-11-21T10:00:00Z'),
      );
    },
  );
});

describe('a refusal with a reason', () => {
  it.each(each('API-023'))('%s: %s may not see the repository, or it is gone', async (_id, _name, one) => {
    const situation = await situationOf(one);
    const { client, server, accountId } = situation;
    // Stays: what else was asked for the page may still be on its way.
    server.inject({
      path: /\/repos\//,
      as: 'reply',
      reply: { status: 404, body: { message: 'Not Found' } },
    });
    const repository = { id: one.repository, fullName: one.repository };
    const call = client.pullRequests.get({ accountId, repository, number: one.number });
    const told = await call.then(
      () => null,
      (error: { data: AppError }) => error.data,
    );
    expect(told).toMatchObject({ kind: 'not-found' });
    const words = told && describeError(told);
    expect(words?.text).toMatch(/does not exist there, or this account may not see it/);
    await nothingIsLost(situation, told);
  });

  it.each(each('API-022'))('%s: %s is told that single sign-on is wanted', async (_id, _name, one, input) => {
    const situation = await situationOf(one);
    const { server, evil } = situation;
    const own = `${server.origin}/orgs/x/sso?authorization_request=1`;
    const asked = async (url: string) => {
      const headers = { 'x-github-sso': `required; url=${url}` };
      const restore = server.inject({ as: 'reply', reply: replyOf({ ...input, headers }, server, evil) });
      const { error } = await situation.list();
      restore();
      return error;
    };
    // A link that leads to another host than the account's is not offered.
    const elsewhere = await asked('https://github.com/orgs/x/sso?authorization_request=1');
    expect(elsewhere).toEqual({ kind: 'authorization-required', host: new URL(server.origin).host });
    await nothingIsLost(situation, elsewhere);
    const told = await asked(own);
    expect(told && describeError(told)).toMatchObject({
      text: expect.stringContaining('single sign-on') as string,
      action: { kind: 'open-url', url: own },
    });
  });
});

describe('pages that do not end', () => {
  /** The first page of every list again and again, each naming itself as the next. */
  const circle: HostingFault = {
    as: 'change',
    change(reply, call) {
      const body = reply.body as Record<string, unknown> | unknown[];
      const headers = {
        ...reply.headers,
        Link: `<${call.url.href}>; rel="next"`,
        'X-Next-Page': call.query.get('page') ?? '1',
        'x-ms-continuationtoken': 'again',
      };
      if (Array.isArray(body)) return { ...reply, headers };
      const more = 'values' in body ? { next: call.url.href, isLastPage: false, nextPageStart: 0 } : {};
      return { ...reply, headers, body: { ...body, ...more } };
    },
  };
  it.each(each('API-029'))(
    '%s: %s ends at the first repeat, or has no next page',
    async (_id, _name, one) => {
      const situation = await situationOf(one);
      const restore = situation.server.inject(circle);
      const { error, fromProvider } = await situation.list();
      restore();
      const requests = situation.server.seen.filter(({ kind }) => kind === 'api').map(({ path }) => path);
      const last = requests.slice(-situation.requests());
      expect(Math.max(...last.map((path) => last.filter((other) => other === path).length))).toBe(1);
      if (error === null) expect(fromProvider).toBe(situation.known);
      else {
        expect(error).toMatchObject({ kind: 'unexpected-answer' });
        await nothingIsLost(situation, error);
      }
    },
  );
});

describe('a server that fails', () => {
  it.each(each('API-031'))(
    '%s: %s is asked three times at most, with growing waits, and posted to once',
    async (_id, _name, one) => {
      const situation = await situationOf(one, { retryDelay: 40 });
      const asked = new Map<string, number[]>();
      const restore = situation.server.inject({
        as: 'change',
        change(_reply, call) {
          const key = `${call.method} ${call.url.pathname}${call.url.search}`;
          asked.set(key, [...(asked.get(key) ?? []), performance.now()]);
          return { status: 500, body: { message: 'boom' } };
        },
      });
      const { error } = await situation.list();
      expect(error).toMatchObject({ kind: 'server-error', status: 500 });
      const asLists = [...asked];
      asked.clear();
      for await (const _part of await situation.client.pullRequests.list({ scope: 'review', state: 'open' }));
      restore();
      expect(asLists.length).toBeGreaterThan(0);
      for (const [key, times] of [...asLists, ...asked]) {
        expect(times, key).toHaveLength(key.startsWith('GET') ? 3 : 1);
        const [first = 0, second = 0, third = 0] = times;
        if (times.length < 3) continue;
        // Timers count whole milliseconds.
        expect(second - first).toBeGreaterThanOrEqual(39);
        expect(third - second).toBeGreaterThanOrEqual(79);
      }
    },
  );

  it.concurrent.each([['API-034'], ['API-036']])(
    '%s: every provider is waited for less than 35 seconds, and left at once when cancelled',
    async (id) => {
      await Promise.all(casesOf('any').map((one) => isLeft(one, id === 'API-034' ? 'silence' : 'hang')));
    },
  );
});

async function isLeft(one: HostingCase, as: 'silence' | 'hang'): Promise<void> {
  // Not `situationOf`: these run side by side.
  const situation = await startSituation(one);
  try {
    const restore = situation.server.inject({ as });
    const { signal, abort } = stoppable();
    const parts = await situation.client.hostedRepositories.list({ refresh: true }, { signal });
    const stopped = (async () => {
      for await (const part of parts) if (part.kind === 'failed') return part.error.kind;
      return 'done';
    })().catch(() => 'cancelled');
    abort();
    expect(await settlesWithin(1000, stopped)).toBe(true);
    expect(await stopped).not.toBe('done');

    const list = situation.list();
    expect(await settlesWithin(35_000, list)).toBe(true);
    const { error } = await list;
    restore();
    expect(error).toMatchObject({ kind: 'host-unreachable', cause: 'timeout' });
    await nothingIsLost(situation, error);
    await worksAgain(situation);
  } finally {
    await situation.close();
  }
}

function stoppable() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
