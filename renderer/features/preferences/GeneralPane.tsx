import { Input, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { DirectoryField } from '../../components/DirectoryField';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query } from '../../rpc/client';
import { completeDirectory, pickDirectory } from '../../rpc/directories';
import classes from './preferences.module.css';
import { usePreferences } from './use-preferences';

const themes = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const;
const protocols = [
  { value: 'https', label: 'HTTPS' },
  { value: 'ssh', label: 'SSH' },
] as const;
const diffs = [
  { value: 'split', label: 'Side by side' },
  { value: 'unified', label: 'Unified' },
] as const;

export function GeneralPane() {
  const { preferences, failure, change } = usePreferences();
  const info = useQuery(query.application.info.queryOptions());
  const [typed, setTyped] = useState<string | null>(null);
  if (!preferences) return <ErrorNotice error={failure} />;
  const parent = typed ?? preferences.cloneParent;
  const commit = (path: string) => {
    if (path.trim() !== preferences.cloneParent) change({ cloneParent: path.trim() });
  };
  return (
    <div className={classes.stack}>
      <ErrorNotice error={failure} />
      <Input.Wrapper label="Appearance" labelElement="div">
        <div>
          <SegmentedControl
            aria-label="Appearance"
            data={[...themes]}
            value={preferences.theme}
            onChange={(theme) => change({ theme })}
          />
        </div>
      </Input.Wrapper>
      <DirectoryField
        label="Clone into"
        description="The folder that new clones are put in, if you do not choose another one."
        placeholder={info.data?.homeDirectory}
        value={parent}
        onChange={setTyped}
        onCommit={commit}
        complete={completeDirectory}
        pick={
          info.data?.shell === 'desktop'
            ? async (start) => (await pickDirectory('Clone into', start)) ?? null
            : undefined
        }
      />
      <Input.Wrapper label="Clone with" labelElement="div">
        <div>
          <SegmentedControl
            aria-label="Clone with"
            data={[...protocols]}
            value={preferences.cloneProtocol}
            onChange={(cloneProtocol) => change({ cloneProtocol })}
          />
        </div>
      </Input.Wrapper>
      <Input.Wrapper label="Differences" labelElement="div">
        <div>
          <SegmentedControl
            aria-label="Differences"
            data={[...diffs]}
            value={preferences.diffStyle}
            onChange={(diffStyle) => change({ diffStyle })}
          />
        </div>
      </Input.Wrapper>
    </div>
  );
}
