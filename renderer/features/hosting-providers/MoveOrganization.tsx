import { Button, Group, PasswordInput, TextInput } from '@mantine/core';
import { IconCircle, IconCircleCheck, IconExternalLink } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState } from 'react';
import type { AuthenticationDescriptor } from '../../../shared/contract/accounts';
import type { MoveEntry } from '../../../shared/contract/organization-move';
import { useOpenExternal } from '../../components/ExternalLink';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { client, query, toAppError } from '../../rpc/client';
import classes from './MoveOrganizationsDialog.module.css';
import { cleanToken } from './pasted-token';
import { TestOutcome } from './TestOutcome';
import { useSignIn } from './use-sign-in';
import { today, validate } from './validate';

export interface MoveOrganizationProps {
  /** The old account. */
  accountId: string;
  entry: MoveEntry;
  authentication: AuthenticationDescriptor;
  done: boolean;
  opened: boolean;
  ensureSecretStore: () => Promise<boolean>;
  onOpen: () => void;
  onDone: () => void;
}

function repositoriesText(count: number): string {
  return count === 1 ? '1 repository' : `${count} repositories`;
}

/** One organization of the move: its token page, its token, and the repositories that go along. */
export function MoveOrganization(props: MoveOrganizationProps) {
  const { entry, done, opened } = props;
  const heading = useId();
  const rebind = useMutation(query.organizationMove.rebind.mutationOptions());
  const existing = entry.account;
  const count = entry.repositories.length;
  const move = (to: string) =>
    rebind.mutateAsync({ accountId: props.accountId, organization: entry.organization, to });
  return (
    <section className={classes.entry} aria-labelledby={heading}>
      <div className={classes.head}>
        {done ? (
          <IconCircleCheck size={18} color="var(--pf-good)" aria-label="Done" />
        ) : (
          <IconCircle size={18} aria-label="To do" />
        )}
        <h3 id={heading} title={entry.organization}>
          {entry.organization}
        </h3>
        <span className={classes.second} title={existing?.alias}>
          {existing
            ? existing.working
              ? existing.alias
              : 'its token was refused'
            : count > 0
              ? repositoriesText(count)
              : 'no repository here'}
        </span>
        {existing?.working && count > 0 && (
          <Button
            size="compact-sm"
            loading={rebind.isPending}
            onClick={() => void move(existing.id).then(props.onDone, () => undefined)}
          >
            Use it for {repositoriesText(count)}
          </Button>
        )}
        {!existing && !opened && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`Set up ${entry.organization}`}
            onClick={props.onOpen}
          >
            Set up
          </Button>
        )}
      </div>
      {rebind.error && <ErrorNotice error={toAppError(rebind.error)} />}
      {existing && !existing.working && (
        <div className={classes.second}>Give “{existing.alias}” a new token in the list of accounts.</div>
      )}
      {!existing && opened && <TokenForm {...props} move={move} />}
    </section>
  );
}

function TokenForm({
  entry,
  authentication,
  ensureSecretStore,
  onDone,
  move,
}: MoveOrganizationProps & { move: (to: string) => Promise<unknown> }) {
  const [token, setToken] = useState('');
  const [expiresOn, setExpiresOn] = useState('');
  const [isChecked, setChecked] = useState(false);
  const signIn = useSignIn();
  const openExternal = useOpenExternal();
  const field = useRef<HTMLInputElement>(null);
  // The next organization's form opens by itself when the one before is done.
  useEffect(() => field.current?.focus({ preventScroll: false }), []);
  const secret = authentication.fields.find((each) => each.field === 'token');
  const expiry = authentication.fields.find((each) => each.field === 'expiresOn');
  const draft = { ...entry.draft, token, expiresOn };
  const problems = validate(draft, authentication, today());
  const { tokenPage } = entry;
  const scopes = authentication.scopes.filter((scope) => scope.required).map((scope) => scope.name);

  const save = async () => {
    setChecked(true);
    if (problems.token || problems.expiresOn || !(await ensureSecretStore())) return;
    const saved = await signIn.run('save', (signal) => client.accounts.save({ draft }, { signal }));
    if (!saved?.test.ok || !saved.account) return;
    // From here on the organization has its account: what fails now can be made up for from the list.
    await move(saved.account.id).catch(() => undefined);
    onDone();
  };
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (signIn.running === null) void save();
      }}
    >
      <div>
        {tokenPage && (
          <Button
            size="compact-sm"
            variant="default"
            rightSection={<IconExternalLink size={13} aria-hidden />}
            aria-label={`Open the token page of ${entry.organization}`}
            onClick={() => openExternal(tokenPage)}
          >
            Open token page
          </Button>
        )}{' '}
        There choose the organization {entry.organization} and{' '}
        {scopes.length === 1 ? 'the scope' : 'the scopes'} {scopes.join(', ')}.
      </div>
      <PasswordInput
        ref={field}
        withAsterisk
        label={`${secret?.label ?? 'Token'} of ${entry.organization}`}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the token' }}
        value={token}
        error={isChecked ? problems.token : undefined}
        onPaste={(event) => {
          event.preventDefault();
          setToken(cleanToken(event.clipboardData.getData('text')));
          signIn.forget();
        }}
        onChange={(event) => {
          setToken(event.currentTarget.value);
          signIn.forget();
        }}
        onBlur={() => setToken(cleanToken(token))}
      />
      {expiry && (
        <TextInput
          type="date"
          label={expiry.label}
          description={expiry.help}
          styles={{ input: { width: 190 } }}
          value={expiresOn}
          error={problems.expiresOn}
          onChange={(event) => setExpiresOn(event.currentTarget.value)}
        />
      )}
      {signIn.outcome && <TestOutcome test={signIn.outcome.test} authentication={authentication} />}
      <ErrorNotice error={signIn.error} form />
      <Group gap="xs">
        <Button type="submit" size="compact-md" loading={signIn.running !== null}>
          Test and save
        </Button>
        {signIn.running !== null && (
          <Button size="compact-md" variant="default" onClick={() => signIn.cancel()}>
            Cancel test
          </Button>
        )}
      </Group>
    </form>
  );
}
