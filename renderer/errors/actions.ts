import { createContext, useContext } from 'react';

export type PreferencesSection = 'hosting-providers' | 'general' | 'git' | 'network' | 'secrets' | 'about';

/** What to begin with in the network section: something to add for a host, or the proxy's fields. */
export type NetworkRequest =
  | { add: 'authority' | 'client-certificate'; host: string }
  | { add: 'proxy-password' };

/** What the user can do about a failure, as data; App knows how. `retry` is the failing place's own. */
export type ErrorAction =
  | { kind: 'retry'; label: string }
  | { kind: 'replace-token'; label: string; accountId: string }
  | { kind: 'edit-account'; label: string; accountId: string }
  | { kind: 'open-url'; label: string; url: string }
  | { kind: 'open-preferences'; label: string; section: PreferencesSection; network?: NetworkRequest }
  | { kind: 'unlock'; label: string };

const ErrorActionContext = createContext<(action: ErrorAction) => void>(() => undefined);

export const ErrorActionProvider = ErrorActionContext.Provider;

/** Carries out every action but `retry`. */
export function usePerformErrorAction(): (action: ErrorAction) => void {
  return useContext(ErrorActionContext);
}
