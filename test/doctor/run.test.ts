import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMask } from '../../electron/doctor/mask';
import { resolveName } from '../../electron/network/probe';
import { writeSecret } from '../../electron/providers/oauth';
import { causeSchema, type Finding, remedySchema } from '../../shared/contract/doctor';
import { describeCause } from '../../renderer/errors/describe-cause';
import { type CauseRow, gitRepository } from './causes';
import { openSurgery, runRow, type Surgery } from './run-row';

const secret = 'glpat-4f1c9e2b7a6d8f3e5c0b';
const account = { kind: 'gitlab-self-managed' } as const;
const healthy: CauseRow['answers'] = () => ({
  'GET /api/v4/metadata': { status: 401, body: { message: '401 Unauthorized' } },
  'GET /api/v4/user': { body: { id: 1, username: 'mira', name: 'Mira', avatar_url: null } },
  'GET /api/v4/personal_access_tokens/self': { body: { scopes: ['api'], expires_at: null } },
  'GET /api/v4/projects': { body: [] },
  'GET /api/v4/projects/acme%2Fwidgets': {
    body: { id: 5, path: 'widgets', path_with_namespace: 'acme/widgets' },
  },
  ...gitRepository('acme/widgets.git'),
});
const row = (more: Partial<CauseRow>): CauseRow => ({
  name: '',
  of: '',
  subject: () => ({ account, secret }),
  answers: healthy,
  expect: () => ({ cause: null }),
  ...more,
});

let surgery: Surgery;
beforeAll(async () => {
  surgery = await openSurgery();
});
afterAll(() => surgery.close());

describe('a run of the Connection Doctor', () => {
  it('makes a refused account working again when everything works', async () => {
    const run = await runRow(
      surgery,
      row({
        subject: (at) => ({
          account: {
            ...account,
            state: { status: 'refused', error: { kind: 'token-refused', host: at.host } },
          },
          secret,
          url: `${at.origin}/acme/widgets.git`,
        }),
      }),
    );
    expect(run.account).toMatchObject({ state: { status: 'working' }, user: { login: 'mira' } });
    expect(run.secretKept).toBe(true);
  });

  it('marks an account that is refused, and one that cannot be reached, and deletes nothing', async () => {
    const refused = await runRow(
      surgery,
      row({
        answers: (at) => ({
          ...healthy(at),
          'GET /api/v4/user': { status: 401, body: { message: '401 Unauthorized' } },
        }),
      }),
    );
    expect(refused.account?.state).toMatchObject({ status: 'refused', error: { kind: 'token-refused' } });
    const unreachable = await runRow(
      surgery,
      row({
        subject: () => ({
          account: {
            ...account,
            url: 'https://127.0.0.1:1',
            origins: { api: ['https://127.0.0.1:1'], git: ['https://127.0.0.1:1'] },
            state: { status: 'working' },
          },
          secret,
        }),
      }),
    );
    expect(unreachable.account?.state).toMatchObject({
      status: 'unreachable',
      error: { kind: 'host-unreachable', cause: 'refused' },
    });
    expect([refused.secretKept, unreachable.secretKept]).toEqual([true, true]);
  });

  it('stores nothing of a draft', async () => {
    const run = await runRow(
      surgery,
      row({
        subject: (at) => ({
          draft: {
            kind: 'gitlab-self-managed',
            alias: 'New',
            authenticationType: 'personal',
            url: at.origin,
            token: secret,
          },
        }),
      }),
    );
    expect(run.diagnosis).toMatchObject({ finding: null, accountId: null });
    expect(run.account).toBeUndefined();
  });

  it('S14 takes the stored secret for the way it was stored for only: a sign-in is not sent as a token', async () => {
    const stored = writeSecret({
      clientId: 'app-1',
      tenant: '',
      accessToken: 'access-5b1e97c2a04f4d38',
      refreshToken: 'refresh-0c94be71d25a4f86',
      receivedAt: Date.now(),
      expiresAt: null,
      refreshExpiresAt: null,
      cache: null,
    });
    const run = await runRow(
      surgery,
      row({
        subject: (at) => ({
          account: { ...account, authenticationType: 'oauth' },
          secret: stored,
          draft: {
            kind: 'gitlab-self-managed',
            accountId: 'a0',
            alias: 'Changed',
            authenticationType: 'personal',
            url: at.origin,
            token: '',
          },
        }),
      }),
    );
    expect(run.diagnosis.finding).toMatchObject({ cause: 'token-missing' });
    expect(JSON.stringify(run.server.seen)).not.toContain('refresh-0c94be71d25a4f86');
  });

  it('asks nobody for the passphrase of a locked store', async () => {
    const run = await runRow(surgery, row({ subject: () => ({ account, secret, locked: true }) }));
    expect(run.diagnosis.finding).toMatchObject({ cause: 'token-locked', remedy: { kind: 'unlock' } });
  });

  it('ends at once when it is left while a server says nothing', async () => {
    const leaving = new AbortController();
    await expect(
      runRow(
        surgery,
        row({
          answers: () => ({
            'GET /*': () => {
              leaving.abort();
              return { silent: true };
            },
          }),
        }),
        leaving.signal,
      ),
    ).rejects.toMatchObject({ data: { kind: 'cancelled' } });
  });
});

