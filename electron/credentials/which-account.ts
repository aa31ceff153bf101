import type { Account } from '../../shared/contract/accounts';
import type { Answer, Remember } from '../../shared/contract/prompts';
import { fail } from '../../shared/errors';
import { hostWithPort } from '../../shared/remote-url';
import type { AskedQuestion, PromptBroker } from '../prompts/broker';
import type { AccountChoices, Choice, ChoiceSubject } from './account-choice';
import { createSharedQuestions } from './shared-question';

/** On whose behalf an account is wanted. */
export interface Asking {
  /** Shown to the user: `clone`, `list branches`. */
  operation: string;
  /** False: background work, never asks. */
  interactive: boolean;
  signal: AbortSignal;
  /** See `AccountChoices.choose`. */
  forGit?: boolean;
  /** Absolute folder git works in, where a terminal asks. */
  folder?: string;
  /** The account that was chosen last, and did not get in. */
  tried?: string | null;
}

type AccountAnswer = Extract<Answer, { kind: 'account' }>;

interface Open {
  path: string;
  question: AskedQuestion;
  waiting: number;
  /** Resolves when nobody waits for the answer any more. */
  settled: Promise<void>;
  settle: () => void;
}

function candidateOf(account: Account, tried: string | null | undefined) {
  return {
    accountId: account.id,
    alias: account.alias,
    provider: account.provider,
    user: account.user?.login || account.user?.name || account.username || account.email,
    organization: account.organization || account.collection,
    refused: account.state.status === 'refused',
    ...(account.id === tried ? { tried: true } : {}),
  };
}

/**
 * Chooses an account, asking where several fit equally well. One question at a
 * time for a host: whoever waits looks again once it is answered, because the
 * answer may have been for the whole organization or host. The account is null
 * when the user wants none of them. Rejects `several-accounts` when nobody may
 * be asked or the question was closed, and `cancelled`.
 */
export function createWhichAccount(
  choices: Pick<AccountChoices, 'choose' | 'remember' | 'organizationOf'>,
  prompts: PromptBroker,
): AccountChoices['resolve'] {
  const ask = createSharedQuestions(prompts);
  const open = new Map<string, Open>();

  const questionFor = (
    subject: ChoiceSubject,
    candidates: Account[],
    { operation, folder, tried }: Asking,
  ): AskedQuestion => {
    const { url } = subject;
    const organizations = new Set(candidates.map((account) => choices.organizationOf(url, account)));
    const [organization = null] = organizations.size === 1 ? organizations : [];
    const remember: Remember[] = [
      'repository',
      ...(organization ? (['organization'] as const) : []),
      'host',
      'once',
    ];
    return {
      kind: 'account',
      operation,
      host: hostWithPort(url),
      path: url.path,
      candidates: candidates
        .map((account) => candidateOf(account, tried))
        .sort((a, b) => a.alias.localeCompare(b.alias)),
      remember,
      organization,
      ...(folder === undefined ? {} : { folder }),
    };
  };

  const enter = (subject: ChoiceSubject, candidates: Account[], asking: Asking): Open => {
    const { url } = subject;
    const known = open.get(url.origin);
    if (known) {
      known.waiting += 1;
      return known;
    }
    let settle = () => undefined as void;
    const settled = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const made = {
      path: url.path,
      question: questionFor(subject, candidates, asking),
      waiting: 1,
      settled,
      settle,
    };
    open.set(url.origin, made);
    return made;
  };
  const leave = (origin: string, entry: Open) => {
    entry.waiting -= 1;
    if (entry.waiting > 0) return;
    if (open.get(origin) === entry) open.delete(origin);
    entry.settle();
  };

  return async (subject, asking): Promise<Choice> => {
    const { interactive, signal, forGit } = asking;
    const { url } = subject;
    for (;;) {
      const choice = await choices.choose(subject, { forGit });
      if (choice.account || choice.candidates.length === 0) return choice;
      const undecided = () =>
        fail({
          kind: 'several-accounts',
          host: hostWithPort(url),
          path: url.path,
          accountIds: choice.candidates.map((account) => account.id),
        });
      if (!interactive) return undecided();
      if (signal.aborted) fail({ kind: 'cancelled' });
      const other = open.get(url.origin);
      if (other && other.path !== url.path) {
        await until(other.settled, signal);
        continue;
      }
      const entry = enter(subject, choice.candidates, asking);
      let answer: AccountAnswer;
      try {
        const given = await ask(entry.question, signal);
        answer = given.kind === 'account' ? given : undecided();
        const account = choice.candidates.find((one) => one.id === answer.accountId);
        // Remembered before the next in the queue looks again.
        if (account) choices.remember(subject, account.id, answer.remember);
        else if (answer.accountId !== null) undecided();
        return { ...choice, account: account ?? null, source: null, candidates: [] };
      } finally {
        leave(url.origin, entry);
      }
    }
  };
}

/** Waits for `settled`; rejects `cancelled` when the signal ends first. */
async function until(settled: Promise<void>, signal: AbortSignal): Promise<void> {
  let stop = () => undefined as void;
  try {
    await Promise.race([
      settled,
      new Promise<never>((_resolve, reject) => {
        const abort = () => {
          try {
            fail({ kind: 'cancelled' });
          } catch (error) {
            reject(error);
          }
        };
        signal.addEventListener('abort', abort, { once: true });
        stop = () => signal.removeEventListener('abort', abort);
      }),
    ]);
  } finally {
    stop();
  }
}
