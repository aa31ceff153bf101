import { describe, expect, it } from 'vitest';
import { isRefusal, operationWords, reasonWords } from '../../renderer/features/prompts/question-words';
import { passphraseStrength } from '../../renderer/features/secret-store/passphrase-strength';
import { staleAfter } from '../../renderer/rpc/staleness';
import { appEventSchema } from '../../shared/contract/application';
import { contract } from '../../shared/contract/index';

describe('staleness', () => {
  const events = appEventSchema.options.map((option) => option.shape.type.value);

  it('names only procedures and services that the contract has', () => {
    for (const type of events) {
      const event = { type, id: 'x', command: 'clone' } as Parameters<typeof staleAfter>[0];
      for (const [service, procedure] of staleAfter(event)) {
        expect(Object.keys(contract)).toContain(service);
        if (procedure) expect(Object.keys(contract[service as keyof typeof contract])).toContain(procedure);
      }
    }
  });

  it('refetches the accounts when they changed, and nothing for a menu command', () => {
    expect(staleAfter({ type: 'accounts.changed' })).toContainEqual(['accounts', 'list']);
    expect(staleAfter({ type: 'command', command: 'clone' })).toEqual([]);
  });
});

describe('a question', () => {
  it('says why it is asked, with the account where there is one', () => {
    const host = 'git.example.com';
    expect(reasonWords({ reason: 'no-account', accountAlias: null, host })).toContain(host);
    expect(reasonWords({ reason: 'account-refused', accountAlias: 'Work', host })).toContain('“Work”');
    expect(reasonWords({ reason: 'answer-refused', accountAlias: null, host })).toContain('refused');
    expect(isRefusal('answer-refused')).toBe(true);
    expect(isRefusal('no-account')).toBe(false);
    expect(operationWords('clone')).toBe('Cloning');
    expect(operationWords('gc')).toContain('gc');
  });
});

describe('the passphrase hint', () => {
  it('wants length first, and is not fooled by repetition or sequences', () => {
    expect(passphraseStrength('abc').text).toContain('5 more characters');
    expect(passphraseStrength('abcdefg').text).toContain('1 more character ');
    expect(passphraseStrength('aaaaaaaaaaaaaaaaaaaa').tone).toBe('bad');
    expect(passphraseStrength('abcdefghijklmnop').tone).toBe('bad');
    expect(passphraseStrength('12345678901234567890').tone).toBe('bad');
    expect(passphraseStrength('password').tone).not.toBe('good');
    expect(passphraseStrength('correct horse battery staple').tone).toBe('good');
    expect(passphraseStrength('T7#qP!x2Lm&9').tone).toBe('good');
  });
});
