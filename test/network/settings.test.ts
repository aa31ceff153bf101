import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createVault } from '../../electron/credentials/vault';
import { createNetwork } from '../../electron/network/create';
import { createStorage } from '../../electron/storage/create';
import { type KeyPair, makeAuthority, type PrivateAuthority } from '../fakes/authority';
import { startGitHttpServer } from '../fakes/git-http-server';
import { fakePlatform, temporaryDirectory } from '../fakes/platform';
import { startProxy } from '../fakes/proxy';
import { failureOf as failureOfCall, startCore } from '../services/core';
import { failureOf, makeNetwork, manual } from './consumers';

const git = new URL('https://git.example.com/');
const user = { username: 'ada', password: 'proxy-canary-4410' };

let authority: PrivateAuthority;
let server: KeyPair;
let client: KeyPair;

beforeAll(async () => {
  authority = await makeAuthority(path.join(temporaryDirectory(), 'authority'));
  server = await authority.server(['127.0.0.1']);
  client = await authority.client('ada');
});

/** The same data directory, opened once more, as after a restart. */
function reopened(platform: ReturnType<typeof fakePlatform>) {
  const vault = createVault(path.join(platform.dataDirectory, 'vault.json'), platform);
  return createNetwork({ storage: createStorage(platform), vault, platform });
}

describe('the proxy’s password', () => {
  it('is kept in the vault, over a restart, and is in no settings', async () => {
    const { network, platform } = makeNetwork();
    await network.setProxy(manual('http://proxy.test:3128', user));
    const again = reopened(platform);
    expect((await again.route(git)).proxy).toEqual({ url: 'http://proxy.test:3128', credential: user });
    expect(JSON.stringify(again.settings())).not.toContain(user.password);
    expect(readFileSync(path.join(platform.dataDirectory, 'config.json'), 'utf8')).not.toContain(
      user.password,
    );
  });

  it('stays when the rest changes, and goes when it is emptied', async () => {
    const { network } = makeNetwork();
    await network.setProxy(manual('http://proxy.test:3128', user));
    const { password: _kept, ...rest } = manual('http://proxy.test:3128/', { ...user, noProxy: 'a.test' });
    await network.setProxy(rest);
    expect((await network.route(git)).proxy?.credential).toEqual(user);
    await network.setProxy(manual('http://proxy.test:3128', { ...user, password: '' }));
    expect((await network.route(git)).proxy?.credential?.password).toBe('');
    expect(network.settings().proxy.hasPassword).toBe(false);
  });

  it('never goes to another proxy, whichever is set or named by the system', async () => {
    const { network } = makeNetwork({ systemProxy: () => Promise.resolve('PROXY other.test:3128') });
    await network.setProxy(manual('http://proxy.test:3128', user));
    const { password: _kept, ...elsewhere } = manual('http://other.test:3128', user);
    await network.setProxy(elsewhere);
    expect((await network.route(git)).proxy?.credential?.password).toBe('');
    await network.setProxy({ ...manual('http://proxy.test:3128', user), mode: 'system' });
    expect((await network.route(git)).proxy).toEqual({ url: 'http://other.test:3128', credential: null });
  });

  it('is said to be locked away while the vault is locked', async () => {
    const platform = fakePlatform(temporaryDirectory(), {
      systemSealer: () => Promise.resolve({ sealer: null, why: 'none' }),
    });
    const vault = createVault(path.join(platform.dataDirectory, 'vault.json'), platform);
    await vault.choose({ choice: 'passphrase', passphrase: 'correct horse' });
    const first = createNetwork({ storage: createStorage(platform), vault, platform });
    await first.setProxy(manual('http://proxy.test:3128', user));
    expect(await failureOf(reopened(platform).route(git))).toEqual({
      kind: 'secret-unavailable',
      reason: 'locked',
    });
  });

  it.each([
    ['ftp://proxy.test', 'url'],
    ['', 'url'],
    ['http://ada:secret@proxy.test:3128', 'url'],
    ['http://proxy.test:3128/ x', 'url'],
  ])('cannot be kept for “%s”, which is no address of a proxy', async (address, field) => {
    const { network } = makeNetwork();
    const failure = await failureOf(network.setProxy(manual(address)));
    expect(failure).toMatchObject({ kind: 'invalid-input', field });
    expect(JSON.stringify(failure)).not.toContain('secret');
    expect(network.settings().proxy.mode).toBe('system');
  });
});

