import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Dialog } from '../../components/Dialog';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { toAppError } from '../../rpc/client';
import { NetworkPemField } from './NetworkPemField';
import { useNetwork } from './use-network';

export interface NetworkClientDialogProps {
  host: string;
  onClose: () => void;
  ensureSecretStore: () => Promise<boolean>;
}

/** A certificate and its key, for one server. */
export function NetworkClientDialog({ host: initial, onClose, ensureSecretStore }: NetworkClientDialogProps) {
  const { addClientCertificate: add } = useNetwork();
  const [host, setHost] = useState(initial);
  const [certificate, setCertificate] = useState('');
  const [key, setKey] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const failure = add.error ? toAppError(add.error) : null;
  const problem = failure?.kind === 'invalid-input' ? failure : null;
  const problemOf = (field: string) => (problem?.field === field ? problem.reason : undefined);
  const isComplete = host.trim() !== '' && certificate.trim() !== '';
  // One file often holds both.
  const hasKeyInside = /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(certificate);
  const submit = async () => {
    if (!(await ensureSecretStore())) return;
    add.mutate(
      { host, certificate, key: key.trim() === '' ? certificate : key, passphrase },
      { onSuccess: onClose },
    );
  };
  return (
    <Dialog opened onClose={onClose} title="Add a client certificate" size={560}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (isComplete && !add.isPending) void submit();
        }}
      >
        <Stack gap={12}>
          <TextInput
            data-autofocus={initial === '' || undefined}
            label="Server"
            description="The host name, with its port where it is not 443."
            placeholder="git.example.com"
            spellCheck={false}
            autoComplete="off"
            value={host}
            error={problemOf('host')}
            onChange={(event) => setHost(event.currentTarget.value)}
          />
          <NetworkPemField
            secret={hasKeyInside}
            label="Certificate"
            description="PEM, with its issuers after it if you have them. The file may hold the key too."
            placeholder="-----BEGIN CERTIFICATE-----"
            value={certificate}
            error={problemOf('certificate')}
            onChange={setCertificate}
          />
          {(!hasKeyInside || key !== '') && (
            <NetworkPemField
              secret
              label="Private key"
              description="PEM. Kept with the tokens, and never shown again."
              placeholder="-----BEGIN PRIVATE KEY-----"
              value={key}
              error={problemOf('key')}
              onChange={setKey}
            />
          )}
          <PasswordInput
            label="Passphrase of the key"
            description="Empty if the key is not encrypted."
            autoComplete="new-password"
            visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the passphrase' }}
            value={passphrase}
            error={problemOf('passphrase') ?? (hasKeyInside && key === '' ? problemOf('key') : undefined)}
            onChange={(event) => setPassphrase(event.currentTarget.value)}
          />
          {failure && !problem && <ErrorNotice error={failure} form />}
        </Stack>
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!isComplete} loading={add.isPending}>
            Add
          </Button>
        </Group>
      </form>
    </Dialog>
  );
}
