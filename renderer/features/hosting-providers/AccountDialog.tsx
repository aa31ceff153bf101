import { Button, Group } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type {
  Account,
  AccountDraft,
  AccountField,
  KindDescriptor,
  SignInFlow,
} from '../../../shared/contract/accounts';
import { ConfirmDialog } from '../../components/ConfirmDialog';
import { Dialog } from '../../components/Dialog';
import { useOpenExternal } from '../../components/ExternalLink';
import { ProviderIcon } from '../../components/ProviderIcon';
import { describeError } from '../../errors/describe';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { client, query } from '../../rpc/client';
import { AccountFields } from './AccountFields';
import { type Correction, corrected, goTo } from './correct';
import { authenticationOf, draftOf, forSending, isChanged, newDraft } from './draft';
import classes from './hosting-providers.module.css';
import { PageSignInFooter } from './PageSignInFooter';
import { PageSignInSteps } from './PageSignInSteps';
import { SignInAppsDialog } from './SignInAppsDialog';
import { TestOutcome } from './TestOutcome';
import { TokenHelp } from './TokenHelp';
import { usePageSignIn } from './use-page-sign-in';
import { useSignIn } from './use-sign-in';
import { today, validate } from './validate';

export interface AccountDialogProps {
  kind: KindDescriptor;
  /** Set: this account is edited. */
  account?: Account;
  /** Shown at once in its field, which has the focus. */
  correction?: Correction;
  /** Decides where secrets are kept, where that is still open; false: the user did not want to. */
  ensureSecretStore: () => Promise<boolean>;
  onClose: () => void;
  onSaved: (account: Account) => void;
}

