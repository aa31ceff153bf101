import { EventPublisher, implement } from '@orpc/server';
import type {
  Account,
  AccountDraft,
  AccountTest,
  KindDescriptor,
  SignInStep,
} from '../../../shared/contract/accounts';
import type { Installation } from '../../../shared/contract/installations';
import type { AppEvent, Notice, Programs } from '../../../shared/contract/application';
import { contract } from '../../../shared/contract/index';
import type { MovePlan } from '../../../shared/contract/organization-move';
import type { Diagnosis } from '../../../shared/contract/doctor';
import type { Preferences, SecretStore } from '../../../shared/contract/preferences';
import type { Answer, Question } from '../../../shared/contract/prompts';
import type { Repository } from '../../../shared/contract/repositories';
import type { ShownAllowedHost, ShownSavedCredential } from '../../../shared/contract/saved-credentials';
import type { SignInApp } from '../../../shared/contract/sign-in-apps';
import type { TerminalScopeState } from '../../../shared/contract/terminal-git';
import type { ShownTrustedFolder } from '../../../shared/contract/trust';
import type { AppError } from '../../../shared/errors';
import { noticeStages, stageOf } from '../../../shared/expiry';
import { type CloneState, clonePlanOf, inspectionOf } from './clone';
import { installationsOf } from './installations';
import { doctorOf, networkOf } from './doctor';
import { organizationMoveOf } from './organization-move';
import { savedCredentialsOf } from './saved-credentials';
import { signInAppsOf } from './sign-in-apps';
import { type SshState, sshOf } from './ssh';
import { terminalGitOf } from './terminal-git';
import { trustOf } from './trust';

/** What the stand-in core holds; a test sets it before the page starts and looks at it afterwards. */
export interface CoreState {
  /** Default: those of the stand-in. */
  kinds: KindDescriptor[];
  accounts: Account[];
  notices: Notice[];
  /** Accounts whose notice is not shown. */
  dismissed: string[];
  repositories: Repository[];
  preferences: Preferences;
  secretStore: SecretStore;
  passphrase: string;
  questions: Question[];
  /** What signing in answers; `hang`: nothing, until it is cancelled. */
  signIn: AccountTest | 'hang';
  signInApps: SignInApp[];
  /** Pages of an app's installations, or why there are none. */
  installations: Installation[][] | AppError;
  /** What happens on the provider's page: one step, then `signIn`'s answer; or it fails so. */
  onPage: SignInStep | AppError;
  listFails: AppError | null;
  removalImpact: { id: string; name: string; path: string }[];
  /** Plans of the move to one token per organization, by account. */
  moves: MovePlan[];
  ssh: SshState;
  /** Every call with its input, newest last. */
  calls: { name: string; input: unknown }[];
  cancelled: number;
  answers: { id: string; answer: Answer }[];
  savedCredentials: ShownSavedCredential[];
  allowedHosts: ShownAllowedHost[];
  /** Where git in a terminal asks Polyforge; what is not here is off. */
  terminalScopes: TerminalScopeState[];
  /** Why nothing can be written or taken back. */
  terminalFails: AppError | null;
  /** What the Connection Doctor finds, run by run; the last one again and again; none: it never ends. */
  diagnoses: Diagnosis[];
  trustedFolders: ShownTrustedFolder[];
  programs: Programs;
  /** What the clone dialog is told; null: nothing can be cloned. */
  clone: CloneState | null;
}

