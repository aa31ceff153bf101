import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRequest } from '../../electron/credentials/git-protocol';
import { hostWithPort, parseRemoteUrl, parseServerUrl, type RemoteUrl } from '../../shared/remote-url';
import { temporaryDirectory } from '../fakes/repositories';
import { generatedAddresses } from './generated-addresses';

// Others for a night run: POLYFORGE_URL_SEED=7 POLYFORGE_URL_RUNS=100000.
const seed = Number(process.env['POLYFORGE_URL_SEED'] ?? 4);
const runs = Math.max(10_000, Number(process.env['POLYFORGE_URL_RUNS'] ?? 10_000));

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let ssh: string;
beforeAll(async () => {
  temporary = await temporaryDirectory();
  ssh = path.join(temporary.path, 'ssh');
  await writeFile(ssh, '#!/bin/sh\nfor each; do printf "argument %s\\n" "$each"; done >&2\nexit 1\n');
  await chmod(ssh, 0o755);
});
afterAll(() => temporary.remove());

/** Standard output and error of a git that knows no configuration but this. */
function git(args: string[], input: string, env: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      'git',
      args,
      {
        cwd: temporary.path,
        env: {
          PATH: process.env['PATH'],
          HOME: temporary.path,
          GIT_TERMINAL_PROMPT: '0',
          GIT_CONFIG_NOSYSTEM: '1',
          ...env,
        },
      },
      (_error, stdout, stderr) => resolve(`${stderr}\n${stdout}`),
    );
    child.on('error', reject);
    // A git that refuses at once has closed it.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

interface Asked {
  protocol?: string;
  host?: string;
  path?: string;
}

/** What git asks a credential helper for this address, byte for byte; null: it refuses the address. */
async function askedByGit(url: string): Promise<Asked | null> {
  const told = await git(
    [
      '-c',
      'credential.helper=',
      // The helper speaks on standard error, and ends the matter.
      '-c',
      'credential.helper=!cat >&2; echo quit=1 #',
      '-c',
      'credential.useHttpPath=true',
      'credential',
      'fill',
    ],
    `url=${url}\n\n`,
  );
  const asked: Asked = {};
  for (const line of told.split('\n')) {
    const [, key, value] = /^(protocol|host|path)=(.*)$/.exec(line) ?? [];
    if (key !== undefined) asked[key as keyof Asked] = value;
  }
  return asked.protocol === undefined ? null : asked;
}

/** Where git would have ssh connect to; null: it starts none. */
async function sshOfGit(
  url: string,
): Promise<{ destination: string; port: string | null; rest: string } | null> {
  const told = await git(['ls-remote', '--', url], '', {
    GIT_SSH: ssh,
    GIT_SSH_VARIANT: 'ssh',
    GIT_ALLOW_PROTOCOL: 'ssh',
    GIT_PROTOCOL_FROM_USER: '0',
  });
  const words = [...told.matchAll(/^argument (.*)$/gm)].map(([, word]) => word ?? '');
  if (words.length === 0) return null;
  const at = words.indexOf('-p');
  return {
    destination: words.at(-2) ?? '',
    port: at < 0 ? null : (words[at + 1] ?? null),
    rest: words.at(-1) ?? '',
  };
}

/** Two at a time: as many as the smallest machine has. */
async function each<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const queue = all.values();
  const worker = async () => {
    for (const one of queue) await work(one);
  };
  await Promise.all([worker(), worker()]);
}

interface Reading {
  text: string;
  url: RemoteUrl;
}

/** The host Node reads; null: it refuses the address. */
function nodeHost(text: string): string | null {
  try {
    return new URL(text).host;
  } catch {
    return null;
  }
}