/** Add Hosting Provider, and Edit: one form, drawn from the kind's descriptor alone. */
export function AccountDialog(props: AccountDialogProps) {
  const { kind, account, correction, ensureSecretStore, onClose, onSaved } = props;
  const [initial] = useState(() => (account ? draftOf(account) : newDraft(kind)));
  const [draft, setDraft] = useState(() => (correction ? corrected(initial, kind, correction) : initial));
  const [left, setLeft] = useState<ReadonlySet<AccountField>>(new Set());
  const [isEveryErrorShown, setEveryErrorShown] = useState(false);
  const [isAskingToDiscard, setAskingToDiscard] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const openExternal = useOpenExternal();
  const signIn = useSignIn();
  const onPage = usePageSignIn();
  const [isAddingClientId, setAddingClientId] = useState(false);
  const authentication = authenticationOf(kind, draft.authenticationType);
  const sent = forSending(draft, authentication);

  // The page depends on the address only; secrets need not travel for it. No function
  // of this component in the options: the cache would keep it, and what was typed with it.
  const page = useQuery(
    query.accounts.tokenPage.queryOptions({
      input: { ...sent, token: '', privateKey: '', accountId: undefined },
      placeholderData: keepPreviousData,
      gcTime: 0,
    }),
  );

  const hasOAuth = kind.authentication.some(({ type }) => type === 'oauth');
  const app = useQuery({
    ...query.signInApps.of.queryOptions({
      input: { ...sent, token: '', privateKey: '', accountId: undefined },
      placeholderData: keepPreviousData,
      gcTime: 0,
    }),
    enabled: hasOAuth,
  });
  const isOAuth = authentication.type === 'oauth';
  // A sign-in belongs to its server; everything else of the account can change without a new one.
  const needsSignIn =
    isOAuth &&
    (account?.authenticationType !== 'oauth' ||
      draft.url !== initial.url ||
      draft.organization !== initial.organization);

  const problems = validate(draft, authentication, today());
  const shown = Object.fromEntries(
    Object.entries(problems).filter(([field]) => isEveryErrorShown || left.has(field as AccountField)),
  );
  const tested = onPage.test ?? signIn.outcome?.test ?? null;
  const failure = onPage.error ?? signIn.error;
  // Without a sign-in the Connection Doctor has nothing to go by.
  const subject = needsSignIn ? undefined : { draft: sent };
  const refusal =
    onPage.error ?? (signIn.outcome && !signIn.outcome.test.ok ? signIn.outcome.test.error : signIn.error);
  if (refusal?.kind === 'invalid-input') {
    const described = describeError(refusal, { form: true });
    if (described?.field && authentication.fields.some((field) => field.field === described.field))
      shown[described.field] ??= described.text;
  }

  const change = (next: AccountDraft) => {
    setDraft(next);
    signIn.forget();
  };
  const correct = (field: string, value?: string) => {
    change(corrected(draft, kind, { field, value }));
    goTo(form.current, field);
  };
  const isReady = () => {
    setEveryErrorShown(true);
    if (Object.keys(problems).length === 0) return true;
    // After the messages are drawn, go to the first of them.
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
    return false;
  };
  const test = async () => {
    if (!isReady()) return;
    await signIn.run('test', async (signal) => ({ test: await client.accounts.test(sent, { signal }) }));
  };
  const save = async (acceptFailure: boolean) => {
    if (!isReady() || !(await ensureSecretStore())) return;
    const saved = await signIn.run('save', (signal) =>
      client.accounts.save({ draft: sent, acceptFailure }, { signal }),
    );
    if (saved?.account) onSaved(saved.account);
  };
  const signInOnPage = async (flow: SignInFlow) => {
    if (!isReady() || !(await ensureSecretStore())) return;
    const saved = await onPage.start({ draft: sent }, flow);
    if (saved) onSaved(saved);
  };
  const close = () => {
    if (isChanged(draft, initial)) setAskingToDiscard(true);
    else onClose();
  };

  const isFailed = signIn.outcome !== null && !signIn.outcome.test.ok;
  return (
    <>
      <Dialog
        opened
        onClose={close}
        size={780}
        padding={0}
        title={
          <Group gap={8}>
            <ProviderIcon provider={kind.provider} size={18} label={false} />
            {account ? `Edit ${account.alias}` : `Add Hosting Provider: ${kind.label}`}
          </Group>
        }
        styles={{
          header: { padding: '10px 14px 10px 18px', minHeight: 0 },
          content: { display: 'flex', flexDirection: 'column', maxHeight: '92dvh' },
          body: { display: 'flex', flexDirection: 'column', minHeight: 0, flex: 1 },
        }}
      >
        <form
          ref={form}
          noValidate
          style={{ display: 'contents' }}
          onSubmit={(event) => {
            event.preventDefault();
            if (signIn.running !== null || onPage.step !== null) return;
            if (!needsSignIn) void save(false);
            else if (app.data?.app) void signInOnPage(authentication.flows?.[0] ?? 'device');
            else setAddingClientId(true);
          }}
        >
          {onPage.step ? (
            <div className={classes.fields}>
              <PageSignInSteps step={onPage.step} />
            </div>
          ) : (
            <div className={classes.form}>
              <AccountFields
                kind={kind}
                draft={draft}
                errors={shown}
                begin={correction?.field}
                onChange={change}
                hasClientId={app.data?.app != null}
                onAddClientId={() => setAddingClientId(true)}
                onLeave={(field) => {
                  // An empty field is not an error while the form is still being filled in.
                  if (draft[field].trim() !== '') setLeft((before) => new Set(before).add(field));
                }}
              />
              <TokenHelp
                authentication={authentication}
                page={page.data?.url ?? null}
                onOpen={openExternal}
              />
            </div>
          )}
          {(tested || failure) && (
            <div className={classes.outcome} role="region" aria-label="Result" tabIndex={0}>
              {tested && (
                <TestOutcome
                  test={tested}
                  authentication={authentication}
                  subject={subject}
                  onEdit={correct}
                />
              )}
              <ErrorNotice error={failure} form subject={subject} onEdit={correct} />
            </div>
          )}
          {needsSignIn ? (
            <PageSignInFooter
              flows={authentication.flows ?? []}
              enabled={app.data?.app != null}
              running={onPage.step !== null}
              onStop={() => onPage.cancel()}
              onCancel={close}
              onStart={(flow) => void signInOnPage(flow)}
            />
          ) : (
            <div className={classes.footer}>
              {signIn.running === null ? (
                <Button variant="default" onClick={() => void test()}>
                  Test connection
                </Button>
              ) : (
                <>
                  <Button variant="default" loading aria-label="Signing in">
                    Test connection
                  </Button>
                  <span role="status">Signing in…</span>
                  <Button variant="subtle" onClick={() => signIn.cancel()}>
                    Cancel test
                  </Button>
                </>
              )}
              <span className={classes.space} />
              {isFailed && signIn.running === null && (
                <Button variant="default" onClick={() => void save(true)}>
                  Save anyway
                </Button>
              )}
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" disabled={signIn.running !== null}>
                {account ? 'Save' : 'Add'}
              </Button>
            </div>
          )}
        </form>
      </Dialog>
      {isAddingClientId && (
        <SignInAppsDialog
          kinds={[kind]}
          wanted={{ kind: kind.kind, url: draft.url }}
          onClose={() => setAddingClientId(false)}
        />
      )}
      <ConfirmDialog
        opened={isAskingToDiscard}
        title="Discard what you typed?"
        confirm="Discard"
        cancel="Keep editing"
        danger
        onCancel={() => setAskingToDiscard(false)}
        onConfirm={onClose}
      >
        The account is not saved yet.
      </ConfirmDialog>
    </>
  );
}
