import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ShownSavedCredential } from '../../../shared/contract/saved-credentials';
import { ConfirmDialog } from '../../components/ConfirmDialog';
import { visibleText } from '../../components/visible-text';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import { addressOf } from './entries';

/** Says what git gets afterwards. */
export function RemoveDialog({
  entry,
  onClose,
  onRemoved,
}: {
  entry: ShownSavedCredential;
  onClose: () => void;
  onRemoved: () => void;
}) {
  const queries = useQueryClient();
  const remove = useMutation(
    query.savedCredentials.remove.mutationOptions({
      onSuccess: (list) => {
        queries.setQueryData(query.savedCredentials.list.queryKey(), list);
        onRemoved();
      },
    }),
  );
  return (
    <ConfirmDialog
      opened
      danger
      title="Remove this saved password?"
      confirm="Remove"
      busy={remove.isPending}
      onCancel={onClose}
      onConfirm={() => remove.mutate({ id: entry.id })}
    >
      <p style={{ marginTop: 0, overflowWrap: 'anywhere' }}>
        {entry.username !== '' && (
          <>
            <strong>{visibleText(entry.username)}</strong> on{' '}
          </>
        )}
        <strong>{visibleText(addressOf(entry))}</strong>. Its password is deleted from the store of this
        machine; the server keeps accepting it.
      </p>
      <p style={{ marginBottom: 0 }}>
        The next time git signs in there, an account that fits answers; without one you are asked.
      </p>
      {remove.error && <ErrorNotice error={toAppError(remove.error)} />}
    </ConfirmDialog>
  );
}
