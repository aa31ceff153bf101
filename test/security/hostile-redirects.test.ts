import { chmodSync, readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Agent, startAgent } from '../../electron/credentials/agent';
import { type CredentialChannel, createCredentialChannel } from '../../electron/credentials/channel';
import { helperLauncher, writeLauncher } from '../../electron/credentials/launcher';
import type { GitEngine } from '../../electron/git/engine';
import { cloneGuarded } from '../../electron/git/guard';
import { createSystemEngine } from '../../electron/git/system/engine';
import { createHttp } from '../../electron/providers/http';
import { helperValue } from '../../electron/services/terminal-lines';
import { describeError } from '../../renderer/errors/describe';
import type { AppError } from '../../shared/errors';
import { requireRemoteUrl } from '../../shared/remote-url';
import { anAccount } from '../fakes/account';
import { hostingCases } from '../fakes/hosting/cases';
import { type GitHttpServer, startGitHttpServer } from '../fakes/git-http-server';
import { fixedNetwork } from '../fakes/network';
import { gitEnvironment, makeBareRepository, smallHistory, temporaryDirectory } from '../fakes/repositories';
import { terminalOver } from '../fakes/terminal';
import { gitPrograms } from '../git/programs';
import { builtHelper, recordedCredentials } from '../git/operation';
import { accountOf, failureOf, sessionOf } from '../providers/provider.suite';
import { type EvilServer, startEvilServer } from './evil-server';
import { hostileEntries } from './hostile-inputs';
import { callsOf, placed, signedIn } from './hostile-server';

interface Redirect {
  engine: 'isomorphic-git' | 'system-git' | 'rest-api';
  status?: 301 | 302 | 303 | 307 | 308;
  location?: string;
  link?: string;
}
const entriesOf = (engine: Redirect['engine']) =>
  hostileEntries('redirect')
    .map(({ id, input, must }) => ({ id, must, input: input as Redirect }))
    .filter(({ input }) => input.engine === engine);

/** Whichever engine an entry was written for: each gets every place a server may lead to. */
const gitEntries = [...entriesOf('system-git'), ...entriesOf('isomorphic-git')].filter(
  ({ input }, index, all) => all.findIndex((other) => other.input.location === input.location) === index,
);

const canary = 'canary-9b1f4e7d20c1';
const pemFile = (name: string) => path.join(import.meta.dirname, '../providers/data/tls', `${name}.pem`);
const pem = (name: string) => readFileSync(pemFile(name), 'utf8');

let evil: EvilServer;
beforeEach(async () => {
  evil = await startEvilServer();
});
afterEach(() => evil.close());

/** From https to http: the one server has a certificate, the other listens in plain text. */
function ledTo(input: Redirect, server: GitHttpServer): string {
  return (input.location ?? '')
    .replace('http://{{GOOD}}/...', `http://127.0.0.1:${evil.port}$path`)
    .replace('https://{{GOOD}}:other-port/...', `http://127.0.0.1:${evil.port}$path`)
    .replaceAll('{{EVIL}}', evil.host)
    .replaceAll('{{GOOD}}', new URL(server.origin).host)
    .replace('/x.git/info/refs?loop=1', '/team/moved.git/info/refs?service=git-upload-pack&loop=1');
}

/** A sentence with the host that was asked, for whoever has to find out. */
function isClear(told: AppError, host: string): void {
  const words = describeError(told);
  expect(`${words?.title} ${words?.text}`).toContain(host);
}

