import { readdirSync, readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findGit } from '../../electron/git/system/program';
import { type KeyPair, makeAuthority, makeSelfSigned, type PrivateAuthority } from '../fakes/authority';
import { type GitHttpServer, startGitHttpServer } from '../fakes/git-http-server';
import { startProxy } from '../fakes/proxy';
import { makeBareRepository, smallHistory, temporaryDirectory } from '../fakes/repositories';
import {
  account,
  type Consumers,
  failureOf,
  makeNetwork,
  manual,
  startConsumers,
  withEnvironment,
} from './consumers';

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let authority: PrivateAuthority;
let stranger: PrivateAuthority;
let shown: KeyPair;
let selfSigned: KeyPair;
let repository: string;
let consumers: Consumers;
const servers: Record<string, GitHttpServer> = {};

/** Servers that say by TLS itself what they think of our certificate, by version. */
const alerting: Record<string, { host: string; close(): void }> = {};

/** nginx lets a stranger in and tells it then; ssl_client_certificate with ssl_verify_client on. */
const likeNginx: GitHttpServer['gate'] = (request, response) => {
  const socket = request.socket as TLSSocket;
  if (socket.authorized) return false;
  const none = Object.keys(socket.getPeerCertificate()).length === 0;
  const title = none ? '400 No required SSL certificate was sent' : '400 The SSL certificate error';
  response
    .writeHead(400, { 'content-type': 'text/html' })
    .end(`<html><head><title>${title}</title></head><body><center>nginx</center></body></html>`);
  return true;
};

/** OpenSSL's own server: a real alert for a certificate that is missing or not of its authority. */
async function startStrictServer(directory: string, { cert, key }: KeyPair, version: '1.2' | '1.3') {
  await mkdir(directory);
  for (const [name, text] of Object.entries({ cert, key, ca: authority.cert }))
    await writeFile(path.join(directory, `${name}.pem`), text);
  const child = spawn(
    'openssl',
    [
      's_server',
      '-accept',
      '127.0.0.1:0',
      '-Verify',
      '1',
      '-verify_return_error',
      '-www',
      `-tls${version.replace('.', '_')}`,
    ].concat(['-cert', 'cert.pem', '-key', 'key.pem', '-CAfile', 'ca.pem', '-naccept', '1000']),
    { cwd: directory, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const host = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    let text = '';
    child.stdout.on('data', (data: Buffer) => {
      text += data.toString();
      const found = /ACCEPT (127\.0\.0\.1:\d+)/.exec(text)?.[1];
      if (found) resolve(found);
    });
  });
  return { host, close: () => child.kill() };
}

/** A server of the test by name. */
const at = (name: string): GitHttpServer => {
  const server = servers[name];
  if (!server) throw new Error(name);
  return server;
};

beforeAll(async () => {
  temporary = await temporaryDirectory();
  const folder = (name: string) => path.join(temporary.path, name);
  authority = await makeAuthority(folder('authority'));
  stranger = await makeAuthority(folder('stranger'), 'A stranger');
  selfSigned = await makeSelfSigned(folder('self'), ['127.0.0.1']);
  shown = await authority.client('ada');
  repository = await makeBareRepository(folder('small.git'), smallHistory);
  const good = await authority.server(['127.0.0.1', 'git.corp.test']);
  const inside = { ca: authority.cert, requestCert: true, rejectUnauthorized: false };
  const pairs = {
    good,
    other: good,
    'self-signed': selfSigned,
    expired: await authority.server(['127.0.0.1'], { from: '20200101000000Z', until: '20210101000000Z' }),
    'not-yet-valid': await authority.server(['127.0.0.1'], {
      from: '20450101000000Z',
      until: '20460101000000Z',
    }),
    'wrong-name': await authority.server(['elsewhere.test']),
    demanding: { ...good, ...inside },
    asking: { ...good, ...inside },
  };
  for (const [name, tls] of Object.entries(pairs)) {
    const server = await startGitHttpServer({ tls });
    server.serve('team/small', { directory: repository, accepts: [{ kind: 'basic', ...account }] });
    servers[name] = server;
  }
  at('demanding').gate = likeNginx;
  for (const version of ['1.2', '1.3'] as const)
    alerting[version] = await startStrictServer(folder(`strict-${version}`), good, version);
  consumers = await startConsumers();
});
afterAll(async () => {
  await consumers.close();
  for (const server of Object.values(alerting)) server.close();
  for (const server of Object.values(servers)) await server.close();
  await temporary.remove();
});
beforeEach(() => {
  for (const server of Object.values(servers)) {
    server.requests.length = 0;
    server.fault = null;
  }
});

