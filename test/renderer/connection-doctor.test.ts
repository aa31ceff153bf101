import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../shared/contract/doctor';
import { expectFitAndAccessible } from './fit-and-accessible';
import { everyState, working } from './harness/accounts';
import type { CoreState } from './harness/core';
import { chain, diagnosisOf } from './harness/doctor';
import { type Harness, startHarness } from './harness/page';

const host = 'gitlab.department.contoso.example.com:8443';
const work = everyState.find(({ id }) => id === 'two')?.alias ?? '';

const found = (
  cause: Finding['cause'],
  remedy: Finding['remedy'],
  facts: Finding['facts'] = {},
): Finding => ({
  cause,
  remedy,
  facts: { host, ...facts },
});

const untrusted = diagnosisOf(
  'certificate',
  found(
    'certificate-unknown-issuer',
    { kind: 'trust-certificate', host, fingerprint: chain[1]?.fingerprint ?? '' },
    { issuer: 'CN=Contoso Root CA' },
  ),
);
const good = diagnosisOf(null, null);

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

/** The doctor over the row of an account. */
async function examine(state: Partial<CoreState>): Promise<Page> {
  const page = await harness.open({ accounts: everyState, ...state }, { reducedMotion: 'reduce' });
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: `More for ${work}` }).click();
  await page.getByRole('menuitem', { name: 'Check connection…' }).click();
  await page.getByRole('dialog', { name: /^Connection check/ }).waitFor();
  return page;
}

const doctor = (page: Page) => page.getByRole('dialog', { name: /^Connection check/ });
const calls = (page: Page, name: string) =>
  page.evaluate(
    (wanted) => window.standIn.state.calls.filter((call) => call.name === wanted).map(({ input }) => input),
    name,
  );

