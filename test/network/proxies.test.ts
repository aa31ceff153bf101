import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { targetOf } from '../../electron/network/connect';
import { examineTls } from '../../electron/network/probe';
import { makeAuthority, type PrivateAuthority } from '../fakes/authority';
import { type GitHttpServer, startGitHttpServer } from '../fakes/git-http-server';
import { type FakeProxy, startProxy } from '../fakes/proxy';
import { makeBareRepository, smallHistory, temporaryDirectory } from '../fakes/repositories';
import { startSocksProxy } from '../fakes/socks-proxy';
import {
  account,
  type Consumers,
  failureOf,
  makeNetwork,
  manual,
  startConsumers,
  withEnvironment,
} from './consumers';

const proxyUser = { username: 'proxy user@corp', password: 'proxy-canary-51c0' };
const host = 'git.corp.test';

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let authority: PrivateAuthority;
let secure: GitHttpServer;
let plain: GitHttpServer;
/** Demands a user name and password. */
let proxy: FakeProxy;
let consumers: Consumers;

beforeAll(async () => {
  temporary = await temporaryDirectory();
  authority = await makeAuthority(path.join(temporary.path, 'authority'));
  const { key, cert } = await authority.server([host]);
  secure = await startGitHttpServer({ tls: { key, cert } });
  plain = await startGitHttpServer();
  const directory = await makeBareRepository(path.join(temporary.path, 'small.git'), smallHistory);
  for (const server of [secure, plain])
    server.serve('team/small', { directory, accepts: [{ kind: 'basic', ...account }] });
  proxy = await startProxy({
    credential: proxyUser,
    names: { [`${host}:443`]: secure.port, [`${host}:80`]: plain.port },
  });
  consumers = await startConsumers();
});
afterAll(async () => {
  await consumers.close();
  for (const server of [secure, plain, proxy]) await server.close();
  await temporary.remove();
});
beforeEach(() => {
  for (const { requests } of [secure, plain, proxy]) requests.length = 0;
});

const address = `https://${host}/team/small.git`;
const seenOutside = () => JSON.stringify([...secure.requests, ...plain.requests]);

