import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startAgent } from '../../electron/credentials/agent';
import { createCredentialChannel } from '../../electron/credentials/channel';
import { AppFailure } from '../../shared/errors';
import { hostWithPort, parseRemoteUrl } from '../../shared/remote-url';
import { describeError } from '../../renderer/errors/describe';
import { recordedCredentials, builtHelper } from '../git/operation';
import { canary, endOf, startWatchedCore, type WatchedCore } from './hostile-core';
import { type HostileInput, hostileInputs, verdict } from './hostile-inputs';
import { anAccount } from '../fakes/account';
import { temporaryDirectory } from '../fakes/platform';
import { terminalOver } from '../fakes/terminal';

const entries = hostileInputs('clone-url');
/** Entry, who read it, and what came of it: printed when one is missing or wrong. */
const outcomes = new Map<string, Record<string, string>>();
const note = (entry: HostileInput, reader: string, outcome: string) => {
  outcomes.set(entry.id, { ...outcomes.get(entry.id), [reader]: outcome });
};
const hosts = entries.flatMap(({ input }) => {
  const parsed = parseRemoteUrl(input);
  return parsed.ok && parsed.url.protocol === 'https' ? [hostWithPort(parsed.url)] : [];
});

/** Where a person, or a page that has been taken over, can put an address in. */
const entryPoints: [string, (core: WatchedCore, url: string) => Promise<unknown>][] = [
  [
    'repositories.inspectRemote',
    async ({ client }, url) => {
      const told = await client.repositories.inspectRemote({ url });
      if (!told.ok) throw new AppFailure(told.error);
      return told;
    },
  ],
  [
    'repositories.remoteBranches',
    ({ client }, url) =>
      client.repositories.remoteBranches({ url, accountId: null }, { signal: new AbortController().signal }),
  ],
  ['bindings.choiceFor', ({ client }, url) => client.bindings.choiceFor({ url, directory: null })],
  [
    'repositories.clone',
    async (core, url) => {
      const run = await core.client.repositories.clone({
        url,
        ...core.target(),
        accountId: null,
        withoutAccount: false,
        branch: null,
        hostedKey: null,
        applyIdentity: true,
      });
      for await (const _progress of run);
    },
  ],
];

describe.runIf(process.platform === 'linux').each(['system', 'isomorphic'] as const)(
  'hostile addresses and the %s engine',
  (engine) => {
    let core: WatchedCore;
    beforeAll(async () => {
      core = await startWatchedCore(engine, hosts);
    });
    afterAll(() => core.close());

    it.each(entries.map((entry) => [entry.id, entry.must, entry] as const))(
      '%s %s',
      async (_id, must, entry) => {
        core.forget();
        const text = entry.input.replaceAll('mark', path.join(core.folder, 'mark'));
        const what = verdict(entry);
        const url = parseRemoteUrl(text);
        const ends: string[] = [];
        for (const [name, enter] of entryPoints) {
          const end = await endOf(enter(core, text));
          ends.push(end?.kind ?? 'done');
          if (what === 'REFUSE' || what === 'ERROR') {
            // Too long for the contract already: refused before anybody reads it.
            if (text.length > 2048 && end?.kind === 'invalid-input') continue;
            expect([name, end?.kind]).toEqual([name, 'address-invalid']);
            // The part that is wrong is named, in words, and the address is not repeated.
            const words = end ? describeError(end) : null;
            expect(words?.text.length).toBeGreaterThan(10);
            expect(JSON.stringify(end)).not.toContain(canary);
          }
          if (what === 'ACCEPT') expect([name, end?.kind]).not.toEqual([name, 'address-invalid']);
          expect(JSON.stringify(end ?? {})).not.toMatch(/\\u00[01]|\\u2028|\\u2029/);
        }
        note(entry, engine, ends.at(-1) ?? '');
        const reached = core.reached();
        const started = core.started();
        if (!url.ok) {
          expect(started).toEqual([]);
          expect(reached).toEqual([]);
        }
        // The account's secret goes to its own origin and nowhere else, and there where it should.
        for (const host of core.shown()) expect(host).toBe('good.test');
        const isGood = url.ok && url.url.origin === 'https://good.test';
        if (isGood && what === 'ACCEPT') expect(core.shown()).toContain('good.test');
        if (what === 'NOCRED') expect(core.shown()).toEqual([]);
        // What is connected to is the host that was read, and its usual or own port.
        if (url.ok && url.url.protocol !== 'ssh')
          for (const place of reached)
            expect(place.replace(/:(?:443|80)$/, '')).toContain(hostWithPort(url.url));
        if (url.ok && url.url.protocol === 'ssh') {
          const calls = started.filter(({ program, args }) => program === 'ssh' && args[0] !== '-V');
          expect(calls.length > 0).toBe(engine === 'system');
          for (const { args } of calls) {
            const destination = url.url.user === null ? url.url.host : `${url.url.user}@${url.url.host}`;
            expect(args.at(-2)).toBe(destination);
            expect(args.at(-1)).toMatch(/^git-upload-pack '[^']*'$/);
            expect(args.at(-1)).not.toMatch(/^-/);
          }
        }
        for (const { program, args, env } of started) {
          expect(args.join('\n')).not.toContain(canary);
          if (program !== 'git' || !args.includes('clone')) continue;
          const end = args.indexOf('--end-of-options');
          expect(end).toBeGreaterThan(0);
          expect(args.slice(0, end).every((word) => !url.ok || !word.includes(url.url.host))).toBe(true);
          expect(['https', 'http:https', 'ssh']).toContain(env['GIT_ALLOW_PROTOCOL']);
        }
        expect(existsSync(path.join(core.folder, 'mark'))).toBe(false);
        // Nothing is left of a clone that did not come to be.
        expect(readdirSync(path.join(core.folder, 'clones'))).toEqual([]);
        if (must.startsWith('TEXT')) expect(core.logged.join('\n')).not.toMatch(/\u001b/);
      },
    );
  },
);