describe('the Connection Doctor’s panel', () => {
  it('3.11 shows one sentence with the cause, one button, and the steps that led there', async () => {
    const page = await examine({
      diagnoses: [
        diagnosisOf(
          'permissions',
          found('scope-missing', { kind: 'replace-token' }, { scopes: 'Code (Read & Write)' }),
        ),
      ],
    });
    const result = doctor(page).getByRole('status');
    await result.getByText('The token may not do enough: it needs Code (Read & Write).').waitFor();
    const steps = doctor(page).getByRole('list', { name: 'Steps' }).getByRole('listitem');
    expect(await steps.count()).toBe(10);
    expect(await steps.nth(6).textContent()).toContain('Sign-in: passed');
    expect(await steps.nth(7).textContent()).toContain('Permissions: failed');
    expect(await steps.nth(8).textContent()).toContain('Repository: not needed, or not reached');
    await doctor(page).getByRole('button', { name: 'Replace token' }).click();
    await page.getByRole('dialog', { name: /^Replace the token of/ }).waitFor();
    await page.context().close();
  });

  it('leads the focus to the remedy, and looks again by itself when the token was replaced', async () => {
    const refused = diagnosisOf('sign-in', found('token-refused', { kind: 'replace-token' }));
    const page = await examine({ diagnoses: [refused, good], signIn: { ok: true, result: working } });
    const button = doctor(page).getByRole('button', { name: 'Replace token' });
    await expect.poll(() => button.evaluate((node) => node === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    const replace = page.getByRole('dialog', { name: /^Replace the token of/ });
    await replace.locator('input[type=password]').fill('ghp_0000000000000000000000000000000000000');
    await replace.getByRole('button', { name: 'Replace', exact: true }).click();
    await replace.waitFor({ state: 'hidden' });
    await doctor(page).getByText('Everything works.').waitFor();
    await page.context().close();
  });

  it('trusts a certificate for one host only, and only after its fingerprint was compared', async () => {
    const page = await examine({ diagnoses: [untrusted, good] });
    await doctor(page).getByRole('button', { name: 'Look at the certificate' }).click();
    const ask = page.getByRole('dialog', { name: 'Trust this certificate?' });
    await ask.getByText(chain[1]?.fingerprint ?? '', { exact: true }).waitFor();
    const yes = ask.getByRole('button', { name: /^Trust for/ });
    expect(await yes.isDisabled()).toBe(true);
    await ask.getByRole('checkbox').check();
    await yes.click();
    await doctor(page).getByText('Everything works.').waitFor();
    expect(await calls(page, 'network.trustShown')).toEqual([{ host, fingerprint: chain[1]?.fingerprint }]);
    await page.context().close();
  });

  it('0.14 turns header authentication on after a yes, and looks again', async () => {
    const wants = diagnosisOf('git', found('git-wants-header', { kind: 'use-header', header: 'basic' }));
    const page = await examine({
      diagnoses: [wants, good],
      signIn: { ok: false, error: { kind: 'token-refused', host } },
    });
    await doctor(page).getByRole('button', { name: 'Use header authentication' }).click();
    await page
      .getByRole('dialog', { name: 'Use header authentication?' })
      .getByRole('button', { name: 'Use the header' })
      .click();
    await doctor(page).getByText('Everything works.').waitFor();
    expect(await calls(page, 'accounts.save')).toMatchObject([
      { draft: { accountId: 'two', headerAuthentication: 'basic', token: '' }, acceptFailure: true },
    ]);
    await page.context().close();
  });

  it('goes to the field of the stored account, with the address that would work in it', async () => {
    const value = 'https://gitlab.contoso.example.com';
    const page = await examine({
      diagnoses: [
        diagnosisOf(
          'product',
          found('server-moved', { kind: 'edit-account', field: 'url', value }, { to: value }),
        ),
      ],
    });
    await doctor(page).getByRole('button', { name: 'Correct the address' }).click();
    const field = page.locator('[name=account-url]');
    await field.waitFor();
    expect(await field.inputValue()).toBe(value);
    await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'account-url');
    await page.context().close();
  });

  it('examines the form as it stands, and puts the correction into it', async () => {
    const page = await harness.open({
      diagnoses: [
        diagnosisOf(
          'product',
          found('server-moved', { kind: 'edit-account', field: 'url', value: 'https://new.example.com' }),
        ),
      ],
      signIn: { ok: false, error: { kind: 'moved', host, to: 'https://new.example.com' } },
    });
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    await page.keyboard.press('Control+,');
    await page.getByRole('button', { name: 'GitLab Self-Managed', exact: true }).click();
    await page.locator('[name=account-url]').fill('https://old.example.com');
    await page.locator('[name=account-token]').fill('glpat-typed');
    await page.getByRole('button', { name: 'Test connection' }).click();
    await page.getByRole('button', { name: 'Find out why' }).click();
    await doctor(page).getByRole('button', { name: 'Correct the address' }).click();
    await doctor(page).waitFor({ state: 'detached' });
    expect(await page.locator('[name=account-url]').inputValue()).toBe('https://new.example.com');
    expect(await page.locator('[name=account-token]').inputValue()).toBe('glpat-typed');
    expect(await calls(page, 'doctor.run')).toMatchObject([
      { draft: { url: 'https://old.example.com', token: 'glpat-typed' }, error: { kind: 'moved' } },
    ]);
    await page.context().close();
  });

  it('copies the report for an administrator', async () => {
    const page = await examine({
      diagnoses: [diagnosisOf('certificate', found('certificate-expired', { kind: 'tell-administrator' }))],
    });
    await page.evaluate(() => {
      Object.defineProperty(navigator, 'clipboard', {
        value: {
          writeText: (text: string) => {
            document.title = text;
            return Promise.resolve();
          },
        },
      });
    });
    // The remedy and the footer's button do the same.
    await doctor(page).getByRole('button', { name: 'Copy the report' }).click();
    await doctor(page).getByRole('button', { name: 'Copied', exact: true }).waitFor();
    expect(await page.title()).toContain('Polyforge connection report');
    await page.context().close();
  });

  it('ends its run when it is closed, and Escape closes it alone', async () => {
    const page = await examine({ diagnoses: [] });
    await doctor(page).getByText('Step 2 of 10: Name of the server').waitFor();
    await page.keyboard.press('Escape');
    await doctor(page).waitFor({ state: 'detached' });
    await page.getByRole('dialog', { name: 'Preferences' }).waitFor();
    await page.waitForFunction(() => window.standIn.state.cancelled === 1);
    await page.context().close();
  });
});

const screens: { name: string; state: Partial<CoreState>; go?: (page: Page) => Promise<void> }[] = [
  { name: 'doctor running', state: { diagnoses: [] } },
  { name: 'doctor certificate', state: { diagnoses: [untrusted] } },
  {
    name: 'doctor trust',
    state: { diagnoses: [untrusted] },
    go: (page) => doctor(page).getByRole('button', { name: 'Look at the certificate' }).click(),
  },
  {
    name: 'doctor cause',
    state: {
      diagnoses: [
        diagnosisOf(
          'permissions',
          found(
            'organization-forbids-token-kind',
            { kind: 'open-page', page: 'token', url: 'https://github.com/settings/tokens' },
            { organization: 'contoso-department-of-things-with-long-names' },
          ),
        ),
      ],
    },
  },
  {
    name: 'doctor good',
    state: {
      diagnoses: [
        diagnosisOf(null, null, {
          warnings: [
            found('public-url-wrong', { kind: 'tell-administrator' }, { wrongUrl: 'http://localhost/' }),
          ],
        }),
      ],
    },
  },
];

for (const screen of screens)
  it(`${screen.name}: no accessibility violation in light or dark, nothing wider than a small window`, async () => {
    const page = await examine(screen.state);
    try {
      if (screen.state.diagnoses?.length) await doctor(page).getByText('Report', { exact: true }).waitFor();
      await screen.go?.(page);
      await expectFitAndAccessible(page, screen.name);
    } finally {
      await page.context().close();
    }
  });
