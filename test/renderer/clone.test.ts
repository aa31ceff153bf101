import { describe, expect, it } from 'vitest';
import { lineAfterKey } from '../../renderer/components/list-keys';
import { visibleText } from '../../renderer/components/visible-text';
import {
  accountsInOrder,
  chosenAccount,
  describeTarget,
  draftFor,
  folderName,
  inputOf,
} from '../../renderer/features/clone/draft';
import { pastedAddress } from '../../renderer/features/clone/pasted-address';
import { distanceWords, groupBranches } from '../../renderer/features/history/branch-groups';
import type { Account } from '../../shared/contract/accounts';
import type { Branch } from '../../shared/contract/branches';
import type { HostedRepository } from '../../shared/contract/hosted-repositories';

const hosted = {
  key: 'work:1',
  accountId: 'work',
  name: 'web-shop',
  httpsUrl: 'https://example.com/tools/web-shop.git',
  sshUrl: 'git@example.com:tools/web-shop.git',
} as HostedRepository;
const preferred = { cloneParent: '/home/me/src', cloneProtocol: 'https' as const };

describe('a pasted address', () => {
  it.each([
    ['git clone https://git.corp/a/b.git', 'https://git.corp/a/b.git'],
    [' "git@git.corp:a/b.git"\n', 'git@git.corp:a/b.git'],
    ['https://github.com/octocat/hello/tree/main/docs', 'https://github.com/octocat/hello'],
    ['https://github.com/octocat/hello?tab=readme', 'https://github.com/octocat/hello'],
    ['https://bitbucket.org/team/app/src/main/', 'https://bitbucket.org/team/app'],
    ['https://git.corp/group/sub/app/-/merge_requests/3', 'https://git.corp/group/sub/app'],
    ['https://git.corp/group/sub/tree/app', 'https://git.corp/group/sub/tree/app'],
    ['https://github.com/octocat/hello.git', 'https://github.com/octocat/hello.git'],
    ['https://github.com.evil.example/a/b/c', 'https://github.com.evil.example/a/b/c'],
    ['https://octo.ghe.com/team/app/pull/7/files', 'https://octo.ghe.com/team/app'],
    ['https://ghe.corp/team/app/tree/main/docs#L3', 'https://ghe.corp/team/app'],
    ['https://ghe.corp:8443/team/app/issues', 'https://ghe.corp:8443/team/app/issues'],
    ['https://ghe.corp/team/app', 'https://ghe.corp/team/app'],
    ['https://git.corp/group/sub/app/-/issues/?state=open', 'https://git.corp/group/sub/app'],
    ['https://git.corp/group/app?ref_type=heads#readme', 'https://git.corp/group/app'],
    [
      'https://dev.azure.com/org/My%20Project/_git/app?path=/a&version=GBmain',
      'https://dev.azure.com/org/My%20Project/_git/app',
    ],
    ['https://dev.azure.com/org/_git/app/pullrequest/12?_a=files', 'https://dev.azure.com/org/_git/app'],
    [
      'https://org.visualstudio.com/DefaultCollection/P/_git/app/commits',
      'https://org.visualstudio.com/DefaultCollection/P/_git/app',
    ],
    [
      'http://tfs:8080/tfs/DefaultCollection/P/_git/_full/app',
      'http://tfs:8080/tfs/DefaultCollection/P/_git/_full/app',
    ],
    [
      'http://tfs:8080/tfs/DefaultCollection/P/_git/_full/app/branches',
      'http://tfs:8080/tfs/DefaultCollection/P/_git/_full/app',
    ],
    [
      'https://dc.corp/stash/projects/KEY/repos/app/browse/src?at=refs%2Fheads%2Fmain',
      'https://dc.corp/stash/scm/KEY/app.git',
    ],
    ['https://dc.corp/users/ada/repos/app/pull-requests/4/overview', 'https://dc.corp/scm/~ada/app.git'],
    ['https://dc.corp/projects/KEY/repos/app', 'https://dc.corp/scm/KEY/app.git'],
    ['https://dc.corp/scm/KEY/app.git', 'https://dc.corp/scm/KEY/app.git'],
    ['https://github.com\\@evil.example/a/b/c', 'https://github.com\\@evil.example/a/b/c'],
    ['https://evil.example?@github.com/a/b/c', 'https://evil.example?@github.com/a/b/c'],
    ['https://me:secret@github.com/a/b/c', 'https://me:secret@github.com/a/b/c'],
    ['https://github.com/a/b/%0aprotocol=https', 'https://github.com/a/b/%0aprotocol=https'],
  ])('%j is %s', (text, address) => {
    const ghe = { provider: 'github' as const, origins: { api: [], git: ['https://ghe.corp'] } };
    expect(pastedAddress(text, [ghe])).toBe(address);
  });
});

