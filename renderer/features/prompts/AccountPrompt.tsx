import { Button, Group, Radio, Stack } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Remember } from '../../../shared/contract/prompts';
import { ProviderIcon } from '../../components/ProviderIcon';
import { StatusBadge } from '../../components/StatusBadge';
import { visibleText } from '../../components/visible-text';
import { ErrorNotice } from '../../errors/ErrorNotice';
import styles from './AccountPrompt.module.css';
import { QuestionSubject } from './QuestionSubject';
import type { QuestionProps, Questions } from './question';

function rememberWords(remember: Remember, question: Questions['account']): string {
  switch (remember) {
    case 'repository':
      return 'This repository';
    case 'organization':
      return `Everything below ${question.host}/${question.organization ?? ''}`;
    case 'host':
      return `Everything on ${question.host}`;
    case 'once':
      return 'Only now; ask me again';
    default:
      return remember satisfies never;
  }
}

/** Which of several accounts that fit equally well, and for how long. */
export function AccountPrompt({ question, failure, isPending, onAnswer }: QuestionProps<'account'>) {
  const first = question.candidates.find(({ tried }) => !tried) ?? question.candidates[0];
  const [accountId, setAccountId] = useState(first?.accountId ?? '');
  const [remember, setRemember] = useState<Remember>(question.remember[0] ?? 'once');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (accountId !== '') void onAnswer({ kind: 'account', accountId, remember });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <QuestionSubject {...question}>: several of your accounts fit. Which one is it for?</QuestionSubject>
        <Radio.Group label="Account" value={accountId} onChange={setAccountId}>
          <div className={styles.candidates}>
            {question.candidates.map((candidate) => (
              <Radio.Card
                key={candidate.accountId}
                value={candidate.accountId}
                className={styles.candidate}
                data-autofocus={candidate === first || undefined}
                onKeyDown={(event) => {
                  // A card is a button: Enter would choose it again, and means the answer.
                  if (event.key !== 'Enter') return;
                  event.preventDefault();
                  event.currentTarget.form?.requestSubmit();
                }}
              >
                <Radio.Indicator />
                <ProviderIcon provider={candidate.provider} size={20} label={false} />
                <span className={styles.who}>
                  <strong>{visibleText(candidate.alias)}</strong>
                  <span className={styles.second}>
                    {visibleText(
                      [candidate.user, candidate.organization].filter((part) => part !== '').join(' in ') ||
                        question.host,
                    )}
                  </span>
                </span>
                {candidate.tried && !candidate.refused && (
                  <StatusBadge tone="neutral">Tried last time</StatusBadge>
                )}
                {candidate.refused && <StatusBadge tone="warn">Token refused</StatusBadge>}
              </Radio.Card>
            ))}
          </div>
        </Radio.Group>
        <Radio.Group
          label="Remember this for"
          value={remember}
          onChange={(value) => {
            const chosen = question.remember.find((each) => each === value);
            if (chosen) setRemember(chosen);
          }}
        >
          <Stack gap={6} mt={4}>
            {question.remember.map((each) => (
              <Radio
                key={each}
                value={each}
                label={visibleText(rememberWords(each, question))}
                styles={{ label: { overflowWrap: 'anywhere' } }}
              />
            ))}
          </Stack>
        </Radio.Group>
        <ErrorNotice error={failure} form />
        <Group justify="space-between" gap="xs">
          <Button
            variant="subtle"
            color="gray"
            disabled={isPending}
            onClick={() => void onAnswer({ kind: 'account', accountId: null, remember: 'once' })}
          >
            None of them
          </Button>
          <Group gap="xs">
            <Button variant="default" onClick={() => void onAnswer({ kind: 'dismiss' })}>
              Cancel
            </Button>
            <Button type="submit" loading={isPending} disabled={accountId === ''}>
              Use this account
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}
