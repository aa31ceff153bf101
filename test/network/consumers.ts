import path from 'node:path';
import { createCredentialChannel } from '../../electron/credentials/channel';
import { createVault } from '../../electron/credentials/vault';
import { createIsomorphicEngine } from '../../electron/git/isomorphic/engine';
import { createSystemEngine } from '../../electron/git/system/engine';
import { findGit } from '../../electron/git/system/program';
import { type ConfiguredNetwork, createNetwork } from '../../electron/network/create';
import type { Platform } from '../../electron/platform';
import { createHttp } from '../../electron/providers/http';
import type { GitCredential } from '../../electron/providers/provider';
import { createStorage } from '../../electron/storage/create';
import { type AppError, AppFailure } from '../../shared/errors';
import { requireRemoteUrl } from '../../shared/remote-url';
import { buildGitWorker } from '../fakes/git-worker';
import { fakePlatform, temporaryDirectory } from '../fakes/platform';
import { builtHelper, recordedCredentials } from '../git/operation';

export const account = { username: 'ada', password: 'account-canary-7f31' };

/** One of those that reach servers: each asks the same repository's server for the same page. */
export interface Consumer {
  name: string;
  /** Resolves when the server let it in; rejects with AppFailure. */
  reach(address: string, network: ConfiguredNetwork, credential?: GitCredential): Promise<void>;
}

export interface Consumers {
  all: Consumer[];
  /** A clone by the git program, started through `program`, for what can be seen of it from outside. */
  clone(address: string, directory: string, network: ConfiguredNetwork, program?: string): Promise<void>;
  close(): Promise<void>;
}

const signal = () => new AbortController().signal;

export async function startConsumers(): Promise<Consumers> {
  const directory = temporaryDirectory();
  const channel = await createCredentialChannel();
  const git = await findGit(process.env['PATH'] ?? '');
  if (git === null) throw new Error('git is not installed');
  const helper = await builtHelper(path.join(directory, 'helper'));
  const worker = await buildGitWorker();
  const usual: GitCredential = { kind: 'password', ...account };
  const system = (network: ConfiguredNetwork, program = git) =>
    createSystemEngine({ program, channel, network, helper });

  return {
    all: [
      {
        name: 'the providers’ requests',
        async reach(address, network, credential = usual) {
          const http = createHttp({ network, retryDelay: 1 });
          const { origin } = new URL(address);
          const pair =
            credential.kind === 'password'
              ? `Basic ${Buffer.from(`${credential.username}:${credential.password}`).toString('base64')}`
              : credential.header.replace('Authorization: ', '');
          try {
            await http.bind(
              { origins: { api: [origin], git: [] } },
              { headers: async () => ({ authorization: pair }) },
              signal(),
            )(`${address}/info/refs?service=git-upload-pack`);
          } finally {
            await http.close();
          }
        },
      },
      {
        name: 'the git program',
        async reach(address, network, credential = usual) {
          const url = requireRemoteUrl(address);
          await system(network).remoteBranches(url, recordedCredentials(url.origin, [credential]), {
            signal: signal(),
          });
        },
      },
      {
        name: 'the built-in engine',
        async reach(address, network, credential = usual) {
          const url = requireRemoteUrl(address);
          const engine = createIsomorphicEngine(worker.file, network);
          await engine.remoteBranches(url, recordedCredentials(url.origin, [credential]), {
            signal: signal(),
          });
        },
      },
    ],
    async clone(address, target, network, program) {
      const url = requireRemoteUrl(address);
      await system(network, program).clone(
        { url, directory: target, branch: null, credentials: recordedCredentials(url.origin, [usual]) },
        { signal: signal() },
      );
    },
    async close() {
      await channel.close();
      await worker.remove();
    },
  };
}

/** The real network over a data directory of its own. */
export function makeNetwork(more: Partial<Platform> = {}) {
  const platform = fakePlatform(temporaryDirectory('polyforge-network-'), more);
  const vault = createVault(path.join(platform.dataDirectory, 'vault.json'), platform);
  return { network: createNetwork({ storage: createStorage(platform), vault, platform }), platform };
}

export const manual = (
  url: string,
  more: { username?: string; password?: string; noProxy?: string } = {},
) => ({
  mode: 'manual' as const,
  url,
  username: '',
  noProxy: '',
  ...more,
});

export async function failureOf(work: Promise<unknown>): Promise<AppError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppFailure) return error.error;
    throw error;
  }
  throw new Error('it was expected to fail');
}

/** Runs with these variables of the environment and none of the other proxy variables. */
export async function withEnvironment(
  variables: Record<string, string>,
  work: () => Promise<void>,
): Promise<void> {
  const names = [
    ...['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()]),
    ...Object.keys(variables),
  ];
  const before = names.map((name) => process.env[name]);
  for (const name of names) delete process.env[name];
  Object.assign(process.env, variables);
  try {
    await work();
  } finally {
    for (const [index, name] of names.entries()) {
      const value = before[index];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