describe.runIf(process.platform !== 'win32')(`${runs} generated addresses (seed ${seed})`, () => {
  const all = generatedAddresses(runs, seed);
  const accepted: Reading[] = [];
  const refused: string[] = [];
  for (const text of all) {
    const parsed = parseRemoteUrl(text);
    if (parsed.ok) accepted.push({ text, url: parsed.url });
    else refused.push(text);
  }
  const web = accepted.filter(({ url }) => url.protocol !== 'ssh');
  const overSsh = accepted.filter(({ url }) => url.protocol === 'ssh');

  it('are neither all refused nor all taken', () => {
    expect(all.length).toBe(runs);
    expect(web.length).toBeGreaterThan(runs / 10);
    expect(overSsh.length).toBeGreaterThan(runs / 50);
    expect(refused.length).toBeGreaterThan(runs / 4);
  });

  it('have the host Node reads, or are refused', () => {
    const wrong = web.filter(
      ({ text, url }) => nodeHost(text) !== hostWithPort(url) || nodeHost(url.href) !== hostWithPort(url),
    );
    expect(wrong).toEqual([]);
    for (const { url } of accepted) {
      expect(hostWithPort(url)).toMatch(/^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[1-9]\d*)?$/);
      expect(parseRemoteUrl(url.href)).toEqual({ ok: true, url: { ...url, droppedCredentials: false } });
    }
  });

  it('have the same host as addresses of servers, or are refused', () => {
    for (const text of all) {
      const server = parseServerUrl(text);
      if (!server.ok) continue;
      expect([text, hostWithPort(server.url)]).toEqual([text, nodeHost(text)]);
      const remote = parseRemoteUrl(text);
      if (remote.ok) expect([text, server.url.origin]).toEqual([text, remote.url.origin]);
    }
  });

  // In parts, so that none of them takes long on a slow machine.
  it.each([1, 2, 3, 4])(
    'have the host git asks credentials for, and the helper reads that host (part %i of 4)',
    async (part) => {
      const known = new Map<string, Promise<Asked | null>>();
      const ask = (url: string) => {
        const before = known.get(url);
        if (before) return before;
        const asked = askedByGit(url);
        known.set(url, asked);
        return asked;
      };
      const wrong: unknown[] = [];
      const quarter = web.slice(
        Math.floor(((part - 1) * web.length) / 4),
        Math.floor((part * web.length) / 4),
      );
      await each(quarter, async ({ text, url }) => {
        // What git is given is the canonical form: there it reads exactly our host and path.
        const canonical = await ask(url.href);
        const expected = { protocol: url.protocol, host: hostWithPort(url), path: url.path };
        if (JSON.stringify(canonical) !== JSON.stringify(expected)) wrong.push({ text, canonical, expected });
        // What was typed may write the same host in another way, never name another one.
        const typed = await ask(text.trim());
        if (typed && nodeHost(`${url.protocol}://${typed.host}/`) !== hostWithPort(url))
          wrong.push({ text, typed, expected });
        const lines = `protocol=${canonical?.protocol}\nhost=${canonical?.host}\npath=${canonical?.path}\n\n`;
        const request = parseRequest(Buffer.from(lines));
        if (request?.origin !== url.origin)
          wrong.push({ text, request: request?.origin, expected: url.origin });
      });
      expect(wrong).toEqual([]);
    },
  );

  it('over ssh lead git to the same user, host and port, behind every option', async () => {
    const wrong: unknown[] = [];
    await each(overSsh.slice(0, 400), async ({ text, url }) => {
      const started = await sshOfGit(url.href);
      // git takes the brackets off an IPv6 address.
      const host = url.host.replace(/^\[|\]$/g, '');
      const destination = url.user === null ? host : `${url.user}@${host}`;
      const port = url.port === null ? null : String(url.port);
      if (
        started?.destination !== destination ||
        started.port !== port ||
        !started.rest.startsWith("git-upload-pack '")
      )
        wrong.push({ text, href: url.href, started, destination, port });
    });
    expect(wrong).toEqual([]);
  });

  it('that are refused, are refused where Node and git disagree', async () => {
    // Shows that the comparison can fail: among the refused there are such addresses.
    let disagreements = 0;
    await each(
      refused.filter((text) => /^https?:\/\//i.test(text) && !/[\n\u0000]/.test(text)).slice(0, 300),
      async (text) => {
        const asked = await askedByGit(text);
        if (asked && nodeHost(text) !== asked.host) disagreements += 1;
      },
    );
    expect(disagreements).toBeGreaterThan(20);
  });
});
