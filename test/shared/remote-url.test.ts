import { describe, expect, it } from 'vitest';
import { hostWithPort, parseRemoteUrl, parseServerUrl, requireRemoteUrl } from '../../shared/remote-url';
import { hostileInputs, verdict } from '../security/hostile-inputs';

function href(text: string): string {
  return requireRemoteUrl(text).href;
}

function refusedPart(text: string): string {
  const parsed = parseRemoteUrl(text);
  if (parsed.ok) return `accepted as ${parsed.url.href}`;
  return parsed.error.kind === 'address-invalid' ? parsed.error.part : parsed.error.kind;
}

describe('remote addresses that providers show', () => {
  it.each([
    ['https://github.com/owner/repo.git', 'https://github.com/owner/repo.git', 'owner/repo.git'],
    ['HTTPS://GitHub.com/Owner/Repo', 'https://github.com/Owner/Repo', 'Owner/Repo'],
    ['https://github.com:443/owner/repo/', 'https://github.com/owner/repo', 'owner/repo'],
    ['  https://github.com/owner/repo\n', 'https://github.com/owner/repo', 'owner/repo'],
    ['http://git.test:8080/scm/p/r.git', 'http://git.test:8080/scm/p/r.git', 'scm/p/r.git'],
    ['ssh://git@git.test:22/a/b.git', 'ssh://git@git.test/a/b.git', 'a/b.git'],
    ['ssh://git@git.test:7999/p/r.git', 'ssh://git@git.test:7999/p/r.git', 'p/r.git'],
    ['ssh://git.test/~me/r.git', 'ssh://git.test/~me/r.git', '~me/r.git'],
    ['git@github.com:owner/repo.git', 'git@github.com:owner/repo.git', 'owner/repo.git'],
    ['git@host-alias:/srv/git/repo.git', 'git@host-alias:/srv/git/repo.git', 'srv/git/repo.git'],
    ['git.test:repo.git', 'git.test:repo.git', 'repo.git'],
    ['git@[2001:DB8::1]:a/b', 'git@[2001:db8::1]:a/b', 'a/b'],
    ['https://[2001:DB8:0::1]:8443/a/b', 'https://[2001:db8::1]:8443/a/b', 'a/b'],
    [
      'https://dev.azure.com/org/My%20Project/_git/repo',
      'https://dev.azure.com/org/My%20Project/_git/repo',
      'org/My Project/_git/repo',
    ],
    [
      'https://dev.azure.com/org/My Project/_git/repo',
      'https://dev.azure.com/org/My%20Project/_git/repo',
      'org/My Project/_git/repo',
    ],
    [
      'git@ssh.dev.azure.com:v3/org/My%20Project/repo',
      'git@ssh.dev.azure.com:v3/org/My%20Project/repo',
      'v3/org/My%20Project/repo',
    ],
    [
      'https://org.visualstudio.com/DefaultCollection/p/_git/r',
      'https://org.visualstudio.com/DefaultCollection/p/_git/r',
      'DefaultCollection/p/_git/r',
    ],
    [
      'https://bitbucket.example/context/scm/~user/repo.git',
      'https://bitbucket.example/context/scm/~user/repo.git',
      'context/scm/~user/repo.git',
    ],
    ['https://dev.azure.com/org/_git/repo', 'https://dev.azure.com/org/_git/repo', 'org/_git/repo'],
    [
      'https://org.visualstudio.com/p/_git/_optimized/r',
      'https://org.visualstudio.com/p/_git/_optimized/r',
      'p/_git/_optimized/r',
    ],
    ['org@vs-ssh.visualstudio.com:v3/org/p/r', 'org@vs-ssh.visualstudio.com:v3/org/p/r', 'v3/org/p/r'],
    [
      'ssh://org@vs-ssh.visualstudio.com:22/DefaultCollection/p/_ssh/r',
      'ssh://org@vs-ssh.visualstudio.com/DefaultCollection/p/_ssh/r',
      'DefaultCollection/p/_ssh/r',
    ],
    ['ssh://git@ssh.dev.azure.com/v3/org/p/r', 'ssh://git@ssh.dev.azure.com/v3/org/p/r', 'v3/org/p/r'],
    ['http://tfs:8080/tfs/Coll/p/_git/r', 'http://tfs:8080/tfs/Coll/p/_git/r', 'tfs/Coll/p/_git/r'],
    ['https://bitbucket.org/ws/repo.git', 'https://bitbucket.org/ws/repo.git', 'ws/repo.git'],
    ['git@bitbucket.org:ws/repo.git', 'git@bitbucket.org:ws/repo.git', 'ws/repo.git'],
    [
      'ssh://git@altssh.bitbucket.org:443/ws/repo.git',
      'ssh://git@altssh.bitbucket.org:443/ws/repo.git',
      'ws/repo.git',
    ],
    ['ssh://git@dc.example:7999/~ada/repo.git', 'ssh://git@dc.example:7999/~ada/repo.git', '~ada/repo.git'],
    ['https://dc.example/scm/PROJ/repo.git', 'https://dc.example/scm/PROJ/repo.git', 'scm/PROJ/repo.git'],
    ['https://XN--BCHER-KVA.example/a', 'https://xn--bcher-kva.example/a', 'a'],
    ['https://bücher.example/日本.git', 'https://xn--bcher-kva.example/%E6%97%A5%E6%9C%AC.git', '日本.git'],
  ])('%s', (text, canonical, path) => {
    const url = requireRemoteUrl(text);
    expect(url.href).toBe(canonical);
    expect(url.path).toBe(path);
    expect(url.droppedCredentials).toBe(false);
    expect(href(url.href)).toBe(url.href);
  });

  it('binds a credential to scheme, host and port', () => {
    expect(requireRemoteUrl('https://git.test/a').origin).toBe('https://git.test');
    expect(requireRemoteUrl('https://git.test:8443/a').origin).toBe('https://git.test:8443');
    expect(requireRemoteUrl('git@git.test:a').origin).toBe('ssh://git.test');
  });
});

