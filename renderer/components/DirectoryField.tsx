import { Autocomplete, Button, Group } from '@mantine/core';
import { useEffect, useState } from 'react';

export interface DirectoryFieldProps {
  label: string;
  description?: string;
  placeholder?: string;
  value: string;
  error?: string;
  autoFocus?: boolean;
  onChange: (path: string) => void;
  /** The field was left, or a folder was picked. */
  onCommit?: (path: string) => void;
  /** Folders that continue what is typed. */
  complete: (typed: string, signal: AbortSignal) => Promise<string[]>;
  /** The system's picker; undefined when this shell has none. Resolves null when the user closed it. */
  pick?: (start: string) => Promise<string | null>;
}

/** A folder, typed with completion or picked. */
export function DirectoryField(props: DirectoryFieldProps) {
  const { value, complete, pick } = props;
  const [offered, setOffered] = useState<string[]>([]);
  const [isFocused, setFocused] = useState(false);
  useEffect(() => {
    if (!isFocused) return undefined;
    const left = new AbortController();
    complete(value, left.signal).then(
      (found) => {
        if (!left.signal.aborted) setOffered(found);
      },
      // Completion is a convenience: without it the path is typed to its end.
      () => {
        if (!left.signal.aborted) setOffered([]);
      },
    );
    return () => left.abort();
  }, [value, complete, isFocused]);
  return (
    <Group align="flex-end" gap={6} wrap="nowrap">
      <Autocomplete
        style={{ flex: 1 }}
        label={props.label}
        description={props.description}
        placeholder={props.placeholder}
        data-autofocus={props.autoFocus || undefined}
        spellCheck={false}
        maxDropdownHeight={220}
        // What a dialog starts with is not asked for, and would lie over its buttons.
        openOnFocus={!props.autoFocus}
        // The list is already the answer to what is typed.
        filter={({ options }) => options}
        data={offered}
        value={value}
        error={props.error}
        onChange={props.onChange}
        onOptionSubmit={props.onCommit}
        onFocus={() => setFocused(true)}
        onBlur={() => {
          setFocused(false);
          props.onCommit?.(value);
        }}
      />
      {pick && (
        <Button
          variant="default"
          onClick={() =>
            void pick(value).then((path) => {
              if (path === null) return;
              props.onChange(path);
              props.onCommit?.(path);
            })
          }
        >
          Choose…
        </Button>
      )}
    </Group>
  );
}
