import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CredentialChannel, createCredentialChannel } from '../../electron/credentials/channel';
import type { GitEngine } from '../../electron/git/engine';
import { cloneGuarded } from '../../electron/git/guard';
import { createSystemEngine } from '../../electron/git/system/engine';
import { findGit } from '../../electron/git/system/program';
import { requireRemoteUrl } from '../../shared/remote-url';
import type { Answer } from '../../shared/contract/prompts';
import { anAccount } from '../fakes/account';
import { type BrokerUnderTest, brokerUnderTest } from '../fakes/broker';
import { type GitHttpServer, startGitHttpServer } from '../fakes/git-http-server';
import { fixedNetwork } from '../fakes/network';
import { git, makeBareRepository, smallHistory, temporaryDirectory } from '../fakes/repositories';
import { builtHelper } from './operation';

describe('a clone that is led to a second host', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let first: GitHttpServer;
  let second: GitHttpServer;
  let channel: CredentialChannel;
  let engine: GitEngine;
  let here: BrokerUnderTest;

  beforeEach(async () => {
    temporary = await temporaryDirectory();
    [first, second] = await Promise.all([startGitHttpServer(), startGitHttpServer()]);
    channel = await createCredentialChannel();
    const program = (await findGit(process.env['PATH'] ?? '')) ?? '';
    const helper = await builtHelper(path.join(temporary.path, 'helper'));
    engine = createSystemEngine({ program, channel, network: fixedNetwork(), helper });
    here = brokerUnderTest();
    for (const [id, { origin }] of Object.entries({ first, second }))
      here.addAccount(anAccount({ id, alias: id, origins: { api: [origin], git: [origin] } }));
    const directory = await makeBareRepository(path.join(temporary.path, 'small.git'), smallHistory);
    const accepts = [{ kind: 'basic' as const, username: 'oauth2', password: 'token of second' }];
    second.serve('team/private', { directory, accepts });
    const location = `${second.origin}$path`;
    first.serve('team/private', { directory, fault: { redirect: { status: 302, location } } });
  });
  afterEach(async () => {
    await here.close();
    await channel.close();
    await Promise.all([first.close(), second.close()]);
    await temporary.remove();
  });

  const clone = async (answer: Answer) => {
    const url = requireRemoteUrl(`${first.origin}/team/private.git`);
    const directory = path.join(temporary.path, 'clone');
    const { signal } = new AbortController();
    const stop = here.events.listen((event) => {
      if (event.type !== 'prompts.asked') return;
      const { id, kind } = event.question;
      setImmediate(() => here.prompts.answer(id, kind === answer.kind ? answer : { kind: 'dismiss' }));
    });
    try {
      const credentials = here.begin({ url, signal });
      await cloneGuarded(engine, { url, directory, branch: null, credentials }, { signal });
      return directory;
    } finally {
      stop();
    }
  };
  const tokensSeenBy = (server: GitHttpServer) =>
    new Set(server.requests.map(({ basic }) => basic?.password).filter((one) => one !== undefined));

  it('signs in there with that host’s own account after a yes, and each host sees its own token alone', async () => {
    const directory = await clone({ kind: 'other-host', allow: 'once' });
    expect(await git(directory, 'rev-parse', 'HEAD')).toMatch(/^[0-9a-f]{40}$/);
    expect([...new Set(here.asked.map(({ kind }) => kind))]).toEqual(['other-host']);
    expect(tokensSeenBy(first).size).toBe(0);
    expect([...tokensSeenBy(second)]).toEqual(['token of second']);
    expect(here.storage.accounts.find('second')?.state.status).not.toBe('refused');
  });

  it('ends with where it was led to after a no, and that host has seen no token', async () => {
    await expect(clone({ kind: 'other-host', allow: 'no' })).rejects.toMatchObject({
      error: { kind: 'moved', to: second.origin },
    });
    expect(tokensSeenBy(first).size + tokensSeenBy(second).size).toBe(0);
    expect(here.storage.accounts.list().map(({ state }) => state.status)).toEqual(['unchecked', 'unchecked']);
  });

  it('marks that host’s account when it refuses, checks it, and leaves the other one alone', async () => {
    here.credentials.set('second', { kind: 'password', username: 'oauth2', password: 'expired' });
    await expect(clone({ kind: 'other-host', allow: 'once' })).rejects.toMatchObject({
      error: { kind: 'moved', to: second.origin },
    });
    expect(here.asked.map(({ kind }) => kind)).toEqual(['other-host', 'credentials']);
    const host = new URL(second.origin).host;
    expect(here.asked[1]).toMatchObject({ host, reason: 'account-refused', accountAlias: 'second' });
    await expect.poll(() => here.checked).toEqual(['second']);
    expect(tokensSeenBy(first).size).toBe(0);
    expect(here.storage.accounts.find('first')?.state.status).toBe('unchecked');
  });
});
