import { Loader, useMantineColorScheme } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import type { HostedRepository } from '../shared/contract/hosted-repositories';
import classes from './App.module.css';
import { Bars } from './Bars';
import { WelcomeView } from './features/welcome/WelcomeView';
import { type Place, Rail } from './Rail';
import { query } from './rpc/client';
import { followEvents, onAppEvent } from './rpc/events';
import { staleAfter } from './rpc/staleness';
import { type Command, useShortcuts } from './shortcuts';

const RepositoryBrowser = lazy(async () => ({
  default: (await import('./features/repository-browser/RepositoryBrowser')).RepositoryBrowser,
}));
const RepositoryView = lazy(async () => ({
  default: (await import('./features/history/RepositoryView')).RepositoryView,
}));
const PullRequestsView = lazy(async () => ({
  default: (await import('./features/pull-requests/PullRequestsView')).PullRequestsView,
}));
const CloneDialog = lazy(async () => ({
  default: (await import('./features/clone/CloneDialog')).CloneDialog,
}));

/** Follows the core's events for the life of the page and refetches what they make stale. */
function useCore() {
  const queries = useQueryClient();
  useEffect(() => {
    const ended = new AbortController();
    const stop = onAppEvent((event) => {
      for (const path of staleAfter(event)) void queries.invalidateQueries({ queryKey: [path] });
    });
    void followEvents(ended.signal, () => void queries.invalidateQueries());
    return () => {
      stop();
      ended.abort();
    };
  }, [queries]);
}

function useThemePreference() {
  const { setColorScheme } = useMantineColorScheme();
  const preferences = useQuery(query.preferences.get.queryOptions());
  const theme = preferences.data?.theme;
  useEffect(() => {
    if (theme) setColorScheme(theme === 'system' ? 'auto' : theme);
  }, [theme, setColorScheme]);
}

interface CloneRequest {
  url?: string;
  hosted?: HostedRepository;
}

export function App() {
  useCore();
  useThemePreference();
  const [place, setPlace] = useState<Place>('repositories');
  const [repositoryId, setRepositoryId] = useState<string | null>(null);
  const [pullRequestsOf, setPullRequestsOf] = useState<string | undefined>(undefined);
  const [cloneRequest, setCloneRequest] = useState<CloneRequest | null>(null);
  const recent = useQuery(query.repositories.list.queryOptions());
  const main = useRef<HTMLElement>(null);

  const go = useCallback((next: Place, repository: string | null = null, ofRepository?: string) => {
    setPlace(next);
    setRepositoryId(repository);
    setPullRequestsOf(ofRepository);
    main.current?.focus();
  }, []);

  const run = (command: Command) => {
    switch (command) {
      case 'preferences':
      case 'open':
        return;
      case 'clone':
        setCloneRequest({});
        return;
      case 'repositories':
      case 'browse':
      case 'pull-requests':
        go(command);
    }
  };
  useShortcuts(run);

  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#main">
        Skip to content
      </a>
      <Bars />
      <Rail
        place={place}
        openRepositoryId={repositoryId}
        recent={recent.data ?? []}
        accountsToLookAt={0}
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
              onClone={(hosted) => setCloneRequest({ hosted })}
              onOpenPullRequests={() => go('pull-requests')}
            />
          )}
          {place === 'pull-requests' && <PullRequestsView repositoryId={pullRequestsOf} />}
          {place === 'repositories' &&
            (repositoryId === null ? (
              <WelcomeView
                onOpenRepository={(id) => go('repositories', id)}
                onClone={() => run('clone')}
                onBrowse={() => go('browse')}
                onAddAccount={() => run('preferences')}
              />
            ) : (
              <RepositoryView
                key={repositoryId}
                repositoryId={repositoryId}
                onClose={() => go('repositories')}
                onOpenPullRequests={(id) => go('pull-requests', null, id)}
              />
            ))}
        </Suspense>
      </main>
      <Suspense fallback={null}>
        {cloneRequest && (
          <CloneDialog
            opened
            initial={cloneRequest}
            onClose={() => setCloneRequest(null)}
            onCloned={(repository) => {
              setCloneRequest(null);
              go('repositories', repository.id);
            }}
          />
        )}
      </Suspense>
    </div>
  );
}
