import { Button, FileButton, Group, Textarea } from '@mantine/core';
import { useState } from 'react';

/** Bigger files are bundles for a whole system. */
const largestFile = 200_000;

export interface NetworkPemFieldProps {
  label: string;
  description?: string;
  placeholder: string;
  value: string;
  error?: string;
  onChange: (value: string) => void;
}

/** A PEM text, pasted or picked from a file. */
export function NetworkPemField(props: NetworkPemFieldProps) {
  const [problem, setProblem] = useState<string | null>(null);
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
      props.onChange(text);
    } catch {
      setProblem('This file could not be read. Choose it again, or paste its contents.');
    }
  };
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
        onChange={(event) => {
          setProblem(null);
          props.onChange(event.currentTarget.value);
        }}
      />
      <Group mt={6}>
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
      </Group>
    </div>
  );
}
