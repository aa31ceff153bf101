import { Button, Checkbox, Group, SegmentedControl, Stack, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { HostedRepository } from '../../../shared/contract/hosted-repositories';
import { DirectoryField } from '../../components/DirectoryField';
import { visibleText } from '../../components/visible-text';
import { capital } from '../../errors/capital';
import { describeError } from '../../errors/describe';
import { choiceWords, identityWords } from '../../errors/describe-choice';
import { query, toAppError } from '../../rpc/client';
import { completeDirectory, pickDirectory, useHasPicker } from '../../rpc/directories';
import { AccountField } from './AccountField';
import { BranchField } from './BranchField';
import styles from './CloneDialog.module.css';
import { CloneOptions } from './CloneOptions';
import {
  type CloneDraft,
  chosenAccount,
  describeTarget,
  folderName,
  isHosted,
  isReady,
  withAddress,
} from './draft';
import { pastedAddress } from './pasted-address';
import { RecognisedAddress } from './RecognisedAddress';
import { useCan } from './use-can';
import { useSettled } from './use-settled';
import { useSurvey } from './use-survey';

export interface CloneFormProps {
  draft: CloneDraft;
  onDraft: (change: Partial<CloneDraft>) => void;
  hosted: HostedRepository | undefined;
  onChosen: (accountId: string) => void;
  onClose: () => void;
  onSubmit: () => void;
}

const noAccounts: string[] = [];

/** What an address means, asked when typing pauses. */
function useInspection(url: string) {
  const settled = useSettled(url.trim(), 250);
  const asked = useQuery({
    ...query.repositories.inspectRemote.queryOptions({ input: { url: settled } }),
    enabled: settled !== '',
    placeholderData: keepPreviousData,
  });
  return {
    inspection: settled === '' || settled !== url.trim() || asked.isPlaceholderData ? undefined : asked.data,
    error: asked.error === null ? null : toAppError(asked.error),
  };
}

function useTarget(parent: string, name: string) {
  const settledParent = useSettled(parent.trim(), 250);
  const settledName = useSettled(name.trim(), 250);
  const asked = useQuery({
    ...query.repositories.inspectTarget.queryOptions({ input: { parent: settledParent, name: settledName } }),
    enabled: settledParent !== '' && settledName !== '',
    // The disk changes without telling.
    staleTime: 0,
    gcTime: 0,
  });
  const current = settledParent === parent.trim() && settledName === name.trim();
  return current && asked.data ? describeTarget(asked.data) : null;
}

/** The account that would answer, and why: the parent folder may have a rule. */
function useChoice(url: string | undefined, parent: string, name: string) {
  const folder = useSettled(parent.trim(), 250);
  const directory =
    folder === '' || name.trim() === '' ? null : `${folder.replace(/[\\/]+$/, '')}/${name.trim()}`;
  const asked = useQuery({
    ...query.bindings.choiceFor.queryOptions({ input: { url: url ?? '', directory } }),
    enabled: url !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  return url === undefined ? undefined : asked.data;
}

export function CloneForm({ draft, onDraft, hosted, onChosen, onClose, onSubmit }: CloneFormProps) {
  const { inspection, error } = useInspection(draft.url);
  const accounts = useQuery(query.accounts.list.queryOptions());
  const target = useTarget(draft.parent, draft.name);
  const hasPicker = useHasPicker();
  const recognised = inspection?.ok ? inspection : undefined;
  const matching = recognised?.accountIds ?? noAccounts;
  const suggestedName = recognised?.suggestedName;

  const choice = useChoice(recognised?.url, draft.parent, draft.name);
  const preselected = choice?.accountId ?? '';
  useEffect(() => onChosen(preselected), [preselected, onChosen]);
  useEffect(() => {
    if (suggestedName !== undefined && !draft.nameTouched && hosted === undefined)
      onDraft({ name: folderName(suggestedName) });
    // Only a new suggestion may rename, not each render.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [suggestedName]);

  const refusal = inspection && !inspection.ok ? inspection.error : error;
  const refused = refusal ? describeError(refusal) : null;
  const canSsh = useCan()('ssh');
  const unreachable = recognised?.protocol === 'ssh' && canSsh !== true ? canSsh : undefined;
  const ready =
    recognised !== undefined && unreachable === undefined && target?.good === true && isReady(draft.plan);
  const accountId = chosenAccount(draft, preselected);
  const { survey, asking } = useSurvey(recognised?.url, accountId, draft.branch);
  const why = choice && draft.accountId === null ? capital(choiceWords(choice)) : undefined;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onSubmit();
      }}
    >
      <Stack gap="sm">
        {hosted?.sshUrl && (
          <SegmentedControl
            aria-label="Protocol"
            data={[
              { value: hosted.httpsUrl, label: 'HTTPS' },
              { value: hosted.sshUrl, label: 'SSH' },
            ]}
            value={draft.url}
            onChange={(url) => onDraft(withAddress(draft, url))}
          />
        )}
        <TextInput
          label="Address"
          placeholder="https://host/group/repository.git or git@host:group/repository.git"
          value={draft.url}
          onChange={(event) => onDraft(withAddress(draft, event.currentTarget.value))}
          onPaste={(event) => {
            const field = event.currentTarget;
            // Only where the paste is the whole address.
            if (field.selectionStart !== 0 || field.selectionEnd !== field.value.length) return;
            event.preventDefault();
            const pasted = pastedAddress(event.clipboardData.getData('text'), accounts.data ?? []);
            onDraft(withAddress(draft, pasted));
          }}
          error={refused ? refused.text : unreachable}
          spellCheck={false}
          autoComplete="off"
          data-autofocus={hosted === undefined || undefined}
        />
        {recognised && <RecognisedAddress inspection={recognised} />}
        <div className={styles.row}>
          <AccountField
            value={accountId === '' ? draft.accountId : accountId}
            matching={matching}
            ssh={recognised?.protocol === 'ssh'}
            why={why}
            onChange={(id) => onDraft({ accountId: id })}
          />
          <BranchField
            url={recognised?.url}
            accountId={accountId}
            known={hosted?.defaultBranch ?? null}
            value={draft.branch}
            onChange={(branch) => onDraft({ branch })}
          />
        </div>
        {choice?.identity && accountId === choice.accountId && (
          <Checkbox
            label={`Commit as ${visibleText(identityWords(choice.identity))}`}
            description="The identity of this rule, written into the new repository’s own configuration"
            checked={draft.applyIdentity}
            onChange={(event) => onDraft({ applyIdentity: event.currentTarget.checked })}
          />
        )}
        <DirectoryField
          label="Parent directory"
          value={draft.parent}
          onChange={(parent) => onDraft({ parent })}
          complete={completeDirectory}
          placeholder="Full path of a directory"
          pick={hasPicker ? async (start) => (await pickDirectory('Clone into', start)) ?? null : undefined}
        />
        <TextInput
          label="Folder name"
          value={draft.name}
          onChange={(event) => onDraft({ name: event.currentTarget.value, nameTouched: true })}
          error={target && !target.good ? target.text : undefined}
          description={target?.good ? target.text : 'The new folder inside the parent directory'}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          spellCheck={false}
          autoComplete="off"
        />
        <CloneOptions
          url={recognised?.url}
          accountId={accountId}
          survey={survey}
          asking={asking}
          listedSize={isHosted(draft, hosted) ? (hosted?.sizeBytes ?? null) : null}
          plan={draft.plan}
          onPlan={(plan) => onDraft({ plan })}
        />
        <Group justify="flex-end" gap="xs" mt="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!ready} data-autofocus={hosted !== undefined || undefined}>
            Clone
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
