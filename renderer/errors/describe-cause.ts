import type { DoctorStep, Finding, Remedy } from '../../shared/contract/doctor';
import { sentences } from './cause-words';

export interface DescribedCause {
  /** What is wrong, one sentence with its facts. */
  sentence: string;
  /** What the button does; null: the user has to do it elsewhere, `advice` says what. */
  button: string;
  /** What to do about it, where the button alone does not say. */
  advice: string | null;
}

const pages: Record<Extract<Remedy, { kind: 'open-page' }>['page'], string> = {
  token: 'Open the token page',
  'single-sign-on': 'Authorize the token',
  installation: 'Open the app’s installation',
  terms: 'Read the terms',
  security: 'Open the security settings',
  documentation: 'Read how to do it',
  server: 'Open the page',
};

/** Form fields as the account's form calls them. */
const fields: Record<string, string> = {
  url: 'address',
  organization: 'organization',
  collection: 'collection',
  email: 'e-mail address',
  username: 'user name',
  token: 'token',
  appId: 'App ID',
  privateKey: 'private key',
  installation: 'installation',
  authenticationType: 'authentication type',
  headerAuthentication: 'authentication header',
};

function time(epoch: number): string {
  return new Date(epoch).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
}

/** What the one button says. */
function buttonFor(remedy: Remedy): string {
  switch (remedy.kind) {
    case 'open-page':
      return pages[remedy.page];
    case 'replace-token':
      return 'Replace token';
    case 'sign-in-again':
      return 'Sign in again';
    case 'edit-account':
      return `Correct the ${fields[remedy.field] ?? 'account'}`;
    case 'use-header':
      return 'Use header authentication';
    case 'use-for-repositories':
      return 'Use it for repositories';
    case 'choose-account':
      return 'Choose the account';
    case 'set-use-http-path':
      return 'Set useHttpPath';
    case 'trust-certificate':
      return 'Look at the certificate';
    case 'add-client-certificate':
      return 'Add a client certificate';
    case 'network-preferences':
      return 'Open the network preferences';
    case 'unlock':
      return 'Unlock';
    case 'move-organizations':
      return 'Move to one token each';
    case 'wait':
      return 'Check again';
    case 'tell-administrator':
      return 'Copy the report';
    case 'try-again':
      return 'Check again';
    default:
      return remedy satisfies never;
  }
}

function adviceFor(remedy: Remedy): string | null {
  switch (remedy.kind) {
    case 'open-page':
      return 'The page opens in your browser. When it is done there, check again.';
    case 'replace-token':
      return 'Make a new one; repositories keep their account.';
    case 'edit-account':
      return remedy.value ? `This would work: ${remedy.value}` : null;
    case 'use-header':
      return `The token is then sent as ${remedy.header === 'bearer' ? 'Bearer' : 'Basic'} header, never in an address.`;
    case 'trust-certificate':
      return `If the fingerprint is the one the server’s administrator tells you, it can be trusted for ${remedy.host} only.`;
    case 'add-client-certificate':
      return 'Your company’s IT gives it to you as certificate and key.';
    case 'wait':
      return `Nothing is sent before ${time(remedy.until)}.`;
    case 'tell-administrator':
      return 'Only the server’s or the organization’s administrator can change this: send them the report.';
    case 'move-organizations':
      return 'You are led through it; repositories keep their account.';
    case 'sign-in-again':
    case 'use-for-repositories':
    case 'choose-account':
    case 'set-use-http-path':
    case 'network-preferences':
    case 'unlock':
    case 'try-again':
      return null;
    default:
      return remedy satisfies never;
  }
}

/** Users' words for what the Connection Doctor found. */
export function describeCause({ cause, facts, remedy }: Finding): DescribedCause {
  const button = cause === 'proxy-wants-sign-in' ? 'Sign in to the proxy' : buttonFor(remedy);
  return { sentence: sentences[cause](facts), button, advice: adviceFor(remedy) };
}

const steps: Record<DoctorStep, string> = {
  address: 'Address',
  dns: 'Name of the server',
  connection: 'Connection',
  certificate: 'Certificate',
  product: 'Product and version',
  'token-form': 'Form of the token',
  'sign-in': 'Sign-in',
  permissions: 'Permissions',
  repository: 'Repository',
  git: 'Git',
};

export function stepName(step: DoctorStep): string {
  return steps[step];
}
