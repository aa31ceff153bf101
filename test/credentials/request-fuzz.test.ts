import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CredentialChannel, createCredentialChannel } from '../../electron/credentials/channel';
import { temporaryDirectory } from '../fakes/repositories';
import { builtHelper } from '../git/operation';
import { brokerWithAccounts, largeRequests } from './fuzzed-broker';
import {
  fuzzedOrigins,
  fuzzedRequest,
  hostMutations,
  mayBeGiven,
  secretsIn,
  seeded,
} from './request-mutations';

// Others for a night run: POLYFORGE_TEST_SEED=7. A failure names it.
const seed = Number(process.env['POLYFORGE_TEST_SEED'] ?? 4);

describe('generated requests', () => {
  const { begin, askApplication, askTerminal } = brokerWithAccounts();

  const told = (bytes: Buffer) => `seed ${seed}: ${JSON.stringify(bytes.toString('latin1'))}`;
  /** Only the secret the bytes entitle to, and in the application only that of its own operation. */
  const judge = (answer: string, bytes: Buffer, operation: string | null): boolean => {
    const given = secretsIn(answer).map(({ origin }) => origin);
    if (given.length === 0) return false;
    expect(given, told(bytes)).toEqual([mayBeGiven(bytes)?.origin]);
    if (operation !== null) expect(given, told(bytes)).toEqual([operation]);
    return true;
  };

  // Two parts, so that none of them takes long on a slow machine.
  it.each([1, 2])(
    'get an answer for no other origin than theirs, 100,000 of them (part %i of 2)',
    async (part) => {
      const random = seeded(seed * 2 + part);
      let answers = 0;
      for (let count = 0; count < 50_000; count += 1) {
        const { bytes, action, plain } = fuzzedRequest(random);
        const own = plain ?? random.pick(fuzzedOrigins);
        const application = await askApplication(own.origin, action, bytes);
        const inTerminal = await askTerminal(action as 'get', bytes);
        const one = judge(application, bytes, own.origin);
        const two = judge(inTerminal, bytes, null);
        answers += Number(one) + Number(two);
        const asked = bytes.toString();
        const takesIt = !plain?.isHeader || asked.includes('authtype');
        if (plain !== null && action === 'get' && takesIt) {
          expect(one, told(bytes)).toBe(true);
          expect(two, told(bytes)).toBe(true);
        }
      }
      // The check would hold for a broker that gives nothing, too.
      expect(answers, `seed ${seed}`).toBeGreaterThan(10_000);
    },
  );

  for (const { name, change, same } of hostMutations)
    it(`get ${same ? 'the same' : 'no other'} answer for a host that is changed by: ${name}`, async () => {
      for (const own of fuzzedOrigins) {
        const host = change(own.host);
        const bytes = Buffer.from(
          `capability[]=authtype\nprotocol=${own.protocol}\nhost=${host}\npath=team/x.git\n`,
        );
        const whole = Buffer.from(`capability[]=authtype\nurl=${own.protocol}://${host}/team/x.git\n`);
        for (const asked of [bytes, whole]) {
          const application = judge(await askApplication(own.origin, 'get', asked), asked, own.origin);
          const inTerminal = judge(await askTerminal('get', asked), asked, null);
          if (same) expect([application, inTerminal], told(asked)).toEqual([true, true]);
        }
        // Without encryption it is another origin, and the other way round.
        const otherProtocol = own.protocol === 'https' ? 'http' : 'https';
        const crossed = Buffer.from(bytes.toString().replace(`=${own.protocol}\n`, `=${otherProtocol}\n`));
        expect(secretsIn(await askApplication(own.origin, 'get', crossed)), told(crossed)).toEqual([]);
        expect(secretsIn(await askTerminal('get', crossed)), told(crossed)).toEqual([]);
      }
    });

  it('get an end, however large they are', async () => {
    for (const text of Object.values(largeRequests)) {
      const bytes = Buffer.from(text);
      const application = await askApplication('https://good.test', 'get', bytes);
      const inTerminal = await askTerminal('get', bytes);
      judge(application, bytes, 'https://good.test');
      judge(inTerminal, bytes, null);
    }
  });

  describe('as bytes on the standard input of the shipped helper', () => {
    let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
    let channel: CredentialChannel;
    let helper: Awaited<ReturnType<typeof builtHelper>>;
    beforeAll(async () => {
      temporary = await temporaryDirectory();
      channel = await createCredentialChannel();
      helper = await builtHelper(path.join(temporary.path, 'helper'));
    });
    afterAll(async () => {
      await channel.close();
      await temporary.remove();
    });

    it('get the same answers over the real socket', async () => {
      const random = seeded(seed * 2);
      let answers = 0;
      const one = async () => {
        const { bytes, action, plain } = fuzzedRequest(random);
        const { origin } = plain ?? random.pick(fuzzedOrigins);
        const lease = channel.open(begin(origin), origin);
        try {
          const { stdout, exitCode } = await execa(helper.program, [...helper.args, action], {
            input: bytes,
            env: lease.env,
            extendEnv: false,
            stripFinalNewline: false,
          });
          expect(exitCode, told(bytes)).toBe(0);
          answers += Number(judge(stdout, bytes, origin));
        } finally {
          lease.close();
        }
      };
      const worker = async () => {
        for (let count = 0; count < 25; count += 1) await one();
      };
      await Promise.all([worker(), worker(), worker()]);
      expect(answers, `seed ${seed}`).toBeGreaterThan(0);
    });
  });
});
