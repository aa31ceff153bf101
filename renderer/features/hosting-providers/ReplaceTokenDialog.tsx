import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Account, KindDescriptor } from '../../../shared/contract/accounts';
import { Dialog } from '../../components/Dialog';
import { useOpenExternal } from '../../components/ExternalLink';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { client, query } from '../../rpc/client';
import { authenticationOf, draftOf } from './draft';
import { PrivateKeyField } from './PrivateKeyField';
import { cleanToken } from './pasted-token';
import { TestOutcome } from './TestOutcome';
import { useSignIn } from './use-sign-in';
import { today, validate } from './validate';

export interface ReplaceTokenDialogProps {
  account: Account;
  kind: KindDescriptor;
  ensureSecretStore: () => Promise<boolean>;
  onClose: () => void;
  onReplaced: (account: Account) => void;
}

/** One field on the account that is there: everything else stays as it is. */
export function ReplaceTokenDialog(props: ReplaceTokenDialogProps) {
  const { account, kind } = props;
  const authentication = authenticationOf(kind, account.authenticationType);
  const secretField = authentication.type === 'app' ? 'privateKey' : 'token';
  const secret = authentication.fields.find((field) => field.field === secretField);
  const expiry = authentication.fields.find((field) => field.field === 'expiresOn');
  const [token, setToken] = useState('');
  const [expiresOn, setExpiresOn] = useState('');
  const [isChecked, setChecked] = useState(false);
  const signIn = useSignIn();
  const openExternal = useOpenExternal();
  const page = useQuery(query.accounts.tokenPage.queryOptions({ input: draftOf(account) }));
  const pageUrl = page.data?.url;

  const problems = validate(
    { ...draftOf(account), [secretField]: token, expiresOn },
    authentication,
    today(),
  );
  const tokenProblem = token.trim() === '' ? `${secret?.label ?? 'Token'} is needed.` : problems[secretField];

  const replace = async (acceptFailure: boolean) => {
    setChecked(true);
    if (tokenProblem || problems.expiresOn || !(await props.ensureSecretStore())) return;
    const replaced = await signIn.run('save', (signal) =>
      client.accounts.replaceToken({ accountId: account.id, token, expiresOn, acceptFailure }, { signal }),
    );
    if (replaced && (replaced.test.ok || acceptFailure)) props.onReplaced(replaced.account);
  };

  const change = (value: string) => {
    setToken(value);
    signIn.forget();
  };
  const isFailed = signIn.outcome !== null && !signIn.outcome.test.ok;
  const what = secretField === 'token' ? 'token' : 'private key';
  return (
    <Dialog opened onClose={props.onClose} title={`Replace the ${what} of “${account.alias}”`} size={460}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (signIn.running === null) void replace(false);
        }}
      >
        <Stack gap={12}>
          {secretField === 'token' ? (
            <PasswordInput
              data-autofocus
              withAsterisk
              label={secret?.label ?? 'Token'}
              description={secret?.help}
              autoComplete="new-password"
              visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the token' }}
              value={token}
              error={isChecked ? tokenProblem : undefined}
              onPaste={(event) => {
                event.preventDefault();
                change(cleanToken(event.clipboardData.getData('text')));
              }}
              onChange={(event) => change(event.currentTarget.value)}
              onBlur={() => change(cleanToken(token))}
            />
          ) : (
            <PrivateKeyField
              required
              stored={false}
              label={secret?.label ?? 'Private key'}
              help={secret?.help}
              value={token}
              error={isChecked ? tokenProblem : undefined}
              onChange={change}
            />
          )}
          {expiry && (
            <TextInput
              type="date"
              label={expiry.label}
              description={expiry.help}
              maw={420}
              styles={{ input: { width: 190 } }}
              value={expiresOn}
              error={problems.expiresOn}
              onChange={(event) => setExpiresOn(event.currentTarget.value)}
            />
          )}
          {pageUrl && (
            <div>
              <Button
                size="compact-sm"
                variant="default"
                rightSection={<IconExternalLink size={13} aria-hidden />}
                onClick={() => openExternal(pageUrl)}
              >
                Open token page
              </Button>
            </div>
          )}
          {signIn.outcome && <TestOutcome test={signIn.outcome.test} authentication={authentication} />}
          <ErrorNotice error={signIn.error} form />
        </Stack>
        <Group justify="flex-end" mt="lg" gap="xs">
          {isFailed && signIn.running === null && (
            <Button variant="default" onClick={() => void replace(true)}>
              Save anyway
            </Button>
          )}
          <Button
            variant="default"
            onClick={() => (signIn.running === null ? props.onClose() : signIn.cancel())}
          >
            {signIn.running === null ? 'Cancel' : 'Cancel test'}
          </Button>
          <Button type="submit" loading={signIn.running !== null}>
            Replace
          </Button>
        </Group>
      </form>
    </Dialog>
  );
}
