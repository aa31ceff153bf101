import { ActionIcon, Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { IconExternalLink, IconPencil, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AccountKind, KindDescriptor } from '../../../shared/contract/accounts';
import type { SignInApp, SignInAppKind } from '../../../shared/contract/sign-in-apps';
import { Dialog } from '../../components/Dialog';
import { useOpenExternal } from '../../components/ExternalLink';
import { Note } from '../../components/Note';
import { ProviderIcon } from '../../components/ProviderIcon';
import { describeError } from '../../errors/describe';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import classes from './page-sign-in.module.css';

/** What a form starts with; `id` null: a new one. */
interface Entry {
  id: string | null;
  kind: AccountKind;
  url: string;
  clientId: string;
  tenant: string;
}

export interface SignInAppsDialogProps {
  kinds: KindDescriptor[];
  /** Opens the form for this server at once. */
  wanted?: { kind: AccountKind; url: string };
  onClose: () => void;
}

/** Client ids for signing in on the providers' pages: none ships with Polyforge. */
export function SignInAppsDialog({ kinds, wanted, onClose }: SignInAppsDialogProps) {
  const able = useQuery(query.signInApps.kinds.queryOptions());
  const apps = useQuery(query.signInApps.list.queryOptions());
  const remove = useMutation(query.signInApps.remove.mutationOptions());
  const [entry, setEntry] = useState<Entry | null>(
    wanted ? { id: null, ...wanted, clientId: '', tenant: '' } : null,
  );
  const list = apps.data ?? [];
  const failed = apps.error ?? able.error ?? remove.error;
  const close = () => (entry && !wanted ? setEntry(null) : onClose());
  const labelOf = (app: SignInApp) => kinds.find(({ kind }) => kind === app.kind);
  const add = (kind: SignInAppKind | undefined) =>
    kind && setEntry({ id: null, kind: kind.kind, url: kind.url, clientId: '', tenant: '' });

  return (
    <Dialog opened onClose={close} title="Sign-in apps" size={600}>
      {entry && able.data ? (
        <EntryForm able={able.data} initial={entry} onClose={close} onSaved={close} />
      ) : (
        <Stack gap={12}>
          <p style={{ margin: 0 }}>
            To sign in on a provider’s page, that provider must know Polyforge. Register it there once and
            enter the client ID here. None is built in, so nobody else can switch yours off.
          </p>
          <ErrorNotice error={failed ? toAppError(failed) : null} />
          {apps.isSuccess && list.length === 0 && (
            <Note>No client ID yet. Personal access tokens work without one.</Note>
          )}
          {list.length > 0 && (
            <ul className={classes.apps} aria-label="Client IDs">
              {list.map((app) => (
                <li key={app.id} className={classes.app}>
                  <ProviderIcon provider={labelOf(app)?.provider ?? 'github'} size={20} label={false} />
                  <div className={classes.appText}>
                    <div title={app.url}>
                      {labelOf(app)?.label ?? app.kind} – {app.url.replace(/^https:\/\//, '')}
                    </div>
                    <div className={classes.appSecond} title={app.clientId}>
                      {app.clientId}
                      {app.tenant && `, directory ${app.tenant}`}
                    </div>
                  </div>
                  <ActionIcon aria-label={`Edit the client ID of ${app.url}`} onClick={() => setEntry(app)}>
                    <IconPencil size={16} />
                  </ActionIcon>
                  <ActionIcon
                    aria-label={`Remove the client ID of ${app.url}`}
                    loading={remove.isPending && remove.variables.id === app.id}
                    onClick={() => remove.mutate({ id: app.id })}
                  >
                    <IconTrash size={16} />
                  </ActionIcon>
                </li>
              ))}
            </ul>
          )}
          <p className={classes.left}>
            Accounts that are signed in stay signed in when their client ID is removed here.
          </p>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
            <Button data-autofocus disabled={!able.data} onClick={() => add(able.data?.[0])}>
              Add client ID
            </Button>
          </Group>
        </Stack>
      )}
    </Dialog>
  );
}

function EntryForm(props: {
  able: SignInAppKind[];
  initial: Entry;
  onClose: () => void;
  onSaved: () => void;
}) {
  const { able } = props;
  const [entry, setEntry] = useState(props.initial);
  const put = useMutation(query.signInApps.put.mutationOptions({ onSuccess: props.onSaved }));
  const openExternal = useOpenExternal();
  const kind = able.find((each) => each.kind === entry.kind);
  const error = put.error ? toAppError(put.error) : null;
  const described = error && describeError(error, { form: true });
  const fieldError = (field: string) => (described?.field === field ? described.text : undefined);
  const isFieldError = ['url', 'clientId', 'tenant'].includes(described?.field ?? '');
  const change = (patch: Partial<Entry>) => {
    setEntry({ ...entry, ...patch });
    put.reset();
  };
  const page = kind?.page;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        put.mutate(entry);
      }}
    >
      <Stack gap={12}>
        <Select
          label="Server"
          allowDeselect={false}
          data={able.map((each) => ({ value: each.kind, label: each.label }))}
          value={entry.kind}
          onChange={(value) => {
            const chosen = able.find((each) => each.kind === value);
            if (chosen) change({ kind: chosen.kind, url: chosen.url });
          }}
        />
        <TextInput
          label="URL"
          withAsterisk
          placeholder="https://git.example.com"
          spellCheck={false}
          value={entry.url}
          error={fieldError('url')}
          onChange={(event) => change({ url: event.currentTarget.value })}
        />
        {kind && kind.steps.length > 0 && (
          <ol className={classes.howTo} aria-label="How to register it">
            {kind.steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        )}
        {page && (
          <div>
            <Button
              size="compact-sm"
              variant="default"
              rightSection={<IconExternalLink size={13} aria-hidden />}
              onClick={() => openExternal(page)}
            >
              Open the page to register
            </Button>
          </div>
        )}
        <TextInput
          data-autofocus
          label="Client ID"
          withAsterisk
          description="Not a secret: anybody may know it."
          spellCheck={false}
          autoComplete="off"
          value={entry.clientId}
          error={fieldError('clientId')}
          onChange={(event) => change({ clientId: event.currentTarget.value })}
        />
        {kind?.hasTenant && (
          <TextInput
            label="Directory (tenant)"
            description="Its id or domain name. Empty: any work or school account (“organizations”)."
            placeholder="organizations"
            spellCheck={false}
            value={entry.tenant}
            error={fieldError('tenant')}
            onChange={(event) => change({ tenant: event.currentTarget.value })}
          />
        )}
        <ErrorNotice error={isFieldError ? null : error} form />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={props.onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={put.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
