import { rm } from 'node:fs/promises';
import path from 'node:path';
import { createRouterClient } from '@orpc/server';
import { expect } from 'vitest';
import { createCredentialChannel } from '../../electron/credentials/channel';
import { createAccountChoices } from '../../electron/credentials/account-choice';
import { createRenewals } from '../../electron/credentials/renewal';
import { createSessions, secretName } from '../../electron/credentials/sessions';
import { createSecretReader } from '../../electron/credentials/unlock';
import { createVault } from '../../electron/credentials/vault';
import { createEngines, type Engines } from '../../electron/git/choose';
import { trustNothing } from '../../electron/git/trust';
import { createIsomorphicEngine } from '../../electron/git/isomorphic/engine';
import type { NetworkWithFiles, Route } from '../../electron/network/network';
import { createPromptBroker } from '../../electron/prompts/broker';
import { azureDevOps } from '../../electron/providers/azure-devops/index';
import { bitbucket } from '../../electron/providers/bitbucket/index';
import { github } from '../../electron/providers/github/index';
import { gitlab } from '../../electron/providers/gitlab/index';
import { createHttp } from '../../electron/providers/http';
import { createRegistry } from '../../electron/providers/registry';
import { createEventBus } from '../../electron/services/application';
import { doctorService } from '../../electron/services/doctor';
import { createStorage } from '../../electron/storage/create';
import type { Account } from '../../shared/contract/accounts';
import type { AppEvent } from '../../shared/contract/application';
import type { Diagnosis, DoctorSubject, StepReport } from '../../shared/contract/doctor';
import { anAccount } from '../fakes/account';
import { fixedNetwork } from '../fakes/network';
import { fakePlatform, temporaryDirectory } from '../fakes/platform';
import { builtHelper } from '../git/operation';
import type { CauseRow, Place, RowAccount, SeenByRow } from './causes';
import { type RowServer, startRowServer } from './row-server';

/** What all rows share: the engines with the helper git starts. */
export interface Surgery {
  engines: Engines;
  network: NetworkWithFiles;
  /** How the row under way reaches its servers. */
  route: Partial<Route>;
  close(): Promise<void>;
}

