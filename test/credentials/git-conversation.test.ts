import { describe, expect, it } from 'vitest';
import { createGitConversation } from '../../electron/credentials/git-conversation';
import type { GitCredential } from '../../electron/providers/provider';
import { recordedCredentials } from '../git/operation';

const origin = 'https://good.test';
const header: GitCredential = { kind: 'header', header: 'Bearer canary.77' };
const password: GitCredential = { kind: 'password', username: 'ada', password: 'canary-77' };
const noWay = { proxy: null, certificate: null };

/** What git 2.47.3 wrote to its helper, taken down line by line from it talking to a server. */
const newer = {
  get: [
    'capability[]=authtype',
    'capability[]=state',
    'protocol=https',
    'host=good.test',
    'path=team/x.git',
    'wwwauth[]=Basic realm="x"',
    'wwwauth[]=Bearer',
    'wwwauth[]=Negotiate',
  ],
  report: (state: string, credential = 'canary.77') => [
    'capability[]=authtype',
    'capability[]=state',
    'authtype=Bearer',
    `credential=${credential}`,
    'ephemeral=1',
    'protocol=https',
    'host=good.test',
    'path=team/x.git',
    'wwwauth[]=Basic realm="x"',
    `state[]=${state}`,
  ],
};
/** The same of git 2.39.5. */
const older = {
  get: ['protocol=https', 'host=good.test', 'path=team/x.git'],
  report: ['protocol=https', 'host=good.test', 'path=team/x.git', 'username=ada', 'password=canary-77'],
};
// git ends with a line feed after the last line and closes the pipe: there is no blank line.
const bytes = (lines: string[]) => Buffer.from(`${lines.join('\n')}\n`);
const conversation = (...answers: GitCredential[]) => {
  const credentials = recordedCredentials(origin, answers);
  return { credentials, git: createGitConversation(credentials, origin, noWay) };
};
const stateIn = (answer: string) => /^state\[\]=(.*)$/m.exec(answer)?.[1] ?? '';

describe("the application's own git in conversation", () => {
  it('gives a header to a git that takes one, and knows it again by its state', async () => {
    const { credentials, git } = conversation(header);
    const answer = await git.answer('get', bytes(newer.get));
    expect(answer).toMatch(
      /^capability\[\]=authtype\ncapability\[\]=state\nauthtype=Bearer\ncredential=canary\.77\nephemeral=1\nstate\[\]=polyforge\.[0-9a-f]{24}\n$/,
    );
    expect(git.given).toMatchObject([{ origin, credential: header, refused: false }]);
    expect(git.challenges).toEqual(['Basic realm="x"', 'Bearer', 'Negotiate']);
    await git.answer('store', bytes(newer.report(stateIn(answer))));
    expect(credentials.events).toEqual(['approve']);
    expect(git.given[0]?.refused).toBe(false);
    await git.answer('erase', bytes(newer.report(stateIn(answer))));
    expect(git.given[0]?.refused).toBe(true);
    // Passed on by whoever runs git, once it has ended.
    expect(credentials.events).toEqual(['approve']);
  });

  it('believes no report that has another state, another secret or another origin', async () => {
    const { git } = conversation(header);
    const state = stateIn(await git.answer('get', bytes(newer.get)));
    await git.answer('erase', bytes(newer.report('polyforge.000000000000000000000000')));
    await git.answer('erase', bytes(newer.report(state, 'another')));
    await git.answer(
      'erase',
      bytes(newer.report(state).map((line) => line.replace('host=good.test', 'host=evil.test'))),
    );
    expect(git.given[0]?.refused).toBe(false);
    // Another helper's state is not about ours.
    await git.answer('erase', bytes([...newer.report(state), 'state[]=other.helper']));
    expect(git.given[0]?.refused).toBe(true);
  });

  it('gives no header to an older git, and a password to both', async () => {
    const { git } = conversation(header);
    expect(await git.answer('get', bytes(older.get))).toBe('quit=1\n');
    expect(git.given).toEqual([]);
    expect(git.foreignOrigin).toBeNull();
    const plain = conversation(password);
    expect(await plain.git.answer('get', bytes(older.get))).toBe('username=ada\npassword=canary-77\n');
    const answer = await plain.git.answer('get', bytes(newer.get));
    expect(answer).toMatch(/^capability\[\]=state\nusername=ada\npassword=canary-77\nstate\[\]=polyforge\./);
    // Both times the same credential.
    expect(plain.git.given).toHaveLength(1);
    await plain.git.answer('erase', bytes(older.report));
    expect(plain.git.given[0]?.refused).toBe(true);
  });

  it('asks for the user git names, and gives no other one', async () => {
    const { credentials, git } = conversation(password);
    expect(await git.answer('get', bytes([...older.get, 'username=bob']))).toBe('quit=1\n');
    expect(credentials.asked).toEqual([{ origin, path: 'team/x.git', username: 'bob' }]);
    expect(git.given).toEqual([]);
    expect(await git.answer('get', bytes([...older.get, 'username=ada']))).toContain('canary-77');
  });

  it('keeps apart what two hosts were given', async () => {
    const credentials = recordedCredentials(origin, [password]);
    const git = createGitConversation(
      { ...credentials, fill: async () => password },
      'https://other.test',
      noWay,
    );
    await git.answer('get', bytes(older.get));
    await git.answer('get', bytes(['protocol=https', 'host=other.test', 'path=y']));
    await git.answer('erase', bytes(older.report));
    expect(git.given).toMatchObject([
      { origin, refused: true },
      { origin: 'https://other.test', refused: false },
    ]);
  });

  it('says nothing to anything but the three things git asks', async () => {
    const { credentials, git } = conversation(password);
    for (const action of ['', 'capability', 'GET', 'list'])
      expect(await git.answer(action, bytes(older.get))).toBe('');
    expect(credentials.asked).toEqual([]);
  });
});
