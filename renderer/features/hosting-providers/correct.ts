import type {
  AccountDraft,
  AccountField,
  AuthenticationType,
  HeaderAuthentication,
  KindDescriptor,
} from '../../../shared/contract/accounts';
import { blankFields } from '../../../shared/account-draft';
import { withAuthenticationType } from './draft';

/** A field of the form that was found to be wrong, with the value that would work where it is known. */
export interface Correction {
  field: string;
  value?: string;
}

const isField = (name: string): name is AccountField => name in blankFields;

/** The draft with the value in its field; as it is where there is none. */
export function corrected(
  draft: AccountDraft,
  kind: KindDescriptor,
  { field, value }: Correction,
): AccountDraft {
  if (value === undefined) return draft;
  if (field === 'useForRepositories') return { ...draft, useForRepositories: value === 'true' };
  if (field === 'headerAuthentication') {
    const header = (['off', 'basic', 'bearer'] as HeaderAuthentication[]).find((one) => one === value);
    return header ? { ...draft, headerAuthentication: header } : draft;
  }
  if (field === 'authenticationType') {
    const type = kind.authentication.find((one) => one.type === value)?.type;
    return type ? withAuthenticationType(draft, kind, type satisfies AuthenticationType) : draft;
  }
  return isField(field) ? { ...draft, [field]: value } : draft;
}

/** Goes to the field, once it is drawn. */
export function goTo(form: HTMLElement | null, field: string): void {
  requestAnimationFrame(() => {
    const found = form?.querySelector<HTMLElement>(`[name="account-${CSS.escape(field)}"]`);
    found?.focus();
    found?.scrollIntoView({ block: 'center' });
  });
}
