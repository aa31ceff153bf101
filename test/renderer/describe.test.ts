import { describe, expect, it } from 'vitest';
import { describeError, describeInOneLine } from '../../renderer/errors/describe';
import { type AppError, type AppErrorKind, appErrorSchema } from '../../shared/errors';

const host = 'git.example.com';
const examples: Record<AppErrorKind, AppError[]> = {
  cancelled: [{ kind: 'cancelled' }],
  'invalid-input': [{ kind: 'invalid-input', field: 'appId', reason: 'The App ID is a number.' }],
  'address-invalid': [{ kind: 'address-invalid', part: 'scheme', reason: 'Use https.' }],
  'host-unreachable': (['dns', 'refused', 'timeout', 'reset', 'proxy', 'plain-http', 'other'] as const).map(
    (cause) => ({
      kind: 'host-unreachable',
      host,
      cause,
      ssh: cause === 'timeout',
    }),
  ),
  certificate: (
    [
      'self-signed',
      'unknown-issuer',
      'expired',
      'not-yet-valid',
      'wrong-name',
      'client-required',
      'client-refused',
      'other',
    ] as const
  ).map((cause) => ({ kind: 'certificate', host, cause })),
  'token-refused': [
    { kind: 'token-refused', host },
    { kind: 'token-refused', host, detail: 'Bad credentials.' },
  ],
  'sign-in-failed': (
    [
      'denied',
      'expired',
      'unknown-client',
      'not-enabled',
      'unsupported',
      'unknown-tenant',
      'scope',
      'consent',
      'policy',
      'other',
    ] as const
  ).map((reason) => ({ kind: 'sign-in-failed', host, reason, detail: 'No.' })),
  'token-form': (
    ['github', 'gitlab', 'bitbucket', 'azure-devops', 'app-password', 'private-key', 'unknown'] as const
  ).map((looksLike) => ({ kind: 'token-form', host, looksLike })),
  'sign-in-page': [{ kind: 'sign-in-page', host, status: 203 }],
  'missing-permission': [
    { kind: 'missing-permission', host, needed: ['read_api'] },
    { kind: 'missing-permission', host, needed: [] },
  ],
  'authorization-required': [
    { kind: 'authorization-required', host },
    { kind: 'authorization-required', host, url: 'https://git.example.com/sso' },
  ],
  'not-found': [{ kind: 'not-found', host, what: 'The organization “contoso”' }],
  'rate-limited': [{ kind: 'rate-limited', host, retryAt: 1_795_000_000_000 }],
  'wrong-provider': [{ kind: 'wrong-provider', host, expected: 'a GitLab server' }],
  'unexpected-answer': [
    { kind: 'unexpected-answer', host, detail: 'cut after 12 bytes' },
    { kind: 'unexpected-answer', host, status: 418, detail: 'teapot' },
  ],
  'server-too-old': [
    { kind: 'server-too-old', host, found: 'TFS 2018', minimum: 'Azure DevOps Server 2022' },
  ],
  'server-public-url': [{ kind: 'server-public-url', host, wrongUrl: 'http://localhost:8080/tfs' }],
  'server-error': [{ kind: 'server-error', host, status: 502 }],
  moved: [{ kind: 'moved', host, to: 'https://other.example.com' }],
  'secret-unavailable': (['locked', 'missing', 'no-store', 'damaged'] as const).map((reason) => ({
    kind: 'secret-unavailable',
    reason,
  })),
  'wrong-passphrase': [{ kind: 'wrong-passphrase' }],
  'directory-not-empty': [{ kind: 'directory-not-empty', path: '/home/a/x' }],
  'directory-not-writable': [{ kind: 'directory-not-writable', path: '/home/a/x' }],
  'disk-full': [{ kind: 'disk-full', path: '/home/a/x' }],
  'path-not-found': [{ kind: 'path-not-found', path: '/home/a/x' }],
  'not-a-repository': [{ kind: 'not-a-repository', path: '/home/a/x' }],
  'git-too-old': [{ kind: 'git-too-old', found: '2.20', minimum: '2.31' }],
  unsupported: [
    { kind: 'unsupported', what: 'cloning over SSH', reason: 'Install Git to use SSH addresses.' },
    { kind: 'unsupported', what: 'opening it', reason: 'Git can read it. Install Git.', needs: 'git' },
  ],
  'authentication-failed': [
    { kind: 'authentication-failed', host, path: 'a/b' },
    { kind: 'authentication-failed', host, path: 'a/b', accountId: 'one' },
    { kind: 'authentication-failed', host, path: 'a/b', offers: ['Negotiate', 'NTLM'] },
  ],
  'several-accounts': [{ kind: 'several-accounts', host, path: 'a/b', accountIds: ['one', 'two'] }],
  'repository-not-found': [{ kind: 'repository-not-found', host, path: 'a/b' }],
  'branch-not-found': [{ kind: 'branch-not-found', branch: 'next' }],
  'ssh-host-key-changed': (['changed', 'revoked'] as const).flatMap((cause) =>
    [null, true, false].map((matches) => ({
      kind: 'ssh-host-key-changed' as const,
      host,
      cause,
      keyType: 'ED25519',
      fingerprint: matches === null ? '' : 'SHA256:abc',
      known: matches === null ? null : { file: '/home/jane/.ssh/known_hosts', line: 3 },
      published: matches === null ? null : { by: 'GitHub', url: 'https://docs.github.com/', matches },
    })),
  ),
  'ssh-host-key-unknown': (['declined', 'not-asked', 'strict'] as const).map((reason) => ({
    kind: 'ssh-host-key-unknown',
    host,
    reason,
    fingerprint: reason === 'declined' ? 'SHA256:abc' : '',
    published: null,
  })),
  'ssh-key-refused': [
    { kind: 'ssh-key-refused', host, path: 'a/b', keyPath: null },
    { kind: 'ssh-key-refused', host, path: 'a/b', keyPath: '/home/jane/.ssh/work', detail: 'Too open.' },
  ],
  'ssh-passphrase': (['wrong', 'not-given', 'locked'] as const).map((reason) => ({
    kind: 'ssh-passphrase',
    host,
    keyPath: '/home/jane/.ssh/work',
    reason,
  })),
  'ssh-missing': [{ kind: 'ssh-missing', host }],
  'revision-not-found': [{ kind: 'revision-not-found', name: 'nowhere' }],
  'already-exists': [{ kind: 'already-exists', name: 'main' }],
  'not-merged': [{ kind: 'not-merged', branch: 'topic' }],
  'identity-missing': [{ kind: 'identity-missing' }],
  'repository-busy': [{ kind: 'repository-busy', path: '/repositories/one/.git/index.lock' }],
  'would-overwrite': [
    { kind: 'would-overwrite', paths: ['one.txt'] },
    { kind: 'would-overwrite', paths: ['one', 'two', 'three', 'four', 'five'] },
  ],
  unfinished: (['merge', 'rebase', 'cherry-pick', 'revert', 'am', 'conflicts'] as const).map((what) => ({
    kind: 'unfinished',
    what,
  })),
  'nothing-to-do': (['commit', 'abort'] as const).map((what) => ({ kind: 'nothing-to-do', what })),
  'not-fast-forward': [{ kind: 'not-fast-forward' }],
  'repository-damaged': [
    { kind: 'repository-damaged', path: '.git/index', detail: 'Its checksum is wrong.' },
  ],
  'push-unknown': [{ kind: 'push-unknown', host, branch: 'main' }],
  'contents-missing': [{ kind: 'contents-missing', oid: 'a'.repeat(40) }],
  'transfer-incomplete': [{ kind: 'transfer-incomplete', host }],
  'git-failed': [
    { kind: 'git-failed', command: 'clone', exitCode: 128, detail: 'fatal: bad object' },
    { kind: 'git-failed', command: 'clone', exitCode: null, detail: '' },
  ],
  gone: (['account', 'repository', 'prompt', 'pull-request'] as const).map((what) => ({
    kind: 'gone',
    what,
  })),
  internal: [{ kind: 'internal', reference: 'a1b2' }],
};

