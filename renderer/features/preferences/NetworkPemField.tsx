import { Button, FileButton, Group, Input, Textarea } from '@mantine/core';
import { useState } from 'react';
import classes from './network.module.css';

/** Bigger files are bundles for a whole system. */
const largestFile = 200_000;

export interface NetworkPemFieldProps {
  label: string;
  description?: string;
  placeholder: string;
  value: string;
  error?: string;
  /** Once it is in, only that it is there is shown. */
  secret?: boolean;
  onChange: (value: string) => void;
}

/** A PEM text, pasted or picked from a file. */
export function NetworkPemField(props: NetworkPemFieldProps) {
  const [problem, setProblem] = useState<string | null>(null);
  /** Not by leaving the field: what moves while a button is being pressed is not pressed. */
  const [isMasked, setMasked] = useState(false);
  const pick = async (file: File | null) => {
    if (!file) return;
    if (file.size > largestFile) {
      setProblem('This file is too large to be a certificate for one server.');
      return;
    }
    try {
      // Byte for byte, so that a binary file is still recognised as what it is.
      const text = new TextDecoder('latin1').decode(await file.arrayBuffer());
      setProblem(null);
      setMasked(true);
      props.onChange(text);
    } catch {
      setProblem('This file could not be read. Choose it again, or paste its contents.');
    }
  };
  const chooser = (
    <FileButton
      accept=".pem,.crt,.cer,.key,.pfx,.p12,application/x-pem-file"
      onChange={(file) => void pick(file)}
    >
      {(button) => (
        <Button {...button} size="compact-sm" variant="default">
          Choose file…
        </Button>
      )}
    </FileButton>
  );
  if (props.secret && props.value.trim() !== '' && isMasked) {
    const lines = props.value.trim().split('\n').length;
    return (
      <Input.Wrapper label={props.label} labelElement="div" error={problem ?? props.error}>
        <div className={classes.key}>
          <span>
            {props.label}, {lines} {lines === 1 ? 'line' : 'lines'}
          </span>
          {chooser}
          <Button size="compact-sm" variant="subtle" color="gray" onClick={() => props.onChange('')}>
            Clear
          </Button>
        </div>
      </Input.Wrapper>
    );
  }
  return (
    <div>
      <Textarea
        label={props.label}
        description={props.description}
        placeholder={props.placeholder}
        rows={4}
        value={props.value}
        error={problem ?? props.error}
        autoComplete="off"
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--pf-mono)', fontSize: 12 } }}
        onPaste={(event) => {
          const text = event.clipboardData.getData('text');
          if (!props.secret || !text) return;
          // Masked at once: nobody needs to see it on the screen.
          event.preventDefault();
          setProblem(null);
          setMasked(true);
          props.onChange(text);
        }}
        onChange={(event) => {
          setProblem(null);
          props.onChange(event.currentTarget.value);
        }}
      />
      <Group mt={6}>{chooser}</Group>
    </div>
  );
}
