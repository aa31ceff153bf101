import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CredentialChannel, createCredentialChannel } from '../../electron/credentials/channel';
import type { GitEngine } from '../../electron/git/engine';
import { cloneGuarded } from '../../electron/git/guard';
import { createSystemEngine } from '../../electron/git/system/engine';
import { helperCommand } from '../../electron/git/system/environment';
import { atLeast } from '../../electron/git/system/program';
import { AppFailure } from '../../shared/errors';
import { requireRemoteUrl } from '../../shared/remote-url';
import { type GitHttpServer, startGitHttpServer } from '../fakes/git-http-server';
import { fixedNetwork } from '../fakes/network';
import { makeBareRepository, smallHistory, temporaryDirectory } from '../fakes/repositories';
import { builtHelper, type RecordedCredentials, recordedCredentials } from './operation';
import { gitPrograms } from './programs';

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppFailure) return error.error;
    throw error;
  }
  throw new Error('it succeeded');
}

const canary = 'canary-4c1e77b0';
const header = { kind: 'header' as const, header: `Bearer ${canary}` };

for (const { path: program, version } of await gitPrograms()) {
  const newer = atLeast(version, '2.46.0');
  describe(`git ${version} and an account that is sent as a header`, () => {
    let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
    let server: GitHttpServer;
    let evil: GitHttpServer;
    let channel: CredentialChannel;
    let helper: Awaited<ReturnType<typeof builtHelper>>;
    let engine: GitEngine;
    const at = (...parts: string[]) => path.join(temporary.path, ...parts);
    let clones = 0;

    beforeAll(async () => {
      temporary = await temporaryDirectory();
      server = await startGitHttpServer();
      evil = await startGitHttpServer();
      channel = await createCredentialChannel();
      helper = await builtHelper(at('helper'));
      // Writes down what it was started with, then is the git it stands for.
      const witness = at('git');
      await writeFile(witness, `#!/bin/sh\nenv >> '${at('environment')}'\nexec '${program}' "$@"\n`);
      await chmod(witness, 0o755);
      engine = createSystemEngine({ program: witness, version, channel, network: fixedNetwork(), helper });
      await makeBareRepository(at('small.git'), smallHistory);
    });
    afterAll(async () => {
      await channel.close();
      await server.close();
      await evil.close();
      await temporary.remove();
    });

    const serve = (name: string) =>
      server.serve(name, { directory: at('small.git'), accepts: [{ kind: 'bearer', token: canary }] });
    const clone = async (url: string, credentials: RecordedCredentials) => {
      await writeFile(at('environment'), '');
      const remote = requireRemoteUrl(url);
      const directory = at(`clone-${(clones += 1)}`);
      await cloneGuarded(
        engine,
        { url: remote, directory, branch: null, credentials },
        { signal: new AbortController().signal },
      );
    };
    const sentTo = (name: string) =>
      server.requests.filter((request) => request.url.startsWith(`/${name}`)).map((one) => one.authorization);

    it('signs in with the first request, and the secret stands in the environment of an old git alone', async () => {
      const credentials = recordedCredentials(server.origin, [header]);
      await clone(serve('team/private'), credentials);
      expect(credentials.events).toEqual(['approve']);
      expect(new Set(sentTo('team/private'))).toEqual(new Set([header.header]));
      const environment = await readFile(at('environment'), 'utf8');
      expect(environment).toContain('GIT_CONFIG_COUNT');
      expect(environment.includes(canary)).toBe(!newer);
    });

    it('is refused, asked again, and goes on with the better answer', async () => {
      const wrong = { kind: 'header' as const, header: 'Bearer wrong' };
      const credentials = recordedCredentials(server.origin, [wrong, header]);
      await clone(serve('team/second'), credentials);
      expect(credentials.events).toEqual(['reject', 'approve']);
      const refused = recordedCredentials(server.origin, [wrong]);
      await expect(clone(serve('team/third'), refused)).rejects.toMatchObject({
        error: { kind: 'authentication-failed', path: 'team/third.git' },
      });
      expect(refused.events).toEqual(['reject']);
    });

    it('sends nothing to another host, and blames the move', async () => {
      for (const status of [301, 302, 307, 308] as const)
        for (const signedInOnly of [false, true]) {
          const name = `team/moving-${status}-${signedInOnly}`;
          const url = serve(name);
          evil.serve(name, { directory: at('small.git'), accepts: [{ kind: 'bearer', token: canary }] });
          const served = server.repositories.get(name);
          if (served) {
            served.fault = { redirect: { status, location: `${evil.origin}$path` } };
            // Wants to know who is there, and only then sends away.
            if (signedInOnly) served.fault.when = 'signed-in';
          }
          const credentials = recordedCredentials(server.origin, [header, header, header]);
          await expect(clone(url, credentials)).rejects.toMatchObject({ error: { kind: 'moved' } });
          expect(credentials.events).toEqual([]);
        }
      expect(evil.requests.filter((request) => request.authorization !== undefined)).toEqual([]);
    });

    it('follows a repository that got another name on its own host, if git asks the helper', async () => {
      serve('team/renamed');
      const url = serve('team/before');
      const location = `${server.origin}/team/renamed.git/info/refs?service=git-upload-pack`;
      const served = server.repositories.get('team/before');
      if (served) served.fault = { redirect: { status: 301, location } };
      const credentials = recordedCredentials(server.origin, [header]);
      if (!newer) {
        await expect(clone(url, credentials)).rejects.toMatchObject({ error: { kind: 'moved' } });
        return;
      }
      await clone(url, credentials);
      expect(credentials.events).toEqual(['approve']);
      expect(sentTo('team/renamed').filter((one) => one !== undefined)).not.toEqual([]);
    });

    it('learns what the server offers instead of a password, from a git that tells it (2.41)', async () => {
      const url = serve('team/windows');
      const password = { kind: 'password' as const, username: 'ada', password: 'wrong' };
      const served = server.repositories.get('team/windows');
      const refusing = (challenges: string[]) => {
        if (served) served.challenges = challenges;
        return failureOf(clone(url, recordedCredentials(server.origin, [password])));
      };
      const told = await refusing(['Digest realm="x", nonce="1"', 'Bearer']);
      if (atLeast(version, '2.41.0')) expect(told).toMatchObject({ offers: ['Digest', 'Bearer'] });
      else expect(told).not.toHaveProperty('offers');
      const taken = await refusing(['Bearer, Basic realm="x"']);
      expect(taken).toMatchObject({ kind: 'authentication-failed' });
      expect(taken).not.toHaveProperty('offers');
    });

    it('is not asked for what anybody may read, whatever the settings say', async () => {
      const before = process.env['GIT_CONFIG_GLOBAL'];
      try {
        process.env['GIT_CONFIG_GLOBAL'] = at('global.config');
        await writeFile(
          at('global.config'),
          `[http]\n\tproactiveAuth = auto\n[http "${server.origin}"]\n\tproactiveAuth = basic\n`,
        );
        const credentials = recordedCredentials(server.origin, [
          { kind: 'password', username: 'ada', password: canary },
        ]);
        await clone(server.serve('team/public', { directory: at('small.git') }), credentials);
        expect(credentials.asked.every((one) => one.preemptive)).toBe(true);
        expect(new Set(sentTo('team/public'))).toEqual(new Set([undefined]));
      } finally {
        if (before === undefined) delete process.env['GIT_CONFIG_GLOBAL'];
        else process.env['GIT_CONFIG_GLOBAL'] = before;
      }
    });

    it('gets its own state back with what git reports, where git can', async () => {
      const origin = 'https://good.test';
      const credentials = recordedCredentials(origin, [
        newer ? header : { kind: 'password', username: 'ada', password: canary },
      ]);
      const lease = channel.open(credentials, origin);
      // As in a terminal, git's own `store` reaches the helper here.
      const command = helperCommand(helper).replace('test "$1" = store || ', '');
      const credential = async (action: string, input: string) => {
        const settings = [
          'credential.helper=',
          `credential.helper=${command}`,
          'credential.useHttpPath=true',
        ];
        const result = await execa(
          program,
          [...settings.flatMap((one) => ['-c', one]), 'credential', action],
          {
            input,
            stripFinalNewline: false,
            extendEnv: false,
            env: {
              ...lease.env,
              PATH: process.env['PATH'],
              HOME: temporary.path,
              GIT_CONFIG_NOSYSTEM: '1',
              GIT_CONFIG_GLOBAL: '/dev/null',
              GIT_TERMINAL_PROMPT: '0',
            },
          },
        );
        return result.stdout;
      };
      const announced = newer ? 'capability[]=authtype\ncapability[]=state\n' : '';
      const filled = await credential(
        'fill',
        `${announced}protocol=https\nhost=good.test\npath=team/x.git\n\n`,
      );
      expect(filled).toContain(canary);
      expect(/^state\[\]=polyforge\.[0-9a-f]{24}$/m.test(filled)).toBe(newer);
      await credential('approve', filled);
      expect(credentials.events).toEqual(['approve']);
      expect(lease.refused).toBe(false);
      await credential('reject', filled);
      expect(lease.refused).toBe(true);
      lease.close();
    });
  });
}