const host = (name: string) => `127.0.0.1:${at(name).port}`;
const address = (name: string) => at(name).urlOf('team/small');

describe.each(['the providers’ requests', 'the git program', 'the built-in engine'])('%s', (name) => {
  const reach: Consumers['all'][number]['reach'] = (...args) => {
    const one = consumers.all.find((consumer) => consumer.name === name);
    if (!one) throw new Error(name);
    return one.reach(...args);
  };

  it('trusts an authority for the host it was added for, and for no other (S27, API-038)', async () => {
    const { network } = makeNetwork();
    expect(await failureOf(reach(address('good'), network))).toMatchObject({
      kind: 'certificate',
      cause: 'unknown-issuer',
      host: host('good'),
    });
    network.addAuthorities(host('good'), authority.cert);
    await reach(address('good'), network);
    expect(at('good').requests.length).toBeGreaterThan(0);
    expect(await failureOf(reach(address('other'), network))).toMatchObject({
      kind: 'certificate',
      cause: 'unknown-issuer',
      host: host('other'),
    });
    expect(at('other').requests).toEqual([]);
  });

  it('trusts a self-signed certificate for its host only, and no more once it is removed', async () => {
    const { network } = makeNetwork();
    expect(await failureOf(reach(address('self-signed'), network))).toMatchObject({ kind: 'certificate' });
    network.addAuthorities(host('self-signed'), selfSigned.cert);
    await reach(address('self-signed'), network);
    for (const { id } of network.settings().authorities) network.removeAuthority(id);
    expect(await failureOf(reach(address('self-signed'), network))).toMatchObject({ kind: 'certificate' });
  });

  it.each(['expired', 'not-yet-valid', 'wrong-name'])(
    'refuses a certificate that is %s, whoever is trusted (S27, API-040)',
    async (cause) => {
      const { network } = makeNetwork();
      network.addAuthorities(host(cause), authority.cert);
      expect(await failureOf(reach(address(cause), network))).toMatchObject({ kind: 'certificate', cause });
      expect(at(cause).requests).toEqual([]);
    },
  );

  it('checks whatever the environment says (S27)', async () => {
    const { network } = makeNetwork();
    await withEnvironment({ NODE_TLS_REJECT_UNAUTHORIZED: '0', GIT_SSL_NO_VERIFY: '1' }, async () => {
      for (const bad of ['good', 'self-signed'])
        expect(await failureOf(reach(address(bad), network))).toMatchObject({ kind: 'certificate' });
      network.addAuthorities(host('expired'), authority.cert);
      expect(await failureOf(reach(address('expired'), network))).toMatchObject({ kind: 'certificate' });
    });
    for (const bad of ['good', 'self-signed', 'expired']) expect(at(bad).requests).toEqual([]);
  });

  it('shows its client certificate to the server it is for, and says when one is missing or wrong', async () => {
    const { network } = makeNetwork();
    network.addAuthorities(host('demanding'), authority.cert);
    expect(await failureOf(reach(address('demanding'), network))).toMatchObject({
      kind: 'certificate',
      cause: 'client-required',
      host: host('demanding'),
    });
    const wrong = await stranger.client('eve');
    await network.addClientCertificate(host('demanding'), {
      certificate: wrong.cert,
      key: wrong.key,
      passphrase: '',
    });
    expect(await failureOf(reach(address('demanding'), network))).toMatchObject({
      kind: 'certificate',
      cause: 'client-refused',
    });
    await network.addClientCertificate(host('demanding'), {
      certificate: shown.cert,
      key: shown.key,
      passphrase: '',
    });
    await reach(address('demanding'), network);
    expect(at('demanding').requests.length).toBeGreaterThan(0);
  });

  it.each(['1.2', '1.3'])('reads the alerts of TLS %s about a client certificate', async (version) => {
    const { host: strict } = alerting[version] ?? { host: '' };
    const { network } = makeNetwork();
    network.addAuthorities(strict, authority.cert);
    const seen = await failureOf(reach(`https://${strict}/team/small.git`, network));
    expect(seen).toMatchObject({ kind: 'certificate', cause: 'client-required', host: strict });
    const wrong = await stranger.client('eve');
    await network.addClientCertificate(strict, { certificate: wrong.cert, key: wrong.key, passphrase: '' });
    expect(await failureOf(reach(`https://${strict}/team/small.git`, network))).toMatchObject({
      kind: 'certificate',
      cause: 'client-refused',
    });
  });

  it('shows no client certificate to another host, nor to the target of a redirect', async () => {
    const peers: string[] = [];
    at('asking').others.length = 0;
    const { network } = makeNetwork();
    for (const one of ['demanding', 'asking']) network.addAuthorities(host(one), authority.cert);
    await network.addClientCertificate(host('demanding'), {
      certificate: shown.cert,
      key: shown.key,
      passphrase: '',
    });
    at('asking').onConnection = (socket: TLSSocket) =>
      peers.push(socket.getPeerCertificate().subject?.CN ?? 'nobody');
    await reach(address('asking'), network);
    expect(peers.length).toBeGreaterThan(0);
    expect(peers.filter((peer) => peer !== 'nobody')).toEqual([]);
    peers.length = 0;
    at('demanding').fault = { redirect: { status: 302, location: `${at('asking').origin}$path` } };
    expect(await failureOf(reach(address('demanding'), network))).toMatchObject({ kind: 'moved' });
    expect(peers).toEqual([]);
  });

  it('goes through a proxy to a server with a private authority that wants a client certificate', async () => {
    const proxy = await startProxy({ names: { 'git.corp.test:443': at('demanding').port } });
    try {
      const { network } = makeNetwork();
      await network.setProxy(manual(proxy.url));
      network.addAuthorities('git.corp.test', authority.cert);
      await network.addClientCertificate('git.corp.test', {
        certificate: shown.cert,
        key: shown.key,
        passphrase: '',
      });
      await reach('https://git.corp.test/team/small.git', network);
      expect(at('demanding').requests.length).toBeGreaterThan(0);
    } finally {
      await proxy.close();
    }
  });
});

