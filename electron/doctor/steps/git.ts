import type { Account } from '../../../shared/contract/accounts';
import type { Finding } from '../../../shared/contract/doctor';
import { type AppError, AppFailure } from '../../../shared/errors';
import { hostWithPort, type RemoteUrl } from '../../../shared/remote-url';
import { refusalOf } from '../../providers/http';
import type { GitCredential } from '../../providers/provider';
import { type Examination, outcome, type Patient, type Step } from '../examination';
import { headerOf, singleAnswer } from '../git-credentials';
import { explained } from '../refused';

/** Refusals that the server's own answer says more about than git passes on. */
const telling = new Set<AppError['kind']>([
  'authentication-failed',
  'missing-permission',
  'repository-not-found',
  'sign-in-page',
  'server-error',
  'unexpected-answer',
  'git-failed',
]);

async function listed(
  { parts, signal }: Examination,
  remote: RemoteUrl,
  credential: GitCredential | null,
): Promise<string> {
  const { branches } = await parts.engines
    .forNetwork()
    .remoteBranches(remote, singleAnswer(remote.origin, credential), { signal });
  return branches.length === 1 ? '1 branch' : `${branches.length} branches`;
}

/**
 * git's failure with the server's answer to the same question behind it: git
 * shows neither status nor headers to those it works for.
 */
async function withAnswer(
  { parts, signal }: Examination,
  remote: RemoteUrl,
  credential: GitCredential | null,
  failure: AppFailure,
): Promise<AppFailure> {
  if (remote.protocol === 'ssh' || !telling.has(failure.error.kind)) return failure;
  const authorizer = credential && {
    headers: () => Promise.resolve({ authorization: headerOf(credential) }),
  };
  try {
    const ask = parts.http.bind({ origins: { api: [remote.origin], git: [] } }, authorizer, signal);
    await ask(`${remote.href}/info/refs?service=git-upload-pack`, { headers: { accept: '*/*' } });
    return failure;
  } catch (error) {
    const refusal = refusalOf(error);
    if (error instanceof AppFailure && error.error.kind === 'cancelled') throw error;
    return refusal ? new AppFailure(failure.error, { cause: refusal }) : failure;
  }
}

/** The header that works where the password did not, of those this kind of account may use. */
async function workingHeader(
  examination: Examination,
  { account, provider, kind, session, secret }: Patient,
  remote: RemoteUrl,
): Promise<'basic' | 'bearer' | null> {
  if (account.headerAuthentication !== 'off' || !session || secret === null) return null;
  const choices =
    kind.authentication.find(({ type }) => type === account.authenticationType)?.header.choices ?? [];
  for (const header of ['basic', 'bearer'] as const) {
    if (!choices.includes(header)) continue;
    const changed: Account = { ...account, headerAuthentication: header };
    try {
      const credential = await provider.gitCredential({ ...session, account: changed }, secret);
      await listed(examination, remote, credential);
      return header;
    } catch (error) {
      if (!(error instanceof AppFailure) || error.error.kind === 'cancelled') throw error;
    }
  }
  return null;
}

const refusals = new Set<AppError['kind']>(['authentication-failed', 'missing-permission', 'sign-in-page']);
const invisible = new Set<AppError['kind']>(['repository-not-found', 'authentication-failed']);

/** A refusal that only trying something else, or knowing the other accounts, explains. */
async function closer(
  examination: Examination,
  patient: Patient,
  remote: RemoteUrl,
  failure: AppFailure,
  credential: GitCredential | null,
): Promise<Finding | null> {
  const { account } = patient;
  const host = hostWithPort(remote);
  if (refusals.has(failure.error.kind) && credential?.kind === 'password') {
    const header = await workingHeader(examination, patient, remote);
    if (header)
      return { cause: 'git-wants-header', remedy: { kind: 'use-header', header }, facts: { host, header } };
  }
  if (!examination.chosen && examination.others.length > 0 && invisible.has(failure.error.kind))
    return {
      cause: 'several-accounts-one-host',
      remedy: { kind: 'choose-account' },
      facts: {
        host,
        account: account.alias,
        count: String(examination.others.length + 1),
        path: remote.path,
      },
    };
  return null;
}

async function asStranger(examination: Examination, remote: RemoteUrl) {
  try {
    return outcome.passed(await listed(examination, remote, null), 'Open to everybody');
  } catch (error) {
    if (!(error instanceof AppFailure)) throw error;
    const host = hostWithPort(remote);
    if (error.error.kind === 'authentication-failed')
      return outcome.failed(
        {
          cause: 'token-missing',
          remedy: { kind: 'choose-account' },
          facts: { host, path: remote.path },
        },
        null,
      );
    const failure = await withAnswer(examination, remote, null, error);
    return outcome.failed(explained(examination, failure, 'git'), null);
  }
}

/**
 * Polyforge's own git always asks with the path; the user's may not, and then
 * cannot tell several accounts of one host apart.
 */
async function inTerminal({ parts, others }: Examination, remote: RemoteUrl): Promise<Finding[]> {
  const count = others.filter((one) => one.useForRepositories).length;
  const own = count > 0 ? parts.engines.userGit() : null;
  if (!own) return [];
  const { effective } = await own.httpPath(remote.href).catch(() => ({ effective: true }));
  const host = hostWithPort(remote);
  return effective
    ? []
    : [
        {
          cause: 'several-accounts-one-host',
          remedy: { kind: 'set-use-http-path', host },
          facts: { host, count: String(count + 1), terminal: 'git' },
        },
      ];
}

/** Does git get in with what this account gives it? */
export const git: Step = async (examination) => {
  const { patient, remote, mask } = examination;
  if (!remote) return outcome.skipped();
  if (!patient || remote.protocol === 'ssh') return asStranger(examination, remote);
  const { account, provider, session, secret } = patient;
  if (!session || secret === null) return outcome.skipped();
  if (!account.useForRepositories)
    return outcome.failed(
      {
        cause: 'not-for-repositories',
        remedy: { kind: 'use-for-repositories' },
        facts: { account: account.alias, host: hostWithPort(remote) },
      },
      null,
    );
  let credential: GitCredential | null = null;
  try {
    credential = await provider.gitCredential(session, secret);
    if (credential.kind === 'password') mask.learn(credential.password, [credential.username]);
    else mask.learn(credential.header.replace(/^\S+\s+/, ''));
    const branches = await listed(examination, remote, credential);
    return outcome.noted(
      await inTerminal(examination, remote),
      branches,
      credential.kind === 'header' ? 'Signed in by header' : `Signed in as ${credential.username}`,
    );
  } catch (error) {
    if (!(error instanceof AppFailure) || error.error.kind === 'cancelled') throw error;
    const failure = await withAnswer(examination, remote, credential, error);
    const known = provider.diagnosis?.explain(account, failure, {
      step: 'git',
      repository: examination.repository,
      git: credential?.kind ?? null,
    });
    const found =
      known ??
      (await closer(examination, patient, remote, failure, credential)) ??
      explained(examination, failure, 'git', credential?.kind ?? null);
    return outcome.failed(found, null);
  }
};
