import type { Cause } from '../../shared/contract/doctor';
import { capital } from './capital';

export type Facts = Readonly<Record<string, string>>;

/** A day as it is written where the user is; what is no date stays as it is. */
function day(text: string | undefined): string {
  const time = Date.parse(text ?? '');
  if (text === undefined || Number.isNaN(time)) return text ?? '';
  return new Date(time).toLocaleDateString(undefined, { dateStyle: 'long', timeZone: 'UTC' });
}

function clock(text: string | undefined): string {
  const time = Date.parse(text ?? '');
  if (Number.isNaN(time)) return '';
  return new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** The words when the fact is known, else nothing. */
const when = (fact: string | undefined, words: (known: string) => string) => (fact ? words(fact) : '');

const host = (f: Facts) => f['host'] ?? 'the server';
/** Names are written as they are, also where a sentence begins. */
const Host = (f: Facts) => f['host'] ?? 'The server';
const Path = (f: Facts) => f['repository'] ?? f['path'] ?? 'The repository';
const path = (f: Facts) => f['repository'] ?? f['path'] ?? 'the repository';
const organization = (f: Facts) => f['organization'] ?? f['organizations'] ?? f['collection'];
const of = (f: Facts) => when(organization(f), (name) => ` of ${name}`);
const inside = (f: Facts) => when(organization(f), (name) => ` in ${name}`);
const port = (f: Facts) => when(f['port'], (number) => ` at port ${number}`);
const proxy = (f: Facts) => when(f['proxy'], (name) => ` ${name}`);
const rights = (f: Facts) => f['scopes'] ?? f['permissions'] ?? f['role'];
const needs = (f: Facts) => when(rights(f), (names) => `: it needs ${names}`);
const because = (f: Facts) => when(f['reason'], (reason) => ` ${reason.replace(/\.?$/, '.')}`);
const validity = (f: Facts) => when(f['validTo'], (date) => ` on ${day(date)}`);

const products: Record<string, string> = {
  github: 'GitHub',
  gitlab: 'GitLab',
  bitbucket: 'Bitbucket',
  'azure-devops': 'Azure DevOps',
};
const product = (name: string | undefined) => products[name ?? ''] ?? name ?? 'another product';

const kinds: Record<string, string> = {
  app: 'GitHub App',
  classic: 'classic token',
  'fine-grained': 'fine-grained token',
  oauth: 'sign-in',
};
const token = (f: Facts) => kinds[f['tokenKind'] ?? ''] ?? 'token';

/** One sentence per cause, with what is known of it. Facts are masked by the core. */
export const sentences: Record<Cause, (facts: Facts) => string> = {
  'address-malformed': (f) => `The address cannot be used.${because(f)}`,
  'address-of-another-product': (f) =>
    `${Host(f)} belongs to ${product(f['product'])}, but this account is set up for ${f['expected'] ?? 'another product'}.`,
  'host-unknown': (f) => `No server is known under the name ${host(f)}.`,
  'dns-failed': (f) =>
    `The name ${host(f)} could not be looked up: this computer’s name server does not answer.`,
  'connection-refused': (f) => `${Host(f)} can be reached, but nothing answers${port(f)}.`,
  'connection-timeout': (f) =>
    `${Host(f)} does not answer${port(f)}; a firewall may be in between, or a VPN is needed.`,
  'connection-reset': (f) => `The connection to ${host(f)} was cut off by something on the way.`,
  'network-down': (f) =>
    `This computer has no way to ${host(f)} at the moment: it is offline, or a VPN is needed.`,
  'proxy-unreachable': (f) => `The proxy${proxy(f)} cannot be reached.`,
  'proxy-wants-sign-in': (f) =>
    `The proxy${proxy(f)} wants a user name and password, and has not got the right ones.`,
  'proxy-refuses': (f) =>
    `The proxy${proxy(f)} does not let the connection to ${host(f)} through${when(f['status'], (status) => ` (it answered ${status})`)}.`,
  'certificate-self-signed': (f) =>
    `The certificate of ${host(f)} is signed by itself, so nobody vouches for it.`,
  'certificate-unknown-issuer': (f) =>
    `The certificate of ${host(f)} was issued by an authority this computer does not know${when(f['issuer'], (issuer) => ` (${issuer})`)}.`,
  'certificate-expired': (f) => `The certificate of ${host(f)} expired${validity(f)}.`,
  'certificate-not-yet-valid': (f) =>
    `The certificate of ${host(f)} is not valid yet${when(f['validFrom'], (date) => ` (only from ${day(date)})`)}; most likely this computer’s date is wrong.`,
  'certificate-wrong-name': (f) =>
    `The certificate of ${host(f)} was made for another name${when(f['names'], (names) => `: ${names}`)}.`,
  'certificate-client-required': (f) =>
    `${Host(f)} lets in only computers that show a certificate of their own.`,
  'certificate-other': (f) =>
    `The certificate of ${host(f)} cannot be trusted${when(f['code'], (code) => ` (${code})`)}.`,
  'encryption-not-offered': (f) => `${Host(f)} does not speak https at this port.`,
  'encryption-too-old': (f) => `${Host(f)} offers only encryption that is no longer safe.`,
  'another-product': (f) =>
    `${Host(f)} is not ${f['expected'] ?? 'the product this account is for'}${when(f['detail'], (detail) => `: ${detail}`)}.`,
  'product-too-old': (f) =>
    `${Host(f)} runs ${f['found'] ?? f['version'] ?? 'a version'}, which is too old; ${f['minimum'] ?? 'a later one'} or later is needed.`,
  'server-moved': (f) =>
    `${Host(f)} has moved${when(f['to'], (to) => ` to ${to}`)}; your token was not sent there.`,
  'server-error': (f) =>
    `${Host(f)} has a problem of its own${when(f['status'], (status) => ` (status ${status})`)}.`,
  'server-under-maintenance': (f) => `${Host(f)} is closed for maintenance.`,
  'sign-in-portal': (f) => `A sign-in page stands in front of ${host(f)}: programs cannot get past it.`,
  'public-url-wrong': (f) =>
    `${Host(f)} calls itself ${f['wrongUrl'] ?? 'by a wrong address'} in its answers; Polyforge uses the address you entered instead.`,
  'api-disabled': (f) => `The programming interface of ${host(f)} is switched off.`,
  'token-missing': (f) =>
    f['path'] && !f['field']
      ? `${Host(f)} asks for a sign-in to reach ${path(f)}, and no account was used.`
      : 'No token is stored for this account.',
  'token-locked': () => 'The stored tokens are locked.',
  'token-of-another-provider': (f) =>
    `This is a token of ${product(f['product'] ?? f['looksLike'])}, not of ${host(f)}.`,
  'token-is-password': (f) => `This is a password; ${host(f)} wants a token.`,
  'token-malformed': (f) => `This is no complete token.${because(f)}`,
  'app-password-retired': (f) =>
    `This is a Bitbucket app password; Atlassian ended them on ${day(f['date'] ?? '2026-07-28')}.`,
  'all-organizations-token-ending': (f) =>
    Number(f['daysLeft'] ?? 1) > 0
      ? `This token is for all organizations; Microsoft ends such tokens on ${day(f['date'] ?? '2026-12-01')}.`
      : `This token is for all organizations; Microsoft ended such tokens on ${day(f['date'] ?? '2026-12-01')}.`,
  'oauth-retired': (f) =>
    `This is a sign-in of ${f['product'] ?? 'a retired kind'}, which has ended${when(f['date'], (date) => ` (on ${day(date)})`)}.`,
  'private-key-malformed': (f) => `The private key cannot be read.${because(f)}`,
  'token-refused': (f) =>
    `${Host(f)} does not accept the token: it has ended, was revoked, or is not complete.`,
  'token-expired': (f) =>
    `The token ended${when(f['expiredOn'] ?? f['date'], (date) => ` on ${day(date)}`)}.`,
  'token-revoked': (f) => `The token was revoked on ${host(f)}.`,
  'user-name-wrong': (f) =>
    `${when(f['user'], (user) => `“${user}” is not the name that belongs to this token.`) || 'The user name or e-mail address does not belong to this token.'}${because(f)}`,
  'account-blocked': (f) =>
    `The account${when(f['user'], (user) => ` ${user}`)} is blocked on ${host(f)}.${because(f)}`,
  'captcha-required': (f) =>
    `${Host(f)} wants you to solve a captcha in the browser after too many failed sign-ins.`,
  'basic-authentication-off': (f) =>
    `${Host(f)} no longer takes user names with tokens; the token has to go in a header.`,
  'integrated-authentication-only': (f) =>
    `${Host(f)} takes only Windows sign-ins${when(f['offered'], (offered) => ` (${offered})`)} and looks at no token.`,
  'bearer-required': (f) => `This kind of token has to be sent in another way.${because(f)}`,
  'clock-wrong': (f) =>
    `This computer’s clock is ${when(f['difference'], (difference) => `${difference} the server’s`) || 'wrong'}, so signed requests are refused.`,
  'app-not-found': (f) => `${Host(f)} knows no app with the ID ${f['app'] ?? 'given here'}.`,
  'app-key-wrong': (f) => `The private key does not belong to the app${when(f['app'], (app) => ` ${app}`)}.`,
  'app-not-installed': (f) =>
    `The app is not installed${when(f['installation'], (id) => ` (installation ${id})`)}${inside(f)}.`,
  'app-suspended': (f) =>
    `The app’s installation${when(f['installation'], (name) => ` on ${name}`)} is suspended.`,
  'sign-in-needed-again': (f) => `The sign-in to ${host(f)} has ended.${because(f)}`,
  'client-id-wrong': (f) =>
    `${Host(f)} does not know the client ID set in the preferences, or does not allow this sign-in for it.`,
  'rate-limited': (f) =>
    `${Host(f)} wants fewer requests${when(clock(f['until']), (time) => ` and answers again at ${time}`)}.`,
  'scope-missing': (f) =>
    `The ${token(f)} may not do enough${needs(f)}${when(f['installation'], (name) => `, on ${name}`)}.`,
  'single-sign-on-required': (f) => `The token must be authorized for single sign-on${of(f)}.`,
  'organization-approval-pending': (f) => `An owner${of(f)} must approve the ${token(f)} first.`,
  'organization-forbids-token-kind': (f) =>
    `${organization(f) ?? 'The organization'} does not allow ${f['tokenKind'] ? `a ${token(f)}` : 'this kind of token'}.`,
  'token-lifetime-too-long': (f) =>
    `${organization(f) ?? 'The organization'} does not allow tokens that last ${when(f['days'], (days) => `longer than ${days} days`) || 'as long as this one'}.`,
  'ip-not-allowed': (f) => `${organization(f) ?? Host(f)} does not let in this computer’s network address.`,
  'conditional-access': (f) => `A conditional access policy${of(f)} does not let this sign-in through.`,
  'two-factor-required': (f) =>
    `${Host(f)} wants two-factor authentication to be set up for your account first.`,
  'terms-not-accepted': (f) => `The terms of ${host(f)} have to be accepted first.`,
  'organization-not-found': (f) =>
    `${when(organization(f), (name) => `The organization “${name}”`) || 'The organization'} does not exist on ${host(f)}, or this account is not in it.`,
  'collection-not-found': (f) =>
    `There is no ${when(f['collection'], (name) => `collection “${name}”`) || 'such collection'} on ${host(f)}.`,
  'licence-missing': (f) => `Your user has no licence to read code${inside(f)}.`,
  'policy-forbids': (f) =>
    `A policy${of(f)} forbids this${when(f['policy'], (policy) => `: “${policy}” is off`)}${when(f['detail'], (detail) => ` (${detail})`)}.`,
  'repository-not-visible': (f) =>
    `${Path(f)} does not exist on ${host(f)}, or this ${token(f)} may not see it.`,
  'repository-moved': (f) => `${Path(f)} has moved${when(f['to'], (to) => ` to ${to}`)}.`,
  'repository-disabled': (f) => `${Path(f)} is disabled on ${host(f)}.`,
  'git-refuses-token': (f) =>
    `The account works, but git on ${host(f)} does not accept its token${needs(f)}.`,
  'git-wants-header': (f) => `Git on ${host(f)} takes the token only in a header, not as a password.`,
  'git-scope-missing': (f) => `The ${token(f)} may not read code with git${needs(f)}.`,
  'git-over-http-off': (f) => `${Host(f)} does not offer git over https.`,
  'git-server-differs': (f) =>
    `The repository is on ${host(f)}, the account${when(f['account'], (name) => ` “${name}”`)} on ${f['accountHost'] ?? 'another server'}: its token is never sent there.`,
  'not-for-repositories': (f) =>
    `The account${when(f['account'], (name) => ` “${name}”`)} is set not to be used for repositories.`,
  'several-accounts-one-host': (f) =>
    f['terminal']
      ? `Git in a terminal asks for ${host(f)} without the path, so it cannot tell your ${f['count'] ?? 'several'} accounts there apart.`
      : `You have ${f['count'] ?? 'several'} accounts for ${host(f)}${when(f['account'], (name) => `, and “${name}” does not open this repository`)}.`,
  'unexpected-answer': (f) =>
    `${Host(f)} gave an answer that makes no sense${when(f['status'], (status) => ` (status ${status})`)}${when(f['detail'], (detail) => `: ${detail}`)}.`,
  other: (f) =>
    f['detail']
      ? capital(f['detail']).replace(/\.?$/, '.')
      : 'It failed for a reason Polyforge does not know.',
};