describe('certificates', () => {
  it('are kept once per host, whatever form the host is written in', () => {
    const { network, platform } = makeNetwork();
    for (const host of ['git.example.com', 'GIT.example.com:443', 'https://git.example.com/team/x.git'])
      network.addAuthorities(host, authority.cert);
    network.addAuthorities('git.example.com:8443', authority.cert);
    expect(
      reopened(platform)
        .settings()
        .authorities.map(({ host }) => host),
    ).toEqual(['git.example.com', 'git.example.com:8443']);
  });

  it.each([
    ['', 'host'],
    ['http://git.example.com', 'host'],
    ['git.example.com/\\evil', 'host'],
    ['a b', 'host'],
  ])('are not kept for “%s”', async (host, field) => {
    const { network } = makeNetwork();
    expect(await failureOf((async () => network.addAuthorities(host, authority.cert))())).toMatchObject({
      kind: 'invalid-input',
      field,
    });
  });

  it('are refused when there is none, when it is cut, and when it has expired', async () => {
    const { network } = makeNetwork();
    const expired = await authority.server(['x.test'], { from: '20200101000000Z', until: '20210101000000Z' });
    for (const pem of ['hello', authority.key, authority.cert.replace(/\n.{10}/, '\n'), expired.cert])
      expect(await failureOf((async () => network.addAuthorities('git.example.com', pem))())).toMatchObject({
        kind: 'invalid-input',
        field: 'pem',
      });
    expect(network.settings().authorities).toEqual([]);
  });

  it('that are damaged in the settings are left there and not used', async () => {
    const { network, platform } = makeNetwork();
    network.addAuthorities('git.example.com', authority.cert);
    const file = path.join(platform.dataDirectory, 'config.json');
    const settings = JSON.parse(readFileSync(file, 'utf8')) as { authorities: unknown[] };
    settings.authorities.unshift({ id: 7 }, null);
    writeFileSync(file, JSON.stringify({ ...settings, proxy: { mode: 'sideways', noProxy: 'a.test' } }));
    const again = reopened(platform);
    expect((await again.route(git)).authorities).toHaveLength(1);
    expect(again.settings().proxy).toMatchObject({ mode: 'system', noProxy: 'a.test' });
  });
});

