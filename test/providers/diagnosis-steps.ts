import { createHttp } from '../../electron/providers/http';
import type { HostingProvider } from '../../electron/providers/provider';
import type { Account, AccountDraftInput } from '../../shared/contract/accounts';
import type { DoctorStep, Finding } from '../../shared/contract/doctor';
import { AppFailure } from '../../shared/errors';
import { accountOf, remoteUrl, sessionOf } from './provider.suite';

export interface Tried {
  provider: HostingProvider;
  draft: AccountDraftInput;
  secret: string;
  account?: Partial<Account>;
  /** Complete remote address of a repository. */
  remote?: string;
}

/**
 * What a provider's own diagnosis says, step by step against a running server;
 * the first finding ends it. `null`: nothing it knows of.
 */
export async function examine(
  tried: Tried,
): Promise<{ step: DoctorStep; finding: Finding | null; warnings: Finding[] }> {
  const { provider, secret } = tried;
  const { diagnosis } = provider;
  if (!diagnosis) throw new Error('no diagnosis');
  const account = accountOf(provider, tried.draft, tried.account);
  const http = createHttp({ patience: 10 });
  const { signal } = new AbortController();
  const session = sessionOf(http, provider, account, secret, signal);
  const repository = tried.remote ? provider.locate(account, remoteUrl(tried.remote)) : null;
  const warnings: Finding[] = [];
  let step: DoctorStep = 'product';
  let git: 'password' | 'header' | null = null;
  try {
    warnings.push(...(await diagnosis.probe(account, http.bind(account, null, signal), signal)).warnings);
    step = 'token-form';
    const form = diagnosis.examineSecret(account, secret);
    if (form) return { step, finding: form, warnings };
    step = 'sign-in';
    await provider.signIn(session);
    step = 'permissions';
    const access = await diagnosis.examineAccess(session);
    warnings.push(...access.warnings);
    if (access.finding) return { step, finding: access.finding, warnings };
    step = 'repository';
    if (repository) {
      const told = await diagnosis.readRepository(session, repository);
      if (told) warnings.push(told);
    }
    step = 'git';
    if (tried.remote) {
      const credential = await provider.gitCredential(session, secret);
      git = credential.kind;
      const header =
        credential.kind === 'header'
          ? credential.header
          : `Basic ${Buffer.from(`${credential.username}:${credential.password}`).toString('base64')}`;
      const asGit = http.bind(
        { origins: { api: account.origins.git, git: [] } },
        { headers: () => Promise.resolve({ Authorization: header }) },
        signal,
      );
      await asGit(`${tried.remote}/info/refs?service=git-upload-pack`);
    }
    return { step, finding: null, warnings };
  } catch (error) {
    if (!(error instanceof AppFailure)) throw error;
    return { step, finding: diagnosis.explain(account, error, { step, repository, git }), warnings };
  } finally {
    await http.close();
  }
}
