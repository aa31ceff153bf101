import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import type { Account, KindDescriptor, SignInFlow } from '../../../shared/contract/accounts';
import { Dialog } from '../../components/Dialog';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { authenticationOf } from './draft';
import { PageSignInSteps } from './PageSignInSteps';
import { SignInAppsDialog } from './SignInAppsDialog';
import { TestOutcome } from './TestOutcome';
import { usePageSignIn } from './use-page-sign-in';

export interface SignInAgainDialogProps {
  account: Account;
  kind: KindDescriptor;
  ensureSecretStore: () => Promise<boolean>;
  onClose: () => void;
  onSignedIn: (account: Account) => void;
}

/** The account that is there gets a new sign-in: everything else stays as it is. */
export function SignInAgainDialog(props: SignInAgainDialogProps) {
  const { account, kind } = props;
  const authentication = authenticationOf(kind, account.authenticationType);
  const signIn = usePageSignIn();
  const [isAppsOpened, setAppsOpened] = useState(false);
  const { error } = signIn;
  // What can only be put right where the client id is kept.
  const isClientWrong =
    (error?.kind === 'invalid-input' && error.field === 'clientId') ||
    (error?.kind === 'sign-in-failed' &&
      ['unknown-client', 'unknown-tenant', 'not-enabled'].includes(error.reason));
  const [first = 'device', ...others] = authentication.flows ?? [];
  const start = async (flow: SignInFlow) => {
    if (!(await props.ensureSecretStore())) return;
    const saved = await signIn.start({ accountId: account.id }, flow);
    if (saved) props.onSignedIn(saved);
  };
  return (
    <Dialog opened onClose={props.onClose} title={`Sign in again: “${account.alias}”`} size={480}>
      {signIn.step ? (
        <PageSignInSteps step={signIn.step} />
      ) : (
        <p style={{ marginTop: 0 }}>
          Sign in once more on the page of {new URL(account.url).host}. The account, its repositories and
          everything set up for it stay as they are.
        </p>
      )}
      {signIn.test && <TestOutcome test={signIn.test} authentication={authentication} />}
      <ErrorNotice error={error} form />
      {isClientWrong && (
        <Button size="compact-sm" variant="default" mt="xs" onClick={() => setAppsOpened(true)}>
          Sign-in apps…
        </Button>
      )}
      {isAppsOpened && <SignInAppsDialog kinds={[kind]} onClose={() => setAppsOpened(false)} />}
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={() => (signIn.step ? signIn.cancel() : props.onClose())}>
          {signIn.step ? 'Stop' : 'Cancel'}
        </Button>
        {!signIn.step &&
          others.map((flow) => (
            <Button key={flow} variant="default" onClick={() => void start(flow)}>
              Use a code
            </Button>
          ))}
        {!signIn.step && (
          <Button data-autofocus onClick={() => void start(first)}>
            Sign in
          </Button>
        )}
      </Group>
    </Dialog>
  );
}
