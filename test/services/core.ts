import { createRouterClient } from '@orpc/server';
import { assemble, type GitParts } from '../../electron/compose';
import type { Http } from '../../electron/providers/http';
import type { HostingProvider } from '../../electron/providers/provider';
import { type AppError, appErrorSchema, AppFailure } from '../../shared/errors';
import { handClock } from '../fakes/clock';
import { fakePlatform } from '../fakes/platform';

const noGitHere = () =>
  Promise.reject(new AppFailure({ kind: 'unsupported', what: 'git', reason: 'not in this test' }));

export const noGit: GitParts = {
  engines: {
    forReading: () => noGitHere(),
    forWriting: () => noGitHere(),
    reader: () => noGitHere(),
    discover: () => noGitHere(),
    forNetwork: () => {
      throw new AppFailure({ kind: 'unsupported', what: 'git', reason: 'not in this test' });
    },
    clone: () => noGitHere(),
    userGit: () => null,
    describe: () => ({ git: { found: false }, engine: 'isomorphic', engineReason: '' }),
    programs: () => Promise.resolve({ git: null, ssh: null, lfs: null, shell: null }),
    sshAgentKeys: () => Promise.resolve([]),
    reconsider: () => Promise.resolve(),
    close: () => Promise.resolve(),
  },
  credentials: {
    begin: () => {
      throw new Error('no credentials in this test');
    },
  },
  close: () => Promise.resolve(),
};

const noNetwork: Http = {
  bind: () => () => Promise.reject(new Error('no network in this test')),
  close: () => Promise.resolve(),
};

/** The services over a real data directory, with the given providers and without git. */
export async function startCore(
  dataDirectory: string,
  providers: HostingProvider[],
  platform = fakePlatform(dataDirectory),
  clock = handClock(),
  http = noNetwork,
) {
  const core = await assemble(platform, {
    providers,
    clock,
    http: () => http,
    git: () => Promise.resolve(noGit),
  });
  return {
    platform,
    core,
    client: createRouterClient(core.router, { context: { log: (line: string) => platform.log(line) } }),
  };
}

/** The AppError a call was rejected with. */
export async function failureOf(call: Promise<unknown>): Promise<AppError> {
  try {
    await call;
  } catch (error) {
    return appErrorSchema.parse((error as { data?: unknown }).data);
  }
  throw new Error('the call was expected to fail');
}
