import { Button, FileButton, Group, Input, Textarea } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useState } from 'react';
import classes from './hosting-providers.module.css';
import { lineCount } from './pasted-token';

/** Bigger files are no private key; the limit keeps a wrongly picked one out of memory. */
const largestFile = 20_000;

export interface PrivateKeyFieldProps {
  label: string;
  required: boolean;
  help?: string;
  placeholder?: string;
  value: string;
  error?: string;
  /** Editing: a key is stored already and stays when this is left blank. */
  stored: boolean;
  onChange: (value: string) => void;
}

/** A key pasted or picked from a file. Once it is in, only that it is there is shown. */
export function PrivateKeyField(props: PrivateKeyFieldProps) {
  const [fileProblem, setFileProblem] = useState<string | null>(null);
  const [isFocused, setFocused] = useState(false);
  const lines = lineCount(props.value);

  const pick = async (file: File | null) => {
    if (!file) return;
    if (file.size > largestFile) {
      setFileProblem('This file is too large to be a private key.');
      return;
    }
    try {
      const text = await file.text();
      setFileProblem(null);
      props.onChange(text);
    } catch {
      setFileProblem('This file could not be read. Choose it again, or paste its contents.');
    }
  };

  const chooser = (
    <FileButton accept=".pem,.key,application/x-pem-file" onChange={(file) => void pick(file)}>
      {(button) => (
        <Button {...button} size="compact-sm" variant="default">
          Choose file…
        </Button>
      )}
    </FileButton>
  );
  const problem = fileProblem ?? props.error;

  if (lines > 0 && !isFocused)
    return (
      <Input.Wrapper label={props.label} required={props.required} labelElement="div" error={problem}>
        <div className={classes.key}>
          <IconKey size={16} aria-hidden />
          <span>
            Private key, {lines} {lines === 1 ? 'line' : 'lines'}
          </span>
          {chooser}
          <Button size="compact-sm" variant="subtle" color="gray" onClick={() => props.onChange('')}>
            Clear
          </Button>
        </div>
      </Input.Wrapper>
    );
  return (
    <div>
      <Textarea
        label={props.label}
        required={props.required && !props.stored}
        description={props.help}
        placeholder={
          props.stored
            ? 'Stored. Leave empty to keep it.'
            : (props.placeholder ?? '-----BEGIN RSA PRIVATE KEY-----')
        }
        rows={3}
        value={props.value}
        error={problem}
        autoComplete="off"
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--pf-mono)', fontSize: 12 } }}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
        onPaste={(event) => {
          // Masked at once: nobody needs to see it on the screen.
          const text = event.clipboardData.getData('text');
          if (!text) return;
          event.preventDefault();
          setFileProblem(null);
          props.onChange(text);
          event.currentTarget.blur();
        }}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      />
      <Group mt={6}>{chooser}</Group>
    </div>
  );
}