describe('addresses of servers and of pages on them', () => {
  it.each([
    ['https://Git.Example', 'https://git.example', [], false],
    ['https://git.example:443/', 'https://git.example', [], false],
    ['http://[::1]:7990/stash//projects/', 'http://[::1]:7990', ['stash', 'projects'], false],
    ['https://ada@git.example/a%20b/c?x=%2F#y', 'https://git.example', ['a b', 'c'], true],
    ['https://git.example?q', 'https://git.example', [], true],
  ])('%s', (text, origin, segments, droppedQuery) => {
    expect(parseServerUrl(text)).toMatchObject({ ok: true, url: { origin, segments, droppedQuery } });
  });

  it.each([
    ['', 'address'],
    ['git.example', 'scheme'],
    ['ssh://git.example', 'scheme'],
    ['https://me:secret@git.example', 'password'],
    ['https://good.example?@git.example', 'ok'],
    ['https://a@b@git.example', 'user'],
    ['https://git.example\\@evil.example', 'address'],
    ['https://git.example.', 'host'],
    ['https://git.example:0', 'port'],
    ['https://git.example/a%2fb', 'path'],
    ['https://git.example/\u2028', 'address'],
  ])('%s (%s)', (text, part) => {
    const parsed = parseServerUrl(text);
    if (parsed.ok) expect([part, parsed.url.host]).toEqual(['ok', 'good.example']);
    else expect(parsed.error).toMatchObject({ kind: 'address-invalid', part });
    expect(JSON.stringify(parsed)).not.toContain('secret');
  });

  it('write host and port as credentials are bound to them', () => {
    expect(hostWithPort({ host: 'git.example', port: null })).toBe('git.example');
    expect(hostWithPort({ host: '[::1]', port: 8443 })).toBe('[::1]:8443');
  });
});

