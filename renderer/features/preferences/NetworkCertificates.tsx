import { Button, Table } from '@mantine/core';
import type { UseMutationResult } from '@tanstack/react-query';
import { Fragment, useId, useState } from 'react';
import type { Certificate, NetworkSettings } from '../../../shared/contract/network';
import { ConfirmDialog } from '../../components/ConfirmDialog';
import { useNow } from '../../components/RelativeTime';
import { StatusBadge } from '../../components/StatusBadge';
import { visibleText } from '../../components/visible-text';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { toAppError } from '../../rpc/client';
import classes from './network.module.css';

interface Row {
  id: string;
  host: string;
  certificate: Certificate;
}

export interface NetworkCertificatesProps {
  title: string;
  empty: string;
  explanation: string;
  rows: readonly Row[];
  addLabel: string;
  onAdd: () => void;
  removal: {
    title: string;
    text: (host: string) => string;
    confirm: string;
    mutation: UseMutationResult<NetworkSettings, Error, { id: string }>;
  };
}

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** "CN=git.example.com, O=Example" -> "git.example.com". */
export function commonName(distinguished: string): string {
  return visibleText(/(?:^|, )CN=((?:[^,\\]|\\.)+)/.exec(distinguished)?.[1] ?? distinguished);
}

/** When it ends, and whether that was already. */
export function Validity({ certificate }: { certificate: Certificate }) {
  const now = useNow();
  const end = Date.parse(certificate.validTo);
  if (Number.isNaN(end)) return <>unknown</>;
  return end < now ? <StatusBadge tone="bad">ended {day.format(end)}</StatusBadge> : <>{day.format(end)}</>;
}

/** Breaks between pairs only, so that it can be compared pair by pair. */
export function Fingerprint({ certificate }: { certificate: Certificate }) {
  return (
    <span className={classes.fingerprint} title="SHA-256 fingerprint">
      {certificate.fingerprint.split(':').map((pair, index) => (
        // The pairs of one fingerprint never change places.
        <Fragment key={index}>
          {index > 0 && ':'}
          {index > 0 && <wbr />}
          {pair}
        </Fragment>
      ))}
    </span>
  );
}

/** Certificates kept per host, each with a way out. */
export function NetworkCertificates(props: NetworkCertificatesProps) {
  const { removal } = props;
  const id = useId();
  const [removing, setRemoving] = useState<Row | null>(null);
  const close = () => {
    setRemoving(null);
    removal.mutation.reset();
  };
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>{props.title}</h3>
      {props.rows.length === 0 ? (
        <p>{props.empty}</p>
      ) : (
        <>
          <p>{props.explanation}</p>
          <Table className={classes.table} aria-labelledby={id} verticalSpacing={6} horizontalSpacing={8}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Server</Table.Th>
                <Table.Th>Certificate</Table.Th>
                <Table.Th>Valid until</Table.Th>
                <Table.Th aria-label="Remove" />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {props.rows.map((row) => (
                <Table.Tr key={row.id}>
                  <Table.Td className={classes.host}>{row.host}</Table.Td>
                  <Table.Td>
                    <div title={visibleText(row.certificate.subject)}>
                      {commonName(row.certificate.subject)}
                    </div>
                    <div className={classes.issuer} title={visibleText(row.certificate.issuer)}>
                      {row.certificate.selfSigned
                        ? 'signed by itself'
                        : `issued by ${commonName(row.certificate.issuer)}`}
                    </div>
                    <Fingerprint certificate={row.certificate} />
                  </Table.Td>
                  <Table.Td className={classes.until}>
                    <Validity certificate={row.certificate} />
                  </Table.Td>
                  <Table.Td>
                    <Button
                      size="compact-sm"
                      variant="default"
                      aria-label={`Remove ${commonName(row.certificate.subject)} for ${row.host}`}
                      onClick={() => setRemoving(row)}
                    >
                      Remove…
                    </Button>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </>
      )}
      <Button variant="default" onClick={props.onAdd}>
        {props.addLabel}
      </Button>
      {removing && (
        <ConfirmDialog
          opened
          danger
          title={removal.title}
          confirm={removal.confirm}
          busy={removal.mutation.isPending}
          onCancel={close}
          onConfirm={() => removal.mutation.mutate({ id: removing.id }, { onSuccess: close })}
        >
          <p style={{ marginTop: 0 }}>
            <strong>{commonName(removing.certificate.subject)}</strong>. {removal.text(removing.host)}
          </p>
          {removal.mutation.error && <ErrorNotice error={toAppError(removal.mutation.error)} />}
        </ConfirmDialog>
      )}
    </section>
  );
}
