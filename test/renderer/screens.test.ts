import type { Page } from '@playwright/test';
import { afterAll, beforeAll, it } from 'vitest';
import type { Question } from '../../shared/contract/prompts';
import { expectFitAndAccessible } from './fit-and-accessible';
import { everyState, longNames, manyEnds, working } from './harness/accounts';
import type { CoreState } from './harness/core';
import { type Harness, startHarness } from './harness/page';
import { manyKeys, savedPassphrases } from './harness/ssh';
import { allowedHosts, everyCredential, savedCredential } from './harness/saved-credentials';

const question = (rest: Partial<Extract<Question, { kind: 'credentials' }>> = {}): Question => ({
  kind: 'credentials',
  id: 'q1',
  operation: 'clone',
  host: 'git.example.com',
  path: 'team/private',
  protocol: 'https',
  accountId: null,
  accountAlias: null,
  reason: 'no-account',
  username: '',
  ...rest,
});

const refusedAccount = question({
  accountId: 'three',
  accountAlias: 'Bitbucket',
  reason: 'account-refused',
  username: 'x-bitbucket-api-token-auth',
  waiting: 2,
});

const manyCredentials = Array.from({ length: 60 }, (_, index) =>
  savedCredential(`${index}`, { username: index % 2 ? 'jane' : 'build-bot' }),
);

