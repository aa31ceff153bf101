import { beforeEach, describe, expect, it } from 'vitest';
import { requireRemoteUrl } from '../../shared/remote-url';
import { anAccount } from '../fakes/account';
import { terminalOver } from '../fakes/terminal';

const host = 'git.example.test';
const asked = `protocol=https\nhost=${host}`;
const withPath = `${asked}\npath=team/private.git`;
const token = { kind: 'password' as const, username: 'oauth2', password: 'account-token' };
const fromAccount = 'username=oauth2\npassword=account-token\n';
const report = (lines: string, username: string, password: string) =>
  `${lines}\nusername=${username}\npassword=${password}`;

describe('git in a terminal', () => {
  let at: ReturnType<typeof terminalOver>;
  beforeEach(() => {
    at = terminalOver();
    at.state.given.set('a1', token);
  });
  const addAccount = () => at.accounts.put(anAccount());
  const typed = (password: string, save: 'no' | 'repository' = 'no') =>
    ({ kind: 'credentials', username: 'ada', password, save }) as const;

  it('gets an empty answer at once for an address nobody knows', async () => {
    addAccount();
    expect(await at.helper('get', 'protocol=https\nhost=other.test')).toBe('');
    expect(await at.helper('get', `protocol=http\nhost=${host}`)).toBe('');
    expect(await at.helper('get', `protocol=https\nhost=${host}:8443`)).toBe('');
    expect(at.prompts.open()).toEqual([]);
  });

  it('gets the account’s credential without a question', async () => {
    addAccount();
    expect(await at.helper('get', withPath)).toBe(fromAccount);
    expect(await at.helper('get', asked, { interactive: false })).toBe(fromAccount);
  });

  it('marks the account refused when another process erases what one was given, and working when it stores it', async () => {
    addAccount();
    await at.helper('get', withPath);
    await at.helper('erase', report(withPath, 'oauth2', 'account-token'));
    expect(at.accounts.find('a1')?.state).toMatchObject({ status: 'refused' });
    await at.clock.pass(61_000);
    expect(await at.helper('get', withPath)).toBe(fromAccount);
    await at.helper('store', report(withPath, 'oauth2', 'account-token'));
    expect(at.accounts.find('a1')?.state).toEqual({ status: 'working' });
    expect(at.accounts.list()).toHaveLength(1);
    expect(at.savedCredentials.list()).toEqual([]);
  });

  it('does not count what was never given', async () => {
    addAccount();
    await at.helper('get', withPath);
    await at.helper('erase', report(withPath, 'oauth2', 'another'));
    await at.helper('erase', report(withPath, 'somebody', 'account-token'));
    await at.helper('erase', report('protocol=https\nhost=other.test', 'oauth2', 'account-token'));
    expect(at.accounts.find('a1')?.state).toEqual({ status: 'unchecked' });
  });

  it('knows what an earlier start of the program gave', async () => {
    addAccount();
    await at.helper('erase', report(withPath, 'oauth2', 'account-token'));
    expect(at.accounts.find('a1')?.state).toMatchObject({ status: 'refused' });
  });

  it('recognises by git’s state what it gave, but not with another secret', async () => {
    addAccount();
    const answer = await at.helper('get', `capability[]=state\n${withPath}`);
    const state = /^state\[\]=(.*)$/m.exec(answer)?.[1] ?? '';
    expect(state).not.toBe('');
    await at.helper('erase', `state[]=${state}\n${report(withPath, 'oauth2', 'another')}`);
    expect(at.accounts.find('a1')?.state).toEqual({ status: 'unchecked' });
    await at.helper('erase', `state[]=${state}\n${report(withPath, 'oauth2', 'account-token')}`);
    expect(at.accounts.find('a1')?.state).toMatchObject({ status: 'refused' });
  });

  it('asks once after a refusal, takes the answer, and does not ask again when it worked', async () => {
    addAccount();
    await at.helper('get', withPath);
    await at.helper('erase', report(withPath, 'oauth2', 'account-token'));
    const again = at.helper('get', withPath);
    const question = await at.answering(typed('right', 'repository'));
    expect(question).toMatchObject({
      kind: 'credentials',
      operation: 'git in code',
      host,
      path: 'team/private.git',
      reason: 'account-refused',
    });
    expect(await again).toBe('username=ada\npassword=right\n');
    await at.helper('store', report(withPath, 'ada', 'right'));
    expect(at.savedCredentials.list()).toMatchObject([
      { path: 'team/private.git', username: 'ada', state: 'working', source: 'terminal' },
    ]);
    expect(at.prompts.open()).toEqual([]);
  });

  describe('with an account chosen for one repository', () => {
    const choosing = (accountId: string) =>
      at.answering({ kind: 'account', accountId, remember: 'repository' });
    beforeEach(() => {
      addAccount();
      at.accounts.put(anAccount({ id: 'a2', alias: 'Home' }));
      at.state.given.set('a2', { ...token, password: 'second' });
    });

    it('asks again after one that did not get in, and says which that was', async () => {
      const first = at.helper('get', withPath);
      await choosing('a2');
      expect(await first).toBe('username=oauth2\npassword=second\n');
      // The server says “not found”: git reports nothing of it.
      const again = at.helper('get', withPath);
      expect(await choosing('a1')).toMatchObject({
        candidates: expect.arrayContaining([
          expect.objectContaining({ accountId: 'a2', tried: true }),
          expect.not.objectContaining({ tried: true }),
        ]),
      });
      expect(await again).toBe(fromAccount);
      expect(at.rules.list()).toEqual([]);
    });

    it('keeps one that got in as a rule for exactly this repository', async () => {
      const first = at.helper('get', withPath);
      await choosing('a2');
      await first;
      await at.helper('store', report(withPath, 'oauth2', 'second'));
      expect(at.rules.list()).toMatchObject([
        { scope: { kind: 'path', origin: `https://${host}`, path: 'team/private' }, accountId: 'a2' },
      ]);
      at.state.canAsk = false;
      expect(await at.helper('get', withPath)).toBe('username=oauth2\npassword=second\n');
      expect(await at.helper('get', `${asked}\npath=team/other.git`)).toBe('');
      expect(at.state.notes).toEqual(['several-accounts']);
    });
  });

  it('stops git after a second refusal within a minute, and begins anew later', async () => {
    addAccount();
    await at.helper('get', withPath);
    await at.helper('erase', report(withPath, 'oauth2', 'account-token'));
    const second = at.helper('get', withPath);
    await at.answering(typed('wrong'));
    expect(await second).toBe('username=ada\npassword=wrong\n');
    await at.helper('erase', report(withPath, 'ada', 'wrong'));
    expect(await at.helper('get', withPath)).toBe('quit=1\n');
    expect(at.state.notes).toEqual(['refused']);
    expect(at.prompts.open()).toEqual([]);
    await at.clock.pass(61_000);
    expect(await at.helper('get', withPath)).toBe(fromAccount);
  });

  it('gives a token that was put right within that minute', async () => {
    addAccount();
    await at.helper('get', withPath);
    await at.helper('erase', report(withPath, 'oauth2', 'account-token'));
    at.state.given.set('a1', { ...token, password: 'newer' });
    at.accounts.put(anAccount({ state: { status: 'working' } }));
    expect(await at.helper('get', withPath)).toBe('username=oauth2\npassword=newer\n');
  });

  it('leaves the prompt to git where nobody can be asked', async () => {
    addAccount();
    at.state.canAsk = false;
    await at.helper('get', withPath);
    await at.helper('erase', report(withPath, 'oauth2', 'account-token'));
    expect(await at.helper('get', withPath)).toBe('');
    expect(await at.helper('get', withPath)).toBe('');
  });

  it('never asks where the user wants no questions', async () => {
    addAccount();
    await at.helper('get', withPath, { interactive: false });
    await at.helper('erase', report(withPath, 'oauth2', 'account-token'), { interactive: false });
    expect(await at.helper('get', withPath, { interactive: false })).toBe('');
    expect(at.prompts.open()).toEqual([]);
  });

  it('tells the helper what the user can do where nobody can be asked', async () => {
    addAccount();
    at.state.isLocked = true;
    expect(await at.helper('get', withPath, { interactive: false })).toBe(fromAccount);
    at.accounts.put(anAccount({ state: { status: 'refused', error: { kind: 'token-refused', host } } }));
    expect(await at.helper('get', withPath, { interactive: false })).toBe('');
    at.accounts.put(anAccount());
    at.accounts.put(anAccount({ id: 'a2', alias: 'Home' }));
    expect(await at.helper('get', withPath, { interactive: false })).toBe('');
    at.state.place = { directory: '/x', remotes: [requireRemoteUrl('https://elsewhere.test/x.git')] };
    expect(await at.helper('get', withPath, { interactive: false })).toBe('');
    expect(await at.helper('get', 'protocol=https\nhost=other.test', { interactive: false })).toBe('');
    expect(at.state.notes).toEqual(['locked', 'several-accounts', 'other-host']);
  });

  it('withdraws the question when git is gone, and asks the next one that comes', async () => {
    addAccount();
    await at.helper('get', withPath);
    await at.helper('erase', report(withPath, 'oauth2', 'account-token'));
    const gone = new AbortController();
    const first = at.helper('get', withPath, { signal: gone.signal }).catch(() => 'ended');
    await at.question();
    gone.abort();
    expect(await first).toBe('ended');
    expect(at.prompts.open()).toEqual([]);
    const next = at.helper('get', withPath);
    await at.answering(typed('right'));
    expect(await next).toBe('username=ada\npassword=right\n');
  });

  it('asks two processes of the same question once, as long as one of them waits', async () => {
    addAccount();
    await at.helper('get', withPath);
    await at.helper('erase', report(withPath, 'oauth2', 'account-token'));
    const gone = new AbortController();
    const first = at.helper('get', withPath, { signal: gone.signal });
    const second = at.helper('get', withPath);
    await at.question();
    // Both have come as far as they can: what they read on the way takes turns that nobody counts.
    for (let turn = 0; turn < 100; turn += 1) await at.clock.pass(0);
    gone.abort();
    await at.clock.pass(0);
    expect(at.prompts.open()).toHaveLength(1);
    await at.answering(typed('right'));
    expect(await second).toBe('username=ada\npassword=right\n');
    expect(await first).toBe('username=ada\npassword=right\n');
  });

  it('gives two processes outside of any repository the account of the folder each works in', async () => {
    for (const [id, folder] of [
      ['work', '/home/ada/work'],
      ['home', '/home/ada/home'],
    ] as const) {
      at.accounts.put(anAccount({ id, alias: id }));
      at.state.given.set(id, { ...token, password: `of ${id}` });
      at.rules.put({ id, accountId: id, scope: { kind: 'folder', folder }, identity: null });
    }
    const [first, second] = await Promise.all([
      at.helper('get', withPath, { folder: '/home/ada/work' }),
      at.helper('get', withPath, { folder: '/home/ada/home' }),
    ]);
    expect(first).toContain('password=of work\n');
    expect(second).toContain('password=of home\n');
  });

  it('gives a header to a git that takes one, and a Basic one to others as user name and password', async () => {
    addAccount();
    const basic = `Basic ${Buffer.from('ada:pat').toString('base64')}`;
    at.state.given.set('a1', { kind: 'header', header: basic });
    expect(await at.helper('get', `capability[]=authtype\n${withPath}`)).toContain('authtype=Basic\n');
    expect(await at.helper('get', withPath)).toBe('username=ada\npassword=pat\n');
    await at.helper('erase', report(withPath, 'ada', 'pat'));
    expect(at.accounts.find('a1')?.state).toMatchObject({ status: 'refused' });
    at.state.given.set('a1', { kind: 'header', header: 'Bearer pat' });
    at.accounts.put(anAccount());
    await at.clock.pass(61_000);
    expect(await at.helper('get', withPath)).toBe('');
  });

  describe('in a repository', () => {
    const place = (...remotes: string[]) => ({
      directory: '/home/ada/code/site',
      remotes: remotes.map((text) => requireRemoteUrl(text)),
    });

    it('of another host asks before it signs in there, and tells which', async () => {
      addAccount();
      at.state.place = place('https://elsewhere.test/team/site.git');
      const answer = at.helper('get', withPath);
      const question = await at.answering({ kind: 'other-host', allow: 'once' });
      expect(question).toMatchObject({
        kind: 'other-host',
        operation: 'git in site',
        host: 'elsewhere.test',
        path: 'team/site.git',
        otherHost: host,
      });
      expect(await answer).toBe(fromAccount);
    });

    it('of another host gives nothing without a yes', async () => {
      addAccount();
      at.state.place = place('https://elsewhere.test/team/site.git');
      const answer = at.helper('get', withPath);
      await at.answering({ kind: 'other-host', allow: 'no' });
      expect(await answer).toBe('');
      expect(await at.helper('get', withPath, { interactive: false })).toBe('');
    });

    it('reached over ssh at the same host asks nothing', async () => {
      addAccount();
      at.state.place = place(`git@${host}:team/private.git`);
      expect(await at.helper('get', withPath)).toBe(fromAccount);
    });

    it('whose own address cannot be read gives nothing, and says so', async () => {
      addAccount();
      at.state.place = { directory: '/home/ada/code', remotes: [], unread: true };
      expect(await at.helper('get', withPath)).toBe('');
      expect(at.state.notes).toEqual(['unread-remote']);
      expect(at.prompts.open()).toEqual([]);
      at.state.place = {
        directory: '/home/ada/code',
        remotes: [requireRemoteUrl(`https://${host}/x`)],
        unread: true,
      };
      expect(await at.helper('get', withPath)).toBe(fromAccount);
    });

    it('without remotes of servers asks nothing', async () => {
      addAccount();
      at.state.place = { directory: '/home/ada/code/site', remotes: [] };
      expect(await at.helper('get', withPath)).toBe(fromAccount);
    });

    it('uses the account the repository is bound to', async () => {
      addAccount();
      at.accounts.put(anAccount({ id: 'a2', alias: 'Home' }));
      at.state.given.set('a2', { ...token, password: 'second' });
      at.state.place = place(`https://${host}/team/private.git`);
      at.repositories.put({
        id: 'r1',
        name: 'site',
        path: '/home/ada/code/site',
        accountId: 'a2',
        lastOpened: 0,
        hostedKey: null,
      });
      expect(await at.helper('get', withPath)).toBe('username=oauth2\npassword=second\n');
      expect(await at.helper('get', asked)).toBe('username=oauth2\npassword=second\n');
    });
  });

  describe('with a password typed at git’s own prompt', () => {
    const stored = report(withPath, 'ada', 'typed');

    it('keeps it where that is always wanted, for exactly this address and user', async () => {
      at.state.preferences.saveFromTerminal = 'always';
      await at.helper('store', `${stored}\npassword_expiry_utc=4102444800\noauth_refresh_token=again`);
      expect(at.savedCredentials.list()).toMatchObject([
        {
          origin: `https://${host}`,
          path: 'team/private.git',
          username: 'ada',
          source: 'terminal',
          expiresAt: 4_102_444_800_000,
        },
      ]);
      expect(await at.helper('get', withPath)).toContain('username=ada\npassword=typed\n');
      expect(await at.helper('get', `${withPath}\nusername=bob`, { interactive: false })).toBe('');
      expect(await at.helper('get', asked, { interactive: false })).toBe('');
    });

    it('asks whether to keep it, without keeping git waiting, and once', async () => {
      expect(await at.helper('store', stored)).toBe('');
      expect(await at.question()).toMatchObject({
        kind: 'save-credential',
        host,
        path: 'team/private.git',
        username: 'ada',
      });
      await at.helper('store', stored);
      expect(at.prompts.open()).toHaveLength(1);
      await at.answering({ kind: 'save-credential', save: true });
      await at.clock.pass(0);
      expect(at.savedCredentials.list()).toHaveLength(1);
      await at.helper('store', stored);
      expect(at.prompts.open()).toEqual([]);
    });

    it('does not ask again after a no, and takes the question back after a while', async () => {
      await at.helper('store', stored);
      await at.answering({ kind: 'save-credential', save: false });
      await at.helper('store', stored);
      expect(at.prompts.open()).toEqual([]);
      await at.helper('store', report(asked, 'ada', 'typed'));
      expect(at.prompts.open()).toHaveLength(1);
      await at.clock.pass(10 * 60_000);
      expect(at.prompts.open()).toEqual([]);
      expect(at.savedCredentials.list()).toEqual([]);
    });

    it('keeps nothing where that is never wanted, or nobody can be asked', async () => {
      at.state.preferences.saveFromTerminal = 'never';
      await at.helper('store', stored);
      at.state.preferences.saveFromTerminal = 'ask';
      at.state.canAsk = false;
      await at.helper('store', stored);
      expect(at.prompts.open()).toEqual([]);
      expect(at.savedCredentials.list()).toEqual([]);
    });

    it('keeps no copy of an account’s token', async () => {
      addAccount();
      at.state.preferences.saveFromTerminal = 'always';
      await at.helper('get', withPath);
      await at.helper('store', report(withPath, 'oauth2', 'account-token'));
      expect(at.savedCredentials.list()).toEqual([]);
    });

    it('marks it refused when it is erased, gives it no more, and gives it again once it is stored again', async () => {
      at.state.preferences.saveFromTerminal = 'always';
      await at.helper('store', stored);
      await at.helper('erase', report(withPath, 'ada', 'another'));
      expect(await at.helper('get', withPath, { interactive: false })).toContain('password=typed');
      await at.helper('erase', `${withPath}\nusername=ada`);
      expect(at.savedCredentials.list()).toMatchObject([{ state: 'refused' }]);
      expect(at.secrets.size).toBe(1);
      expect(await at.helper('get', withPath, { interactive: false })).toBe('');
      await at.helper('store', stored);
      expect(await at.helper('get', withPath, { interactive: false })).toContain('password=typed');
    });

    it('says in the log that it could not be kept', async () => {
      at.state.preferences.saveFromTerminal = 'always';
      at.secrets.set = () => {
        throw new Error('full');
      };
      await at.helper('store', stored);
      expect(at.log.join('\n')).toContain('could not be saved');
      expect(at.log.join('\n')).not.toContain('typed');
    });
  });
});
