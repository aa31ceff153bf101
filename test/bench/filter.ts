import type { Browser } from '@playwright/test';
import { createStorage } from '../../electron/storage/create';
import { anAccount } from '../fakes/account';
import { fakePlatform } from '../fakes/platform';
import { type Figure, median } from './figure';
import type { RunningHost } from './host';

const repositories = 10_000;
const words = [
  'payment',
  'gateway',
  'mobile',
  'infra',
  'docs',
  'search',
  'billing',
  'edge',
  'tools',
  'legacy',
];

/** Three accounts whose 10,000 repositories are in the cache, as after a start yesterday. */
export async function seedRepositories(dataDirectory: string): Promise<void> {
  const storage = createStorage(fakePlatform(dataDirectory));
  for (const [index, alias] of ['Work', 'Private', 'Client'].entries()) {
    const account = anAccount({ id: `bench-${index}`, alias, url: `http://127.0.0.1:${9 + index}` });
    storage.accounts.put(account);
    const items = Array.from({ length: Math.ceil(repositories / 3) }, (_, n) => {
      const name = `${words[n % 10]}-${words[(n * 7 + 3) % 10]}-${n}`;
      const namespace = `team-${n % 40}`;
      return {
        key: `${account.id}:${n}`,
        accountId: account.id,
        id: String(n),
        name,
        namespace,
        fullName: `${namespace}/${name}`,
        description: `The ${words[(n * 3) % 10]} service of ${words[(n * 11) % 10]}`,
        webUrl: `${account.url}/${namespace}/${name}`,
        httpsUrl: `${account.url}/${namespace}/${name}.git`,
        sshUrl: null,
        defaultBranch: 'main',
        visibility: 'private' as const,
        archived: n % 50 === 0,
        fork: n % 30 === 0,
        updatedAt: 1_760_000_000_000 + n * 1000,
        sizeBytes: null,
      };
    });
    await storage.repositoryCache.write(account.id, Date.now(), items);
  }
}

/**
 * Milliseconds the page's main thread works for one key typed into the search,
 * drawing included: the median, and the 95th percentile, where all lines change at once.
 */
export async function benchFilter(host: RunningHost, browser: Browser): Promise<Figure[]> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    await page.goto(host.url);
    await page.getByRole('navigation').getByRole('button', { name: 'Browse hosted' }).click();
    const search = page.getByLabel('Search repositories');
    await search.waitFor();
    await page.getByRole('treegrid').getByRole('row').nth(5).waitFor();
    const session = await context.newCDPSession(page);
    // The thread's own time: what other programs of this machine do meanwhile is not the page's work.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const busy = async () => {
      const { metrics } = await session.send('Performance.getMetrics');
      return (metrics.find((metric) => metric.name === 'TaskDuration')?.value ?? Number.NaN) * 1000;
    };
    const settled = () =>
      page.evaluate(
        () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(0)))),
      );
    await search.focus();
    const times: number[] = [];
    const erase = (times: number) => Array<string>(times).fill('Backspace');
    const keys = ['payment gate', 'edge 42', 'team-3 docs', 'legacy tool'].flatMap((text) => [
      ...text.split(''),
      ...erase(4),
    ]);
    for (const key of keys) {
      await settled();
      const before = await busy();
      await page.keyboard.press(key === ' ' ? 'Space' : key);
      await settled();
      times.push((await busy()) - before);
    }
    times.sort((a, b) => a - b);
    const slow = times[Math.floor(times.length * 0.95)] ?? Number.NaN;
    const name = 'filter 10,000 repositories, per key';
    return [
      { name, value: median(times), unit: 'ms', ratio: null, goal: 'value <= 16' },
      { name: `${name}, one in twenty`, value: slow, unit: 'ms', ratio: null, goal: 'value <= 16' },
    ];
  } finally {
    await context.close();
  }
}
