import { Autocomplete, Button, Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { usePerformErrorAction } from '../../errors/actions';
import { describeInOneLine } from '../../errors/describe';
import { isDiagnosable } from '../../errors/diagnosable';
import { query, toAppError } from '../../rpc/client';

export interface BranchFieldProps {
  /** The address once it is understood. */
  url: string | undefined;
  accountId: string;
  /** Default branch as the list tells it. */
  known: string | null;
  value: string;
  onChange: (branch: string) => void;
}

/** Free text; the remote's branches are asked for when the field is first used. */
export function BranchField({ url, accountId, known, value, onChange }: BranchFieldProps) {
  const perform = usePerformErrorAction();
  const [used, setUsed] = useState(false);
  const asked = useQuery({
    ...query.repositories.remoteBranches.queryOptions({
      input: { url: url ?? '', accountId: accountId === '' ? null : accountId },
    }),
    enabled: used && url !== undefined,
    staleTime: 60_000,
  });
  const head = asked.data?.head ?? known;
  const error = asked.error === null ? null : toAppError(asked.error);
  return (
    <div>
      <Autocomplete
        label="Branch"
        value={value}
        onChange={onChange}
        onFocus={() => setUsed(true)}
        data={asked.data?.branches ?? []}
        limit={200}
        maxDropdownHeight={220}
        placeholder={head === null ? 'Default branch' : `Default branch (${head})`}
        rightSection={
          asked.isFetching ? <Loader size={14} role="status" aria-label="Reading branches" /> : undefined
        }
        description={
          error === null
            ? undefined
            : `Branches could not be read; you can type one. ${describeInOneLine(error)}`
        }
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        spellCheck={false}
      />
      {error !== null && url !== undefined && isDiagnosable(error) && (
        <Button
          mt={4}
          size="compact-xs"
          variant="default"
          onClick={() =>
            perform({
              kind: 'diagnose',
              label: '',
              subject: { url, accountId: accountId === '' ? null : accountId, error },
            })
          }
        >
          Find out why
        </Button>
      )}
    </div>
  );
}