it('lets nobody see a secret of the way: no argument, variable, file, log or repository holds one', async () => {
  const proxyUser = { username: 'proxy-user', password: 'proxy-canary-98d2' };
  const proxy = await startProxy({
    credential: proxyUser,
    names: { 'git.corp.test:443': at('demanding').port },
  });
  try {
    const { network, platform } = makeNetwork();
    await network.setProxy(manual(proxy.url, proxyUser));
    network.addAuthorities('git.corp.test', authority.cert);
    await network.addClientCertificate('git.corp.test', {
      certificate: shown.cert,
      key: shown.key,
      passphrase: '',
    });
    const keptByNetwork = path.join(platform.dataDirectory, 'network');
    const seen = path.join(temporary.path, 'seen');
    const program = path.join(temporary.path, 'git-in-between');
    const git = await findGit(process.env['PATH'] ?? '');
    // What git was started with, and what lies in our folder while it runs.
    await writeFile(
      program,
      `#!/bin/sh\n{ printf '%s\\n' "$@"; env; (cd '${keptByNetwork}' && cat client-*/key.pem && stat -c %a . * client-*/*); } >>'${seen}'\nexec ${git} "$@"\n`,
    );
    await chmod(program, 0o755);
    const target = path.join(temporary.path, 'cloned');
    await consumers.clone('https://git.corp.test/team/small.git', target, network, program);
    expect(at('demanding').requests.length).toBeGreaterThan(0);

    const started = await readFile(seen, 'utf8');
    const key = shown.key.split('\n')[1] ?? '';
    expect(started).toContain('ENCRYPTED PRIVATE KEY');
    expect(started.match(/^\d{3}$/gm)?.every((mode) => mode === '700' || mode === '600')).toBe(true);
    const kept = readdirSync(platform.dataDirectory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'vault.json' && !entry.name.startsWith('vault.'))
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'));
    const repositoryFiles = readFileSync(path.join(target, '.git/config'), 'utf8');
    for (const secret of [proxyUser.password, account.password, key, encodeURIComponent(proxyUser.password)])
      expect(
        [started, ...kept, repositoryFiles, platform.logged.join('\n')].filter((text) =>
          text.includes(secret),
        ),
      ).toEqual([]);
    // The key's file was for this operation only.
    expect(readdirSync(keptByNetwork).filter((name) => name.startsWith('client-'))).toEqual([]);
  } finally {
    await proxy.close();
  }
});
