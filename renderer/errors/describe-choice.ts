import type {
  AccountChoice,
  BindingWarning,
  CommitIdentity,
  RuleScope,
} from '../../shared/contract/bindings';

/** `https://host[:port]` as people say it; another scheme stays in sight. */
export function hostWords(origin: string): string {
  return origin.replace(/^https:\/\//, '');
}

/** Where a rule holds. */
export function scopeWords(scope: RuleScope): string {
  switch (scope.kind) {
    case 'folder':
      return scope.folder;
    case 'path':
      return `${hostWords(scope.origin)}/${scope.path}`;
    case 'host':
      return hostWords(scope.origin);
    default:
      return scope satisfies never;
  }
}

/** Why this account, in a few words that go on after its name. */
export function choiceWords(choice: Pick<AccountChoice, 'source' | 'rule' | 'candidates'>): string {
  switch (choice.source) {
    case 'bound':
      return 'bound to this repository';
    case 'folder':
    case 'path':
    case 'host':
      return choice.rule ? `by the rule for ${scopeWords(choice.rule.scope)}` : 'by a rule';
    case 'namespace':
      return 'the address names its owner';
    case 'listed':
      return 'only its list has this repository';
    case 'only':
      return 'the only account that fits';
    case null:
      return choice.candidates.length > 0
        ? `${choice.candidates.length} accounts fit; you are asked which`
        : 'no account fits';
    default:
      return choice.source satisfies never;
  }
}

export function warningWords(warning: BindingWarning): string {
  switch (warning.kind) {
    case 'account-gone':
      return 'The account this repository was bound to was removed. Choose another one.';
    case 'other-host':
      return `The bound account belongs to ${warning.accountHost}, but the remote is on ${warning.remoteHost}. Its token is not sent there. Choose an account of ${warning.remoteHost}.`;
    case 'other-namespace':
      return `The bound account is for ${warning.accountNamespace}, but the remote belongs to ${warning.remoteNamespace}. It may have no access there.`;
    default:
      return warning satisfies never;
  }
}

/** `Ada <ada@work.example>`; what is left to git is left out. */
export function identityWords({ name, email, signingKey }: CommitIdentity): string {
  const who = [name, email === '' ? '' : `<${email}>`].filter((part) => part !== '').join(' ');
  return [who, signingKey === '' ? '' : `key ${signingKey}`].filter((part) => part !== '').join(', ');
}