describe.each(['the providers’ requests', 'the git program', 'the built-in engine'])('%s', (name) => {
  const reach: Consumers['all'][number]['reach'] = (...args) => {
    const one = consumers.all.find((consumer) => consumer.name === name);
    if (!one) throw new Error(name);
    return one.reach(...args);
  };
  const trusting = (more = {}) => {
    const made = makeNetwork(more);
    made.network.addAuthorities(host, authority.cert);
    return made;
  };

  it.each([
    ['https', () => `https://${host}/team/small.git`],
    ['http', () => `http://${host}/team/small.git`],
  ])(
    'goes through a proxy that demands a password, to %s; each sees its own secret only (row 4.9, API-041)',
    async (scheme, of) => {
      const { network } = trusting();
      await network.setProxy(manual(proxy.url, proxyUser));
      await reach(of(), network);
      const server = scheme === 'https' ? secure : plain;
      expect(server.requests.some(({ basic }) => basic?.password === account.password)).toBe(true);
      expect(seenOutside()).not.toMatch(/proxy-authorization|proxy-connection/i);
      expect(proxy.requests.some(({ credential }) => credential?.password === proxyUser.password)).toBe(true);
      expect(
        proxy.requests.every(
          ({ credential }) => credential === null || credential.username === proxyUser.username,
        ),
      ).toBe(true);
      if (scheme === 'https')
        expect(
          proxy.requests.filter(({ headers, method }) => method !== 'CONNECT' || headers.authorization),
        ).toEqual([]);
    },
  );

  it.each([
    ['a wrong', { ...proxyUser, password: 'wrong' }],
    ['no', {}],
  ])(
    'says that the proxy wants a password when it has %s one (row 4.9, API-041)',
    async (_which, credential) => {
      const { network } = trusting();
      await network.setProxy(manual(proxy.url, credential));
      for (const url of [address, `http://${host}/team/small.git`])
        expect(await failureOf(reach(url, network))).toMatchObject({
          kind: 'host-unreachable',
          host,
          cause: 'proxy',
          proxy: 'wants-sign-in',
        });
      expect([...secure.requests, ...plain.requests]).toEqual([]);
      expect(JSON.stringify(proxy.requests)).not.toContain(account.password);
      expect(proxy.requests.length).toBeLessThan(12);
    },
  );

  it('says that the proxy is not there, or lets nothing through', async () => {
    const closed = await startProxy({ names: {} });
    await closed.close();
    const { network } = trusting();
    await network.setProxy(manual(closed.url));
    expect(await failureOf(reach(address, network))).toMatchObject({
      cause: 'proxy',
      proxy: 'unreachable',
      host,
    });
    const strict = await startProxy({ names: {}, status: 403 });
    try {
      await network.setProxy(manual(strict.url));
      expect(await failureOf(reach(address, network))).toMatchObject({
        cause: 'proxy',
        proxy: 'refuses',
        host,
      });
    } finally {
      await strict.close();
    }
  });

  it.each(['corp.test', '.corp.test', `${host}:443`, '*', `other.test, ${host}`])(
    'leaves the proxy aside for what “%s” names',
    async (noProxy) => {
      const { network } = trusting();
      await network.setProxy(manual(proxy.url, { ...proxyUser, noProxy }));
      // Nobody but the proxy knows the name, so going straight ends at the name server.
      expect(await failureOf(reach(address, network))).toMatchObject({
        kind: 'host-unreachable',
        cause: 'dns',
      });
      expect(proxy.requests).toEqual([]);
    },
  );

  it('never goes through a proxy to this machine', async () => {
    const { network } = makeNetwork();
    await network.setProxy(manual('http://127.0.0.1:1'));
    await reach(plain.urlOf('team/small'), network);
    expect(plain.requests.length).toBeGreaterThan(0);
  });

  it('follows the environment in system mode, its exceptions too, and nothing of it in mode none', async () => {
    const named = `http://${encodeURIComponent(proxyUser.username)}:${proxyUser.password}@127.0.0.1:${proxy.port}`;
    const { network } = trusting();
    for (const variable of ['https_proxy', 'HTTPS_PROXY', 'ALL_PROXY'])
      await withEnvironment({ [variable]: named }, () => reach(address, network));
    expect(secure.requests.length).toBeGreaterThanOrEqual(3);
    proxy.requests.length = 0;
    await withEnvironment({ https_proxy: named, NO_PROXY: 'corp.test' }, async () => {
      expect(await failureOf(reach(address, network))).toMatchObject({ cause: 'dns' });
    });
    await network.setProxy({ mode: 'none', url: '', username: '', noProxy: '' });
    await withEnvironment({ https_proxy: named, ALL_PROXY: named }, async () => {
      expect(await failureOf(reach(address, network))).toMatchObject({ cause: 'dns' });
    });
    expect(proxy.requests).toEqual([]);
  });

  it('asks the system, which may answer from a PAC file, and signs in to the proxy the password is for', async () => {
    const asked: string[] = [];
    const { network } = trusting({
      systemProxy: (url: string) => {
        asked.push(url);
        return Promise.resolve(`PROXY 127.0.0.1:${proxy.port}; DIRECT`);
      },
    });
    expect(await failureOf(reach(address, network))).toMatchObject({
      cause: 'proxy',
      proxy: 'wants-sign-in',
    });
    await network.setProxy({ mode: 'system', url: proxy.url, noProxy: '', ...proxyUser });
    await reach(address, network);
    expect(secure.requests.length).toBeGreaterThan(0);
    expect(new Set(asked)).toEqual(new Set([`https://${host}/`]));
  });

  it('goes through a SOCKS5 proxy, which looks up the name, and says when that wants a password', async () => {
    const credential = { username: 'socks-user', password: 'socks-canary-0a11' };
    const socks = await startSocksProxy({ names: { [`${host}:443`]: secure.port }, credential });
    try {
      const { network } = trusting();
      await network.setProxy(manual(socks.url, credential));
      await reach(address, network);
      expect(socks.reached).toContain(`${host}:443`);
      expect(secure.requests.length).toBeGreaterThan(0);
      await network.setProxy(manual(socks.url, { ...credential, password: 'wrong' }));
      expect(await failureOf(reach(address, network))).toMatchObject({
        cause: 'proxy',
        proxy: 'wants-sign-in',
      });
      await network.setProxy(manual(socks.url, credential));
      expect(await failureOf(reach('https://elsewhere.test/team/small.git', network))).toMatchObject({
        cause: 'proxy',
        proxy: 'refuses',
      });
    } finally {
      await socks.close();
    }
  });

  it('talks TLS to a proxy of its own authority, and not to one nobody vouches for', async () => {
    const tls = await startProxy({
      credential: proxyUser,
      names: { [`${host}:443`]: secure.port },
      tls: await authority.server(['127.0.0.1']),
    });
    try {
      const { network } = trusting();
      await network.setProxy(manual(tls.url, proxyUser));
      const { host: place } = new URL(tls.url);
      expect(await failureOf(reach(address, network))).toMatchObject({
        kind: 'certificate',
        cause: 'unknown-issuer',
        host: place,
      });
      expect(tls.requests).toEqual([]);
      network.addAuthorities(place, authority.cert);
      await reach(address, network);
      expect(tls.requests.length).toBeGreaterThan(0);
      // The Connection Doctor's own way to it, by the proxy's address as its certificate names it.
      const { signal } = new AbortController();
      const way = await network.route(new URL(address));
      expect(await examineTls(targetOf(address), way, signal)).toMatchObject({ ok: true, problem: null });
    } finally {
      await tls.close();
    }
  });

  it('says it of a kind of proxy nobody here speaks', async () => {
    const { network } = trusting({ systemProxy: () => Promise.resolve('SOCKS 127.0.0.1:1080') });
    expect(await failureOf(reach(address, network))).toMatchObject({
      kind: 'unsupported',
      what: 'A SOCKS4 proxy',
    });
  });

  it('takes a change of the settings at once', async () => {
    const { network } = trusting();
    await network.setProxy(manual(proxy.url, { ...proxyUser, password: 'wrong' }));
    await failureOf(reach(address, network));
    await network.setProxy(manual(proxy.url, proxyUser));
    await reach(address, network);
    expect(secure.requests.length).toBeGreaterThan(0);
  });
});
