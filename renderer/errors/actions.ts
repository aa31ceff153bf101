import { createContext, useContext } from 'react';
import type { DoctorSubject } from '../../shared/contract/doctor';

export type PreferencesSection =
  | 'hosting-providers'
  | 'account-rules'
  | 'saved-credentials'
  | 'general'
  | 'git'
  | 'network'
  | 'secrets'
  | 'about';

/** What to begin with in the network section: something to add for a host, or the proxy's fields. */
export type NetworkRequest =
  | { add: 'authority' | 'client-certificate'; host: string }
  | { add: 'proxy-password' };

/** Puts a value into a field of the form that is open, and goes there. Without a value: goes there. */
export type EditDraft = (field: string, value?: string) => void;

/** What the user can do about a failure, as data; App knows how. `retry` is the failing place's own. */
export type ErrorAction =
  | { kind: 'retry'; label: string }
  | { kind: 'replace-token'; label: string; accountId: string }
  /** `field` is gone to, and shows `value` where there is one. */
  | { kind: 'edit-account'; label: string; accountId: string; field?: string; value?: string }
  | { kind: 'sign-in-again'; label: string; accountId: string }
  /** `onEdit`: of the form whose draft is examined. */
  | { kind: 'diagnose'; label: string; subject: DoctorSubject; onEdit?: EditDraft }
  /** Which account answers for a repository, or for an address. */
  | { kind: 'choose-account'; label: string; repositoryId: string | null; url: string | null }
  /** Shows what would be changed in the user's own git, for a host with several accounts. */
  | { kind: 'set-use-http-path'; label: string; host: string }
  /** Whether git in a terminal asks Polyforge in this repository, and how to change it. */
  | { kind: 'terminal-git'; label: string; repositoryId: string }
  | { kind: 'move-organizations'; label: string; accountId: string }
  | { kind: 'open-url'; label: string; url: string }
  | { kind: 'open-preferences'; label: string; section: PreferencesSection; network?: NetworkRequest }
  | { kind: 'unlock'; label: string };

const ErrorActionContext = createContext<(action: ErrorAction) => void>(() => undefined);

export const ErrorActionProvider = ErrorActionContext.Provider;

/** Carries out every action but `retry`. */
export function usePerformErrorAction(): (action: ErrorAction) => void {
  return useContext(ErrorActionContext);
}
