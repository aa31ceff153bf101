import path from 'node:path';
import type { Router } from '@orpc/server';
import type { AppEvent } from '../shared/contract/application';
import type { Contract } from '../shared/contract/index';
import { createAccountNotices } from './credentials/account-notices';
import type { CredentialBroker } from './credentials/broker';
import { type AccountChoices, createAccountChoices } from './credentials/account-choice';
import { createCredentialChannel } from './credentials/channel';
import { type Clock, machineClock } from './credentials/clock';
import { createCredentialBroker } from './credentials/create-broker';
import { createRefusals, type Refusals } from './credentials/refusals';
import { helperLauncher } from './credentials/launcher';
import { createRenewals, type Renewals } from './credentials/renewal';
import { createSavedCredentials, type SavedCredentials } from './credentials/saved';
import { startDailyCheck } from './credentials/daily-check';
import { serveTerminal } from './credentials/serve-terminal';
import { createSessions, type Sessions } from './credentials/sessions';
import { createSshAccess } from './credentials/ssh/access';
import { createSecretReader, type SecretReader } from './credentials/unlock';
import { createVault, type Vault } from './credentials/vault';
import { createEngines, type Engines } from './git/choose';
import { removeUnfinished } from './git/guard';
import { placeOf } from './git/place';
import { createIsomorphicEngine } from './git/isomorphic/engine';
import { createTrust, type Trust } from './git/trust';
import { type ConfiguredNetwork, createNetwork } from './network/create';
import type { Network } from './network/network';
import type { Platform } from './platform';
import { announceQuestions } from './prompts/announce';
import { createPromptBroker, type PromptBroker } from './prompts/broker';
import { azureDevOps } from './providers/azure-devops/index';
import { bitbucket } from './providers/bitbucket/index';
import { github } from './providers/github/index';
import { gitlab } from './providers/gitlab/index';
import { createHttp, type Http } from './providers/http';
import type { HostingProvider } from './providers/provider';
import { createRegistry, type ProviderRegistry } from './providers/registry';
import { accountsService } from './services/accounts';
import { startBackgroundFetch } from './services/background-fetch';
import { applicationService, createEventBus, type EventBus } from './services/application';
import { bindingsService } from './services/bindings';
import { branchesService } from './services/branches';
import { clonePlanService, createClonePlans } from './services/clone-plan';
import { doctorService } from './services/doctor';
import { historyService } from './services/history';
import { hostedRepositoriesService } from './services/hosted-repositories';
import { networkService } from './services/network';
import { organizationMoveService } from './services/organization-move';
import { preferencesService } from './services/preferences';
import type { CallContext } from './services/procedure';
import { promptsService } from './services/prompts';
import { pullRequestsService } from './services/pull-requests';
import { startCommitGraphs } from './services/commit-graph';
import { createRemoteWork } from './services/remote-work';
import { remotesService } from './services/remotes';
import { isDirectory, repositoriesService } from './services/repositories';
import { savedCredentialsService } from './services/saved-credentials';
import { signInAppsService } from './services/sign-in-apps';
import { sshService } from './services/ssh';
import { terminalGitService } from './services/terminal-git';
import { helperValue } from './services/terminal-lines';
import { workingTreeService } from './services/working-tree';
import { trustService } from './services/trust';
import { createStorage } from './storage/create';
import type { Storage } from './storage/storage';

/** How long an end of the program waits for tokens under way, milliseconds. */
const renewalPatience = 5000;

/** Every part, built once, and the surface over them. */
export interface Core {
  router: Router<Contract, CallContext>;
  /** For what the shell itself has to say: a command of its menu. */
  emit(event: AppEvent): void;
  /** Ends what is under way, its processes included. */
  close(): Promise<void>;
}

/** What stands before engines and credentials exist. */
export interface Foundation {
  platform: Platform;
  events: EventBus;
  storage: Storage;
  vault: Vault;
  network: ConfiguredNetwork;
  prompts: PromptBroker;
  registry: ProviderRegistry;
  sessions: Sessions;
  choices: AccountChoices;
  renewals: Renewals;
  /** The only one: its changes are made one after the other. */
  saved: SavedCredentials;
  secrets: SecretReader;
  refusals: Refusals;
  trust: Trust;
}

/** What git needs; made from the foundation. */
export interface GitParts {
  engines: Engines;
  credentials: CredentialBroker;
  close(): Promise<void>;
}

export interface Makers {
  providers: readonly HostingProvider[];
  http(network: Network): Http;
  /** Default: the machine's. */
  clock?: Clock;
  git(foundation: Foundation): Promise<GitParts>;
}