/** Every screen of the frame and the preferences: how the core is, and how to get there. */
const screens: { name: string; state?: Partial<CoreState>; go?: (page: Page) => Promise<void> }[] = [
  {
    name: 'start',
    state: { notices: [{ id: 'n', title: 'A file was damaged.', text: 'The last good copy is used.' }] },
  },
  { name: 'connection lost', go: (page) => page.evaluate(() => window.setLink('lost')) },
  { name: 'preferences empty', go: preferences },
  { name: 'preferences accounts', state: { accounts: everyState }, go: preferences },
  {
    name: 'preferences failing',
    state: { listFails: { kind: 'internal', reference: 'a1b2c3' } },
    go: preferences,
  },
  { name: 'saved credentials empty', go: (page) => section(page, 'Saved Credentials') },
  {
    name: 'saved credentials',
    state: { savedCredentials: everyCredential },
    go: async (page) => {
      await section(page, 'Saved Credentials');
      await page.getByRole('columnheader', { name: 'Address' }).waitFor();
    },
  },
  {
    name: 'saved credentials many',
    state: { savedCredentials: manyCredentials },
    go: async (page) => {
      await section(page, 'Saved Credentials');
      await page.getByRole('searchbox').fill('team/1');
      await page.getByRole('columnheader', { name: 'Address' }).waitFor();
    },
  },
  {
    name: 'saved credential edit',
    state: { savedCredentials: everyCredential },
    go: async (page) => {
      await section(page, 'Saved Credentials');
      await page.getByRole('button', { name: /^Edit gitlab/ }).click();
      await page.getByRole('dialog', { name: 'Edit saved credential' }).waitFor();
    },
  },
  {
    name: 'saved credential remove',
    state: { savedCredentials: everyCredential },
    go: async (page) => {
      await section(page, 'Saved Credentials');
      await page.getByRole('button', { name: /^Remove gitlab/ }).click();
      await page.getByRole('dialog', { name: 'Remove this saved password?' }).waitFor();
    },
  },
  {
    name: 'allowed hosts',
    state: { allowedHosts },
    go: async (page) => {
      await section(page, 'Saved Credentials');
      await page.getByText('Allowed hosts', { exact: true }).click();
      await page.getByRole('columnheader', { name: 'May sign in to' }).waitFor();
    },
  },
  {
    name: 'allowed hosts empty',
    go: async (page) => {
      await section(page, 'Saved Credentials');
      await page.getByText('Allowed hosts', { exact: true }).click();
      await page.getByText('No host allowed for good').waitFor();
    },
  },
  {
    name: 'ssh key of an account',
    state: { accounts: everyState, ssh: manyKeys },
    go: (page) => more(page, 'Personal', 'SSH key…'),
  },
  {
    name: 'ssh key of an account, none found',
    state: { accounts: everyState },
    go: async (page) => {
      await more(page, 'Personal', 'SSH key…');
      await page.getByRole('radio', { name: 'Another file' }).check();
    },
  },
  {
    name: 'kept passphrases',
    state: { ssh: savedPassphrases },
    go: async (page) => {
      await section(page, 'Secrets');
      await page.getByRole('region', { name: 'Passphrases of SSH keys' }).waitFor();
    },
  },
  {
    name: 'unknown ssh server',
    state: {
      questions: [
        {
          kind: 'ssh-host-key',
          id: 'q1',
          operation: 'clone',
          host: 'jump.department.contoso.example.com:2222',
          address: '192.0.2.17:2222',
          repositoryHost: 'git.department.contoso.example.com',
          keyType: 'ED25519',
          fingerprint: 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
          otherTypesKnown: true,
          otherNames: ['~/.ssh/known_hosts:32: [hashed name]'],
          published: { by: 'GitHub', url: 'https://docs.github.com/', matches: false },
        },
      ],
    },
    go: (page) => page.getByRole('dialog', { name: 'Unknown SSH server' }).waitFor(),
  },
  {
    name: 'passphrase of an ssh key',
    state: {
      questions: [
        {
          kind: 'ssh-passphrase',
          id: 'q1',
          operation: 'fetch',
          host: 'git.example.com',
          path: 'team/private.git',
          keyPath: '/home/jane.wilhelmina.doe/Documents/company keys/contoso/id_ed25519_of_the_year',
          reason: 'wrong',
          canSave: true,
        },
      ],
    },
    go: (page) => page.getByRole('dialog', { name: 'Passphrase of an SSH key' }).waitFor(),
  },
  { name: 'preferences general', go: (page) => section(page, 'General') },
  { name: 'preferences git', go: (page) => section(page, 'Git') },
  {
    name: 'preferences git lacking much',
    state: {
      programs: {
        git: {
          path: '/opt/tools/distribution/a-rather-long-folder-name/version-control/2.31.0/bin/git',
          version: '2.31.0',
          lacks: ['owner-check', 'bare-check'],
        },
        ssh: { path: '/usr/local/bin/ssh', version: '7.9', lacks: ['questions', 'server-questions'] },
        lfs: null,
        shell: null,
      },
    },
    go: (page) => section(page, 'Git'),
  },
  {
    name: 'preferences git without ssh',
    state: { programs: { git: null, ssh: null, lfs: null, shell: null } },
    go: async (page) => {
      await section(page, 'Git');
      await page.getByRole('button', { name: 'What each engine does' }).click();
      await page.getByRole('cell', { name: 'Submodules', exact: true }).scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'preferences secrets',
    state: {
      secretStore: {
        backend: 'passphrase',
        locked: true,
        choices: ['passphrase', 'session'],
        why: 'The key store of this system does not answer.',
      },
    },
    go: (page) => section(page, 'Secrets'),
  },
  { name: 'preferences about', go: (page) => section(page, 'About') },
  {
    name: 'add',
    async go(page) {
      await add(page, 'GitHub');
      // It waits for the address of the page.
      await page.locator('button:enabled', { hasText: 'Open token page' }).waitFor();
    },
  },
  {
    name: 'add app',
    go: async (page) => {
      await add(page, 'GitHub');
      await page.getByRole('combobox', { name: 'Authentication Type' }).click();
      await page.getByRole('option', { name: 'GitHub Application' }).click();
    },
  },
  {
    name: 'add with problems',
    go: async (page) => {
      await add(page, 'Azure DevOps Server');
      await page.getByRole('button', { name: 'Test connection' }).click();
    },
  },
  {
    name: 'add refused',
    go: async (page) => {
      await add(page, 'GitLab Self-Managed');
      await page.locator('[name=account-token]').fill('glpat-x');
      await page.getByRole('button', { name: 'Test connection' }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'add tested',
    state: {
      signIn: {
        ok: true,
        result: {
          ...working,
          expiresOn: new Date(Date.now() + 5 * 86_400_000).toISOString(),
          missingScopes: ['read:org'],
          notes: ['All-organizations tokens end on 1 December 2026.'],
        },
      },
    },
    go: async (page) => {
      await add(page, 'GitHub');
      await page.locator('[name=account-token]').fill('ghp_x');
      await page.getByRole('button', { name: 'Test connection' }).click();
      await page.getByText('Signed in as').waitFor();
    },
  },
  { name: 'menu', state: { accounts: everyState }, go: (page) => more(page, 'TFS') },
  { name: 'rename', state: { accounts: everyState }, go: (page) => more(page, 'Personal', 'Rename…') },
  { name: 'replace', state: { accounts: everyState }, go: (page) => more(page, 'Old', 'Replace token…') },
  {
    name: 'remove',
    state: {
      accounts: everyState,
      removalImpact: [
        { id: 'r1', name: 'website', path: '/home/jane/website' },
        { id: 'r2', name: 'api', path: '/home/jane/api' },
      ],
    },
    go: (page) => more(page, 'Personal', 'Remove…'),
  },
  {
    name: 'choose store',
    state: {
      secretStore: {
        backend: 'undecided',
        locked: false,
        choices: ['passphrase', 'session'],
        why: 'This system has no key store that Polyforge can use.',
      },
    },
    go: async (page) => {
      await section(page, 'Secrets');
      await page.getByRole('button', { name: 'Choose…' }).click();
      await page.getByLabel('Passphrase', { exact: true }).fill('correct horse');
    },
  },
  {
    name: 'prompt',
    state: {
      questions: [
        question({ reason: 'answer-refused', username: 'jane', protocol: 'http' }),
        question({ id: 'q2' }),
      ],
    },
    go: (page) => page.getByRole('dialog').waitFor(),
  },
  {
    name: 'prompt of a terminal',
    state: {
      questions: [
        question({
          reason: 'answer-refused',
          username: 'jane',
          path: `${'a-group/'.repeat(9)}a-repository-with-a-long-name`,
          folder: `/home/jane/${'projects/of-a-customer/'.repeat(4)}`,
        }),
      ],
    },
    go: (page) => page.getByRole('dialog').waitFor(),
  },
  {
    name: 'prompt other host',
    state: {
      questions: [
        {
          kind: 'other-host',
          id: 'o',
          operation: 'fetch',
          host: 'gitlab.department.contoso.example.com:8443',
          path: `${'a-group/'.repeat(5)}website`,
          otherHost: 'large-files.another-department.contoso.example.net',
          otherPath: `${'a-group/'.repeat(5)}website/info/lfs`,
          accountAlias: longNames.alias,
          folder: '/home/jane/website',
        },
        question(),
      ],
    },
    go: (page) => page.getByRole('dialog').waitFor(),
  },
  {
    name: 'prompt save credential',
    state: {
      questions: [
        {
          kind: 'save-credential',
          id: 's',
          host: 'git.example.com',
          path: 'team/private',
          username: 'jane.doe@example.com',
        },
      ],
    },
    go: (page) => page.getByRole('dialog').waitFor(),
  },
  {
    name: 'prompt of a program',
    state: {
      questions: [
        {
          kind: 'program-question',
          id: 'p',
          operation: 'push',
          host: 'git.example.com',
          text: `\u001b[31mEnter the one-time code for \u202emoc.elpmaxe@enaj\n${'of this very long text '.repeat(90)}`,
          wants: 'entry',
        },
      ],
    },
    go: (page) => page.getByRole('button', { name: /^Show the rest/ }).click(),
  },
  {
    name: 'prompt refused account',
    state: { accounts: everyState, questions: [refusedAccount] },
    go: (page) => page.getByRole('button', { name: /^Replace the token of “Bitbucket”/ }).waitFor(),
  },
  {
    name: 'replace over prompt',
    state: { accounts: everyState, questions: [refusedAccount] },
    go: async (page) => {
      await page.getByRole('button', { name: /^Replace the token of “Bitbucket”/ }).click();
      await page.getByRole('dialog', { name: 'Replace the token of “Bitbucket”' }).waitFor();
    },
  },
  {
    name: 'notice of one account',
    state: { accounts: [{ ...longNames, state: { status: 'working' } }] },
    go: (page) => page.getByRole('note', { name: /^Account / }).waitFor(),
  },
  {
    name: 'notice of several accounts',
    state: { accounts: everyState },
    go: (page) => page.getByRole('note', { name: 'Accounts that need you' }).waitFor(),
  },
  {
    name: 'expiry board',
    state: { accounts: manyEnds() },
    go: async (page) => {
      await preferences(page);
      await page.getByText('Expiry', { exact: true }).click();
      await page.getByRole('columnheader', { name: 'Expires' }).waitFor();
    },
  },
  {
    name: 'expiry date',
    state: { accounts: manyEnds() },
    go: async (page) => {
      await preferences(page);
      await page.getByText('Expiry', { exact: true }).click();
      await page
        .getByRole('button', { name: /^Enter the expiry date of Bitbucket/ })
        .first()
        .click();
      await page.getByRole('dialog', { name: /^Expiry date of/ }).waitFor();
    },
  },
  {
    name: 'prompt passphrase',
    state: { questions: [{ kind: 'passphrase', id: 'p', reason: 'wrong' }] },
    go: (page) => page.getByRole('dialog').waitFor(),
  },
  {
    name: 'open repository',
    go: async (page) => {
      await page.keyboard.press('Control+o');
      await page.getByRole('combobox', { name: 'Folder' }).fill('/home/jane/nothing');
      await page.getByRole('dialog').getByRole('button', { name: 'Open', exact: true }).click();
      await page.getByRole('alert').waitFor();
    },
  },
];

async function preferences(page: Page) {
  await page.keyboard.press('Control+,');
  await page.getByRole('dialog', { name: 'Preferences' }).waitFor();
  await page.getByRole('tabpanel').getByText('Loading').waitFor({ state: 'detached' });
}

async function section(page: Page, name: string) {
  await preferences(page);
  await page.getByRole('tab', { name }).click();
}

async function add(page: Page, kind: string) {
  await preferences(page);
  await page.getByRole('button', { name: kind, exact: true }).click();
  await page.getByRole('dialog', { name: `Add Hosting Provider: ${kind}` }).waitFor();
}

async function more(page: Page, alias: string, item?: string) {
  await preferences(page);
  await page.getByRole('button', { name: `More for ${alias}` }).click();
  const menu = page.getByRole('menu');
  await menu.waitFor();
  if (item) await menu.getByRole('menuitem', { name: item }).click();
}

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

async function open(...given: Parameters<Harness['open']>): Promise<Page> {
  const page = await harness.open(...given);
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  return page;
}

for (const screen of screens)
  it(`${screen.name}: no accessibility violation in light or dark, nothing wider than a small window`, async () => {
    const page = await open(screen.state, { reducedMotion: 'reduce' });
    try {
      await screen.go?.(page);
      await expectFitAndAccessible(page, screen.name);
    } finally {
      await page.context().close();
    }
  });