export async function openSurgery(): Promise<Surgery> {
  const directory = temporaryDirectory('polyforge-doctor-');
  const channel = await createCredentialChannel();
  const network = fixedNetwork(() => surgery.route, path.join(directory, 'network'));
  const engines = await createEngines({
    trust: trustNothing,
    preferences: { engine: 'auto', gitPath: '' },
    isomorphic: createIsomorphicEngine('', network),
    channel,
    network,
    helper: await builtHelper(path.join(directory, 'helper')),
    log: () => undefined,
  });
  const surgery: Surgery = {
    engines,
    network,
    route: {},
    async close() {
      await engines.close();
      await channel.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return surgery;
}

const registry = createRegistry([github, gitlab, bitbucket, azureDevOps]);

/** The forms a secret could have on its way out, found without the code under test. */
function formsOf(secret: string): string[] {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  // What surrounds the secret shifts its base64: the characters that do not depend on it.
  const shifted = ['', ':', 'u:'].map((before, index) =>
    base64(`${before}${secret}`).slice(index === 0 ? 0 : 4, -4),
  );
  return [
    secret,
    encodeURIComponent(secret),
    base64(secret),
    base64(`:${secret}`),
    Buffer.from(secret).toString('hex'),
    ...shifted.filter((text) => text.length >= 12),
  ];
}

function storedAccount(row: RowAccount, at: Place, id: string): Account {
  return anAccount({
    id,
    provider: registry.of(row.kind).id,
    url: at.origin,
    origins: { api: [at.origin], git: [at.origin] },
    ...row,
  });
}

export interface RowRun {
  diagnosis: Diagnosis;
  events: StepReport[];
  /** The account as it is stored after the run. */
  account: Account | undefined;
  /** The account's secret is in the vault still. */
  secretKept: boolean;
  server: RowServer;
}

/** Runs one row and holds everything it let out against its secrets. */
export async function runRow(surgery: Surgery, row: CauseRow, signal?: AbortSignal): Promise<RowRun> {
  const server = await startRowServer(row);
  const evil = await startRowServer();
  const at: Place = {
    origin: server.origin,
    host: `127.0.0.1:${server.port}`,
    api: server.origin.replace('127.0.0.1', 'localhost'),
    evil: evil.origin,
  };
  const { engines, network } = surgery;
  surgery.route = row.route?.(at) ?? {};
  const directory = temporaryDirectory('polyforge-row-');
  const platform = fakePlatform(directory);
  const storage = createStorage(platform);
  const vaultFile = path.join(directory, 'vault.json');
  let vault = createVault(vaultFile, platform);
  const told: AppEvent[] = [];
  const events = createEventBus();
  events.listen((event) => void told.push(event));
  const prompts = createPromptBroker(events);
  const http = createHttp({ network, retryDelay: 1, patience: 0 });
  const choices = createAccountChoices({ storage, registry, prompts, events });
  try {
    server.answers = row.answers?.(at) ?? {};
    const subject = row.subject(at);
    const accounts = [subject.account, ...(subject.others ?? [])].flatMap((one, index) =>
      one ? [storedAccount(one, at, `a${index}`)] : [],
    );
    for (const account of accounts) {
      storage.accounts.put(account);
      if (subject.secret) await vault.set(secretName(account), subject.secret);
    }
    if (subject.locked) {
      await vault.choose({ choice: 'passphrase', passphrase: 'correct horse battery' });
      vault = createVault(vaultFile, platform);
    }
    const secrets = createSecretReader(vault, prompts, events);
    const renewals = createRenewals({ registry, http, vault, storage, events });
    const sessions = createSessions(registry, http, secrets, renewals);
    const service = doctorService({
      registry,
      storage,
      secrets,
      sessions,
      choices,
      http,
      network,
      engines,
      events,
      patience: 400,
    });
    const client = createRouterClient(
      { doctor: service },
      { context: { log: (line: string) => platform.log(line) } },
    );
    const input: DoctorSubject = {
      accountId: subject.account && !subject.draft && subject.chosen !== false ? 'a0' : null,
      draft: subject.draft ?? null,
      url: subject.url ?? null,
    };
    const reports: StepReport[] = [];
    const stream = await client.doctor.run(input, { signal });
    let step = await stream.next();
    while (!step.done) {
      reports.push(step.value);
      step = await stream.next();
    }
    const diagnosis = step.value;
    const own = [
      subject.secret,
      subject.draft?.token,
      subject.draft?.privateKey,
      ...(subject.secrets ?? []),
    ].filter((one): one is string => Boolean(one));
    expectNothingLeaked(
      own,
      { diagnosis, reports, logged: platform.logged, told, evil: evil.seen },
      server.seen,
    );
    expect(told.filter(({ type }) => type === 'prompts.asked')).toEqual([]);
    const [first] = accounts;
    const secretKept =
      first !== undefined &&
      !subject.locked &&
      (await vault.get(secretName(first))) === (subject.secret ?? undefined);
    return { diagnosis, events: reports, account: storage.accounts.find('a0'), secretKept, server };
  } finally {
    await http.close();
    await server.close();
    await evil.close();
    await rm(directory, { recursive: true, force: true });
  }
}

function expectNothingLeaked(
  secrets: string[],
  out: { diagnosis: Diagnosis; reports: StepReport[]; logged: string[]; told: unknown; evil: SeenByRow[] },
  seen: SeenByRow[],
): void {
  // To its own server the secret goes in the header made for it, and nowhere else.
  const besides = seen.map((request) => ({
    ...request,
    authorization: '',
    headers: { ...request.headers, authorization: '', 'private-token': '' },
  }));
  for (const [where, value] of Object.entries({ ...out, besides })) {
    const text = `${JSON.stringify(value)}\n${where === 'diagnosis' ? out.diagnosis.report : ''}`;
    for (const secret of secrets)
      for (const form of formsOf(secret))
        if (text.includes(form))
          throw new Error(`the secret, as ${form}, is in ${where}: ${text.slice(0, 2000)}`);
  }
}

/** Every step is told of once when it ends, in order, and none runs after the cause. */
export function expectOrder({ events, diagnosis }: RowRun): void {
  const ended = events.filter(({ state }) => state !== 'running');
  expect(ended).toEqual(diagnosis.steps);
  expect(new Set(ended.map(({ step }) => step)).size).toBe(10);
  const failed = ended.findIndex(({ state }) => state === 'failed');
  expect(failed === -1).toBe(diagnosis.finding === null);
  if (failed >= 0) expect(ended.slice(failed + 1).every(({ state }) => state === 'skipped')).toBe(true);
}
