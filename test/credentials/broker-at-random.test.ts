import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OperationCredentials } from '../../electron/credentials/broker';
import { AppFailure } from '../../shared/errors';
import type { Answer, Question } from '../../shared/contract/prompts';
import { parseRemoteUrl } from '../../shared/remote-url';
import { anAccount } from '../fakes/account';
import { type BrokerUnderTest, brokerUnderTest, ownUrl } from '../fakes/broker';

const good = 'https://git.example.test';
const other = 'https://other.example.test';
const account = (id: string, origin: string) =>
  anAccount({ id, alias: id, tokenName: '', origins: { api: [origin], git: [origin] }, url: origin });

/** Whatever is asked is agreed to, and nothing is typed. */
const agree = (question: Question): Answer =>
  question.kind === 'other-host' ? { kind: 'other-host', allow: 'always' } : { kind: 'dismiss' };

/** Names that look like a host, by one change each. */
const nearOrigins = fc
  .tuple(
    fc.constantFrom(good, other),
    fc.constantFrom(
      'insert',
      'delete',
      'replace',
      'case',
      'double',
      'prefix',
      'suffix',
      'port',
      'scheme',
      'user',
    ),
    fc.nat(40),
    fc.constantFrom(
      '.',
      '-',
      'x',
      '@',
      '/',
      '\\',
      ':',
      '%',
      '\u0000',
      '\n',
      '\u3002',
      '\uff0e',
      '\u0131',
      '?',
      '#',
      ' ',
    ),
  )
  .map(([origin, change, at, character]) => {
    const index = 8 + (at % (origin.length - 8));
    const head = origin.slice(0, index);
    switch (change) {
      case 'insert':
        return head + character + origin.slice(index);
      case 'delete':
        return head + origin.slice(index + 1);
      case 'replace':
        return head + character + origin.slice(index + 1);
      case 'case':
        return head + origin.slice(index).toUpperCase();
      case 'double':
        return origin + origin.slice(index);
      case 'prefix':
        return `https://${character}${origin.slice(8)}`;
      case 'suffix':
        return `${origin}${character}evil.test`;
      case 'port':
        return `${origin}:${at}`;
      case 'scheme':
        return origin.replace('https', ['http', 'ssh', 'git', 'HTTPS', ''][at % 5] ?? '');
      default:
        return origin.replace('://', `://${character}@`);
    }
  })
  .filter((origin) => origin !== good && origin !== other);

