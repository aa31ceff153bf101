import { Button, Group, Radio, SegmentedControl, Select, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Account } from '../../../shared/contract/accounts';
import type { CommitIdentity, RuleScope, ShownRule } from '../../../shared/contract/bindings';
import { Dialog } from '../../components/Dialog';
import { DirectoryField } from '../../components/DirectoryField';
import { IdentityFields } from '../../components/IdentityFields';
import { describeError } from '../../errors/describe';
import { hostWords } from '../../errors/describe-choice';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import { completeDirectory, pickDirectory, useHasPicker } from '../../rpc/directories';
import { accountLabel, pastedScope, suggestedIdentity } from './rule-draft';

const kinds: { value: RuleScope['kind']; label: string }[] = [
  { value: 'path', label: 'Organization or path' },
  { value: 'host', label: 'Whole host' },
  { value: 'folder', label: 'Folder' },
];

export interface RuleDialogProps {
  accounts: readonly Account[];
  /** Edited; a new one otherwise. */
  rule?: ShownRule;
  onClose: () => void;
}

/** One rule: where it holds, which account answers, who commits. */
export function RuleDialog({ accounts, rule, onClose }: RuleDialogProps) {
  const known = accounts.find((account) => account.id === rule?.accountId);
  // A broken rule is repaired by an account of its host, where there is one.
  const fitting =
    rule && rule.scope.kind !== 'folder'
      ? accounts.find(
          (account) => rule.scope.kind !== 'folder' && account.origins.git.includes(rule.scope.origin),
        )
      : undefined;
  const [accountId, setAccountId] = useState((rule ? (known ?? fitting) : accounts[0])?.id ?? '');
  const [kind, setKind] = useState<RuleScope['kind']>(rule?.scope.kind ?? 'path');
  const [path, setPath] = useState(rule?.scope.kind === 'path' ? rule.scope.path : '');
  const [folder, setFolder] = useState(rule?.scope.kind === 'folder' ? rule.scope.folder : '');
  const [chosenOrigin, setOrigin] = useState(
    rule && rule.scope.kind !== 'folder' ? rule.scope.origin : undefined,
  );
  const [identity, setIdentity] = useState<CommitIdentity | null>(rule?.identity ?? null);
  const hasPicker = useHasPicker();
  const account = accounts.find((one) => one.id === accountId);
  const origins = account?.origins.git ?? [];
  const origin = chosenOrigin && origins.includes(chosenOrigin) ? chosenOrigin : (origins[0] ?? '');
  const save = useMutation(query.bindings.putRule.mutationOptions({ onSuccess: onClose }));
  const error = save.error ? toAppError(save.error) : null;
  const described = error ? describeError(error, { form: true }) : null;
  const at = (field: string) => (described?.field === field ? described.text : undefined);
  const isPlaced = ['folder', 'path', 'origin'].includes(described?.field ?? '');
  const isReady =
    account !== undefined &&
    (kind === 'host' || (kind === 'path' ? path.trim() !== '' : folder.trim() !== '')) &&
    (identity === null || identity.name + identity.email + identity.signingKey !== '');

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isReady || save.isPending) return;
    const scope: RuleScope =
      kind === 'folder'
        ? { kind, folder: folder.trim() }
        : kind === 'host'
          ? { kind, origin }
          : { kind, origin, path: path.trim() };
    save.mutate({ id: rule?.id ?? null, scope, accountId, identity });
  };
  return (
    <Dialog opened onClose={onClose} title={rule ? 'Edit rule' : 'Add rule'} size={540}>
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          <Select
            label="Account"
            data-autofocus
            allowDeselect={false}
            maxDropdownHeight={240}
            placeholder="Choose an account"
            value={accountId === '' ? null : accountId}
            error={rule && !account ? 'Its account was removed. Choose another one.' : at('accountId')}
            data={accounts.map((one) => ({ value: one.id, label: accountLabel(one) }))}
            onChange={(id) => setAccountId(id ?? '')}
          />
          <div>
            <SegmentedControl
              fullWidth
              aria-label="Where it holds"
              data={kinds}
              value={kind}
              onChange={(value) => {
                const chosen = kinds.find((each) => each.value === value);
                if (chosen) setKind(chosen.value);
                save.reset();
              }}
            />
          </div>
          {kind !== 'folder' && origins.length > 1 && (
            <Select
              label="Host"
              allowDeselect={false}
              value={origin}
              data={origins.map((each) => ({ value: each, label: hostWords(each) }))}
              onChange={(value) => setOrigin(value ?? undefined)}
            />
          )}
          {kind === 'host' && (
            <TextInput
              label="Holds for"
              readOnly
              value={origin === '' ? '' : `everything on ${hostWords(origin)}`}
              error={at('origin')}
            />
          )}
          {kind === 'path' && (
            <TextInput
              label="Organization or path"
              description={`Everything below ${hostWords(origin)}/… Whole names; capital letters do not matter. A pasted address works, too.`}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              placeholder="organization, or organization/project"
              spellCheck={false}
              autoComplete="off"
              maxLength={2000}
              value={path}
              error={at('path') ?? at('origin')}
              onChange={(event) => {
                const pasted = pastedScope(event.currentTarget.value);
                if (pasted && origins.includes(pasted.origin)) setOrigin(pasted.origin);
                setPath(pasted && origins.includes(pasted.origin) ? pasted.path : event.currentTarget.value);
                save.reset();
              }}
            />
          )}
          {kind === 'folder' && (
            <DirectoryField
              label="Folder"
              description="Repositories in it and below it whose remote is on the account’s host"
              placeholder="Full path of a directory"
              value={folder}
              error={at('folder')}
              onChange={(value) => {
                setFolder(value);
                save.reset();
              }}
              complete={completeDirectory}
              pick={
                hasPicker
                  ? async (start) => (await pickDirectory('Folder of the rule', start)) ?? null
                  : undefined
              }
            />
          )}
          <Radio.Group
            label="Commits there"
            value={identity === null ? 'git' : 'own'}
            onChange={(value) =>
              setIdentity(value === 'own' ? (rule?.identity ?? suggestedIdentity(account)) : null)
            }
          >
            <Stack gap={6} mt={4}>
              <Radio value="git" label="As Git is configured" />
              <Radio value="own" label="As this person" />
            </Stack>
          </Radio.Group>
          {identity !== null && <IdentityFields value={identity} onChange={setIdentity} />}
          {error && !isPlaced && <ErrorNotice error={error} form />}
          <Group justify="flex-end" gap="xs" mt="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!isReady} loading={save.isPending}>
              {rule ? 'Save rule' : 'Add rule'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
