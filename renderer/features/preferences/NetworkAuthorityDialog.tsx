import { Button, Group, Radio, SegmentedControl, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Certificate, ShownCertificates } from '../../../shared/contract/network';
import { Dialog } from '../../components/Dialog';
import { Note } from '../../components/Note';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import { commonName, Fingerprint, Validity } from './NetworkCertificates';
import { NetworkPemField } from './NetworkPemField';
import classes from './network.module.css';
import { useNetwork } from './use-network';

const ways = [
  { value: 'shown', label: 'What the server shows' },
  { value: 'file', label: 'From a file' },
] as const;

/** Trusts a certificate for one server: the one it shows, once it has been compared, or one from the administrator. */
export function NetworkAuthorityDialog({ host: initial, onClose }: { host: string; onClose: () => void }) {
  const { addAuthority, trustShown } = useNetwork();
  const [host, setHost] = useState(initial);
  const [way, setWay] = useState<'shown' | 'file'>('shown');
  const [pem, setPem] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const look = useMutation(
    query.network.shownCertificates.mutationOptions({ onSuccess: (shown) => setChosen(shown.suggested) }),
  );
  // A failure led here: the server is known, so it is looked at at once.
  const first = useRef(initial !== '');
  const { mutate: lookAt } = look;
  useEffect(() => {
    if (first.current) lookAt({ host: initial });
    first.current = false;
  }, [initial, lookAt]);

  const shown = way === 'shown' ? look.data : undefined;
  const isReady =
    way === 'file' ? pem.trim() !== '' : chosen !== null && shown !== undefined && !shown.trusted;
  const adding = way === 'file' ? addAuthority : trustShown;
  const error = adding.error ?? (way === 'shown' ? look.error : null);
  const failure = error ? toAppError(error) : null;
  const problem = failure?.kind === 'invalid-input' ? failure : null;
  const problemOf = (field: string) => (problem?.field === field ? problem.reason : undefined);
  const submit = () => {
    if (way === 'file') addAuthority.mutate({ host, pem }, { onSuccess: onClose });
    else if (isReady && chosen) trustShown.mutate({ host, fingerprint: chosen }, { onSuccess: onClose });
    else look.mutate({ host });
  };
  return (
    <Dialog opened onClose={onClose} title="Trust a certificate for one server" size={620}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (host.trim() !== '' && !adding.isPending && !look.isPending) submit();
        }}
      >
        <Stack gap={12}>
          <TextInput
            data-autofocus={initial === '' || undefined}
            label="Server"
            description="The host name, with its port where it is not 443. Nothing is trusted for any other server."
            placeholder="git.example.com"
            spellCheck={false}
            autoComplete="off"
            value={host}
            error={problemOf('host')}
            onChange={(event) => {
              setHost(event.currentTarget.value);
              look.reset();
              setChosen(null);
            }}
          />
          <SegmentedControl
            aria-label="Where the certificate comes from"
            className={classes.modes}
            data={[...ways]}
            value={way}
            onChange={setWay}
          />
          {way === 'file' ? (
            <NetworkPemField
              label="Certificate of the authority, or of the server itself"
              description="PEM, as your administrator gives it."
              placeholder="-----BEGIN CERTIFICATE-----"
              value={pem}
              error={problemOf('pem')}
              onChange={setPem}
            />
          ) : (
            shown && <Shown shown={shown} chosen={chosen} onChoose={setChosen} />
          )}
          {failure && (!problem || problem.field === 'fingerprint') && <ErrorNotice error={failure} form />}
        </Stack>
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={onClose}>
            {shown?.trusted ? 'Close' : 'Cancel'}
          </Button>
          {!shown?.trusted && (
            <Button
              type="submit"
              disabled={host.trim() === '' || (way === 'file' && !isReady)}
              loading={adding.isPending || look.isPending}
            >
              {isReady || way === 'file' ? 'Trust it for this server' : 'Look at the server'}
            </Button>
          )}
        </Group>
      </form>
    </Dialog>
  );
}

function Shown({
  shown,
  chosen,
  onChoose,
}: {
  shown: ShownCertificates;
  chosen: string | null;
  onChoose: (fingerprint: string) => void;
}) {
  if (shown.trusted)
    return (
      <Note tone="good">
        {shown.host} shows a certificate that is trusted already. Nothing needs to be added.
      </Note>
    );
  if (shown.certificates.length === 0)
    return <Note tone="warn">{shown.host} shows no certificate. Check the port.</Note>;
  return (
    <>
      <Note tone="warn">
        Trust it only if your administrator confirms the fingerprint. Whoever is in between could show a
        certificate of their own.
      </Note>
      <Radio.Group
        label="Certificates it shows"
        description="With the SHA-256 fingerprint of each."
        value={chosen}
        onChange={onChoose}
      >
        <Stack gap={10} mt={6}>
          {shown.certificates.map((certificate, index) => (
            <Radio
              key={certificate.fingerprint}
              value={certificate.fingerprint}
              label={labelOf(certificate, index)}
              description={<Facts certificate={certificate} />}
            />
          ))}
        </Stack>
      </Radio.Group>
      {!shown.complete && (
        <div className={classes.issuer}>
          The server does not send the root of this chain. What you trust is the last certificate it does
          send.
        </div>
      )}
    </>
  );
}

function labelOf(certificate: Certificate, index: number): string {
  const name = commonName(certificate.subject);
  if (index === 0) return `${name} (the server itself)`;
  return certificate.selfSigned ? `${name} (root)` : `${name} (in between)`;
}

function Facts({ certificate }: { certificate: Certificate }) {
  return (
    <span className={classes.shown}>
      <span>
        {certificate.selfSigned ? 'Signed by itself' : `Issued by ${commonName(certificate.issuer)}`}, valid
        until <Validity certificate={certificate} />
      </span>
      <Fingerprint certificate={certificate} />
    </span>
  );
}