describe('client certificates', () => {
  it('must fit their key, whose passphrase must open it; the key is in the vault only', async () => {
    const { network, platform } = makeNetwork();
    const locked = execFileSync(
      'openssl',
      ['pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-passout', 'pass:right'],
      {
        input: client.key,
      },
    ).toString();
    const add = (input: Partial<Parameters<typeof network.addClientCertificate>[1]>) =>
      network.addClientCertificate('git.example.com', {
        certificate: client.cert,
        key: client.key,
        passphrase: '',
        ...input,
      });
    expect(await failureOf(add({ key: server.key }))).toMatchObject({ field: 'key' });
    expect(await failureOf(add({ key: 'hello' }))).toMatchObject({ field: 'key' });
    expect(await failureOf(add({ certificate: 'hello' }))).toMatchObject({ field: 'certificate' });
    expect(await failureOf(add({ key: locked }))).toMatchObject({ field: 'passphrase' });
    expect(await failureOf(add({ key: locked, passphrase: 'wrong' }))).toMatchObject({ field: 'passphrase' });
    const folder = temporaryDirectory();
    writeFileSync(path.join(folder, 'both.pem'), client.key + client.cert);
    const pkcs12 = execFileSync(
      'openssl',
      ['pkcs12', '-export', '-passout', 'pass:x', '-in', path.join(folder, 'both.pem')],
      { encoding: 'latin1' },
    );
    expect(await failureOf(add({ certificate: pkcs12 }))).toMatchObject({
      field: 'certificate',
      reason: expect.stringContaining('PKCS#12'),
    });
    await add({ key: locked, passphrase: 'right' });
    const route = await reopened(platform).route(git);
    expect(route.client).toMatchObject({ passphrase: 'right' });
    expect(readFileSync(path.join(platform.dataDirectory, 'config.json'), 'utf8')).not.toContain(
      'PRIVATE KEY',
    );
    await add({ certificate: client.cert + client.key, key: client.cert + client.key });
    expect(network.settings().clientCertificates).toHaveLength(1);
    for (const { id } of network.settings().clientCertificates) await network.removeClientCertificate(id);
    expect((await network.route(git)).client).toBeNull();
  });

  it('that are damaged in the settings are left there and not shown to anybody; of two the newer is', async () => {
    const { network, platform } = makeNetwork();
    const other = await authority.client('grace');
    for (const { cert, key } of [client, other])
      await network.addClientCertificate('git.example.com', { certificate: cert, key, passphrase: '' });
    const file = path.join(platform.dataDirectory, 'config.json');
    const settings = JSON.parse(readFileSync(file, 'utf8')) as { clientCertificates: { pem: string }[] };
    const [kept] = settings.clientCertificates;
    const withRecords = (...clientCertificates: unknown[]) => {
      writeFileSync(file, JSON.stringify({ ...settings, clientCertificates }));
      return reopened(platform).route(git);
    };
    // What a kill leaves between the new one and the end of the old.
    const route = await withRecords({ ...kept, id: 'old', pem: client.cert }, kept);
    expect(route.client?.certificate.trim()).toBe(other.cert.trim());
    for (const pem of ['hello', kept?.pem.replace(/\n.{10}/, '\n')])
      expect((await withRecords({ ...kept, pem })).client).toBeNull();
  });
});

describe('what a server shows', () => {
  it('is trusted by its fingerprint, through the proxy, and every page is told', async () => {
    const served = await startGitHttpServer({ tls: { key: server.key, cert: server.cert + authority.cert } });
    const proxy = await startProxy({ names: { 'shown.test:443': served.port } });
    const { client: page, core } = await startCore(temporaryDirectory(), []);
    const events: string[] = [];
    const ending = new AbortController();
    void (async () => {
      for await (const event of await page.application.events(undefined, { signal: ending.signal }))
        events.push(event.type);
    })().catch(() => undefined);
    try {
      await page.network.setProxy({ mode: 'manual', url: proxy.url });
      const shown = await page.network.shownCertificates({ host: 'https://shown.test/team/x' });
      expect(shown).toMatchObject({ host: 'shown.test', trusted: false, complete: true });
      expect(shown.certificates.map(({ isAuthority }) => isAuthority)).toEqual([false, true]);
      expect(shown.suggested).toBe(shown.certificates[1]?.fingerprint);
      const wrong = 'AA:'.repeat(31) + 'AA';
      expect(
        await failureOfCall(page.network.trustShown({ host: 'shown.test', fingerprint: wrong })),
      ).toMatchObject({
        kind: 'invalid-input',
        field: 'fingerprint',
      });
      const settings = await page.network.trustShown({
        host: 'shown.test',
        fingerprint: shown.suggested ?? '',
      });
      expect(settings.authorities).toMatchObject([{ host: 'shown.test' }]);
      expect(served.requests).toEqual([]);
      // Trusted, but not under this name.
      expect((await page.network.shownCertificates({ host: 'shown.test' })).trusted).toBe(false);
      expect(events.filter((type) => type === 'network.changed').length).toBeGreaterThanOrEqual(2);
      expect(await failureOfCall(page.network.shownCertificates({ host: 'nowhere.test' }))).toMatchObject({
        kind: 'host-unreachable',
        cause: 'proxy',
      });
    } finally {
      ending.abort();
      await core.close();
      await proxy.close();
      await served.close();
    }
  });
});
