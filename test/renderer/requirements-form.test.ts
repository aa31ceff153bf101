import type { Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { azureDevOps } from '../../electron/providers/azure-devops/index';
import { bitbucket } from '../../electron/providers/bitbucket/index';
import { github } from '../../electron/providers/github/index';
import { gitlab } from '../../electron/providers/gitlab/index';
import { account, working } from './harness/accounts';
import type { CoreState } from './harness/core';
import { type Harness, startHarness } from './harness/page';
import { onPage } from './on-page';

/** What the form shows of the real providers; the services behind it are a stand-in. */
const kinds = [github, gitlab, bitbucket, azureDevOps].flatMap((provider) => provider.kinds);
let harness: Harness;
let page: Page;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => page.context().close());

async function preferences(state: Partial<CoreState> = {}) {
  page = await harness.open(
    { kinds, signIn: { ok: true, result: working }, ...state },
    { reducedMotion: 'reduce' },
  );
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  await page.keyboard.press('Control+,');
  await page.getByRole('dialog', { name: 'Preferences' }).waitFor();
}

/** Preferences, Hosting Providers, Add, this kind. */
async function adding(kind: string) {
  // With an account the kinds stand in the menu of Add.
  await preferences({ accounts: [account('one')] });
  await page.getByRole('tab', { name: 'Hosting Providers' }).click();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('menuitem', { name: kind, exact: true }).click();
  await onPage(page.getByRole('dialog', { name: `Add Hosting Provider: ${kind}` })).toBeVisible();
}

const field = (name: string) => page.locator(`[name=account-${name}]`);
const help = () => page.getByRole('region', { name: /How to make/ });
const form = () => page.getByRole('dialog', { name: /Add Hosting Provider/ });
const header = () => page.getByRole('switch', { name: 'Use header-based authentication' });
const calls = (name: string) =>
  page.evaluate((name) => window.standIn.state.calls.filter((call) => call.name === name), name);

/** All that can be chosen; a single way stands there without a list. */
async function authenticationTypes(): Promise<string[]> {
  const choice = page.getByRole('combobox', { name: 'Authentication Type' });
  await choice.click();
  const shown = await page.getByRole('option').allTextContents();
  await page.keyboard.press('Escape');
  return shown.length > 0 ? shown : [await choice.inputValue()];
}
async function choose(type: string) {
  await page.getByRole('combobox', { name: 'Authentication Type' }).click();
  await page.getByRole('option', { name: type }).click();
}
/** The scopes as listed, those that are needed with a star. */
async function scopes(): Promise<string[]> {
  return await help()
    .locator('li:has(code)')
    .evaluateAll((lines) =>
      lines.map(
        (line) =>
          `${line.querySelector('code')?.textContent}${line.textContent?.includes('needed') ? '*' : ''}`,
      ),
    );
}

describe('the menu of Add', () => {
  it('has one entry for each kind, Azure DevOps Server with its own address among them (rows 2.3, 3.1, 3.3, 4.3)', async () => {
    await preferences({ accounts: [account('one')] });
    await page.getByRole('tab', { name: 'Hosting Providers' }).click();
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    expect(await page.getByRole('menuitem').allTextContents()).toEqual([
      'GitHub',
      'GitHub Enterprise Server',
      'GitLab',
      'GitLab Self-Managed',
      'Bitbucket Cloud',
      'Bitbucket Data Center',
      'Azure DevOps Services',
      'Azure DevOps Server',
    ]);
    await page.getByRole('menuitem', { name: 'Azure DevOps Server' }).click();
    await onPage(field('url')).toHaveValue('');
    await onPage(field('token')).toBeVisible();
  });
});