/** Who the helper asks: an operation of the application, or the core that serves git in a terminal. */
const doors = {
  async helper() {
    const channel = await createCredentialChannel();
    const answers = [{ kind: 'password' as const, username: 'ada', password: canary }];
    const lease = channel.open(recordedCredentials('https://good.test', answers), 'https://good.test');
    return {
      env: lease.env,
      async close() {
        lease.close();
        await channel.close();
      },
    };
  },
  async terminal(folder: string) {
    const dataDirectory = mkdtempSync(path.join(folder, 'data-'));
    const at = terminalOver();
    at.state.canAsk = false;
    at.accounts.put(anAccount({ origins: { api: ['https://good.test'], git: ['https://good.test'] } }));
    at.state.given.set('a1', { kind: 'password', username: 'ada', password: canary });
    const agent = await startAgent({
      dataDirectory,
      start: { program: process.execPath, args: ['-e', ''], env: {} },
      terminal: at.terminal,
      clock: at.clock,
      log: () => undefined,
    });
    return { env: { POLYFORGE_DATA: dataDirectory }, close: () => agent.close() };
  },
};

describe.each(Object.entries(doors))('hostile addresses and the %s', (name, open) => {
  const folder = temporaryDirectory('polyforge-hostile-helper-');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let door: Awaited<ReturnType<typeof open>>;
  let helper: Awaited<ReturnType<typeof builtHelper>>;
  beforeAll(async () => {
    helper = await builtHelper(path.join(folder, 'helper'));
  });
  beforeEach(async () => {
    door = await open(folder);
  });
  afterEach(() => door.close());

  it.each(entries.map((entry) => [entry.id, entry.must, entry] as const))(
    '%s %s',
    async (_id, _must, entry) => {
      const told = await new Promise<string>((resolve, reject) => {
        const child = execFile(
          helper.program,
          [...helper.args, 'get'],
          { env: { ...helper.env, ...door.env, HOME: folder }, cwd: folder },
          (_error, stdout) => resolve(stdout),
        );
        child.on('error', reject);
        child.stdin?.on('error', () => undefined);
        child.stdin?.end(`url=${entry.input}\n\n`);
      });
      const parsed = parseRemoteUrl(entry.input);
      const isGood = parsed.ok && parsed.url.origin === 'https://good.test';
      note(entry, name, told.includes(canary) ? 'answered' : 'no answer');
      if (told.includes(canary)) expect([verdict(entry), isGood]).toEqual(['ACCEPT', true]);
      // The control: what should be answered is.
      if (entry.id === 'URL-081') expect(told).toContain(canary);
    },
  );
});

describe.runIf(process.platform === 'linux')('every hostile address', () => {
  it('was read by both engines, and by the helper of an operation and of a terminal', () => {
    const table = entries.map(({ id }) => {
      const { system = '-', isomorphic = '-', helper = '-', terminal = '-' } = outcomes.get(id) ?? {};
      return { id, system, isomorphic, helper, terminal };
    });
    const missing = table.filter((row) => Object.values(row).includes('-'));
    const lines = table
      .map((row) =>
        Object.values(row)
          .map((text) => text.padEnd(24))
          .join(''),
      )
      .join('\n');
    expect(missing, lines).toEqual([]);
  });
});
