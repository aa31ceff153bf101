import { Button, Checkbox, Group, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Certificate } from '../../../shared/contract/network';
import { Dialog } from '../../components/Dialog';
import { visibleText } from '../../components/visible-text';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { client, toAppError } from '../../rpc/client';
import { Fingerprint } from './Fingerprint';
import styles from './connection-doctor.module.css';

export interface TrustDialogProps {
  host: string;
  certificate: Certificate;
  onClose: () => void;
  onTrusted: () => void;
}

/** Asks before a certificate is believed: for one host, after its fingerprint was compared. */
export function TrustDialog({ host, certificate, onClose, onTrusted }: TrustDialogProps) {
  const [isCompared, setCompared] = useState(false);
  const trust = useMutation({
    mutationFn: () => client.network.trustShown({ host, fingerprint: certificate.fingerprint }),
    onSuccess: onTrusted,
  });
  return (
    <Dialog opened onClose={onClose} title="Trust this certificate?" size={560}>
      <Stack gap={12}>
        <div>
          Compare this fingerprint with the one you get from the administrator of{' '}
          <strong className={styles.breaking}>{host}</strong>, by another way than this connection.
        </div>
        <div className={styles.bigFingerprint}>
          <Fingerprint text={certificate.fingerprint} />
        </div>
        <div className={styles.quiet}>{visibleText(certificate.subject)}</div>
        <div>
          It will be trusted for {host} only, by Polyforge only: for the provider’s pages and for git. You can
          take it back in Preferences, Network.
        </div>
        <Checkbox
          label="I have compared the fingerprint, and it is the same"
          checked={isCompared}
          onChange={(event) => setCompared(event.currentTarget.checked)}
        />
        {trust.error && <ErrorNotice error={toAppError(trust.error)} form />}
      </Stack>
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" data-autofocus onClick={onClose}>
          Cancel
        </Button>
        <Button disabled={!isCompared} loading={trust.isPending} onClick={() => trust.mutate()}>
          Trust for {host.length > 40 ? 'this host' : host} only
        </Button>
      </Group>
    </Dialog>
  );
}
