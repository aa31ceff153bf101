import { Loader } from '@mantine/core';
import { useState } from 'react';
import type { NetworkRequest } from '../../errors/actions';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { toAppError } from '../../rpc/client';
import { NetworkAuthorityDialog } from './NetworkAuthorityDialog';
import { NetworkCertificates } from './NetworkCertificates';
import { NetworkClientDialog } from './NetworkClientDialog';
import { NetworkProxyForm } from './NetworkProxyForm';
import classes from './network.module.css';
import { useNetwork } from './use-network';

export interface NetworkPaneProps {
  /** What a failure led here for. */
  request: NetworkRequest | null;
  onRequestDone: () => void;
  ensureSecretStore: () => Promise<boolean>;
}

type Adding = { add: 'authority' | 'client-certificate'; host: string };

/** Proxy, trusted certificates and client certificates: one setting for everything that connects. */
export function NetworkPane({ request, onRequestDone, ensureSecretStore }: NetworkPaneProps) {
  const { settings, removeAuthority, removeClientCertificate } = useNetwork();
  const [adding, setAdding] = useState<Adding | null>(null);
  const asked = request !== null && request.add !== 'proxy-password' ? request : null;
  const open = adding ?? asked;
  const close = () => {
    setAdding(null);
    if (asked) onRequestDone();
  };
  if (!settings.data)
    return settings.error ? (
      <ErrorNotice error={toAppError(settings.error)} onRetry={() => void settings.refetch()} />
    ) : (
      <Loader size="sm" aria-label="Loading the network settings" />
    );
  const { proxy, authorities, clientCertificates } = settings.data;
  return (
    <div className={classes.pane}>
      <p className={classes.lead}>
        Holds for everything Polyforge connects to: the providers, and Git with either engine.
      </p>
      <NetworkProxyForm
        // What was stored meanwhile elsewhere takes the place of what is typed here.
        key={JSON.stringify([proxy, request?.add === 'proxy-password'])}
        stored={proxy}
        wantsPassword={request?.add === 'proxy-password'}
        onSaved={onRequestDone}
        ensureSecretStore={ensureSecretStore}
      />
      <NetworkCertificates
        title="Trusted certificates"
        empty="None. Servers need a certificate this system trusts already."
        explanation="Each is trusted for its own server only. Expired ones, and those for another name, stay refused."
        rows={authorities}
        addLabel="Add a trusted certificate…"
        onAdd={() => setAdding({ add: 'authority', host: '' })}
        removal={{
          title: 'Stop trusting this certificate?',
          text: (host) => `${host} cannot be reached any more unless this system trusts its certificate.`,
          confirm: 'Stop trusting it',
          mutation: removeAuthority,
        }}
      />
      <NetworkCertificates
        title="Client certificates"
        empty="None. Few servers ask for one; your administrator tells you if yours does."
        explanation="Shown to its own server only. The private key is kept with the tokens."
        rows={clientCertificates}
        addLabel="Add a client certificate…"
        onAdd={() => setAdding({ add: 'client-certificate', host: '' })}
        removal={{
          title: 'Remove this client certificate?',
          text: (host) =>
            `Its key is deleted from this machine, and ${host} is not shown a certificate any more.`,
          confirm: 'Remove it',
          mutation: removeClientCertificate,
        }}
      />
      {open?.add === 'authority' && <NetworkAuthorityDialog host={open.host} onClose={close} />}
      {open?.add === 'client-certificate' && (
        <NetworkClientDialog host={open.host} onClose={close} ensureSecretStore={ensureSecretStore} />
      )}
    </div>
  );
}
