import { Stack, TextInput } from '@mantine/core';

export interface Identity {
  name: string;
  email: string;
  signingKey: string;
}

/** Name, e-mail and signing key, each of which may be left empty. */
export function IdentityFields({
  value,
  error,
  onChange,
}: {
  value: Identity;
  error?: string;
  onChange: (value: Identity) => void;
}) {
  return (
    <Stack gap={8}>
      <TextInput
        label="Name"
        maxLength={300}
        autoComplete="off"
        spellCheck={false}
        value={value.name}
        onChange={(event) => onChange({ ...value, name: event.currentTarget.value })}
      />
      <TextInput
        label="E-mail"
        maxLength={320}
        autoComplete="off"
        spellCheck={false}
        value={value.email}
        error={error}
        onChange={(event) => onChange({ ...value, email: event.currentTarget.value })}
      />
      <TextInput
        label="Signing key"
        description="Id or path of the key; empty: as Git is configured"
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        maxLength={2000}
        autoComplete="off"
        spellCheck={false}
        value={value.signingKey}
        onChange={(event) => onChange({ ...value, signingKey: event.currentTarget.value })}
      />
    </Stack>
  );
}
