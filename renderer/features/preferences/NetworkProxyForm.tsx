import { Button, Group, Input, PasswordInput, SegmentedControl, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ProxySettings } from '../../../shared/contract/network';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import classes from './network.module.css';
import { useNetwork } from './use-network';

const modes = [
  { value: 'system', label: 'As the system' },
  { value: 'manual', label: 'By hand' },
  { value: 'none', label: 'No proxy' },
] as const;

const words = {
  desktop:
    'Follows this system’s network settings, automatic configuration (PAC) included, and the variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY.',
  browser:
    'Follows the variables HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY Polyforge was started with.',
  none: 'Connects straight to every server, whatever the system or Git’s own configuration says.',
};

export interface NetworkProxyFormProps {
  stored: ProxySettings;
  /** A proxy has just refused for want of a password. */
  wantsPassword: boolean;
  onSaved: () => void;
  ensureSecretStore: () => Promise<boolean>;
}

/** How proxies are found. Takes effect when it is saved, for requests that begin then. */
export function NetworkProxyForm({
  stored,
  wantsPassword,
  onSaved,
  ensureSecretStore,
}: NetworkProxyFormProps) {
  const info = useQuery(query.application.info.queryOptions());
  const { setProxy } = useNetwork();
  const [mode, setMode] = useState(stored.mode);
  const [url, setUrl] = useState(stored.url);
  const [username, setUsername] = useState(stored.username);
  const [noProxy, setNoProxy] = useState(stored.noProxy);
  /** Null: the stored one stays. */
  const [password, setPassword] = useState<string | null>(stored.hasPassword && !wantsPassword ? null : '');
  const [isSignIn, setSignIn] = useState(wantsPassword || stored.url !== '');

  // A password is for one proxy: with another address the stored one is not used.
  const isKept = password === null && url.trim() === stored.url;
  const isChanged =
    mode !== stored.mode ||
    url.trim() !== stored.url ||
    username.trim() !== stored.username ||
    noProxy.trim() !== stored.noProxy ||
    (password !== null && (password !== '' || stored.hasPassword));
  const failure = setProxy.error ? toAppError(setProxy.error) : null;
  const problem = failure?.kind === 'invalid-input' ? failure : null;
  const problemOf = (field: string) => (problem?.field === field ? problem.reason : undefined);
  const hasFields = mode === 'manual' || (mode === 'system' && isSignIn);

  const save = async () => {
    const secret = isKept ? undefined : (password ?? '');
    if (secret && !(await ensureSecretStore())) return;
    setProxy.mutate(
      { mode, url, username, noProxy, ...(secret === undefined ? {} : { password: secret }) },
      { onSuccess: onSaved },
    );
  };

  return (
    <section aria-labelledby="network-proxy">
      <h3 id="network-proxy">Proxy</h3>
      <form
        noValidate
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!setProxy.isPending) void save();
        }}
      >
        <SegmentedControl
          aria-label="Proxy"
          className={classes.modes}
          data={[...modes]}
          value={mode}
          onChange={setMode}
        />
        {mode === 'system' && <p>{words[info.data?.shell ?? 'browser']}</p>}
        {mode === 'none' && <p>{words.none}</p>}
        {mode === 'system' && !isSignIn && (
          <Button
            variant="subtle"
            size="compact-sm"
            className={classes.modes}
            onClick={() => setSignIn(true)}
          >
            The system’s proxy wants a password…
          </Button>
        )}
        {hasFields && (
          <>
            <TextInput
              label="Address"
              description={
                mode === 'system'
                  ? 'Of the proxy the password is for. It is used when the system names this proxy, and for no other.'
                  : undefined
              }
              placeholder="http://proxy.example.com:3128"
              spellCheck={false}
              autoComplete="off"
              value={url}
              error={problemOf('url')}
              onChange={(event) => setUrl(event.currentTarget.value)}
            />
            <div className={classes.pair}>
              <TextInput
                label="User name"
                description="Empty: the proxy wants none."
                spellCheck={false}
                autoComplete="off"
                value={username}
                error={problemOf('username')}
                onChange={(event) => setUsername(event.currentTarget.value)}
              />
              {isKept ? (
                <Input.Wrapper label="Password" description="Stored with the tokens." labelElement="div">
                  <Group gap={6} className={classes.kept}>
                    <span>Kept</span>
                    <Button variant="default" size="compact-sm" onClick={() => setPassword('')}>
                      Replace or remove
                    </Button>
                  </Group>
                </Input.Wrapper>
              ) : (
                <PasswordInput
                  label="Password"
                  // For a window that opens with it, and for one whose settings come later.
                  data-autofocus={wantsPassword || undefined}
                  autoFocus={wantsPassword}
                  description={
                    stored.hasPassword
                      ? url.trim() === stored.url
                        ? 'Empty removes the kept one.'
                        : 'The kept one was for another proxy.'
                      : 'Stored with the tokens.'
                  }
                  autoComplete="new-password"
                  visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
                  value={password ?? ''}
                  onChange={(event) => setPassword(event.currentTarget.value)}
                />
              )}
            </div>
          </>
        )}
        {mode !== 'none' && (
          <TextInput
            label="Not for"
            description="Reached without a proxy: names (those below them too), addresses or networks, with commas between them. This machine itself always is."
            placeholder="intranet.example.com, 10.0.0.0/8, git.example.com:8443"
            spellCheck={false}
            autoComplete="off"
            value={noProxy}
            onChange={(event) => setNoProxy(event.currentTarget.value)}
          />
        )}
        {failure && !(problem && hasFields) && <ErrorNotice error={failure} form />}
        <Group gap="xs">
          <Button type="submit" disabled={!isChanged} loading={setProxy.isPending}>
            Save the proxy settings
          </Button>
        </Group>
      </form>
    </section>
  );
}
