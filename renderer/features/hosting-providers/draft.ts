import type {
  AccountDraft,
  AccountField,
  AuthenticationDescriptor,
  AuthenticationType,
  KindDescriptor,
} from '../../../shared/contract/accounts';
import { blankFields } from '../../../shared/account-draft';

export { draftOf } from '../../../shared/account-draft';

export function authenticationOf(kind: KindDescriptor, type: AuthenticationType): AuthenticationDescriptor {
  const found = kind.authentication.find((each) => each.type === type) ?? kind.authentication[0];
  if (!found) throw new Error(`${kind.kind} has no authentication type`);
  return found;
}

/** Fields as the kind prefills them. */
function initialFields(authentication: AuthenticationDescriptor): Partial<Record<AccountField, string>> {
  return Object.fromEntries(authentication.fields.map((field) => [field.field, field.initial ?? '']));
}

/** The Add dialog's starting point. */
export function newDraft(kind: KindDescriptor, type?: AuthenticationType): AccountDraft {
  const authentication = authenticationOf(kind, type ?? kind.authentication[0]?.type ?? 'personal');
  return {
    ...blankFields,
    ...initialFields(authentication),
    kind: kind.kind,
    authenticationType: authentication.type,
    useForRepositories: true,
    headerAuthentication: authentication.header.initial,
  };
}

/**
 * Switches the form to another authentication type. What the user typed stays,
 * also in fields that are hidden now; values that were only prefilled change
 * to the new type's own.
 */
export function withAuthenticationType(
  draft: AccountDraft,
  kind: KindDescriptor,
  type: AuthenticationType,
): AccountDraft {
  const before = authenticationOf(kind, draft.authenticationType);
  const after = authenticationOf(kind, type);
  const old = initialFields(before);
  const next: AccountDraft = { ...draft, authenticationType: after.type };
  for (const { field, initial } of after.fields)
    if (draft[field] === '' || draft[field] === old[field]) next[field] = initial ?? draft[field];
  if (
    draft.headerAuthentication === before.header.initial ||
    !after.header.choices.includes(draft.headerAuthentication)
  )
    next.headerAuthentication = after.header.initial;
  return next;
}

/** What is sent: only the fields this form shows, the token name blank when it is ignored. */
export function forSending(draft: AccountDraft, authentication: AuthenticationDescriptor): AccountDraft {
  const shown = new Set(authentication.fields.map((field) => field.field));
  const sent = { ...draft };
  for (const field of Object.keys(blankFields) as AccountField[]) if (!shown.has(field)) sent[field] = '';
  if (shown.has('tokenName') && draft.headerAuthentication !== 'off') sent.tokenName = '';
  return sent;
}

export function isChanged(draft: AccountDraft, initial: AccountDraft): boolean {
  return (Object.keys(draft) as (keyof AccountDraft)[]).some((key) => draft[key] !== initial[key]);
}