describe('words for failures', () => {
  it('the examples here name every kind the border knows', () => {
    const kinds = appErrorSchema.options.map((option) => option.shape.kind.value).toSorted();
    expect(Object.keys(examples).toSorted()).toEqual(kinds);
  });

  for (const [kind, errors] of Object.entries(examples))
    if (kind !== 'cancelled')
      it(`${kind} gets a title and whole sentences, and no field of it is printed as code`, () => {
        for (const error of errors)
          for (const place of [{}, { account: { id: 'one', alias: 'Work' }, retry: true }, { form: true }]) {
            const described = describeError(error, place);
            expect(described?.title).toMatch(/^\S.{3,}[^.]$/);
            expect(described?.text).toMatch(/\S{2,}.*\s\S/);
            expect(`${described?.title} ${described?.text}`).not.toMatch(/undefined|null|\[object|NaN/);
          }
      });

  it('a cancelled operation is never shown', () => {
    expect(describeError({ kind: 'cancelled' })).toBeNull();
    expect(describeInOneLine({ kind: 'cancelled' })).toBe('');
  });

  it('a refused token of a stored account leads to replacing the token, in a form to the field', () => {
    const error: AppError = { kind: 'token-refused', host };
    expect(describeError(error, { account: { id: 'one', alias: 'Work' } })?.action).toEqual({
      kind: 'replace-token',
      label: 'Replace token',
      accountId: 'one',
    });
    const inForm = describeError(error, { account: { id: 'one', alias: 'Work' }, form: true });
    expect(inForm?.action).toBeUndefined();
    expect(inForm?.field).toBe('token');
  });

  it('names the scopes that are missing in the provider’s words', () => {
    expect(
      describeInOneLine({ kind: 'missing-permission', host, needed: ['read_api', 'read_user'] }),
    ).toContain('read_api, read_user');
  });
});

describe('a failure on the way to a server', () => {
  it.each([
    ['wants-sign-in', { kind: 'open-preferences', section: 'network', network: { add: 'proxy-password' } }],
    ['unreachable', { kind: 'open-preferences', section: 'network' }],
    ['refuses', { kind: 'open-preferences', section: 'network' }],
  ] as const)('of a proxy that %s leads to the proxy’s settings', (proxy, action) => {
    const described = describeError(
      { kind: 'host-unreachable', host, cause: 'proxy', proxy },
      { retry: true },
    );
    expect(described?.action).toMatchObject(action);
    expect(described?.text).toContain('proxy');
  });

  it.each([
    ['self-signed', 'authority'],
    ['unknown-issuer', 'authority'],
    ['client-required', 'client-certificate'],
    ['client-refused', 'client-certificate'],
  ] as const)('of a certificate that is %s leads to where it is mended, for that host', (cause, add) => {
    const detail = 'issued by CN=Corp; valid until 2030-01-01; SHA-256 AA:BB';
    const described = describeError({ kind: 'certificate', host, cause, detail }, { retry: true });
    expect(described?.action).toMatchObject({ section: 'network', network: { add, host } });
    expect(described?.text).toContain('SHA-256 AA:BB');
  });

  it.each(['expired', 'not-yet-valid', 'wrong-name', 'other'] as const)(
    'of a certificate that is %s offers no trust (API-038, API-040)',
    (cause) => {
      const described = describeError(
        { kind: 'certificate', host, cause, detail: 'ERR_CODE' },
        { retry: true },
      );
      expect(described?.action).toMatchObject({ kind: 'retry' });
      expect(described?.text).not.toContain('ERR_CODE');
    },
  );
});
