import { Button, Group, Input, Radio, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import { EngineAbilities } from './EngineAbilities';
import { FetchPreferences } from './FetchPreferences';
import { GitPrograms } from './GitPrograms';
import classes from './preferences.module.css';
import { usePreferences } from './use-preferences';

const engines = [
  {
    value: 'auto',
    label: 'Choose by itself',
    description: 'The installed Git where it is found and recent enough, else the built-in engine.',
  },
  {
    value: 'system',
    label: 'Installed Git',
    description: 'Fastest, and follows your Git configuration, hooks and SSH.',
  },
  {
    value: 'isomorphic',
    label: 'Built-in engine',
    description: 'Needs no Git on this machine. HTTPS only, and some work is left to Git.',
  },
] as const;

const typedPasswords = [
  { value: 'ask', label: 'Ask whether to keep them' },
  { value: 'always', label: 'Keep them, once they worked' },
  { value: 'never', label: 'Do not keep them' },
] as const;

/** `children`: what another feature has to say about git here. */
export function GitPane({ children }: { children?: ReactNode }) {
  const { preferences, failure, change } = usePreferences();
  const info = useQuery(query.application.info.queryOptions());
  const [typed, setTyped] = useState<string | null>(null);
  if (!preferences) return <ErrorNotice error={failure} />;
  const path = typed ?? preferences.gitPath;
  const isChanged = path.trim() !== preferences.gitPath;
  const git = info.data?.git;
  return (
    <div className={classes.stack}>
      <ErrorNotice error={failure} />
      {info.error && <ErrorNotice error={toAppError(info.error)} onRetry={() => void info.refetch()} />}
      {info.data && <GitPrograms info={info.data} />}
      <Radio.Group
        label="Engine"
        value={preferences.engine}
        onChange={(value) => {
          const chosen = engines.find((engine) => engine.value === value);
          if (chosen) change({ engine: chosen.value });
        }}
      >
        <Stack gap={8} mt={6}>
          {engines.map((engine) => (
            <Radio key={engine.value} {...engine} />
          ))}
        </Stack>
      </Radio.Group>
      <EngineAbilities />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          change({ gitPath: path.trim() });
        }}
      >
        <Input.Wrapper
          label="Path of the Git program"
          labelProps={{ htmlFor: 'git-path' }}
          description="Complete path. Empty: the one found on this machine’s search path."
        >
          <Group gap={6} mt={4} wrap="nowrap">
            <TextInput
              id="git-path"
              style={{ flex: 1 }}
              spellCheck={false}
              placeholder={git?.found ? git.path : '/usr/bin/git'}
              value={path}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
            <Button type="submit" variant="default" disabled={!isChanged}>
              Use
            </Button>
          </Group>
        </Input.Wrapper>
      </form>
      <FetchPreferences preferences={preferences} change={change} />
      {children}
      <Radio.Group
        label="Passwords typed at Git’s own prompt in a terminal"
        description="Kept with the other secrets, for exactly the address they were typed for."
        value={preferences.saveFromTerminal}
        onChange={(value) => {
          const chosen = typedPasswords.find((one) => one.value === value);
          if (chosen) change({ saveFromTerminal: chosen.value });
        }}
      >
        <Stack gap={8} mt={6}>
          {typedPasswords.map((one) => (
            <Radio key={one.value} {...one} />
          ))}
        </Stack>
      </Radio.Group>
    </div>
  );
}