describe('the form of Azure DevOps Services', () => {
  it('asks for address, token name and token, and adds the account (rows 0.6, 0.7, 1.14, 2.7)', async () => {
    await adding('Azure DevOps Services');
    await onPage(field('alias')).toBeFocused();
    await onPage(field('url')).toHaveValue('https://dev.azure.com');
    await onPage(field('tokenName')).toHaveValue('oauth2');
    await field('alias').fill('Contoso');
    await field('organization').fill('contoso');
    await field('token').fill('x'.repeat(52));
    await form().getByRole('button', { name: 'Add', exact: true }).click();
    await onPage(form()).toBeHidden();
    expect((await calls('accounts.save'))[0]?.input).toMatchObject({
      draft: { alias: 'Contoso', url: 'https://dev.azure.com', tokenName: 'oauth2', organization: 'contoso' },
    });
    await onPage(page.getByRole('cell').getByText('Contoso', { exact: true })).toBeVisible();
  });

  it('tells step by step where the token is made and what to fill in there (rows 0.2, 0.3, 3.5)', async () => {
    await adding('Azure DevOps Services');
    for (const words of [
      'https://aex.dev.azure.com/me',
      'User settings',
      'Personal access tokens',
      'New Token',
      'a name',
      'the organization',
      'expiration date (UTC) your policy allows',
      'Code: Read & write',
    ])
      await onPage(help()).toContainText(words, { ignoreCase: true });
    await onPage(page.getByRole('button', { name: 'Open token page' })).toBeVisible();
    expect((await scopes()).filter((scope) => scope.endsWith('*'))).toEqual(['Code (Read)*']);
    expect(await scopes()).toContain('Code (Read & write)');
  });

  it('says that the token is shown once and where it is kept, and links to Microsoft’s page (rows 0.4, 3.7)', async () => {
    await adding('Azure DevOps Services');
    await onPage(help()).toContainText('Copy the token at once: it is not shown again');
    await onPage(help()).toContainText('keeps it encrypted');
    await help()
      .getByRole('link', { name: /Microsoft on personal access tokens/ })
      .click();
    await onPage
      .poll(() => calls('application.openExternal'))
      .toEqual([
        {
          name: 'application.openExternal',
          input: {
            url: 'https://learn.microsoft.com/en-us/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate',
          },
        },
      ]);
  });

  it('names the retired Azure DevOps OAuth with its dates, and offers no way into it (rows 2.4, 3.4, 3.12, C)', async () => {
    await adding('Azure DevOps Services');
    await onPage(form()).toContainText('Azure DevOps OAuth is retired');
    for (const date of ['April 2025', '2026-07-24', '60 days']) await onPage(form()).toContainText(date);
    await onPage(page.getByRole('button', { name: /Generate API token/i })).toHaveCount(0);
    expect(await authenticationTypes()).not.toContainEqual(expect.stringMatching(/Azure DevOps OAuth/));
  });

  it('wants one organization, and says what becomes of tokens for all (rows 3.6, B)', async () => {
    await adding('Azure DevOps Services');
    await onPage(form()).toContainText(
      'Tokens for all organizations can no longer be made and stop working on 2026-12-01',
    );
    await onPage(form()).toContainText('Use a personal access token for one organization');
  });

  it('hands git the token by default, explains what that is good for, and can leave it (rows 2.5, 2.6)', async () => {
    await adding('Azure DevOps Services');
    const use = page.getByRole('switch', { name: 'Use token for repository authentication' });
    await onPage(use).toBeChecked();
    await onPage(form()).toContainText('When Git asks for a user name and password');
    await onPage(form()).toContainText('a token can do less than your password');
    await onPage(form()).toContainText('no second set of credentials');
    await use.click();
    await onPage(field('tokenName')).toBeDisabled();
  });

  it('says how a second account is added (rows 2.9, 3.8)', async () => {
    await adding('Azure DevOps Services');
    await onPage(help()).toContainText(
      'For each further account, sign in to it in the browser first, make its own token and add it here as well',
    );
  });

  it('says of Microsoft Entra that it does not serve personal accounts (row 3.10)', async () => {
    const entra = kinds
      .find(({ kind }) => kind === 'azure-devops-services')
      ?.authentication.find(({ type }) => type === 'oauth');
    expect(entra?.steps.join(' ')).toMatch(/Personal Microsoft accounts often cannot sign in this way/);
    expect(entra?.notice).toMatch(/older Azure DevOps OAuth.* is retired.*custom apps included/);
    await adding('Azure DevOps Services');
    // Without a client id of one's own it is not among the ways to choose from.
    expect(await authenticationTypes()).toEqual(['Personal Access Token']);
  });
});

describe('the form of Azure DevOps Server', () => {
  it('explains header-based authentication, which is on, and leaves the token name alone then (rows 0.1, 0.9, 0.10, 0.11)', async () => {
    await adding('Azure DevOps Server');
    await onPage(form()).toContainText(
      'Most repositories use URL-based authentication, in which git gives a user name and the token as its password, but some on-premises servers (Azure DevOps Server) require header-based authentication',
    );
    await onPage(header()).toBeChecked();
    await onPage(field('tokenName')).toBeDisabled();
    await onPage(form()).toContainText('Not used with header-based authentication');
    await header().click();
    await onPage(field('tokenName')).toBeEnabled();
    await header().click();
    await field('url').fill('https://azure.example.com');
    await field('collection').fill('DefaultCollection');
    await field('token').fill('x'.repeat(52));
    await page.getByRole('button', { name: 'Test connection' }).click();
    await onPage(page.getByText('Signed in as')).toBeVisible();
    expect((await calls('accounts.test'))[0]?.input).toMatchObject({
      tokenName: '',
      headerAuthentication: 'basic',
    });
  });

  it('asks for the collection, and whom to ask who is not sure (rows 4.7, 4.8)', async () => {
    await adding('Azure DevOps Server');
    await onPage(page.getByLabel('Collection')).toBeVisible();
    await onPage(form()).toContainText('If you are not sure, ask your administrator');
  });

  it('names the oldest server it works with, and that no administrator is needed for webhooks (rows 4.4, 4.5, 4.11)', async () => {
    await adding('Azure DevOps Server');
    await onPage(form()).toContainText('Azure DevOps Server 2022 (also Express) or later is needed');
    await onPage(form()).toContainText('Team Foundation Server is not compatible');
    await onPage(form()).toContainText('makes no webhooks, so the token needs no administrator rights');
  });

  it('knows one kind of token (row 4.10)', async () => {
    await adding('Azure DevOps Server');
    await onPage(page.getByRole('combobox', { name: 'Authentication Type' })).toHaveValue(
      'Personal Access Token',
    );
    expect(kinds.find(({ kind }) => kind === 'azure-devops-server')?.authentication).toHaveLength(1);
    await onPage(help()).toContainText('The server must be reachable from this computer');
  });
});

