import { Radio, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import styles from './KeyChoice.module.css';
import { StatusBadge } from './StatusBadge';
import { visibleText } from './visible-text';

/** A key file as it is shown. */
export interface ShownKey {
  /** Absolute path. */
  path: string;
  /** Null: nothing is known about it. */
  type: string | null;
  comment: string;
  fingerprint: string | null;
  inAgent: boolean;
}

export interface KeyChoiceProps {
  label: string;
  keys: readonly ShownKey[];
  /** Null: none is chosen. */
  value: string | null;
  /** What none means. */
  none: { label: string; description: string };
  error?: string;
  onChange: (path: string | null) => void;
}

const noKey = 'none';
const otherFile = 'other';

function nameOf(path: string): string {
  return path.split(/[\\/]/).pop() ?? path;
}

/** One of several key files, none, or another file by its path. */
export function KeyChoice({ label, keys, value, none, error, onChange }: KeyChoiceProps) {
  const [isOther, setOther] = useState(() => value !== null && !keys.some((key) => key.path === value));
  const chosen = isOther ? otherFile : (value ?? noKey);
  return (
    <Radio.Group
      label={label}
      value={chosen}
      onChange={(next) => {
        setOther(next === otherFile);
        onChange(next === noKey ? null : next === otherFile ? '' : next);
      }}
    >
      <div className={styles.keys}>
        <Radio
          value={noKey}
          label={none.label}
          description={none.description}
          data-autofocus={chosen === noKey || undefined}
        />
        {keys.map((key) => (
          <Radio
            key={key.path}
            value={key.path}
            data-autofocus={chosen === key.path || undefined}
            label={
              <span className={styles.key}>
                <span className={styles.name}>{visibleText(nameOf(key.path))}</span>
                {key.type !== null && <span className={styles.type}>{key.type}</span>}
                {key.inAgent && <StatusBadge tone="good">In the agent</StatusBadge>}
              </span>
            }
            description={
              <>
                {key.comment !== '' && <span className={styles.line}>{visibleText(key.comment)}</span>}
                <span className={styles.line}>{visibleText(key.path)}</span>
                {key.fingerprint !== null && <span className={styles.fingerprint}>{key.fingerprint}</span>}
              </>
            }
          />
        ))}
        <Radio value={otherFile} label="Another file" data-autofocus={chosen === otherFile || undefined} />
      </div>
      {isOther && (
        <Stack mt={6} gap={0}>
          <TextInput
            aria-label="Path of the private key"
            placeholder="~/keys/id_ed25519"
            spellCheck={false}
            autoComplete="off"
            autoFocus={value === ''}
            value={value ?? ''}
            error={error}
            onChange={(event) => onChange(event.currentTarget.value)}
          />
        </Stack>
      )}
      {!isOther && error !== undefined && (
        <div className={styles.error} role="alert">
          {error}
        </div>
      )}
    </Radio.Group>
  );
}