describe('what leaves a run', () => {
  const token = 'Zk3+vB8nM/xC6qW9tR4yL=';
  const key =
    '-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA1234567890abcdef\nghijklmnopqrstuvwxyzABCDEFGHIJKL\n-----END RSA PRIVATE KEY-----';
  const base64 = (text: string) => Buffer.from(text).toString('base64');

  it.each([
    ['as it is', token],
    ['in an address', encodeURIComponent(token)],
    ['in a form', new URLSearchParams({ token }).toString()],
    ['in base64', base64(token)],
    ['in base64 for addresses', Buffer.from(token).toString('base64url')],
    ['in a pair', base64(`mira:${token}`)],
    ['in another pair', base64(`somebody-else:${token}`)],
    ['in a pair without a name', base64(`:${token}`)],
    ['in hexadecimal', Buffer.from(token).toString('hex')],
  ])('4.12 hides a token %s', (_how, text) => {
    const mask = createMask();
    mask.learn(token, ['mira', '']);
    const shown = mask(`refused: ${text} was given`);
    expect(shown).not.toContain(text);
    expect(shown).not.toContain(text.slice(4, 20));
    expect(shown).toMatch(/^refused: .*\*\*\*.* was given$/);
  });

  it('hides every line of a private key, and the tokens of a sign-in', () => {
    const mask = createMask();
    mask.learn(key);
    mask.learn(JSON.stringify({ accessToken: 'b7e1f0c2d9a84e63975c', refreshToken: 'c0ffee00c0ffee00c0ff' }));
    const shown = mask('MIIEowIBAAKCAQEA1234567890abcdef b7e1f0c2d9a84e63975c c0ffee00c0ffee00c0ff');
    expect(shown).toBe('*** *** ***');
  });

  it('hides what looks like a token though nobody told of it', () => {
    const mask = createMask();
    expect(mask(`found ghp_${'a'.repeat(36)} and Basic ${base64('user:something')}`)).toBe(
      'found *** and ***',
    );
  });

  it('shows control characters and those that turn text around as numbers', () => {
    expect(createMask()('a\u001b[31m\u202egnp.exe\r\nb')).toBe('a<U+001B>[31m<U+202E>gnp.exe b');
  });
});

describe('the words', () => {
  const noFacts: Finding['facts'] = {};

  it('name every cause in one sentence, with and without its facts', () => {
    for (const cause of causeSchema.options)
      for (const facts of [noFacts, { host: 'git.example.com', reason: 'too long', date: '2026-12-01' }]) {
        const finding: Finding = { cause, remedy: { kind: 'try-again' }, facts };
        const { sentence, button } = describeCause(finding);
        expect(sentence, cause).toMatch(/^\S.*[^.]\.$/);
        expect(sentence, cause).not.toMatch(/undefined|\s\s|Invalid Date| \./);
        expect(button).not.toBe('');
      }
  });

  it('name what the button of every remedy does', () => {
    const kinds = remedySchema.options.map((option) => option.shape.kind.value);
    const filled = {
      url: 'https://x.example',
      page: 'token',
      field: 'url',
      header: 'basic',
      host: 'x',
      fingerprint: 'AA',
      until: 0,
    };
    for (const kind of kinds) {
      const remedy = remedySchema.parse({ kind, ...filled });
      expect(describeCause({ cause: 'other', remedy, facts: {} }).button, kind).toMatch(/^[A-Z].{3,}/);
    }
  });
});

describe('names', () => {
  it('4.9 one that nobody knows is told from a name server that does not answer in time', async () => {
    const never = new AbortController().signal;
    const unknown = await resolveName('nobody.invalid', never);
    expect(unknown).toMatchObject({ ok: false, facts: { host: 'nobody.invalid' } });
    expect(await resolveName('127.0.0.1', never)).toEqual({ ok: true, addresses: ['127.0.0.1'] });
    expect(await resolveName('localhost', AbortSignal.abort(new Error('left'))).catch(String)).toBe(
      'Error: left',
    );
  });
});