describe('what a server redirects an adapter to', () => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function serve(listener: RequestListener): Promise<{ origin: string; seen: string[] }> {
    const seen: string[] = [];
    const server: Server = createServer((request, response) => {
      seen.push(request.url ?? '');
      listener(request, response);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    closing.push(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
  }

  const all = entriesOf('rest-api').flatMap((entry) =>
    hostingCases.map((one) => [entry.id, one.name, { ...entry, one }] as const),
  );

  it.each(all.filter(([, , { input }]) => input.location !== undefined))(
    '%s: no call of %s goes there, nor does its token',
    async (_id, _name, { one, input }) => {
      const { server, draft, secret } = await one.start();
      closing.push(() => server.close());
      const good = await signedIn(one, server, draft, secret);
      closing.push(() => good.close());
      let hop = 0;
      const hostile = await serve((_request, response) => {
        hop += 1;
        // Every hop of a loop is a new address, or it would be noticed at the first repeat.
        const location = placed(input.location ?? '', hostile, evil).replace('loop=1', `loop=${hop}`);
        response.writeHead(input.status ?? 302, { location }).end();
      });
      const http = createHttp({ retryDelay: 1 });
      closing.push(() => http.close());
      const address = { ...draft, url: (draft.url ?? '').replace(server.origin, hostile.origin) };
      const account = accountOf(one.provider, address, {
        user: good.account.user,
        installation: good.account.installation,
      });
      const session = sessionOf(http, one.provider, account, secret);
      for (const [name, call] of callsOf(one, session, good.repository)) {
        const told = await failureOf(call());
        const isLoop = input.location?.includes('loop') ?? false;
        // A request that is not repeated (an app's POST for its token) ends at the first hop.
        expect(['moved', 'sign-in-page', ...(isLoop ? ['unexpected-answer'] : [])], name).toContain(
          told.kind,
        );
        isClear(told, new URL(hostile.origin).host);
        expect(JSON.stringify(told)).not.toContain(secret);
      }
      const asked = hostile.seen.filter((url) => !url.includes('loop=')).length;
      expect(hostile.seen.length).toBeLessThanOrEqual(asked * (input.location?.includes('loop') ? 6 : 1));
      expect(evil.connections).toBe(0);
      expect(evil.leaked({ token: secret })).toEqual([]);
    },
  );

  it.each(all.filter(([, , { input }]) => input.link !== undefined))(
    '%s: %s reads no page of another origin',
    async (_id, _name, { one }) => {
      const { server, draft, secret } = await one.start();
      closing.push(() => server.close());
      const good = await signedIn(one, server, draft, secret);
      closing.push(() => good.close());
      const elsewhere = `http://${evil.host}/page2`;
      server.inject({
        as: 'change',
        change(reply) {
          const headers = { ...reply.headers, Link: `<${elsewhere}>; rel="next"` };
          const { body } = reply;
          if (typeof body !== 'object' || body === null || Array.isArray(body)) return { ...reply, headers };
          return { ...reply, headers, body: { ...body, next: elsewhere } };
        },
      });
      for (const [, call] of good.calls)
        await call().catch((error: { error?: AppError }) => {
          expect(error.error).toMatchObject({ kind: 'moved', to: `http://${evil.host}` });
        });
      expect(evil.connections).toBe(0);
      expect(evil.leaked({ token: secret })).toEqual([]);
    },
  );
});

describe.each(await gitPrograms())(
  'what a server redirects git $version to',
  ({ path: program, version }) => {
    let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
    let channel: CredentialChannel;
    let engine: GitEngine;
    let repository: string;

    beforeAll(async () => {
      temporary = await temporaryDirectory();
      channel = await createCredentialChannel();
      const helper = await builtHelper(path.join(temporary.path, 'helper'));
      const network = fixedNetwork({ authorities: [pem('ca')] });
      engine = createSystemEngine({ program, version, channel, network, helper });
      repository = await makeBareRepository(path.join(temporary.path, 'small.git'), smallHistory);
    });
    afterAll(async () => {
      await channel.close();
      await temporary.remove();
    });

    const password = { kind: 'password' as const, username: 'ada', password: canary };
    const header = { kind: 'header' as const, header: `Bearer ${canary}` };
    const ways = [
      { way: 'a password, before it was asked for', credential: password, after: false },
      { way: 'a password, after it was accepted', credential: password, after: true },
      { way: 'a header', credential: header, after: true },
    ];

    it.each(
      gitEntries.flatMap((entry) => ways.map((way) => [entry.id, way.way, { ...entry, ...way }] as const)),
    )('%s: git with %s takes no credential there', async (_id, _way, { input, credential, after }) => {
      const server: GitHttpServer = await startGitHttpServer({
        tls: { key: pem('good.key'), cert: pem('good') },
      });
      try {
        const location = ledTo(input, server);
        const redirect = { status: input.status ?? (302 as const), location };
        const accepts =
          credential.kind === 'header'
            ? [{ kind: 'bearer' as const, token: canary }]
            : [{ kind: 'basic' as const, password: canary }];
        const url = requireRemoteUrl(
          server.serve('team/moved', {
            directory: repository,
            ...(after ? { accepts, fault: { redirect, when: 'signed-in' } } : {}),
          }),
        );
        if (!after) server.fault = { redirect };
        const credentials = recordedCredentials(url.origin, [credential, credential, credential]);
        const told = await failureOf(
          cloneGuarded(
            engine,
            { url, directory: path.join(temporary.path, 'clone'), branch: null, credentials },
            { signal: new AbortController().signal },
          ),
        );
        expect(['moved', 'unexpected-answer']).toContain(told.kind);
        isClear(told, new URL(server.origin).host);
        expect(evil.leaked({ token: canary })).toEqual([]);
        // Only the origin of the account is ever asked for with an answer.
        for (const asked of credentials.asked) expect(asked.origin).toBe(url.origin);
        // It was led away after it had signed in, where that is what is tried.
        const sent = server.requests.some(({ authorization }) => authorization !== undefined);
        if (after) expect(sent).toBe(true);
        // The account is not blamed for what another host said.
        expect(credentials.events).not.toContain('reject');
        if (input.location?.includes('loop')) expect(server.requests.length).toBeLessThanOrEqual(3 * 21);
      } finally {
        await server.close();
      }
    });
  },
);

describe.each(await gitPrograms())(
  'what a server redirects git $version in a terminal to',
  ({ path: program }) => {
    let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
    let repository: string;
    let launcher: string;
    let at: ReturnType<typeof terminalOver>;
    let agent: Agent;
    let server: GitHttpServer;

    beforeAll(async () => {
      temporary = await temporaryDirectory();
      const data = path.join(temporary.path, 'data');
      const helper = await builtHelper(path.join(temporary.path, 'helper'));
      writeLauncher(data, helper);
      chmodSync(data, 0o700);
      launcher = helperValue(helperLauncher(data));
      repository = await makeBareRepository(path.join(temporary.path, 'small.git'), smallHistory);
      at = terminalOver();
      at.state.canAsk = false;
      agent = await startAgent({
        dataDirectory: data,
        start: { program: process.execPath, args: ['-e', ''], env: {} },
        terminal: at.terminal,
        clock: at.clock,
        log: () => undefined,
      });
    });
    afterAll(async () => {
      await agent.close();
      await temporary.remove();
    });
    beforeEach(async () => {
      server = await startGitHttpServer({ tls: { key: pem('good.key'), cert: pem('good') } });
      at.accounts.put(anAccount({ origins: { api: [server.origin], git: [server.origin] } }));
      at.state.given.set('a1', { kind: 'password', username: 'ada', password: canary });
    });
    afterEach(() => server.close());

    const list = (url: string) =>
      execa(
        program,
        ['-c', `credential.helper=${launcher}`, '-c', 'credential.useHttpPath=true', 'ls-remote', url],
        {
          cwd: temporary.path,
          env: { ...gitEnvironment, GIT_SSL_CAINFO: pemFile('ca') },
          extendEnv: false,
          reject: false,
        },
      );

    it('nothing is led away from: the account answers', async () => {
      const accepts = [{ kind: 'basic' as const, password: canary }];
      const url = server.serve('team/moved', { directory: repository, accepts });
      expect(await list(url)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('refs/heads/') });
    });

    it.each(
      gitEntries.flatMap((entry) =>
        ['before it signs in', 'once it has signed in'].map((when) => [entry.id, when, entry] as const),
      ),
    )('%s: no credential goes there %s', async (_id, when, { input }) => {
      const redirect = { status: input.status ?? (302 as const), location: ledTo(input, server) };
      const accepts = [{ kind: 'basic' as const, password: canary }];
      const isFirst = when === 'before it signs in';
      const url = server.serve('team/moved', {
        directory: repository,
        ...(isFirst ? {} : { accepts, fault: { redirect, when: 'signed-in' } }),
      });
      if (isFirst) server.fault = { redirect };
      const { exitCode, stdout, stderr } = await list(url);
      expect(exitCode, stderr).not.toBe(0);
      expect(stdout + stderr).not.toContain(canary);
      expect(evil.leaked({ token: canary })).toEqual([]);
      // It was led away after it had signed in, where that is what is tried.
      const sent = server.requests.some(({ authorization }) => authorization !== undefined);
      if (!isFirst) expect(sent).toBe(true);
    });
  },
);