describe('the clone draft', () => {
  it('takes name, account and the preferred protocol from a hosted repository', () => {
    expect(draftFor({ hosted }, preferred)).toMatchObject({
      url: hosted.httpsUrl,
      parent: '/home/me/src',
      name: 'web-shop',
      accountId: 'work',
    });
    expect(draftFor({ hosted }, { ...preferred, cloneProtocol: 'ssh' }).url).toBe(hosted.sshUrl);
    expect(
      draftFor({ hosted: { ...hosted, sshUrl: null } }, { ...preferred, cloneProtocol: 'ssh' }).url,
    ).toBe(hosted.httpsUrl);
  });

  it('names the hosted repository only while its own address is used', () => {
    const draft = draftFor({ hosted }, preferred);
    expect(inputOf(draft, 'work', hosted).hostedKey).toBe('work:1');
    expect(inputOf({ ...draft, url: 'https://example.com/other.git' }, '', hosted)).toMatchObject({
      hostedKey: null,
      accountId: null,
      branch: null,
    });
  });

  it('uses the best match until the user chooses, and "ask me" is a choice', () => {
    const draft = draftFor({ url: 'https://example.com/x.git' }, preferred);
    expect(chosenAccount(draft, 'b')).toBe('b');
    expect(chosenAccount({ ...draft, accountId: '' }, 'b')).toBe('');
    expect(chosenAccount(draft, '')).toBe('');
  });

  it('lists matching accounts first, in their order', () => {
    const account = (id: string) => ({ id, alias: id }) as Account;
    expect(
      accountsInOrder([account('a'), account('b'), account('c')], ['c', 'b']).map((one) => one.id),
    ).toEqual(['c', 'b', 'a']);
  });

  it('makes a folder name every system takes', () => {
    expect(folderName('web shop')).toBe('web shop');
    expect(folderName('../../etc')).toBe('etc');
    expect(folderName('a/b:c')).toBe('a-b-c');
    expect(folderName('...')).toBe('repository');
  });

  it('only an absent or empty target is good', () => {
    const good = (['absent', 'empty', 'not-empty', 'not-writable', 'invalid'] as const).filter(
      (state) => describeTarget({ path: '/x', state }).good,
    );
    expect(good).toEqual(['absent', 'empty']);
  });
});

describe('branches', () => {
  const branch = (name: string, change: Partial<Branch> = {}): Branch => ({
    name,
    remote: false,
    current: false,
    oid: '1',
    upstream: null,
    ahead: null,
    behind: null,
    ...change,
  });

  it('the current one leads, remote ones stand under their remote', () => {
    const groups = groupBranches(
      [
        branch('a'),
        branch('main', { current: true }),
        branch('origin/main', { remote: true }),
        branch('fork/x', { remote: true }),
      ],
      '',
      [{ name: 'origin' }],
    );
    expect(groups.local.map((one) => one.name)).toEqual(['main', 'a']);
    expect(groups.remotes.map((one) => one.name)).toEqual(['fork', 'origin']);
    expect(groupBranches([branch('Fix/one'), branch('two')], 'FIX', []).local).toHaveLength(1);
  });

  it('names of remotes may hold slashes', () => {
    const { remotes } = groupBranches(
      [branch('team/nested/main', { remote: true }), branch('team/main', { remote: true })],
      '',
      [{ name: 'team' }, { name: 'team/nested' }],
    );
    expect(remotes.map(({ name, branches }) => [name, branches.map((one) => one.name)])).toEqual([
      ['team', ['team/main']],
      ['team/nested', ['team/nested/main']],
    ]);
  });

  it('tells the distance only where there is one', () => {
    expect(distanceWords(branch('a', { upstream: 'origin/a', ahead: 2, behind: 1 }))).toBe(
      '2 ahead, 1 behind origin/a',
    );
    expect(distanceWords(branch('a', { upstream: 'origin/a', ahead: 0, behind: 0 }))).toBeNull();
    expect(distanceWords(branch('a', { ahead: 2 }))).toBeNull();
  });
});

describe('lists', () => {
  it('keys move within the list and never out of it', () => {
    expect(lineAfterKey('ArrowDown', -1, 5, 3)).toBe(0);
    expect(lineAfterKey('ArrowDown', 4, 5, 3)).toBe(4);
    expect(lineAfterKey('ArrowUp', 0, 5, 3)).toBe(0);
    expect(lineAfterKey('PageDown', 1, 5, 3)).toBe(4);
    expect(lineAfterKey('PageUp', 1, 5, 3)).toBe(0);
    expect(lineAfterKey('End', 0, 5, 3)).toBe(4);
    expect(lineAfterKey('Home', 4, 5, 3)).toBe(0);
    expect(lineAfterKey('x', 4, 5, 3)).toBeNull();
    expect(lineAfterKey('ArrowDown', 0, 0, 3)).toBeNull();
  });
});

describe('text of others', () => {
  it('shows characters that reorder, hide or command', () => {
    expect(visibleText('\u202etxet')).toBe('⟨U+202E⟩txet');
    expect(visibleText('a\u200bb')).toBe('a⟨U+200B⟩b');
    expect(visibleText('\u001b[31mred')).toBe('␛[31mred');
    expect(visibleText('pass\u3164word\u00ad\u{e0041}')).toBe('pass⟨U+3164⟩word⟨U+00AD⟩⟨U+E0041⟩');
    expect(visibleText('plain\ttext\nüñí 中文 🙂')).toBe('plain\ttext\nüñí 中文 🙂');
  });
});