describe('whatever is asked', () => {
  let here: BrokerUnderTest;
  let stop: () => void;

  beforeEach(() => {
    here = brokerUnderTest();
    here.addAccount(account('good', good));
    here.addAccount(account('other', other));
    stop = () => undefined;
  });
  afterEach(() => {
    stop();
    return here.close();
  });

  it('no origin that only looks like an account’s gets an answer or a question, by whatever way', async () => {
    stop = here.events.listen((event) => {
      if (event.type === 'prompts.asked') here.prompts.answer(event.question.id, agree(event.question));
    });
    await fc.assert(
      fc.asyncProperty(
        nearOrigins,
        fc.constantFrom('', 'team/private.git', 'a/../b', '%2e%2e', 'x\n', '/'),
        fc.constantFrom(null, '', 'good', 'oauth2'),
        fc.constantFrom('application', 'terminal'),
        async (origin, path, username, asker) => {
          here.asked.length = 0;
          const operation = here.begin({ asker });
          expect(await operation.fill({ origin, path, username })).toBeNull();
          expect(here.asked).toEqual([]);
          // The operation itself may be about such an address: nobody's account is for it.
          const parsed = parseRemoteUrl(`${origin}/team/private.git`);
          if (!parsed.ok || [good, other].includes(parsed.url.origin)) return;
          const about = here.begin({ asker, url: parsed.url });
          expect(await about.fill({ origin: parsed.url.origin, path, username })).toBeNull();
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('an answer is always for the origin that asked', async () => {
    stop = here.events.listen((event) => {
      if (event.type === 'prompts.asked') here.prompts.answer(event.question.id, agree(event.question));
    });
    const requests = fc.array(
      fc.record({
        origin: fc.constantFrom(good, other, 'https://unknown.example.test'),
        path: fc.constantFrom('team/private.git', 'team/private.git/info/lfs', 'libs/sub.git', ''),
        username: fc.constantFrom(null, 'good', 'other', 'oauth2'),
      }),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(requests, fc.array(fc.boolean(), { maxLength: 12 }), async (list, refusals) => {
        const operation = here.begin();
        for (const [index, request] of list.entries()) {
          const given = await operation.fill(request);
          if (given?.kind !== 'password') continue;
          expect([request.origin, given.password]).toEqual([
            request.origin === good ? good : other,
            request.origin === good ? 'token of good' : 'token of other',
          ]);
          await (refusals[index] ? operation.reject(given) : operation.approve(given));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('many operations at once, ended, refused, answered and revoked in any order, all come to an end', async () => {
    const answers: Answer[] = [
      { kind: 'dismiss' },
      { kind: 'other-host', allow: 'no' },
      { kind: 'other-host', allow: 'once' },
      { kind: 'other-host', allow: 'always' },
      { kind: 'credentials', username: 'ada', password: 'typed', save: 'repository' },
      { kind: 'credentials', username: 'ada', password: 'mistyped', save: 'no' },
    ];
    const steps = fc.array(fc.tuple(fc.nat(8), fc.nat(5), fc.nat(5)), { minLength: 20, maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        here.addAccount(account('good', good));
        here.addAccount(account('other', other));
        const running: { operation: OperationCredentials; end: AbortController; work: Promise<unknown>[] }[] =
          [];
        const failures: unknown[] = [];
        for (const [what, which, detail] of list) {
          const one = running[which % Math.max(1, running.length)];
          const origin = detail % 2 ? good : other;
          if (what === 0 || !one) {
            const end = new AbortController();
            const interactive = detail !== 0;
            const asker = detail === 1 ? 'terminal' : 'application';
            running.push({
              operation: here.begin({ signal: end.signal, interactive, asker }),
              end,
              work: [],
            });
          } else if (what <= 3)
            one.work.push(
              one.operation
                .fill({ origin, path: detail < 3 ? ownUrl.path : `libs/${detail}.git` })
                .catch((error: unknown) => {
                  if (!(error instanceof AppFailure) || error.error.kind !== 'cancelled')
                    failures.push(error);
                }),
            );
          else if (what === 4) one.work.push(one.operation.reject());
          else if (what === 5) one.work.push(one.operation.approve());
          else if (what === 6) {
            const open = here.prompts.open()[which];
            const answer = answers[detail];
            if (open && answer) here.prompts.answer(open.id, answer);
          } else if (what === 7) one.end.abort();
          else if (detail < 2) here.storage.accounts.remove(detail ? 'good' : 'other');
          else if (detail < 4)
            for (const { id } of here.storage.allowedHosts.list()) here.storage.allowedHosts.remove(id);
          else
            for (const { id } of here.storage.savedCredentials.list()) one.work.push(here.saved.remove(id));
          if (detail > 2) await new Promise((resolve) => setImmediate(resolve));
        }
        // Whoever still waits is told no, until nobody asks any more.
        stop = here.events.listen((event) => {
          if (event.type === 'prompts.asked')
            setImmediate(() => here.prompts.answer(event.question.id, { kind: 'dismiss' }));
        });
        for (const { id } of here.prompts.open()) here.prompts.answer(id, { kind: 'dismiss' });
        await Promise.all(running.flatMap(({ work }) => work));
        stop();
        expect(failures).toEqual([]);
        expect(here.prompts.open()).toEqual([]);
        // No two records of one address and user.
        const names = here.storage.savedCredentials
          .list()
          .map(({ origin, path, username }) => `${origin} ${path} ${username}`);
        expect(new Set(names).size).toBe(names.length);
        for (const record of here.storage.savedCredentials.list())
          expect(await here.saved.password(record)).toBe('typed');
      }),
      { numRuns: 25 },
    );
  });
});
