import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createRouterClient } from '@orpc/server';
import { type Core, compose } from '../../electron/compose';
import { secretName } from '../../electron/credentials/secret-name';
import { createVault } from '../../electron/credentials/vault';
import { findProgram } from '../../electron/git/system/program';
import { createStorage } from '../../electron/storage/create';
import type { GitEngine } from '../../electron/git/engine';
import { type AppError, appErrorSchema, AppFailure } from '../../shared/errors';
import { anAccount } from '../fakes/account';
import { makeAuthority } from '../fakes/authority';
import { type GitHttpServer, startGitHttpServer } from '../fakes/git-http-server';
import { buildGitWorker } from '../fakes/git-worker';
import { fakePlatform, temporaryDirectory } from '../fakes/platform';
import { type FakeProxy, startProxy } from '../fakes/proxy';
import { builtHelper } from '../git/operation';

export const canary = 'canary-51c0de7a99';

/** A program that was started: its name, its arguments, and its environment. */
export interface Started {
  program: string;
  args: string[];
  env: Record<string, string>;
}

/** Polyforge whole, its git and ssh watched, every way out of it ending here. */
export interface WatchedCore {
  client: ReturnType<typeof clientOf>;
  /** Programs started since `forget`. */
  started(): Started[];
  /** Hosts asked for since `forget`, as the proxy was asked: `host:port`. */
  reached(): string[];
  /** Hosts that were shown the account's secret since `forget`. */
  shown(): string[];
  forget(): void;
  /** Absolute; nothing is in it. */
  target(): { parent: string; name: string };
  /** Everything the core wrote into its log. */
  readonly logged: readonly string[];
  readonly folder: string;
  close(): Promise<void>;
}

function clientOf(core: Core, log: (line: string) => void) {
  return createRouterClient(core.router, { context: { log } });
}

/** The AppError a call ends with; null: it succeeded. */
export async function endOf(work: Promise<unknown>): Promise<AppError | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof AppFailure) return error.error;
    const data = error instanceof Error && 'data' in error ? error.data : undefined;
    const parsed = appErrorSchema.safeParse(data);
    if (!parsed.success) throw error;
    return parsed.data;
  }
}

/**
 * One engine, an account of https://good.test with the canary for a secret,
 * and a proxy in which every name leads to one server that wants a password.
 * `hosts`: the names its certificate is for.
 */
