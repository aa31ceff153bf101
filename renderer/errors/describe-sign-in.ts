import type { AppError } from '../../shared/errors';
import type { Described } from './describe';

type SignInFailed = Extract<AppError, { kind: 'sign-in-failed' }>;

const words: Record<SignInFailed['reason'], { title: string; text: string }> = {
  denied: {
    title: 'The sign-in was declined',
    text: 'Somebody chose “Cancel” or “Deny” on the provider’s page. Sign in again and agree there.',
  },
  expired: {
    title: 'The sign-in took too long',
    text: 'Its code is no longer good. Start again; nothing was changed.',
  },
  'unknown-client': {
    title: 'The server does not know this client ID',
    text: 'Check it under “Sign-in apps”: copied completely, registered on this server, and an application without a secret (GitLab: not “Confidential”; Microsoft: public client).',
  },
  'not-enabled': {
    title: 'The registered app does not allow this sign-in',
    text: 'Open its settings at the provider and allow it (GitHub: “Enable Device Flow”; Microsoft: redirect address http://localhost and public client flows), then try again.',
  },
  unsupported: {
    title: 'This server has no sign-in with a code',
    text: 'GitLab has it from version 17.1, and an administrator can switch it off. Use a personal access token instead.',
  },
  'unknown-tenant': {
    title: 'Microsoft does not know this directory',
    text: 'Check the directory (tenant) under “Sign-in apps”: its id, its domain name, or “organizations”.',
  },
  scope: {
    title: 'The registered app lacks a scope',
    text: 'Open its settings at the provider and tick the scope (GitLab: “api”), then sign in again.',
  },
  consent: {
    title: 'An administrator must approve the app first',
    text: 'Your organization lets only administrators agree to it. Ask yours to approve the registered app, then sign in again.',
  },
  policy: {
    title: 'Your organization does not allow this sign-in',
    text: 'One of its rules stopped it (for example Conditional Access). Try from a device and network it trusts, or ask your administrator.',
  },
  other: {
    title: 'The sign-in did not succeed',
    text: 'Try again; if it stays so, use a personal access token.',
  },
};

/** What went wrong on the provider's page. */
export function describeSignIn({ host, reason, detail }: SignInFailed): Described {
  const { title, text } = words[reason];
  const said = detail ? ` ${host} said: ${detail.replace(/[.\s]+$/, '')}.` : '';
  return { title, text: `${text}${said}` };
}

/** A sign-in on the provider's page that the provider takes no more. */
export function describeEndedSignIn({ host, detail }: { host: string; detail?: string }): Described {
  const said = detail ? ` ${host} said: ${detail.replace(/[.\s]+$/, '')}.` : '';
  return {
    title: `${host} wants you to sign in again`,
    text: `The sign-in has ended, was withdrawn, or could not be renewed in time. Everything set up for the account stays.${said}`,
  };
}
