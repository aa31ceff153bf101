import { randomUUID } from 'node:crypto';
import type { Answer } from '../../shared/contract/prompts';
import { AppFailure } from '../../shared/errors';
import type { AskedQuestion, PromptBroker } from '../prompts/broker';

/**
 * Asks; operations with the same question at the same time share one. So do
 * all operations of one account whose token does not work: it is put right for
 * all of them, while a user name and password are for one repository alone. A
 * question closes when nobody waits for it any more.
 */
export type Ask = (question: AskedQuestion, signal: AbortSignal) => Promise<Answer>;

interface Member {
  question: AskedQuestion;
  /** Null: the answer was for another repository, this one has to ask again. */
  settle(answer: Answer | null): void;
  fail(error: unknown): void;
}

interface Group {
  id: string;
  members: Member[];
  /** What the page shows of it. */
  shown: AskedQuestion;
  close: AbortController;
}

/** What the answer depends on; which operation asks, and from where, is only shown. */
function keyOf(question: AskedQuestion): string {
  // A key has one passphrase, whichever repository it is for.
  if (question.kind === 'ssh-passphrase') return `${question.kind} ${question.reason} ${question.keyPath}`;
  if (question.kind === 'other-host')
    return JSON.stringify([question.kind, question.host, question.path, question.otherHost]);
  if (question.kind !== 'credentials') return JSON.stringify(question);
  const { kind, reason, accountId, protocol, host, path, username } = question;
  const isAboutAccount =
    accountId !== null && (reason === 'account-refused' || reason === 'secret-unavailable');
  return JSON.stringify(
    isAboutAccount ? [kind, reason, accountId] : [kind, reason, accountId, protocol, host, path, username],
  );
}

function isForSame(one: AskedQuestion, other: AskedQuestion): boolean {
  if (one.kind !== 'credentials' || other.kind !== 'credentials') return one.kind === other.kind;
  return one.protocol === other.protocol && one.host === other.host && one.path === other.path;
}

/** The oldest operation's words, and how many more wait. */
function worded({ members }: Group): AskedQuestion | null {
  const [oldest] = members;
  if (!oldest) return null;
  const others = members.filter((member) => !isForSame(member.question, oldest.question)).length;
  return oldest.question.kind === 'credentials' && others > 0
    ? { ...oldest.question, waiting: others }
    : oldest.question;
}

export function createSharedQuestions(prompts: PromptBroker): Ask {
  const open = new Map<string, Group>();

  /** Shows the group's question, under a name of its own: an answer to what was shown before finds nobody. */
  const pose = (key: string, group: Group) => {
    const close = new AbortController();
    group.id = randomUUID();
    group.close = close;
    const end = () => {
      if (open.get(key) === group) open.delete(key);
      const [oldest] = group.members;
      return { members: group.members.splice(0), oldest };
    };
    prompts.ask(group.shown, close.signal, group.id).then(
      (answer) => {
        if (group.close !== close) return;
        const { members, oldest } = end();
        for (const each of members) {
          const isMeant =
            answer.kind !== 'credentials' || (oldest && isForSame(each.question, oldest.question));
          each.settle(isMeant ? answer : null);
        }
      },
      (error: unknown) => {
        if (group.close !== close) return;
        for (const each of end().members) each.fail(error);
      },
    );
  };

  const begin = (key: string, member: Member) => {
    const group: Group = { id: '', members: [member], shown: member.question, close: new AbortController() };
    open.set(key, group);
    pose(key, group);
  };

  const revise = (key: string, group: Group) => {
    const question = worded(group);
    if (!question || JSON.stringify(question) === JSON.stringify(group.shown)) return;
    const { close, id, shown } = group;
    group.shown = question;
    if (isForSame(question, shown)) {
      prompts.revise(id, question);
      return;
    }
    // What is typed by now was typed for another repository, perhaps for another server.
    pose(key, group);
    close.abort();
  };

  const join = (key: string, member: Member) => {
    const group = open.get(key);
    if (!group) {
      begin(key, member);
      return;
    }
    group.members.push(member);
    revise(key, group);
  };

  const leave = (key: string, member: Member) => {
    const group = open.get(key);
    if (!group?.members.includes(member)) return;
    group.members.splice(group.members.indexOf(member), 1);
    if (group.members.length > 0) {
      revise(key, group);
      return;
    }
    open.delete(key);
    group.close.abort();
  };

  return async (question, signal) => {
    const key = keyOf(question);
    for (;;) {
      if (signal.aborted) throw new AppFailure({ kind: 'cancelled' });
      const answer = await new Promise<Answer | null>((resolve, reject) => {
        const member: Member = {
          question,
          settle(given) {
            signal.removeEventListener('abort', abort);
            resolve(given);
          },
          fail(error) {
            signal.removeEventListener('abort', abort);
            reject(error);
          },
        };
        const abort = () => {
          leave(key, member);
          reject(new AppFailure({ kind: 'cancelled' }));
        };
        signal.addEventListener('abort', abort, { once: true });
        join(key, member);
      });
      if (answer !== null) return answer;
    }
  };
}
