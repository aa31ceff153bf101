import { Button, PasswordInput, Select, TextInput } from '@mantine/core';
import type { AccountDraft, FieldDescriptor, KindDescriptor } from '../../../shared/contract/accounts';
import { Note } from '../../components/Note';
import { authenticationOf, forSending, withAuthenticationType } from './draft';
import classes from './hosting-providers.module.css';
import { InstallationField } from './InstallationField';
import { PrivateKeyField } from './PrivateKeyField';
import { cleanToken } from './pasted-token';
import { RepositoryAccess } from './RepositoryAccess';
import { type FieldErrors, isUnencrypted } from './validate';

export interface AccountFieldsProps {
  kind: KindDescriptor;
  draft: AccountDraft;
  errors: FieldErrors;
  /** Has the focus at first; default: the first field. */
  begin?: string;
  onChange: (draft: AccountDraft) => void;
  onLeave: (field: FieldDescriptor['field']) => void;
  /** A client ID is set up for this server, so signing in on its page is offered. */
  hasClientId: boolean;
  onAddClientId: () => void;
}

/** The fields of one kind and authentication type, as its descriptor lists them. */
export function AccountFields(props: AccountFieldsProps) {
  const { kind, draft, errors, begin, onChange, onLeave, hasClientId } = props;
  const authentication = authenticationOf(kind, draft.authenticationType);
  const isEdit = draft.accountId !== undefined;
  const onPage = kind.authentication.find((each) => each.type === 'oauth');
  const choices = kind.authentication.filter(
    (each) => each !== onPage || hasClientId || draft.authenticationType === 'oauth',
  );

  const fieldOf = (field: FieldDescriptor) => {
    const name = field.field;
    const shared = {
      label: field.label,
      description: field.help,
      error: errors[name],
      name: `account-${name}`,
      autoComplete: 'off',
      spellCheck: false,
      onBlur: () => onLeave(name),
      'data-autofocus': name === (begin ?? authentication.fields[0]?.field) || undefined,
    };
    const set = (value: string) => onChange({ ...draft, [name]: value });
    switch (name) {
      case 'privateKey':
        return (
          <PrivateKeyField
            key={name}
            label={field.label}
            help={field.help}
            placeholder={field.placeholder}
            required={field.required}
            stored={isEdit}
            value={draft.privateKey}
            error={errors.privateKey}
            onChange={set}
          />
        );
      case 'installation':
        return (
          <InstallationField
            // Another app, another key: nothing that was listed holds.
            key={[name, draft.url, draft.appId, draft.privateKey].join(' ')}
            field={field}
            draft={forSending(draft, authentication)}
            error={errors.installation}
            onChange={set}
            onBlur={() => onLeave(name)}
          />
        );
      case 'token':
        return (
          <PasswordInput
            {...shared}
            key={name}
            autoComplete="new-password"
            withAsterisk={field.required && !isEdit}
            placeholder={isEdit ? 'Stored. Leave empty to keep it.' : field.placeholder}
            visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the token' }}
            value={draft.token}
            onPaste={(event) => {
              event.preventDefault();
              set(cleanToken(event.clipboardData.getData('text')));
            }}
            onChange={(event) => set(event.currentTarget.value)}
            onBlur={() => {
              const clean = cleanToken(draft.token);
              if (clean !== draft.token) set(clean);
              onLeave(name);
            }}
          />
        );
      case 'expiresOn':
        return (
          <TextInput
            {...shared}
            key={name}
            type="date"
            withAsterisk={field.required}
            maw={190}
            styles={{ description: { width: 400, maxWidth: '60vw' } }}
            value={draft.expiresOn}
            onChange={(event) => set(event.currentTarget.value)}
          />
        );
      case 'tokenName': {
        const isIgnored = draft.headerAuthentication !== 'off' || !draft.useForRepositories;
        return (
          <TextInput
            {...shared}
            key={name}
            withAsterisk={field.required && !isIgnored}
            disabled={isIgnored}
            description={
              draft.headerAuthentication !== 'off'
                ? 'Not used with header-based authentication.'
                : draft.useForRepositories
                  ? field.help
                  : 'Used for repositories only.'
            }
            placeholder={field.placeholder}
            value={draft.tokenName}
            onChange={(event) => set(event.currentTarget.value)}
          />
        );
      }
      default:
        return (
          <TextInput
            {...shared}
            key={name}
            inputMode={name === 'appId' ? 'numeric' : undefined}
            withAsterisk={field.required}
            placeholder={field.placeholder}
            value={draft[name]}
            onChange={(event) => set(event.currentTarget.value)}
          />
        );
    }
  };

  return (
    <div className={classes.fields}>
      <Select
        label="Authentication Type"
        allowDeselect={false}
        readOnly={choices.length === 1}
        rightSection={choices.length === 1 ? <span /> : undefined}
        data={choices.map((each) => ({ value: each.type, label: each.label }))}
        value={authentication.type}
        onChange={(value) => {
          const chosen = kind.authentication.find((each) => each.type === value);
          if (chosen) onChange(withAuthenticationType(draft, kind, chosen.type));
        }}
      />
      {onPage && !hasClientId && (
        <p className={classes.explain}>
          To sign in with your browser{draft.authenticationType === 'oauth' ? '' : ' instead'}, add a client
          ID for this server:{' '}
          <Button variant="subtle" size="compact-xs" onClick={props.onAddClientId}>
            Add client ID…
          </Button>
        </p>
      )}
      {authentication.notice && <Note tone="warn">{authentication.notice}</Note>}
      {authentication.fields.map(fieldOf)}
      {isUnencrypted(draft.url) && (
        <Note tone="warn">
          This address is reached without encryption: whoever shares the network can read the token. Use https
          if the server offers it.
        </Note>
      )}
      <RepositoryAccess authentication={authentication} draft={draft} onChange={onChange} />
    </div>
  );
}
