import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SshAccess } from '../../electron/credentials/broker';
import { type Ask, createSharedQuestions } from '../../electron/credentials/shared-question';
import { createSshAccess } from '../../electron/credentials/ssh/access';
import { createPromptBroker } from '../../electron/prompts/broker';
import type { AccountSshKey, SavedPassphrase, StoredRepository } from '../../electron/storage/storage';
import type { Account } from '../../shared/contract/accounts';
import type { Answer, Question } from '../../shared/contract/prompts';
import { requireRemoteUrl } from '../../shared/remote-url';
import { anAccount } from '../fakes/account';
import { choicesOver, memoryCollection } from '../fakes/choices';
import { temporaryDirectory } from '../fakes/repositories';
import { hostileInputs } from '../security/hostile-inputs';

const fingerprint = 'SHA256:uNiVztksCsDhcc0u9e8BujQXVUpKZIDTMczCvj3tD2s';
const hostKey = (host: string, print = fingerprint, end = '(yes/no/[fingerprint])? ') =>
  `The authenticity of host '${host} (192.0.2.1)' can't be established.\nRSA key fingerprint is ${print}.\nThis key is not known by any other names.\nAre you sure you want to continue connecting ${end}`;

describe('answers to ssh', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  const accounts = memoryCollection<Account>();
  const repositories = memoryCollection<StoredRepository>();
  const sshKeys = memoryCollection<AccountSshKey>();
  const sshPassphrases = memoryCollection<SavedPassphrase>();
  const secrets = new Map<string, string>();
  const asked: Question[] = [];
  const logged: string[] = [];
  let vaultFails = false;
  let answer: (question: Question) => Answer | null = () => null;
  const prompts = createPromptBroker({
    emit(event) {
      if (event.type !== 'prompts.asked') return;
      asked.push(event.question);
      setImmediate(() => {
        const given = answer(event.question);
        if (given) prompts.answer(event.question.id, given);
      });
    },
  });
  const shared = createSharedQuestions(prompts);
  /** Operations that have asked, each for itself. */
  let askers = 0;
  const ask: Ask = (question, signal) => {
    askers += 1;
    return shared(question, signal);
  };

  beforeAll(async () => {
    temporary = await temporaryDirectory();
  });
  afterAll(() => temporary.remove());
  beforeEach(() => {
    asked.length = 0;
    askers = 0;
    logged.length = 0;
    secrets.clear();
    vaultFails = false;
    answer = () => ({ kind: 'dismiss' });
    for (const collection of [accounts, repositories, sshKeys, sshPassphrases])
      for (const { id } of collection.list()) collection.remove(id);
  });
  afterEach(() => {
    expect(prompts.open()).toEqual([]);
  });

  const access = (
    more: Partial<Parameters<typeof createSshAccess>[1]> & { address?: string } = {},
  ): SshAccess =>
    createSshAccess(
      {
        storage: { accounts, repositories, sshKeys, sshPassphrases },
        vault: {
          get: async (name) => secrets.get(name),
          async set(name, secret) {
            if (vaultFails) throw new Error('no room');
            secrets.set(name, secret);
          },
        },
        choices: choicesOver(accounts, prompts, { repositories }),
        ask,
        events: { emit: () => undefined },
        log: (line) => logged.push(line),
      },
      {
        operation: 'clone',
        url: requireRemoteUrl(more.address ?? 'ssh://git@good.test/team/one.git'),
        accountId: null,
        repositoryId: null,
        interactive: true,
        signal: new AbortController().signal,
        ...more,
      },
    );
  const asker = (id = '100', gone = new AbortController().signal) => ({ id, gone });
  const keyFile = async (name: string) => {
    const file = path.join(temporary.path, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, '-----BEGIN OPENSSH PRIVATE KEY-----\n');
    return file;
  };
  const keep = (keyPath: string, passphrase: string) => {
    secrets.set(`ssh-passphrase:${keyPath}`, passphrase);
    sshPassphrases.put({ id: keyPath, state: 'working', lastUsed: 0 });
  };

  describe('every hostile question gets its verdict, whatever is kept', () => {
    beforeEach(async () => {
      accounts.put(anAccount());
      const key = await keyFile('id_ed25519');
      for (const kept of [key, '/home/u/.ssh/id_ed25519', '/etc/passwd', '../../etc/passwd'])
        keep(kept, 'canary');
      secrets.set('saved:1', 'canary');
      secrets.set('account:a1@https://good.test', 'canary');
    });
    const verdicts: Record<string, (question: Question | undefined, given: string | null) => void> = {
      // The host that would get it stands above git's words.
      'ASK-001': (question) =>
        expect(question).toMatchObject({ kind: 'program-question', host: 'evil.test' }),
      'ASK-002': (question) =>
        expect(question).toMatchObject({ kind: 'program-question', host: 'evil.test' }),
      // The page writes control characters out; the address in them is not believed.
      'ASK-003': (question) =>
        expect(question).toMatchObject({ kind: 'program-question', host: 'good.test' }),
      // That key is not on this machine: nothing is kept for it, and it can only be typed.
      'ASK-004': (question) =>
        expect(question).toMatchObject({
          kind: 'ssh-passphrase',
          keyPath: '/home/u/.ssh/id_ed25519',
          canSave: false,
        }),
      'ASK-005': (question) =>
        expect(question).toMatchObject({
          kind: 'ssh-passphrase',
          keyPath: '../../etc/passwd',
          canSave: false,
        }),
      'ASK-006': (question) =>
        expect(question).toMatchObject({ kind: 'ssh-password', user: 'git', host: 'evil.test' }),
      'ASK-008': (question, given) => {
        expect(question).toBeUndefined();
        expect(given).toBeNull();
      },
      'ASK-009': (question) =>
        expect(question).toMatchObject({
          kind: 'program-question',
          text: 'Please type your GitHub token to continue: ',
          wants: 'entry',
        }),
      'ASK-010': (question) => {
        expect(question).toMatchObject({ kind: 'program-question' });
        expect(question?.kind === 'program-question' && question.text.length).toBe(2000);
      },
    };
    for (const entry of hostileInputs('askpass-prompt'))
      it(`${entry.id}: ${entry.must}`, async () => {
        const given = await access().answer(entry.input, 'entry', asker());
        expect(given).toBeNull();
        expect(asked.length).toBeLessThanOrEqual(1);
        const check = verdicts[entry.id];
        if (!check) throw new Error(`no verdict is tested for ${entry.id}`);
        check(asked[0], given);
      });
  });

  it('gives the passphrase of exactly the key ssh names, by its real path', async () => {
    const file = await keyFile('real/key');
    const link = path.join(temporary.path, 'linked');
    await symlink(file, link);
    keep(file, 'open sesame');
    const one = access();
    expect(await one.answer(`Enter passphrase for key '${link}': `, 'entry', asker())).toBe('open sesame');
    expect(await one.answer(`Enter passphrase for key '${file}x': `, 'entry', asker())).toBeNull();
    expect(asked).toMatchObject([{ kind: 'ssh-passphrase', keyPath: `${file}x`, canSave: false }]);
  });

  it('gives it once for each ssh, and takes the same question again for a wrong answer', async () => {
    const file = await keyFile('once');
    keep(file, 'kept');
    const prompt = `Enter passphrase for key '${file}': `;
    const one = access();
    expect(await one.answer(prompt, 'entry', asker('1'))).toBe('kept');
    // Another ssh of the same operation, as large files have one of their own.
    expect(await one.answer(prompt, 'entry', asker('2'))).toBe('kept');
    expect(sshPassphrases.find(file)?.state).toBe('working');
    expect(await one.answer(prompt, 'entry', asker('2'))).toBeNull();
    expect(asked).toMatchObject([{ kind: 'ssh-passphrase', reason: 'wrong' }]);
    expect(sshPassphrases.find(file)?.state).toBe('refused');
    expect(secrets.get(`ssh-passphrase:${file}`)).toBe('kept');
  });

  it('uses what was typed for the other processes of the operation, and keeps it once ssh was let in', async () => {
    const file = await keyFile('typed');
    const prompt = `Enter passphrase for key '${file}': `;
    answer = () => ({ kind: 'ssh-passphrase', passphrase: 'typed', save: true });
    const one = access();
    expect(await one.answer(prompt, 'entry', asker('1'))).toBe('typed');
    expect(await one.answer(prompt, 'entry', asker('2'))).toBe('typed');
    expect(asked).toHaveLength(1);
    expect(secrets.size).toBe(0);
    await one.approve();
    expect([...secrets]).toEqual([[`ssh-passphrase:${file}`, 'typed']]);
  });

  it('says in the log when a passphrase could not be kept, without saying it', async () => {
    const file = await keyFile('unkept');
    answer = () => ({ kind: 'ssh-passphrase', passphrase: 'typed', save: true });
    const one = access();
    await one.answer(`Enter passphrase for key '${file}': `, 'entry', asker());
    vaultFails = true;
    await one.approve();
    expect(logged).toEqual([expect.stringContaining('could not be saved')]);
    expect(logged.join()).not.toContain('typed');
  });

  it('goes on with the next key when the user skips one', async () => {
    const file = await keyFile('skipped');
    answer = () => ({ kind: 'ssh-passphrase', passphrase: '', save: true });
    const one = access();
    expect(await one.answer(`Enter passphrase for key '${file}': `, 'entry', asker())).toBe('');
    await one.approve();
    expect(secrets.size).toBe(0);
  });

  it('finds the whole path of a key whose name ssh has cut', async () => {
    const file = await keyFile(`${'long'.repeat(25)}/key`);
    keep(file, 'open sesame');
    accounts.put(anAccount());
    sshKeys.put({ id: 'a1', path: file });
    const cut = Buffer.from(file).subarray(0, 100).toString('utf8');
    expect(await access().answer(`Enter passphrase for key '${cut}': `, 'entry', asker())).toBe(
      'open sesame',
    );
  });

  it('accepts a server by its fingerprint, which ssh compares itself', async () => {
    answer = () => ({ kind: 'ssh-host-key', accept: true });
    expect(await access().answer(hostKey('good.test'), 'entry', asker())).toBe(fingerprint);
    expect(await access().answer(hostKey('good.test', fingerprint, '(yes/no)? '), 'entry', asker())).toBe(
      'yes',
    );
    expect(asked[0]).toMatchObject({ host: 'good.test', repositoryHost: null, address: '192.0.2.1' });
  });

  it('names a jump host as what it is, and says what the provider publishes', async () => {
    await access().answer(hostKey('jump.test'), 'entry', asker());
    expect(asked[0]).toMatchObject({ host: 'jump.test', repositoryHost: 'good.test', published: null });
    await access({ address: 'git@github.com:team/one.git' }).answer(
      hostKey('[ssh.github.com]:443'),
      'entry',
      asker(),
    );
    expect(asked[1]).toMatchObject({
      host: 'ssh.github.com:443',
      repositoryHost: 'github.com',
      published: { by: 'GitHub', matches: true },
    });
    const other = fingerprint.replace('uNiV', 'AAAA');
    const one = access({ address: 'git@github.com:team/one.git' });
    await one.answer(hostKey('github.com', other), 'entry', asker());
    expect(asked[2]).toMatchObject({ published: { by: 'GitHub', matches: false } });
    expect(one.failure).toMatchObject({ kind: 'ssh-host-key-unknown', published: { matches: false } });
  });

  it('gives no more answers once a question was closed', async () => {
    const one = access();
    expect(await one.answer("git@good.test's password: ", 'entry', asker())).toBeNull();
    expect(await one.answer("git@good.test's password: ", 'entry', asker())).toBeNull();
    expect(await one.answer(hostKey('good.test'), 'entry', asker())).toBeNull();
    expect(asked).toHaveLength(1);
  });

  it('asks for a password again as wrong, and never keeps one', async () => {
    answer = () => ({ kind: 'ssh-password', password: 'typed' });
    const one = access();
    await one.answer("git@good.test's password: ", 'entry', asker());
    await one.answer("git@good.test's password: ", 'entry', asker());
    await one.approve();
    expect(asked).toMatchObject([
      { kind: 'ssh-password', reason: 'needed' },
      { kind: 'ssh-password', reason: 'wrong' },
    ]);
    expect(secrets.size).toBe(0);
  });

  it('asks nothing in the background', async () => {
    const one = access({ interactive: false });
    expect(one.interactive).toBe(false);
    expect(await one.answer(hostKey('good.test'), 'entry', asker())).toBeNull();
    expect(await one.answer("git@good.test's password: ", 'entry', asker())).toBeNull();
    expect(asked).toEqual([]);
  });

  it('takes the question to touch a security key away when ssh goes on', async () => {
    const gone = new AbortController();
    answer = () => {
      gone.abort();
      return null;
    };
    await expect(
      access().answer('Confirm user presence for key ED25519-SK SHA256:abc', 'none', asker('1', gone.signal)),
    ).rejects.toMatchObject({ error: { kind: 'cancelled' } });
    expect(asked).toMatchObject([{ kind: 'ssh-touch' }]);
  });

  it('asks once for a key that two operations need at the same time', async () => {
    const file = await keyFile('shared');
    const prompt = `Enter passphrase for key '${file}': `;
    answer = () => null;
    const both = Promise.all([
      access().answer(prompt, 'entry', asker('1')),
      access({ address: 'ssh://git@good.test/team/two.git' }).answer(prompt, 'entry', asker('2')),
    ]);
    await expect.poll(() => askers, { timeout: 20_000 }).toBe(2);
    expect(asked).toHaveLength(1);
    prompts.answer(asked[0]?.id ?? '', { kind: 'ssh-passphrase', passphrase: 'typed', save: false });
    expect(await both).toEqual(['typed', 'typed']);
    expect(asked).toHaveLength(1);
  });

  it('takes the repository’s key before its account’s', async () => {
    accounts.put(anAccount());
    sshKeys.put({ id: 'a1', path: '/keys/account' });
    repositories.put({
      id: 'r1',
      name: 'one',
      path: '/work/one',
      accountId: null,
      lastOpened: 0,
      hostedKey: null,
    });
    expect(await access({ repositoryId: 'r1' }).key()).toBe('/keys/account');
    const stored = repositories.find('r1');
    if (stored) repositories.put({ ...stored, sshKey: '/keys/repository' });
    expect(await access({ repositoryId: 'r1' }).key()).toBe('/keys/repository');
    expect(await access({ withoutAccount: true }).key()).toBeNull();
    accounts.put(anAccount({ id: 'a2' }));
    // Several fit: in the background ssh chooses by itself.
    expect(await access({ interactive: false }).key()).toBeNull();
    expect(asked).toEqual([]);
  });
});