describe('the form of GitHub', () => {
  it('takes a token or an application, each with its own fields (rows 1.3, 1.15)', async () => {
    await adding('GitHub');
    expect(await authenticationTypes()).toEqual(
      expect.arrayContaining(['Personal Access Token', 'GitHub Application']),
    );
    await onPage(field('token')).toBeVisible();
    await onPage(field('tokenName')).toHaveValue('oauth2');
    await choose('GitHub Application');
    await onPage(field('token')).toHaveCount(0);
    await onPage(field('appId')).toBeVisible();
    await onPage(page.getByRole('textbox', { name: 'Private key' })).toBeVisible();
    await onPage(field('installation')).toBeVisible();
  });

  it('lists the scopes and marks those that are needed; the token is shown once (rows 1.4, 1.5)', async () => {
    await adding('GitHub');
    expect(await scopes()).toEqual([
      'repo*',
      'read:org*',
      'repo:status',
      'repo_deployment',
      'public_repo',
      'repo:invite',
      'security_events',
      'project',
      'read:project',
    ]);
    await onPage(help()).toContainText('copy it at once: GitHub never shows it again');
    await onPage(form()).toContainText('It is kept encrypted on this computer and sent to this server only');
  });

  it('tells how the application is made and installed, and what it may and is (rows 1.6, 1.10)', async () => {
    await adding('GitHub');
    await choose('GitHub Application');
    for (const words of [
      'Settings → Developer settings → GitHub Apps → New GitHub App',
      'Note its App ID',
      'generate a key',
      'Install the app',
      'settings/installations/12345678',
    ])
      await onPage(help()).toContainText(words);
    expect((await scopes()).filter((scope) => scope.endsWith('*'))).toEqual([
      'Contents: Read and write*',
      'Pull requests: Read and write*',
      'Metadata: Read-only*',
    ]);
    await onPage(form()).toContainText('acts as its installation, not as a person: good for organizations');
    // The header is for tokens a person has.
    await onPage(header()).toHaveCount(0);
  });

  it('takes a whole key and numbers only, with or without the installation (rows 1.7, 1.8, 1.9, 1.17)', async () => {
    await adding('GitHub');
    await choose('GitHub Application');
    await field('appId').fill('Iv1.8a61f9b3a7aba766');
    await page.getByRole('textbox', { name: 'Private key' }).fill('MIIB');
    await page.getByRole('button', { name: 'Test connection' }).click();
    await onPage(page.locator('[aria-invalid="true"]')).not.toHaveCount(0);
    await onPage(form()).toContainText(/number/i);
    await onPage(form()).toContainText(/BEGIN/);
    expect(await calls('accounts.test')).toEqual([]);
    await onPage(form()).toContainText('Empty: the first one found is taken and named');
    await onPage(form()).toContainText('or that address');
  });
});

describe('the forms of GitLab and Bitbucket', () => {
  it('list the scopes of GitLab; the token is shown once (row 1.11)', async () => {
    await adding('GitLab');
    expect(await scopes()).toEqual(['api*', 'read_api', 'read_repository', 'write_repository']);
    await onPage(help()).toContainText('copy it at once: GitLab never shows it again');
  });

  it('say that app passwords are gone and what took the place of their permissions (rows 1.12, D)', async () => {
    await adding('Bitbucket Cloud');
    await onPage(form()).toContainText('App passwords were removed on 2026-07-28');
    await onPage(form()).toContainText('Use an API token with scopes');
    expect(await scopes()).toEqual([
      'read:user:bitbucket*',
      'read:workspace:bitbucket*',
      'read:repository:bitbucket*',
      'write:repository:bitbucket',
      'read:pullrequest:bitbucket*',
      'write:pullrequest:bitbucket',
    ]);
  });

  it('fill in the token name each provider wants; Bitbucket needs the e-mail address too (row 1.16)', async () => {
    await adding('GitLab');
    await onPage(field('tokenName')).toHaveValue('oauth2');
    await page.context().close();
    await adding('Bitbucket Cloud');
    await onPage(field('tokenName')).toHaveValue('x-bitbucket-api-token-auth');
    await onPage(form()).toContainText('unless you want your own Bitbucket user name there');
    await field('token').fill('ATATT3xFfGF0');
    await page.getByRole('button', { name: 'Test connection' }).click();
    await onPage(field('email')).toBeFocused();
    expect(await calls('accounts.test')).toEqual([]);
  });
});
