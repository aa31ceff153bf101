import { Loader } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useMemo, useRef, useState } from 'react';
import classes from './App.module.css';
import { Bars } from './Bars';
import { OpenExternalProvider } from './components/ExternalLink';
import { useNow } from './components/RelativeTime';
import { openExternal, useCore, useThemePreference } from './core';
import { type ErrorAction, ErrorActionProvider } from './errors/actions';
import { describeInOneLine } from './errors/describe';
import { AccountNotices } from './features/hosting-providers/AccountNotices';
import { accountsToLookAt } from './features/hosting-providers/status';
import { PromptHost } from './features/prompts/PromptHost';
import { useSecretStoreGate } from './features/secret-store/use-secret-store-gate';
import { WelcomeView } from './features/welcome/WelcomeView';
import { type Place, Rail } from './Rail';
import { useRecovery } from './recovery';
import { client, query, toAppError } from './rpc/client';
import { pickDirectory } from './rpc/directories';
import { type Command, useShortcuts } from './shortcuts';
import {
  AccountWindows,
  type Diagnosing,
  type OpenAccount,
  type OpenPreferences,
  type OpenWindow,
  Windows,
} from './Windows';

const RepositoryBrowser = lazy(async () => ({
  default: (await import('./features/repository-browser/RepositoryBrowser')).RepositoryBrowser,
}));
const RepositoryPlace = lazy(async () => ({
  default: (await import('./RepositoryPlace')).RepositoryPlace,
}));
const PullRequestsView = lazy(async () => ({
  default: (await import('./features/pull-requests/PullRequestsView')).PullRequestsView,
}));

function notifyFailure(error: unknown) {
  const text = describeInOneLine(toAppError(error));
  if (text) notifications.show({ color: 'red', message: text });
}

