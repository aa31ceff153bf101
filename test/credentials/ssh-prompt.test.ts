import { describe, expect, it } from 'vitest';
import { nativePath } from '../../electron/credentials/ssh/key-file';
import { parsePrompt } from '../../electron/credentials/ssh/prompt';
import { publishedHostKey } from '../../shared/published-host-keys';

const fingerprint = 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU';
const question = 'Are you sure you want to continue connecting (yes/no/[fingerprint])? ';

describe('what ssh asks', () => {
  it('reads the question about an unknown server as each OpenSSH writes it', () => {
    const common = {
      kind: 'host-key',
      host: 'github.com',
      address: '140.82.121.3',
      keyType: 'ED25519',
      fingerprint,
      takesFingerprint: true,
      otherTypesKnown: false,
      otherNames: [],
    };
    const first = "The authenticity of host 'github.com (140.82.121.3)' can't be established";
    // 8.0 to 8.4
    expect(
      parsePrompt(`${first}.\nED25519 key fingerprint is ${fingerprint}.\n${question}`, 'entry'),
    ).toEqual(common);
    // 8.5 to 10.0
    expect(
      parsePrompt(
        `${first}.\nED25519 key fingerprint is ${fingerprint}.\nThis key is not known by any other names.\n${question}`,
        'entry',
      ),
    ).toEqual(common);
    // 10.1 and later
    expect(
      parsePrompt(
        `${first}.\nED25519 key fingerprint is: ${fingerprint}\nThis key is not known by any other names.\n${question}`,
        'entry',
      ),
    ).toEqual(common);
    // 8.0 with VerifyHostKeyDNS
    expect(
      parsePrompt(
        `${first}.\nED25519 key fingerprint is ${fingerprint}.\nNo matching host key fingerprint found in DNS.\n${question}`,
        'entry',
      ),
    ).toEqual(common);
    // Other types known: with a comma before 8.5, without since.
    for (const between of [',\n', '\n'])
      expect(
        parsePrompt(
          `${first}${between}but keys of different type are already known for this host.\nED25519 key fingerprint is ${fingerprint}.\n${question}`,
          'entry',
        ),
      ).toEqual({ ...common, otherTypesKnown: true });
  });

  it('reads ports, addresses, and the other names of the same key', () => {
    expect(
      parsePrompt(
        `The authenticity of host '[ssh.github.com]:443 ([140.82.112.36]:443)' can't be established.\nED25519 key fingerprint is ${fingerprint}.\nThis host key is known by the following other names/addresses:\n    ~/.ssh/known_hosts:32: github.com\n    ~/.ssh/known_hosts:40: [hashed name]\n    (2 additional names omitted)\n${question}`,
        'entry',
      ),
    ).toMatchObject({
      host: '[ssh.github.com]:443',
      address: '[140.82.112.36]:443',
      otherNames: [
        '~/.ssh/known_hosts:32: github.com',
        '~/.ssh/known_hosts:40: [hashed name]',
        '(2 additional names omitted)',
      ],
    });
    const at = (host: string, address: string) =>
      parsePrompt(
        `The authenticity of host '${host} (${address})' can't be established.\nRSA key fingerprint is ${fingerprint}.\n${question}`,
        'entry',
      );
    expect(at('git.intern.example', '<no hostip for proxy command>')).toMatchObject({ address: null });
    expect(at('[127.0.0.1]:2222', '[127.0.0.1]:2222')).toMatchObject({ address: null });
    expect(at('::1', '::1')).toMatchObject({ host: '::1', address: null });
    expect(at('fe80::1%eth0', 'fe80::1%eth0')).toMatchObject({ host: 'fe80::1%eth0' });
  });

  it('reads other forms of the fingerprint, and the picture some like to see', () => {
    const md5 = 'MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48';
    expect(
      parsePrompt(
        `The authenticity of host 'a.test (192.0.2.1)' can't be established.\nRSA key fingerprint is ${md5}.\n+---[RSA 2048]----+\n|        .        |\n+----[MD5]--------+\nThis key is not known by any other names\n${question}`,
        'entry',
      ),
    ).toMatchObject({ kind: 'host-key', fingerprint: md5 });
    expect(
      parsePrompt(
        `The authenticity of host 'a.test (192.0.2.1)' can't be established.\nRSA key fingerprint is ${fingerprint}.\nAre you sure you want to continue connecting (yes/no)? `,
        'entry',
      ),
    ).toMatchObject({ kind: 'host-key', takesFingerprint: false });
  });

  it('takes nothing for the question about a server that differs from it', () => {
    const real = `The authenticity of host 'a.test (192.0.2.1)' can't be established.\nRSA key fingerprint is ${fingerprint}.\n${question}`;
    for (const text of [
      ` ${real}`,
      `(git@evil.test) ${real}`,
      `${real} `,
      real.replace('SHA256:', 'SHA1:'),
      real.replace("'a.test (", "'a.test' or 'b.test ("),
      real.replace('a.test', 'a.test\n'),
      real.replace('a.test', '\u001b[2Ja.test'),
    ])
      expect(parsePrompt(text, 'entry').kind).not.toBe('host-key');
  });

  it('reads whose passphrase is asked for, and knows a path that ssh has cut', () => {
    expect(parsePrompt("Enter passphrase for key '/home/u/it's mine/id_rsa': ", 'entry')).toEqual({
      kind: 'passphrase',
      keyPath: "/home/u/it's mine/id_rsa",
      isCut: false,
    });
    const long = `/home/u/${'x'.repeat(92)}`;
    expect(parsePrompt(`Enter passphrase for key '${long}': `, 'entry')).toMatchObject({ isCut: true });
    // Git for Windows' ssh
    expect(
      parsePrompt("Enter passphrase for key '/c/Users/Jane Doe/.ssh/id_ed25519': ", 'entry'),
    ).toMatchObject({
      keyPath: '/c/Users/Jane Doe/.ssh/id_ed25519',
    });
    expect(nativePath('/c/Users/Jane Doe/.ssh/id_ed25519', 'win32')).toBe(
      String.raw`C:\Users\Jane Doe\.ssh\id_ed25519`,
    );
    expect(nativePath(String.raw`C:\Users\jane/.ssh/id_rsa`, 'win32')).toBe(
      String.raw`C:\Users\jane\.ssh\id_rsa`,
    );
    expect(nativePath('/c/keys/id_rsa', 'linux')).toBe('/c/keys/id_rsa');
  });

  it('reads who is asked for a password, and tells the server’s own questions from ssh’s', () => {
    expect(parsePrompt("git@git.example.test's password: ", 'entry')).toEqual({
      kind: 'password',
      user: 'git',
      host: 'git.example.test',
    });
    expect(parsePrompt('(jane@corp@git.example.test) Password: ', 'entry')).toEqual({
      kind: 'password',
      user: 'jane@corp',
      host: 'git.example.test',
    });
    expect(parsePrompt('(git@git.example.test) Verification code: ', 'entry')).toEqual({
      kind: 'server-question',
      user: 'git',
      host: 'git.example.test',
      text: 'Verification code: ',
    });
    expect(
      parsePrompt("(git@evil.test) Enter passphrase for key '/home/u/.ssh/id_rsa': ", 'entry').kind,
    ).toBe('server-question');
  });

  it('reads git’s own questions with their percent-encoded user, and the host as every address is read', () => {
    expect(parsePrompt("Password for 'https://jane%40corp@git.example.test:8443': ", 'entry')).toEqual({
      kind: 'git-credential',
      wants: 'password',
      username: 'jane@corp',
      host: 'git.example.test:8443',
    });
    expect(parsePrompt("Username for 'https://git.example.test/team/one.git': ", 'entry')).toEqual({
      kind: 'git-credential',
      wants: 'username',
      username: null,
      host: 'git.example.test',
    });
    expect(parsePrompt(String.raw`Password for 'https://good\@evil/x': `, 'entry')).toMatchObject({
      host: null,
    });
  });

  it('knows that a security key waits to be touched, and asks for a PIN as for any text', () => {
    const touch = 'Confirm user presence for key ED25519-SK SHA256:abc';
    expect(parsePrompt(touch, 'none')).toEqual({ kind: 'touch', text: touch });
    expect(parsePrompt('Enter PIN for ED25519-SK key /home/u/.ssh/id_ed25519_sk: ', 'entry')).toMatchObject({
      kind: 'unknown',
      wants: 'entry',
    });
    expect(parsePrompt('Allow use of key mine?\nKey fingerprint SHA256:abc.', 'confirm')).toMatchObject({
      kind: 'unknown',
      wants: 'confirm',
    });
    expect(parsePrompt('Accept updated hostkeys? (yes/no): ', 'entry')).toMatchObject({ wants: 'confirm' });
  });

  it('knows when ssh repeats itself', () => {
    expect(parsePrompt("Please type 'yes', 'no' or the fingerprint: ", 'entry')).toEqual({
      kind: 'repeated',
    });
    expect(parsePrompt("Please type 'yes' or 'no': ", 'entry')).toEqual({ kind: 'repeated' });
  });
});

describe('published server keys', () => {
  it('tell a key the provider publishes from one it does not, and know nothing of other hosts', () => {
    expect(publishedHostKey('github.com', fingerprint)).toMatchObject({ by: 'GitHub', matches: true });
    expect(publishedHostKey('[ssh.github.com]:443', fingerprint)).toMatchObject({ matches: true });
    expect(publishedHostKey('GitHub.com', fingerprint)).toMatchObject({ matches: true });
    expect(publishedHostKey('gitlab.com', fingerprint)).toMatchObject({ by: 'GitLab', matches: false });
    expect(publishedHostKey('github.com.evil.test', fingerprint)).toBeNull();
    expect(publishedHostKey('git.example.test', fingerprint)).toBeNull();
    expect(publishedHostKey('github.com', 'MD5:16:27')).toBeNull();
  });

  it('do not know the keys that were given up in 2023', () => {
    expect(
      publishedHostKey('github.com', 'SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8'),
    ).toMatchObject({
      matches: false,
    });
    expect(
      publishedHostKey('bitbucket.org', 'SHA256:zzXQOXSRBEiUtuE8AikJYKwbHaxvSc0ojez9YXaGp1A'),
    ).toMatchObject({
      matches: false,
    });
  });
});
