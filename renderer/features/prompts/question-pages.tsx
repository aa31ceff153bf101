import type { ReactNode } from 'react';
import { AccountPrompt } from './AccountPrompt';
import { CredentialsPrompt } from './CredentialsPrompt';
import { OtherHostPrompt } from './OtherHostPrompt';
import { PassphrasePrompt } from './PassphrasePrompt';
import { ProgramPrompt } from './ProgramPrompt';
import type { QuestionKind, QuestionProps } from './question';
import { SaveCredentialPrompt } from './SaveCredentialPrompt';
import { SshHostKeyPrompt } from './SshHostKeyPrompt';
import { SshPassphrasePrompt } from './SshPassphrasePrompt';
import { SshPasswordPrompt } from './SshPasswordPrompt';
import { SshTouchPrompt } from './SshTouchPrompt';

interface QuestionPage<Kind extends QuestionKind> {
  title: string;
  page: (props: QuestionProps<Kind>) => ReactNode;
}

/** How each kind of question is asked: a line and a file. */
const questionPages: { [Kind in QuestionKind]: QuestionPage<Kind> } = {
  account: { title: 'Which account?', page: (props) => <AccountPrompt {...props} /> },
  credentials: { title: 'Sign in', page: (props) => <CredentialsPrompt {...props} /> },
  passphrase: { title: 'Unlock your tokens', page: (props) => <PassphrasePrompt {...props} /> },
  'other-host': { title: 'Sign in to another host?', page: (props) => <OtherHostPrompt {...props} /> },
  'save-credential': { title: 'Keep this password?', page: (props) => <SaveCredentialPrompt {...props} /> },
  'ssh-host-key': { title: 'Unknown SSH server', page: (props) => <SshHostKeyPrompt {...props} /> },
  'ssh-passphrase': {
    title: 'Passphrase of an SSH key',
    page: (props) => <SshPassphrasePrompt {...props} />,
  },
  'ssh-password': { title: 'Password over SSH', page: (props) => <SshPasswordPrompt {...props} /> },
  'ssh-touch': { title: 'Touch your security key', page: (props) => <SshTouchPrompt {...props} /> },
  'program-question': { title: 'A program asks', page: (props) => <ProgramPrompt {...props} /> },
};

export function titleOf(kind: QuestionKind): string {
  return questionPages[kind].title;
}

export function pageOf<Kind extends QuestionKind>(kind: Kind, props: QuestionProps<Kind>): ReactNode {
  const found: { [Each in QuestionKind]: QuestionPage<Each> }[Kind] = questionPages[kind];
  return found.page(props);
}