/** The contract over plain state, inside the page: for the failing and rare states no real core is in on demand. */
export function standInCore(state: CoreState) {
  const os = implement(contract);
  const events = new EventPublisher<{ event: AppEvent }>();
  const emit = (event: AppEvent) => events.publish('event', event);
  const note = (name: string, input: unknown) => state.calls.push({ name, input });

  const signIn = async (signal: AbortSignal | undefined): Promise<AccountTest> => {
    if (state.signIn !== 'hang') return state.signIn;
    await new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => {
        state.cancelled += 1;
        reject(signal.reason);
      });
    });
    throw new Error('unreachable');
  };

  const account = (id: string, failure: (data: AppError) => Error): Account => {
    const found = state.accounts.find((each) => each.id === id);
    if (!found) throw failure({ kind: 'gone', what: 'account' });
    return found;
  };
  const put = (next: Account) => {
    const index = state.accounts.findIndex((each) => each.id === next.id);
    if (index < 0) state.accounts.push(next);
    else state.accounts[index] = next;
    emit({ type: 'accounts.changed' });
    return next;
  };
  const after = (before: Account, test: AccountTest): Account => ({
    ...before,
    lastChecked: Date.now(),
    ...(test.ok
      ? { user: test.result.user, state: { status: 'working' as const } }
      : { state: { status: 'refused' as const, error: test.error } }),
  });

  const savedOf = (draft: AccountDraft): Account => {
    const kind = state.kinds.find((each) => each.kind === draft.kind);
    return {
      id: draft.accountId ?? `account-${state.accounts.length + 1}`,
      kind: draft.kind,
      provider: kind?.provider ?? 'github',
      alias: draft.alias || 'unnamed',
      authenticationType: draft.authenticationType,
      url: draft.url,
      origins: { api: [], git: [] },
      organization: draft.organization,
      collection: draft.collection,
      email: draft.email,
      username: draft.username,
      tokenName: draft.tokenName,
      appId: draft.appId,
      installation: null,
      useForRepositories: draft.useForRepositories,
      headerAuthentication: draft.headerAuthentication,
      expiresOn: draft.expiresOn || null,
      expirySource: draft.expiresOn ? 'user' : 'none',
      scopes: null,
      user: null,
      state: { status: 'unchecked' },
      lastChecked: null,
    };
  };

  const router = {
    accounts: os.accounts.router({
      kinds: os.accounts.kinds.handler(() => state.kinds),
      list: os.accounts.list.handler(({ errors }) => {
        if (state.listFails) throw errors.APP_ERROR({ data: state.listFails });
        return state.accounts;
      }),
      test: os.accounts.test.handler(({ input, signal }) => {
        note('accounts.test', input);
        return signIn(signal);
      }),
      signIn: os.accounts.signIn.handler(async function* ({ input, signal, errors }) {
        note('accounts.signIn', input);
        const step = state.onPage;
        if (step.kind !== 'code' && step.kind !== 'browser' && step.kind !== 'agreed')
          throw errors.APP_ERROR({ data: step });
        yield step;
        const test = await signIn(signal);
        yield { kind: 'agreed' as const };
        const before =
          'accountId' in input.of
            ? account(input.of.accountId, (data) => errors.APP_ERROR({ data }))
            : savedOf(input.of.draft);
        return { account: test.ok ? put(after(before, test)) : null, test };
      }),
      save: os.accounts.save.handler(async ({ input, signal }) => {
        note('accounts.save', input);
        const test = await signIn(signal);
        if (!test.ok && !input.acceptFailure) return { account: null, test };
        return { account: put(after(savedOf(input.draft), test)), test };
      }),
      installations: os.accounts.installations.handler(({ input, errors }) => {
        note('accounts.installations', input);
        return installationsOf(state, input.page, (data) => errors.APP_ERROR({ data }));
      }),
      rename: os.accounts.rename.handler(({ input, errors }) =>
        put({ ...account(input.accountId, (data) => errors.APP_ERROR({ data })), alias: input.alias }),
      ),
      replaceToken: os.accounts.replaceToken.handler(async ({ input, signal, errors }) => {
        note('accounts.replaceToken', input);
        const before = account(input.accountId, (data) => errors.APP_ERROR({ data }));
        const test = await signIn(signal);
        return { account: test.ok || input.acceptFailure ? put(after(before, test)) : before, test };
      }),
      check: os.accounts.check.handler(async ({ input, signal, errors }) =>
        put(
          after(
            account(input.accountId, (data) => errors.APP_ERROR({ data })),
            await signIn(signal),
          ),
        ),
      ),
      setExpiry: os.accounts.setExpiry.handler(({ input, errors }) => {
        note('accounts.setExpiry', input);
        return put({
          ...account(input.accountId, (data) => errors.APP_ERROR({ data })),
          expiresOn: input.expiresOn || null,
          expirySource: input.expiresOn ? 'user' : 'none',
        });
      }),
      notices: os.accounts.notices.handler(() =>
        state.accounts
          .flatMap((each) => {
            const stage = stageOf(each, Date.now());
            return stage && !state.dismissed.includes(each.id) ? [{ accountId: each.id, stage }] : [];
          })
          .sort((a, b) => noticeStages.indexOf(a.stage) - noticeStages.indexOf(b.stage)),
      ),
      dismissNotices: os.accounts.dismissNotices.handler(({ input }) => {
        state.dismissed.push(...input.accountIds);
        emit({ type: 'account-notices.changed' });
      }),
      removalImpact: os.accounts.removalImpact.handler(() => ({ repositories: state.removalImpact })),
      remove: os.accounts.remove.handler(({ input }) => {
        state.accounts = state.accounts.filter((each) => each.id !== input.accountId);
        emit({ type: 'accounts.changed' });
      }),
      tokenPage: os.accounts.tokenPage.handler(({ input }) => ({
        url: /^https?:\/\/\S+\.\S+/.test(input.url) ? `${input.url}/settings/tokens` : null,
      })),
    }),
    application: os.application.router({
      info: os.application.info.handler(() => ({
        version: '0.1.0',
        shell: 'browser',
        platform: 'linux',
        dataDirectory: '/home/jane/.local/share/polyforge',
        homeDirectory: '/home/jane',
        git: { found: true, path: '/usr/bin/git', version: '2.39.5', usable: true },
        engine: state.clone?.engine ?? 'system',
        engineReason: 'Git 2.39.5 is installed and recent enough.',
      })),
      programs: os.application.programs.handler(() => state.programs),
      events: os.application.events.handler(async function* ({ signal }) {
        for await (const event of events.subscribe('event', { signal })) yield event;
      }),
      notices: os.application.notices.handler(() => state.notices),
      dismissNotice: os.application.dismissNotice.handler(({ input }) => {
        state.notices = state.notices.filter((notice) => notice.id !== input.id);
        emit({ type: 'notices.changed' });
      }),
      openExternal: os.application.openExternal.handler(({ input }) => {
        note('application.openExternal', input);
      }),
      pickDirectory: os.application.pickDirectory.handler(() => ({ supported: false })),
      completeDirectory: os.application.completeDirectory.handler(({ input }) =>
        ['/home/jane/Projects', '/home/jane/Pictures'].filter((path) => path.startsWith(input.typed)),
      ),
    }),
    bindings: { httpPaths: os.bindings.httpPaths.handler(() => []) },
    branches: os.branches.router({ list: os.branches.list.handler(() => []) }),
    clonePlan: clonePlanOf(state),
    doctor: doctorOf(state),
    history: os.history.router({ log: os.history.log.handler(() => ({ commits: [], more: false })) }),
    hostedRepositories: os.hostedRepositories.router({
      // biome-ignore lint/correctness/useYield: an account-less list ends at once
      list: os.hostedRepositories.list.handler(async function* () {}),
      favourites: os.hostedRepositories.favourites.handler(() => []),
      setFavourite: os.hostedRepositories.setFavourite.handler(() => undefined),
      recentlyCloned: os.hostedRepositories.recentlyCloned.handler(() => []),
      accessPage: os.hostedRepositories.accessPage.handler(() => ({ url: null })),
    }),
    network: networkOf(state),
    organizationMove: organizationMoveOf(state, emit),
    preferences: os.preferences.router({
      get: os.preferences.get.handler(() => state.preferences),
      set: os.preferences.set.handler(({ input }) => {
        state.preferences = { ...state.preferences, ...input };
        emit({ type: 'preferences.changed' });
        return state.preferences;
      }),
      secretStore: os.preferences.secretStore.handler(() => state.secretStore),
      chooseSecretStore: os.preferences.chooseSecretStore.handler(({ input }) => {
        if (input.choice === 'passphrase') state.passphrase = input.passphrase;
        state.secretStore = { ...state.secretStore, backend: input.choice, locked: false };
        emit({ type: 'secret-store.changed' });
        return state.secretStore;
      }),
      unlockSecretStore: os.preferences.unlockSecretStore.handler(({ input, errors }) => {
        if (input.passphrase !== state.passphrase)
          throw errors.APP_ERROR({ data: { kind: 'wrong-passphrase' } });
        state.secretStore = { ...state.secretStore, locked: false };
        emit({ type: 'secret-store.changed' });
        return state.secretStore;
      }),
    }),
    prompts: os.prompts.router({
      open: os.prompts.open.handler(() => state.questions),
      answer: os.prompts.answer.handler(({ input, errors }) => {
        const isOpen = state.questions.some((question) => question.id === input.id);
        if (!isOpen) throw errors.APP_ERROR({ data: { kind: 'gone', what: 'prompt' } });
        state.answers.push(input);
        withdraw(input.id);
      }),
    }),
    pullRequests: os.pullRequests.router({
      list: os.pullRequests.list.handler(async function* () {}),
      get: os.pullRequests.get.handler(({ errors }) => {
        throw errors.APP_ERROR({ data: { kind: 'gone', what: 'pull-request' } });
      }),
      files: os.pullRequests.files.handler(() => ({ files: [], partial: null })),
      fileDiff: os.pullRequests.fileDiff.handler(() => ({ kind: 'binary' })),
      threads: os.pullRequests.threads.handler(() => []),
    }),
    repositories: os.repositories.router({
      list: os.repositories.list.handler(() => state.repositories),
      open: os.repositories.open.handler(({ input, errors }) => {
        throw errors.APP_ERROR({ data: { kind: 'not-a-repository', path: input.path } });
      }),
      overview: os.repositories.overview.handler(({ errors }) => {
        throw errors.APP_ERROR({ data: { kind: 'gone', what: 'repository' } });
      }),
      forget: os.repositories.forget.handler(() => undefined),
      bindAccount: os.repositories.bindAccount.handler(({ errors }) => {
        throw errors.APP_ERROR({ data: { kind: 'gone', what: 'repository' } });
      }),
      inspectRemote: os.repositories.inspectRemote.handler(({ input }) => inspectionOf(state, input.url)),
      inspectTarget: os.repositories.inspectTarget.handler(({ input }) => ({
        path: `${input.parent}/${input.name}`,
        state: 'absent',
      })),
      remoteBranches: os.repositories.remoteBranches.handler(() => ({ branches: [], head: null })),
      clone: os.repositories.clone.handler(async function* ({ input, errors }) {
        note('repositories.clone', input);
        yield { phase: 'Cloning' };
        throw errors.APP_ERROR({ data: { kind: 'cancelled' } });
      }),
    }),
    savedCredentials: savedCredentialsOf(state, emit),
    signInApps: signInAppsOf(state, os, emit),
    ssh: sshOf(state, emit),
    terminalGit: terminalGitOf(state, emit),
    trust: trustOf(state, emit),
  };

  function withdraw(id: string) {
    state.questions = state.questions.filter((question) => question.id !== id);
    emit({ type: 'prompts.withdrawn', id });
  }
  return {
    router,
    ask(question: Question) {
      state.questions.push(question);
      emit({ type: 'prompts.asked', question });
    },
    withdraw,
    emit,
  };
}
