import { Button, Checkbox, Group, Stack } from '@mantine/core';
import { useState } from 'react';
import { ExternalLink } from '../../components/ExternalLink';
import { Note } from '../../components/Note';
import { visibleText } from '../../components/visible-text';
import { ErrorNotice } from '../../errors/ErrorNotice';
import classes from './prompts.module.css';
import { operationWords } from './question-words';
import type { QuestionProps, Questions } from './question';

type HostKeyQuestion = Questions['ssh-host-key'];

/** In groups of four, so that the eye finds its place when it compares; copied as one word. */
function FingerprintText({ text }: { text: string }) {
  const [, kind = '', digits = text] = /^(SHA256:|MD5:)?(.*)$/.exec(text) ?? [];
  const groups = kind === 'SHA256:' ? (digits.match(/.{1,4}/g) ?? []) : [digits];
  return (
    <span className={classes.fingerprint}>
      {kind}
      {groups.map((group, index) => (
        // The same four characters may stand in it twice.
        <span key={`${index} ${group}`}>
          {group}
          <wbr />
        </span>
      ))}
    </span>
  );
}

function Published({ question }: { question: HostKeyQuestion }) {
  const { published } = question;
  const host = visibleText(question.host);
  if (published === null)
    return (
      <Note>
        No published key is known to Polyforge for this server. Ask whoever runs it for the fingerprint, over
        another way than this one, and compare.
      </Note>
    );
  const page = <ExternalLink url={published.url}>what {published.by} publishes</ExternalLink>;
  return published.matches ? (
    <Note tone="good">
      This is a key that {published.by} publishes for {host}. See {page}.
    </Note>
  ) : (
    <Note tone="warn">
      <strong>
        {published.by} does not publish this key for {host}.
      </strong>{' '}
      Somebody between you and the server may be posing as it. Do not connect, unless {page} shows this very
      fingerprint.
    </Note>
  );
}

/** A server ssh has not seen before. Where the provider publishes other keys, stopping is the answer that lies near. */
export function SshHostKeyPrompt({ question, failure, isPending, onAnswer }: QuestionProps<'ssh-host-key'>) {
  const [isSure, setSure] = useState(false);
  const isPublished = question.published?.matches === true;
  const isSuspect = question.published?.matches === false;
  const answer = (accept: boolean) => void onAnswer({ kind: 'ssh-host-key', accept });
  return (
    <Stack gap={12}>
      <div className={classes.subject}>
        {operationWords(question.operation)} a repository
        {question.repositoryHost !== null && (
          <>
            {' '}
            on <strong>{visibleText(question.repositoryHost)}</strong>
          </>
        )}
        : ssh does not know the server <strong>{visibleText(question.host)}</strong> yet, which shows this
        key:
      </div>
      <dl className={classes.facts}>
        {question.address !== null && (
          <>
            <dt>Address</dt>
            <dd>{visibleText(question.address)}</dd>
          </>
        )}
        <dt>Key</dt>
        <dd>{question.keyType}</dd>
        <dt>Fingerprint</dt>
        <dd>
          <FingerprintText text={question.fingerprint} />
        </dd>
        {question.otherNames.length > 0 && (
          <>
            <dt>Known as</dt>
            <dd>
              {question.otherNames.slice(0, 4).map((name) => (
                <div key={name}>{visibleText(name)}</div>
              ))}
            </dd>
          </>
        )}
      </dl>
      {question.repositoryHost !== null && (
        <Note>
          This is not the repository’s own server: your ssh settings lead to it by way of this one, or by this
          name.
        </Note>
      )}
      {question.otherTypesKnown && (
        <Note tone="warn">
          ssh knows keys of another type for this server. Servers seldom add one: ask whoever runs it.
        </Note>
      )}
      <Published question={question} />
      {isSuspect && (
        <Checkbox
          label="I have compared the fingerprint, and it is the server’s"
          checked={isSure}
          onChange={(event) => setSure(event.currentTarget.checked)}
        />
      )}
      <ErrorNotice error={failure} form />
      <Group justify="flex-end" gap="xs">
        {isSuspect ? (
          <>
            <Button
              variant="default"
              className={classes.danger}
              loading={isPending}
              disabled={!isSure}
              onClick={() => answer(true)}
            >
              Connect anyway
            </Button>
            <Button data-autofocus onClick={() => answer(false)}>
              Do not connect
            </Button>
          </>
        ) : (
          <>
            <Button
              variant="default"
              data-autofocus={!isPublished || undefined}
              onClick={() => answer(false)}
            >
              Do not connect
            </Button>
            <Button
              data-autofocus={isPublished || undefined}
              loading={isPending}
              onClick={() => answer(true)}
            >
              Trust this server
            </Button>
          </>
        )}
      </Group>
      <div className={classes.aside}>
        {isSuspect
          ? 'Escape stops as well.'
          : 'ssh remembers the key and compares it from now on. Escape stops.'}
      </div>
    </Stack>
  );
}
