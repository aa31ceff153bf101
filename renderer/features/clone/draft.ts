import type { Account } from '../../../shared/contract/accounts';
import { wholeClone } from '../../../shared/clone-plan';
import type { ClonePlan } from '../../../shared/contract/clone-plan';
import type { HostedRepository } from '../../../shared/contract/hosted-repositories';
import type { CloneInput, cloneTargetSchema } from '../../../shared/contract/repositories';
import type { z } from 'zod';

export type CloneTarget = z.infer<typeof cloneTargetSchema>;

/** What the user typed and chose. It survives every failure. */
export interface CloneDraft {
  url: string;
  parent: string;
  name: string;
  /** Typed by hand: no longer follows the address. */
  nameTouched: boolean;
  /** Empty: no account, ask for a password. Null: not chosen, the one by rule or address is taken. */
  accountId: string | null;
  branch: string;
  /** Write the identity of the rule into the clone, where there is one. */
  applyIdentity: boolean;
  /** How much of it comes along. */
  plan: ClonePlan;
}

export function draftFor(
  initial: { url?: string; hosted?: HostedRepository } | undefined,
  preferred: { cloneParent: string; cloneProtocol: 'https' | 'ssh' },
): CloneDraft {
  const { hosted } = initial ?? {};
  const ssh = preferred.cloneProtocol === 'ssh' ? hosted?.sshUrl : null;
  return {
    url: ssh ?? hosted?.httpsUrl ?? initial?.url ?? '',
    parent: preferred.cloneParent,
    name: hosted === undefined ? '' : folderName(hosted.name),
    nameTouched: false,
    accountId: hosted?.accountId ?? null,
    branch: '',
    applyIdentity: true,
    plan: wholeClone,
  };
}

/** A folder name every system takes: no separators, no control or reserved characters, no trailing dot or space. */
export function folderName(name: string): string {
  const cleaned = name
    // oxlint-disable-next-line no-control-regex
    .replace(/[\u0000-\u001f<>:"/\\|?*]+/g, '-')
    .replace(/^[.\s-]+|[.\s]+$/g, '');
  return cleaned === '' ? 'repository' : cleaned.slice(0, 255);
}

/** Matching accounts first, in the order given by the core, then the others by name. */
export function accountsInOrder(accounts: readonly Account[], matching: readonly string[]): Account[] {
  const rank = (account: Account) => {
    const position = matching.indexOf(account.id);
    return position < 0 ? matching.length : position;
  };
  return [...accounts].sort(
    (left, right) => rank(left) - rank(right) || left.alias.localeCompare(right.alias),
  );
}

/** The account a clone would use now; empty: none, credentials are asked for. */
export function chosenAccount(draft: CloneDraft, preselected: string): string {
  return draft.accountId ?? preselected;
}

/** A plan may be half made: folders are to be chosen, and none is yet. */
export function isReady(plan: ClonePlan): boolean {
  return plan.sparse === null || plan.sparse.length > 0;
}

/** Another address is another repository: what was chosen of its folders and its submodules is not in it. */
export function withAddress(draft: CloneDraft, url: string): Partial<CloneDraft> {
  return { url, plan: { ...draft.plan, sparse: null, submodules: null } };
}

/** Whether the address is the hosted repository's own. */
export function isHosted({ url }: CloneDraft, hosted: HostedRepository | undefined): boolean {
  return hosted !== undefined && (url === hosted.httpsUrl || url === hosted.sshUrl);
}

export function inputOf(
  draft: CloneDraft,
  accountId: string,
  hosted: HostedRepository | undefined,
): CloneInput {
  return {
    url: draft.url.trim(),
    parent: draft.parent.trim(),
    name: draft.name.trim(),
    accountId: accountId === '' ? null : accountId,
    withoutAccount: draft.accountId === '',
    branch: draft.branch.trim() === '' ? null : draft.branch.trim(),
    hostedKey: hosted && isHosted(draft, hosted) ? hosted.key : null,
    applyIdentity: draft.applyIdentity,
    plan: draft.plan,
  };
}

/** One sentence about the target folder; `good` when a clone may start. */
export function describeTarget(target: CloneTarget): { good: boolean; text: string } {
  switch (target.state) {
    case 'absent':
      return { good: true, text: `Will be created: ${target.path}` };
    case 'empty':
      return { good: true, text: `An empty folder is there already and will be used: ${target.path}` };
    case 'not-empty':
      return { good: false, text: `${target.path} holds files already. Choose another name or directory.` };
    case 'not-writable':
      return { good: false, text: `Nothing can be written at ${target.path}. Choose another directory.` };
    case 'invalid':
      return { good: false, text: 'Give a full directory path and a plain folder name.' };
    default:
      return target.state satisfies never;
  }
}
