import { describe, expect, it } from 'vitest';
import { cleanToken, requireToken, tokenShape } from '../../electron/providers/token-form';
import { AppFailure } from '../../shared/errors';

const error = (work: () => unknown) => {
  try {
    return work();
  } catch (thrown) {
    return thrown instanceof AppFailure ? thrown.error : thrown;
  }
};

describe('a pasted token', () => {
  it.each([
    '  abc123\n',
    '"abc123"',
    "'abc123'\r\n",
    'Bearer abc123',
    'Authorization: Bearer abc123',
    '“abc123”',
    '\ufeffabc123\u200b',
    ' "Bearer abc123"\n',
    '"abc123',
  ])('loses what came along with it: %j', (pasted) => {
    expect(cleanToken(pasted)).toBe('abc123');
  });

  it.each([
    [`ghp_${'a'.repeat(36)}`, 'github'],
    [`github_pat_${'a'.repeat(82)}`, 'github'],
    [`glpat-${'a'.repeat(20)}`, 'gitlab'],
    [`ATATT3xFfGF0${'a'.repeat(180)}`, 'bitbucket'],
    [`ATCTT3xFfGN0${'a'.repeat(180)}`, 'bitbucket'],
    [`ATBB${'a'.repeat(32)}`, 'app-password'],
    [`${'a'.repeat(76)}AZDO${'b'.repeat(4)}`, 'azure-devops'],
    ['-----BEGIN RSA PRIVATE KEY-----', 'private-key'],
    ['a'.repeat(52), null],
    ['a'.repeat(40), null],
  ])('is recognised by its shape (%#)', (token, shape) => {
    expect(tokenShape(token)).toBe(shape);
  });

  it('of another provider is refused before it is sent, of no known shape never', () => {
    expect(error(() => requireToken(`glpat-${'a'.repeat(20)}`, ['github'], 'github.com'))).toEqual({
      kind: 'token-form',
      host: 'github.com',
      looksLike: 'gitlab',
    });
    expect(requireToken('a'.repeat(40), ['github'], 'github.com')).toBe('a'.repeat(40));
    expect(requireToken(`ghp_${'a'.repeat(36)}`, ['github'], 'github.com')).toBe(`ghp_${'a'.repeat(36)}`);
  });

  it.each(['', ' \n', '""', 'abc def', 'abc\ndef', 'abc\u0000', 'tökén', 'abc\u202edef'])(
    'that no header can carry names the field (%j)',
    (pasted) => {
      expect(error(() => requireToken(pasted, [], 'h'))).toMatchObject({
        kind: 'invalid-input',
        field: 'token',
      });
    },
  );
});
