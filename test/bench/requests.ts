import { brokerWithAccounts, largeRequests } from '../credentials/fuzzed-broker';
import { fuzzedOrigins, fuzzedRequest, seeded } from '../credentials/request-mutations';
import type { Figure } from './figure';

const requests = 100_000;
const goal = 'value <= 1000';

/**
 * The slowest answer to what may come in at git's helper, the start of the
 * helper left out: generated requests, hostile ones among them, and requests
 * that are much of one thing. Each is asked in an operation of the application
 * and in a terminal.
 */
export async function benchRequests(): Promise<Figure[]> {
  const { askApplication, askTerminal } = brokerWithAccounts();
  const slowestOf = async (origin: string, action: string, bytes: Buffer): Promise<number> => {
    const start = performance.now();
    await askApplication(origin, action, bytes);
    const middle = performance.now();
    await askTerminal(action as 'get', bytes);
    return Math.max(middle - start, performance.now() - middle);
  };

  const random = seeded(Date.now());
  let slowest = 0;
  for (let count = 0; count < requests; count += 1) {
    const { bytes, action, plain } = fuzzedRequest(random);
    const { origin } = plain ?? random.pick(fuzzedOrigins);
    slowest = Math.max(slowest, await slowestOf(origin, action, bytes));
  }
  let slowestLarge = 0;
  for (const text of Object.values(largeRequests))
    slowestLarge = Math.max(slowestLarge, await slowestOf('https://good.test', 'get', Buffer.from(text)));
  return [
    {
      name: `slowest of ${requests} generated helper requests`,
      value: slowest,
      unit: 'ms',
      ratio: null,
      goal,
    },
    { name: 'slowest of the largest helper requests', value: slowestLarge, unit: 'ms', ratio: null, goal },
  ];
}