/** Joins the parts; `compose` is this with the real ones. */
export async function assemble(platform: Platform, makers: Makers): Promise<Core> {
  const events = createEventBus();
  const storage = createStorage(platform);
  const vault = createVault(path.join(platform.dataDirectory, 'vault.json'), platform);
  const network = createNetwork({ storage, vault, platform });
  const http = makers.http(network);
  const prompts = createPromptBroker(events);
  announceQuestions(events, platform);
  const registry = createRegistry(makers.providers);
  const secrets = createSecretReader(vault, prompts, events);
  const renewals = createRenewals({ registry, http, vault, storage, events });
  const sessions = createSessions(registry, http, secrets, renewals);
  const choices = createAccountChoices({ storage, registry, prompts, events });
  const saved = createSavedCredentials(storage, vault, events);
  const clock = makers.clock ?? machineClock;
  const log = (line: string) => platform.log(line);
  const refusals = createRefusals({ storage, sessions, events, clock, log });
  const launcher = helperLauncher(platform.dataDirectory);
  const trust = createTrust(storage.trustedFolders, helperValue(launcher));
  const git = await makers.git({
    platform,
    events,
    storage,
    vault,
    network,
    prompts,
    registry,
    sessions,
    choices,
    renewals,
    saved,
    secrets,
    refusals,
    trust,
  });
  const { engines, credentials } = git;
  const plans = createClonePlans(engines);
  const notices = createAccountNotices({ storage, events, platform, clock });
  const dailyCheck = startDailyCheck({ storage, sessions, events, notices, clock, log });
  const remoteWork = createRemoteWork({ storage, engines, credentials, events, now: () => clock.now() });
  const backgroundFetch = startBackgroundFetch({
    storage,
    work: remoteWork,
    events,
    clock,
    isPresent: isDirectory,
    log,
  });
  const commitGraphs = startCommitGraphs({ storage, engines, trust: trust.of, events, clock, log });
  const agent = await serveTerminal({
    platform,
    events,
    storage,
    vault,
    saved,
    prompts,
    broker: credentials,
    placeOf,
    clock,
  });
  // Nobody waits for it: large folders take a while, and nothing depends on them.
  void removeUnfinished(storage.unfinishedClones.list()).then((gone) => {
    for (const folder of gone) storage.unfinishedClones.remove(folder);
  });

  return {
    router: {
      accounts: accountsService({
        registry,
        storage,
        vault,
        secrets,
        sessions,
        renewals,
        platform,
        events,
        notices,
      }),
      application: applicationService({ platform, storage, engines, events, notices: vault.notices }),
      bindings: bindingsService({ storage, engines, choices, events }),
      branches: branchesService({ storage, engines }),
      clonePlan: clonePlanService({
        registry,
        storage,
        sessions,
        plans,
        engines,
        credentials,
        events,
        work: remoteWork,
      }),
      doctor: doctorService({
        registry,
        storage,
        secrets,
        sessions,
        choices,
        http,
        network,
        engines,
        events,
      }),
      history: historyService({ storage, engines }),
      hostedRepositories: hostedRepositoriesService({ registry, storage, sessions, events }),
      network: networkService({ network, events }),
      organizationMove: organizationMoveService({ registry, storage, sessions, engines, events }),
      preferences: preferencesService({ storage, vault, engines, events }),
      prompts: promptsService({ prompts }),
      pullRequests: pullRequestsService({ registry, storage, sessions, engines, choices, events }),
      remotes: remotesService({ work: remoteWork, background: backgroundFetch }),
      repositories: repositoriesService({ storage, engines, credentials, choices, plans, events }),
      savedCredentials: savedCredentialsService({ storage, saved, events }),
      signInApps: signInAppsService({ registry, storage, events }),
      ssh: sshService({ storage, vault, engines, choices, events }),
      terminalGit: terminalGitService({
        storage,
        engines,
        events,
        dataDirectory: platform.dataDirectory,
        launcher,
      }),
      workingTree: workingTreeService({ storage, engines }),
      trust: trustService({ storage, engines, trust, events }),
    },
    emit: (event) => events.emit(event),
    async close() {
      const checked = Promise.all([
        dailyCheck.close(),
        backgroundFetch.close(),
        commitGraphs.close(),
        refusals.close(),
      ]);
      await agent?.close();
      await renewals.settle(renewalPatience);
      await Promise.all([checked, git.close(), http.close()]);
    },
  };
}

/** Builds everything for one host. */
export async function compose(platform: Platform): Promise<Core> {
  return assemble(platform, {
    providers: [github, gitlab, bitbucket, azureDevOps],
    http: (network) => createHttp({ network, version: platform.version }),
    async git(foundation) {
      const { storage, vault, saved, secrets, refusals, network, prompts, sessions, choices, events } =
        foundation;
      const channel = await createCredentialChannel();
      const log = (line: string) => platform.log(line);
      const engines = await createEngines({
        preferences: storage.preferences.get(),
        isomorphic: createIsomorphicEngine(platform.gitWorker, network),
        channel,
        network,
        helper: platform.credentialHelper,
        trust: foundation.trust.of,
        log,
      });
      return {
        engines,
        credentials: createCredentialBroker({
          storage,
          vault,
          saved,
          secrets,
          refusals,
          prompts,
          choices,
          sessions,
          events,
          changes: events,
          ssh: (ask, context) => createSshAccess({ storage, vault, choices, ask, events, log }, context),
          log,
        }),
        async close() {
          await engines.close();
          await channel.close();
        },
      };
    },
  });
}