describe('users and passwords in the text', () => {
  it.each([
    'https://org@dev.azure.com/org/p/_git/r',
    'https://me:s3cr3t-canary@dev.azure.com/org/p/_git/r',
    'https://s3cr3t-canary@dev.azure.com/org/p/_git/r',
    'https://me%40corp.example:s3cr3t-canary@dev.azure.com/org/p/_git/r',
  ])('%s loses them', (text) => {
    const url = requireRemoteUrl(text);
    expect(url.href).toBe('https://dev.azure.com/org/p/_git/r');
    expect(url).toMatchObject({ user: null, droppedCredentials: true });
    expect(JSON.stringify(url)).not.toContain('s3cr3t-canary');
  });

  it('a refusal never quotes what was typed', () => {
    for (const bad of [':0', '/', '%0a/x', '\\/x', '/x?y', '/%zz', '/\u0000', '.:x/y'])
      expect(JSON.stringify(parseRemoteUrl(`https://me:s3cr3t-canary@host.test${bad}`))).not.toContain(
        's3cr3t-canary',
      );
    expect(refusedPart('ssh://git:pw@host.test/x')).toBe('password');
  });
});

describe('refused, naming the part', () => {
  it.each([
    ['', 'address'],
    ['https://', 'host'],
    ['https:///host/x', 'host'],
    ['https://host.test', 'path'],
    ['https://host.test/?a', 'path'],
    ['https://host.test:/x', 'port'],
    ['https://host.test:0443/x', 'port'],
    ['https://host.test:0/x', 'port'],
    ['https://a@b@host.test/x', 'user'],
    ['https://-u@host.test/x', 'user'],
    ['https://-host.test/x', 'host'],
    ['https://0x7f.1/x', 'host'],
    ['https://2130706433/x', 'host'],
    ['https://127.1/x', 'host'],
    ['https://xn--a/x', 'host'],
    ['https://host..test/x', 'host'],
    ['https://ho st.test/x', 'host'],
    ['https://ｈost.test/x', 'host'],
    ['https://ho\u00adst.test/x', 'host'],
    ['https://host\u200d.test/x', 'host'],
    ['https://host.test／evil.test/x', 'host'],
    ['https://host.test/a%2fb', 'path'],
    ['https://host.test/a%', 'path'],
    ['https://host.test/a%ff', 'path'],
    ['ssh://git@host.test/../x', 'path'],
    ['git@host.test:../x', 'path'],
    ['git@host.test:', 'path'],
    ['git@-host.test:x', 'host'],
    ['/home/me/repo', 'scheme'],
    ['C:\\repo', 'address'],
    ['C:repo', 'scheme'],
    ['ftp://host.test/x', 'scheme'],
    ['git+ssh://git@host.test/x', 'scheme'],
    ['https::https://host.test/x', 'scheme'],
    [' ext::sh', 'scheme'],
  ])('%s (%s)', (text, part) => {
    expect(refusedPart(text)).toBe(part);
  });
});

describe('hostile clone addresses', () => {
  it.each(hostileInputs('clone-url').map((entry) => [entry.id, entry.must, entry] as const))(
    '%s %s',
    (_id, _must, entry) => {
      const text = entry.input;
      const parsed = parseRemoteUrl(text);
      switch (verdict(entry)) {
        case 'ACCEPT':
          expect(parsed).toMatchObject({ ok: true });
          break;
        case 'REFUSE':
        case 'ERROR':
          expect(parsed).toMatchObject({ ok: false, error: { kind: 'address-invalid' } });
          break;
        case 'NOCRED':
          // No account of good.test or github.com is reached: refused, or another origin stands there.
          if (parsed.ok) expect(['https://good.test', 'https://github.com']).not.toContain(parsed.url.origin);
          break;
        case 'TEXT':
          if (parsed.ok) expect(parsed.url.href).not.toMatch(/\p{Cc}/u);
          else expect(JSON.stringify(parsed.error)).not.toMatch(/\\u001b|%1b/i);
          break;
        default:
          expect.fail(`no rule for ${entry.must}`);
      }
    },
  );

  it('shows what a look-alike really is', () => {
    expect(requireRemoteUrl('https://gіthub.com/x.git').host).toMatch(/^xn--gthub-/);
    expect(requireRemoteUrl('https://github.com。evil.test/x.git').host).toBe('github.com.evil.test');
  });
});
