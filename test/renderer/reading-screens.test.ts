import type { Page } from '@playwright/test';
import { afterAll, beforeAll, it } from 'vitest';
import { expectFitAndAccessible } from './fit-and-accessible';
import { type ReadingPage, startReadingPage } from './reading/page';
import type { Scene } from './reading/port';

const failing: Scene['failing'] = {
  a2: { kind: 'token-refused', host: 'gitlab.department.contoso.example.com:8443' },
  a3: { kind: 'host-unreachable', host: 'bitbucket.org', cause: 'timeout' },
};

async function place(page: Page, name: RegExp) {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name }).first().click();
}
const browser = async (page: Page) => {
  await place(page, /Browse|Hosted/);
  await page.getByRole('heading', { name: 'Hosted repositories' }).waitFor();
};
const requests = (page: Page) => place(page, /Pull requests/);
const clone = async (page: Page, url: string) => {
  await page.getByRole('main').getByRole('button', { name: 'Clone…' }).click();
  await page.getByLabel('Address').fill(url);
};
const openRepository = (page: Page) =>
  page
    .getByRole('main')
    .getByRole('button', { name: /web-shop/ })
    .first()
    .click();
const openRequest = async (page: Page, tab?: RegExp) => {
  await requests(page);
  await page.getByRole('option').nth(1).click();
  await page.getByText('Keeps the').waitFor();
  if (tab) await page.getByRole('tab', { name: tab }).click();
};

const screens: { name: string; scene?: Partial<Scene>; go?: (page: Page) => Promise<unknown> }[] = [
  { name: 'welcome first', scene: { accounts: 0, recent: 0 } },
  { name: 'welcome' },
  { name: 'browser none', scene: { accounts: 0 }, go: browser },
  {
    name: 'browser',
    scene: { repositories: 2500 },
    go: async (page) => {
      await browser(page);
      await page.getByText('10,000 repositories').waitFor();
    },
  },
  {
    name: 'browser failing',
    scene: { failing },
    go: async (page) => {
      await browser(page);
      await page.getByRole('alert').first().waitFor();
    },
  },
  {
    name: 'browser searched',
    go: async (page) => {
      await browser(page);
      await page.getByRole('searchbox').fill('shop retail');
      await page.getByText(/ of 160/).waitFor();
      await page.getByRole('searchbox').press('ArrowDown');
    },
  },
  {
    name: 'browser nothing',
    go: async (page) => {
      await browser(page);
      await page.getByRole('searchbox').fill('absent');
      await page.getByText('No repository matches').waitFor();
    },
  },
  {
    name: 'browser filters',
    go: async (page) => {
      await browser(page);
      await page.getByRole('button', { name: /Filters/ }).click();
      await page.getByLabel('Hide archived').waitFor();
    },
  },
  {
    name: 'clone',
    go: async (page) => {
      await clone(page, 'https://example.com/platform/web-shop.git');
      await page.getByText('Will be created').waitFor();
    },
  },
  {
    name: 'clone hosted',
    go: async (page) => {
      await browser(page);
      await page.getByRole('searchbox').fill('shop-8');
      await page.getByText(/ of 160/).waitFor();
      await page.getByRole('searchbox').press('Enter');
      await page.getByText('Will be created').waitFor();
    },
  },
  {
    name: 'clone http',
    go: async (page) => {
      await clone(page, 'http://me:secret@example.com/x.git');
      await page.getByText('Will be created').waitFor();
    },
  },
  {
    name: 'clone refused',
    go: async (page) => {
      await clone(page, 'ext::sh -c x');
      await page
        .getByText(/start programs|address/i)
        .nth(1)
        .waitFor();
    },
  },
  {
    name: 'clone running',
    go: async (page) => {
      await clone(page, 'https://example.com/x.git');
      await page.getByRole('button', { name: 'Clone', exact: true }).click();
      await page.getByText('42 %').waitFor();
    },
  },
  {
    name: 'clone failed',
    scene: { clone: { kind: 'repository-not-found', host: 'example.com', path: 'x' } },
    go: async (page) => {
      await clone(page, 'https://example.com/x.git');
      await page.getByRole('button', { name: 'Clone', exact: true }).click();
      await page.getByRole('button', { name: 'Try again' }).waitFor();
    },
  },
  {
    name: 'repository',
    go: async (page) => {
      await openRepository(page);
      await page.getByRole('option').nth(3).click();
    },
  },
  {
    name: 'repository unborn',
    scene: { overview: 'unborn' },
    go: async (page) => {
      await openRepository(page);
      await page.getByText('No commits yet').waitFor();
    },
  },
  {
    name: 'repository detached',
    scene: { overview: 'detached' },
    go: async (page) => {
      await openRepository(page);
      await page.getByText('Detached HEAD').waitFor();
    },
  },
  {
    name: 'repository gone',
    scene: { overview: { kind: 'path-not-found', path: '/home/jane/src/web-shop' } },
    go: async (page) => {
      await openRepository(page);
      await page.getByRole('button', { name: 'Remove from list' }).waitFor();
    },
  },
  {
    name: 'repository untrusted',
    scene: { trust: 'untrusted' },
    go: async (page) => {
      await openRepository(page);
      await page.getByRole('button', { name: 'and 21 more' }).click();
      await page.getByText('more-19.inc').waitFor();
    },
  },
  {
    name: 'requests',
    go: async (page) => {
      await requests(page);
      await page.getByRole('option').first().waitFor();
    },
  },
  {
    name: 'requests failing',
    scene: { failing },
    go: async (page) => {
      await requests(page);
      await page.getByRole('alert').first().waitFor();
    },
  },
  {
    name: 'requests empty',
    scene: { pullRequests: 0 },
    go: async (page) => {
      await requests(page);
      await page.getByRole('heading', { name: /^No open/ }).waitFor();
    },
  },
  {
    name: 'repository ssh key',
    go: async (page) => {
      await openRepository(page);
      await page.getByRole('button', { name: /^Account of this repository/ }).click();
      await page.getByRole('menuitem', { name: 'SSH key…' }).click();
      await page.getByRole('radio', { name: /id_ed25519/ }).waitFor();
    },
  },
  {
    name: 'request',
    go: async (page) => {
      await openRequest(page);
    },
  },
  {
    name: 'request files',
    go: async (page) => {
      await openRequest(page, /Files/);
      await page.getByText('Then the caller').waitFor();
    },
  },
  {
    name: 'request commits',
    go: async (page) => {
      await openRequest(page, /Commits/);
      await page.getByText('Test it').waitFor();
    },
  },
  {
    name: 'request checks',
    go: async (page) => {
      await openRequest(page, /Checks/);
      await page.getByText('2 tests failed').waitFor();
    },
  },
];

let reading: ReadingPage;
beforeAll(async () => {
  reading = await startReadingPage();
});
afterAll(() => reading.close());

for (const screen of screens)
  it(`${screen.name}: no accessibility violation in light or dark, nothing wider than a small window`, async () => {
    const page = await reading.open(screen.scene, { reducedMotion: 'reduce' });
    try {
      await screen.go?.(page);
      await expectFitAndAccessible(page, screen.name);
    } finally {
      await page.context().close();
    }
  });
