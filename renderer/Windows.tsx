import { lazy, Suspense } from 'react';
import type { DoctorSubject } from '../shared/contract/doctor';
import type { HostedRepository } from '../shared/contract/hosted-repositories';
import type { Repository } from '../shared/contract/repositories';
import type { EditDraft, NetworkRequest, PreferencesSection } from './errors/actions';
import type { AccountRequest } from './features/hosting-providers/HostingProviders';

const CloneDialog = lazy(async () => ({
  default: (await import('./features/clone/CloneDialog')).CloneDialog,
}));
const PreferencesDialog = lazy(async () => ({
  default: (await import('./features/preferences/PreferencesDialog')).PreferencesDialog,
}));
const HostingProviders = lazy(async () => ({
  default: (await import('./features/hosting-providers/HostingProviders')).HostingProviders,
}));
const DoctorDialog = lazy(async () => ({
  default: (await import('./features/connection-doctor/DoctorDialog')).DoctorDialog,
}));
const AccountRules = lazy(async () => ({
  default: (await import('./features/account-rules/AccountRules')).AccountRules,
}));
const SavedCredentials = lazy(async () => ({
  default: (await import('./features/saved-credentials/SavedCredentials')).SavedCredentials,
}));
const HttpPathHosts = lazy(async () => ({
  default: (await import('./features/account-rules/HttpPathHosts')).HttpPathHosts,
}));
const HttpPathDialog = lazy(async () => ({
  default: (await import('./features/account-rules/HttpPathDialog')).HttpPathDialog,
}));
const TerminalGit = lazy(async () => ({
  default: (await import('./features/terminal-git/TerminalGit')).TerminalGit,
}));
const TrustedFolders = lazy(async () => ({
  default: (await import('./features/trust/TrustedFolders')).TrustedFolders,
}));
const ScopeDialog = lazy(async () => ({
  default: (await import('./features/terminal-git/ScopeDialog')).ScopeDialog,
}));
const OpenRepositoryDialog = lazy(async () => ({
  default: (await import('./features/open-repository/OpenRepositoryDialog')).OpenRepositoryDialog,
}));

const AccountWindow = lazy(async () => ({
  default: (await import('./features/hosting-providers/AccountWindow')).AccountWindow,
}));

/** One action on one account, over everything else. */
export interface OpenAccount {
  action: 'replace-token' | 'set-expiry' | 'edit' | 'move-organizations';
  accountId: string;
  /** What the form shows at once, of the action `edit`. */
  correction?: { field: string; value?: string };
}

/** Preferences may lie over another window, whose failure led there. */
export interface OpenPreferences {
  section: PreferencesSection;
  request: AccountRequest | null;
  network?: NetworkRequest | null;
}

/** What the Connection Doctor looks at; it lies over the window whose failure led there. */
export interface Diagnosing {
  subject: DoctorSubject;
  onEdit?: EditDraft;
}

/** Which window lies over the frame. One at a time. */
export type OpenWindow =
  | { window: 'clone'; url?: string; hosted?: HostedRepository }
  | { window: 'open-repository'; start?: string };

export interface WindowsProps {
  open: OpenWindow | null;
  preferences: OpenPreferences | null;
  diagnosing: Diagnosing | null;
  onDiagnosed: () => void;
  onOpen: (open: OpenWindow | null) => void;
  onPreferences: (open: OpenPreferences | null) => void;
  onRepository: (repository: Repository) => void;
  ensureSecretStore: (choose?: boolean) => Promise<boolean>;
  /** Host whose useHttpPath is shown, over everything else. */
  httpPathOf: string | null;
  onHttpPathClosed: () => void;
  /** Repository whose terminal git is shown. */
  terminalGitOf: string | null;
  onTerminalGitClosed: () => void;
}

/** Each waits for its own code alone: what lies below stays, and keeps the focus to give back. */
export function Windows(props: WindowsProps) {
  const { open, preferences, onPreferences, ensureSecretStore } = props;
  const close = () => props.onOpen(null);
  const show = (repository: Repository) => {
    close();
    props.onRepository(repository);
  };
  return (
    <>
      {open?.window === 'clone' && (
        <Suspense fallback={null}>
          {' '}
          <CloneDialog
            opened
            initial={{ url: open.url, hosted: open.hosted }}
            onClose={close}
            onCloned={show}
          />
        </Suspense>
      )}
      {open?.window === 'open-repository' && (
        <Suspense fallback={null}>
          {' '}
          <OpenRepositoryDialog start={open.start} onClose={close} onOpened={show} />
        </Suspense>
      )}
      {preferences && (
        <Suspense fallback={null}>
          <PreferencesDialog
            section={preferences.section}
            onSection={(section) => onPreferences({ section, request: null })}
            onClose={() => onPreferences(null)}
            onSecretStore={(choose) => void ensureSecretStore(choose)}
            ensureSecretStore={() => ensureSecretStore()}
            network={preferences.network ?? null}
            onNetworkDone={() => onPreferences({ ...preferences, network: null })}
            accountRules={
              <Suspense fallback={null}>
                <AccountRules />
              </Suspense>
            }
            savedCredentials={
              <Suspense fallback={null}>
                <SavedCredentials ensureSecretStore={() => ensureSecretStore()} />
              </Suspense>
            }
            terminalGit={
              <Suspense fallback={null}>
                <TerminalGit />
              </Suspense>
            }
            trustedFolders={
              <Suspense fallback={null}>
                <TrustedFolders />
              </Suspense>
            }
            httpPathHosts={
              <Suspense fallback={null}>
                <HttpPathHosts />
              </Suspense>
            }
            hostingProviders={
              <Suspense fallback={null}>
                <HostingProviders
                  request={preferences.request}
                  onRequestDone={() => onPreferences({ ...preferences, request: null })}
                  ensureSecretStore={() => ensureSecretStore()}
                />
              </Suspense>
            }
          />
        </Suspense>
      )}
      {props.diagnosing && (
        <Suspense fallback={null}>
          {' '}
          <DoctorDialog
            subject={props.diagnosing.subject}
            onEdit={props.diagnosing.onEdit}
            onClose={props.onDiagnosed}
          />
        </Suspense>
      )}
      {props.httpPathOf !== null && (
        <Suspense fallback={null}>
          {' '}
          <HttpPathDialog host={props.httpPathOf} onClose={props.onHttpPathClosed} />
        </Suspense>
      )}
      {props.terminalGitOf !== null && (
        <Suspense fallback={null}>
          {' '}
          <ScopeDialog
            scope={{ kind: 'repository', repositoryId: props.terminalGitOf }}
            onClose={props.onTerminalGitClosed}
          />
        </Suspense>
      )}
    </>
  );
}

/** Apart from the others, because it comes after the questions of the core to lie over them. */
export function AccountWindows({
  open,
  onClose,
  ensureSecretStore,
}: {
  open: OpenAccount | null;
  onClose: () => void;
  ensureSecretStore: () => Promise<boolean>;
}) {
  return (
    <Suspense fallback={null}>
      {open && <AccountWindow {...open} ensureSecretStore={ensureSecretStore} onClose={onClose} />}
    </Suspense>
  );
}