/** Joins the features: which place is shown, which window lies over it. */
export function App() {
  const [place, setPlace] = useState<Place>('repositories');
  const [repositoryId, setRepositoryId] = useState<string | null>(null);
  const [pullRequestsOf, setPullRequestsOf] = useState<{ repositoryId?: string; search?: string }>({});
  const [open, setOpen] = useState<OpenWindow | null>(null);
  const [preferences, setPreferences] = useState<OpenPreferences | null>(null);
  const [account, setAccount] = useState<OpenAccount | null>(null);
  const [diagnosing, setDiagnosing] = useState<Diagnosing | null>(null);
  const [httpPathOf, setHttpPathOf] = useState<string | null>(null);
  const [terminalGitOf, setTerminalGitOf] = useState<string | null>(null);
  const main = useRef<HTMLElement>(null);
  const recent = useQuery(query.repositories.list.queryOptions());
  const accounts = useQuery(query.accounts.list.queryOptions());
  const now = useNow();
  const secretStore = useSecretStoreGate();

  const go = useCallback((next: Place, repository: string | null = null, pullRequests = {}) => {
    setPlace(next);
    setRepositoryId(repository);
    setPullRequestsOf(pullRequests);
    main.current?.focus();
  }, []);

  const openFromDisk = async () => {
    try {
      // The system's own picker where there is one, else a field with completion.
      const picked = await pickDirectory('Open a repository', '');
      if (picked === null) return;
      if (picked === undefined) {
        setOpen({ window: 'open-repository' });
        return;
      }
      try {
        go('repositories', (await client.repositories.open({ path: picked })).id);
      } catch (error) {
        notifyFailure(error);
        setOpen({ window: 'open-repository', start: picked });
      }
    } catch (error) {
      notifyFailure(error);
    }
  };

  const run = (command: Command) => {
    // A window keeps what is being typed in it: another one does not replace it.
    const isBusy = open !== null || preferences !== null;
    switch (command) {
      case 'preferences':
        if (!preferences) setPreferences({ section: 'hosting-providers', request: null });
        return;
      case 'clone':
        if (!isBusy) setOpen({ window: 'clone' });
        return;
      case 'open':
        if (!isBusy) void openFromDisk();
        return;
      case 'repositories':
      case 'browse':
      case 'pull-requests':
        if (!isBusy) go(command);
        return;
      default:
        command satisfies never;
    }
  };
  useShortcuts(run);
  useCore(run);
  useThemePreference();
  useRecovery(accounts.data);

  const { ensure } = secretStore;
  const perform = useCallback(
    (action: ErrorAction) => {
      switch (action.kind) {
        case 'retry':
          return;
        case 'replace-token':
        case 'sign-in-again':
          setAccount({ action: 'replace-token', accountId: action.accountId });
          return;
        case 'move-organizations':
          setAccount({ action: 'move-organizations', accountId: action.accountId });
          return;
        case 'edit-account':
          if (action.field !== undefined) {
            const { accountId, field, value } = action;
            setAccount({ action: 'edit', accountId, correction: { field, value } });
            return;
          }
          setPreferences({
            section: 'hosting-providers',
            request: { action: 'edit', accountId: action.accountId },
          });
          return;
        case 'diagnose':
          setDiagnosing({ subject: action.subject, onEdit: action.onEdit });
          return;
        case 'choose-account':
          if (action.repositoryId === null) setPreferences({ section: 'account-rules', request: null });
          else go('repositories', action.repositoryId);
          return;
        case 'open-url':
          openExternal(action.url, notifyFailure);
          return;
        case 'open-preferences':
          setPreferences({ section: action.section, request: null, network: action.network ?? null });
          return;
        case 'terminal-git':
          setTerminalGitOf(action.repositoryId);
          return;
        case 'set-use-http-path':
          setHttpPathOf(action.host);
          return;
        case 'unlock':
          void ensure();
          return;
        default:
          action satisfies never;
      }
    },
    [ensure, go],
  );
  const openUrl = useMemo(() => (url: string) => openExternal(url, notifyFailure), []);

  return (
    <ErrorActionProvider value={perform}>
      <OpenExternalProvider value={openUrl}>
        <div className={classes.frame}>
          <a className={classes.skip} href="#main">
            Skip to content
          </a>
          <Bars>
            <AccountNotices
              onReplace={(accountId) => setAccount({ action: 'replace-token', accountId })}
              onEnterDate={(accountId) => setAccount({ action: 'set-expiry', accountId })}
              onShow={() => setPreferences({ section: 'hosting-providers', request: { action: 'expiry' } })}
            />
          </Bars>
          <Rail
            place={place}
            openRepositoryId={repositoryId}
            recent={recent.data ?? []}
            accountsToLookAt={accountsToLookAt(accounts.data ?? [], now)}
            onPlace={(next) => go(next)}
            onOpenRepository={(id) => go('repositories', id)}
            onOpenFromDisk={() => run('open')}
            onClone={() => run('clone')}
            onPreferences={() => run('preferences')}
          />
          <main id="main" ref={main} tabIndex={-1} className={classes.main}>
            <Suspense
              fallback={
                <div className={classes.waiting}>
                  <Loader aria-label="Loading" />
                </div>
              }
            >
              {place === 'browse' && (
                <RepositoryBrowser
                  onClone={(hosted) => setOpen({ window: 'clone', hosted })}
                  onOpenPullRequests={(hosted) => go('pull-requests', null, { search: hosted?.fullName })}
                />
              )}
              {place === 'pull-requests' && (
                <PullRequestsView
                  key={`${pullRequestsOf.repositoryId} ${pullRequestsOf.search}`}
                  repositoryId={pullRequestsOf.repositoryId}
                  initialSearch={pullRequestsOf.search}
                />
              )}
              {place === 'repositories' && repositoryId === null && (
                <WelcomeView
                  onOpenRepository={(id) => go('repositories', id)}
                  onClone={() => run('clone')}
                  onBrowse={() => go('browse')}
                  onAddAccount={() =>
                    setPreferences({
                      section: 'hosting-providers',
                      request: { action: 'add' },
                    })
                  }
                />
              )}
              {place === 'repositories' && repositoryId !== null && (
                <RepositoryPlace
                  key={repositoryId}
                  repositoryId={repositoryId}
                  onClose={() => go('repositories')}
                  onOpenPullRequests={(id) => go('pull-requests', null, { repositoryId: id })}
                />
              )}
            </Suspense>
          </main>
          <Windows
            open={open}
            preferences={preferences}
            onOpen={setOpen}
            onPreferences={setPreferences}
            diagnosing={diagnosing}
            onDiagnosed={() => setDiagnosing(null)}
            onRepository={(repository) => go('repositories', repository.id)}
            ensureSecretStore={ensure}
            httpPathOf={httpPathOf}
            onHttpPathClosed={() => setHttpPathOf(null)}
            terminalGitOf={terminalGitOf}
            onTerminalGitClosed={() => setTerminalGitOf(null)}
          />
          {secretStore.element}
          <PromptHost />
          <AccountWindows open={account} onClose={() => setAccount(null)} ensureSecretStore={ensure} />
        </div>
      </OpenExternalProvider>
    </ErrorActionProvider>
  );
}