export async function startWatchedCore(
  engine: GitEngine['id'],
  hosts: readonly string[],
): Promise<WatchedCore> {
  const folder = temporaryDirectory('polyforge-hostile-');
  const at = (...parts: string[]) => path.join(folder, ...parts);
  const bin = at('bin');
  const record = at('record');
  await Promise.all([bin, record, at('clones'), at('home')].map((one) => mkdir(one)));
  const realGit = await findProgram('git', process.env['PATH'] ?? '');
  if (realGit === null) throw new Error('git is not installed');
  /** Each start is a file of its own: arguments, an empty line, the environment; all ended by NUL. */
  const shim = async (name: string, rest: string) => {
    const script = [
      '#!/bin/sh',
      `f=$(mktemp '${record}/${name}-XXXXXXXX')`,
      `{ printf '%s\\0' "$@"; printf '\\0'; env -0; } > "$f"`,
      rest,
      '',
    ].join('\n');
    await writeFile(path.join(bin, name), script);
    await chmod(path.join(bin, name), 0o755);
  };
  await shim('git', `exec '${realGit}' "$@"`);
  await shim('ssh', `test "$1" = -V && { echo OpenSSH_9.2p1 >&2; exit 0; }; exit 255`);

  const authority = await makeAuthority(at('authority'));
  const certificate = await authority.server(['good.test', ...hosts.filter((host) => !host.startsWith('['))]);
  const seen: { host: string; authorization: string }[] = [];
  const watch = (server: GitHttpServer) => {
    server.gate = (request, response) => {
      const { host = '', authorization = '' } = request.headers;
      seen.push({ host, authorization });
      // With the right password, there is nothing here; without, one is wanted.
      response
        .writeHead(authorization === '' ? 401 : 404, { 'www-authenticate': 'Basic realm="anywhere"' })
        .end();
      return true;
    };
    return server;
  };
  const encrypted = watch(
    await startGitHttpServer({ tls: { key: certificate.key, cert: certificate.cert } }),
  );
  const plain = watch(await startGitHttpServer());
  const names = new Proxy<Record<string, number>>(
    {},
    { get: (_target, name) => (String(name).endsWith(':80') ? plain.port : encrypted.port) },
  );
  const proxy: FakeProxy = await startProxy({ names });

  const data = at('data');
  const worker = await buildGitWorker();
  const platform = fakePlatform(data, {
    credentialHelper: await builtHelper(at('helper')),
    gitWorker: worker.file,
  });
  const storage = createStorage(platform);
  const account = anAccount({
    kind: 'bitbucket-data-center',
    provider: 'bitbucket',
    url: 'https://good.test',
    origins: { api: ['https://good.test'], git: ['https://good.test'] },
    username: 'ada',
    user: { id: '1', login: 'ada', name: 'Ada', avatar: undefined },
    state: { status: 'working' },
    lastChecked: Date.now(),
  });
  storage.accounts.put(account);
  storage.preferences.set({ engine });
  await createVault(path.join(data, 'vault.json'), platform).set(secretName(account), canary);

  const before = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  // Relative entries stand for whatever folder one happens to be in.
  process.env['PATH'] = ['.', '', 'bin', bin, before.PATH ?? ''].join(path.delimiter);
  process.env['HOME'] = at('home');
  const core = await compose(platform);
  const client = clientOf(core, (line) => platform.log(line));
  await client.network.setProxy({ mode: 'manual', url: proxy.url, username: '', noProxy: '' });
  for (const host of new Set(['good.test', 'good.test:8443', ...hosts]))
    await client.network.addAuthority({ host, pem: authority.cert });

  // Nobody sits in front of it: every question is closed.
  const listening = new AbortController();
  const events = await client.application.events(undefined, { signal: listening.signal });
  const answering = (async () => {
    for await (const event of events)
      if (event.type === 'prompts.asked')
        await client.prompts.answer({ id: event.question.id, answer: { kind: 'dismiss' } });
  })().catch(() => undefined);

  let count = 0;
  const read = (name: string): Started => {
    const [args = '', env = ''] = readFileSync(path.join(record, name), 'utf8').split('\0\0');
    return {
      program: name.slice(0, name.lastIndexOf('-')),
      args: args.split('\0'),
      env: Object.fromEntries(
        env.split('\0').flatMap((line) => {
          const end = line.indexOf('=');
          return end < 0 ? [] : [[line.slice(0, end), line.slice(end + 1)]];
        }),
      ),
    };
  };
  return {
    client,
    started: () => readdirSync(record).map(read),
    reached: () => proxy.requests.map(({ target }) => target),
    shown: () =>
      seen
        .filter(({ authorization }) =>
          [authorization, Buffer.from(authorization.split(' ')[1] ?? '', 'base64').toString()].some((text) =>
            text.includes(canary),
          ),
        )
        .map(({ host }) => host),
    forget() {
      for (const name of readdirSync(record)) rmSync(path.join(record, name));
      proxy.requests.length = 0;
      seen.length = 0;
    },
    target() {
      count += 1;
      return { parent: at('clones'), name: `clone-${count}` };
    },
    logged: platform.logged,
    folder,
    async close() {
      listening.abort();
      await core.close();
      await answering;
      process.env['PATH'] = before.PATH;
      if (before.HOME === undefined) delete process.env['HOME'];
      else process.env['HOME'] = before.HOME;
      await proxy.close();
      await encrypted.close();
      await plain.close();
      await worker.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
