import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useCallback, useRef, useState } from 'react';
import type { SecretStore } from '../../../shared/contract/preferences';
import { Dialog } from '../../components/Dialog';
import { client, query } from '../../rpc/client';
import { ChooseStore } from './ChooseStore';
import { UnlockStore } from './UnlockStore';

export interface SecretStoreGate {
  /**
   * Before a secret is saved: where no place is chosen, or the chosen one is
   * locked, the user is asked. False: they did not want to. `choose`: ask even
   * though a place is chosen.
   */
  ensure: (choose?: boolean) => Promise<boolean>;
  /** The dialog; belongs somewhere in the page. */
  element: ReactNode;
}

export function useSecretStoreGate(): SecretStoreGate {
  const [asked, setAsked] = useState<{ store: SecretStore; choose: boolean } | null>(null);
  const answer = useRef<((decided: boolean) => void) | null>(null);
  const queries = useQueryClient();

  const settle = useCallback(
    (store: SecretStore | null) => {
      if (store) queries.setQueryData(query.preferences.secretStore.queryKey(), store);
      setAsked(null);
      answer.current?.(store !== null);
      answer.current = null;
    },
    [queries],
  );

  const ensure = useCallback(async (choose = false) => {
    let store: SecretStore;
    try {
      store = await client.preferences.secretStore();
    } catch {
      // Saving will fail for the same reason, and says it where the user looks.
      return true;
    }
    const isOpen = store.backend !== 'undecided' && !store.locked;
    if (isOpen && !choose) return true;
    answer.current?.(false);
    return new Promise<boolean>((resolve) => {
      answer.current = resolve;
      setAsked({ store, choose: choose || store.backend === 'undecided' });
    });
  }, []);

  const isUnlock = asked !== null && asked.store.locked;
  const element = (
    <Dialog
      opened={asked !== null}
      onClose={() => settle(null)}
      title={isUnlock ? 'Unlock your tokens' : 'Keep your tokens safe'}
      size={480}
      zIndex={400}
    >
      {asked &&
        (isUnlock ? (
          <UnlockStore
            onCancel={() => settle(null)}
            onUnlocked={(store) => (asked.choose ? setAsked({ store, choose: true }) : settle(store))}
          />
        ) : (
          <ChooseStore store={asked.store} onCancel={() => settle(null)} onChosen={settle} />
        ))}
    </Dialog>
  );
  return { ensure, element };
}
