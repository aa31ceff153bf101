import type { Rule } from './rule';

/** Anything but git's plainest words for yes. */
const mayBeFalse = (value: string | null) => value !== null && !/^(?:true|yes|on|1)$/i.test(value);
const isFalse = (value: string | null) => value !== null && /^(?:false|no|off|0|)$/i.test(value);

const connects = 'Changes how Git connects to servers';

const toServer = (text: string, off: Rule['off'], counts?: Rule['counts']): Rule => ({
  kind: 'connection',
  does: `${connects}: ${text}.`,
  off,
  ...(counts ? { counts } : {}),
});
const web = (key: string, value: string) =>
  [
    [`http.${key}`, value],
    [`http.%.${key}`, value],
  ] as const;

/** http.<key> and http.<url>.<key>. */
const http: Record<string, Rule> = {
  proxy: toServer('sends everything through a proxy of its choice', null),
  proxyauthmethod: toServer('how it signs in at a proxy', null),
  proxysslcert: toServer('shows a certificate to a proxy', null),
  proxysslkey: toServer('shows a certificate to a proxy', null),
  proxysslcainfo: toServer('trusts other certificates of a proxy', null),
  sslverify: toServer('does not check certificates', web('sslverify', 'true'), mayBeFalse),
  sslcert: toServer('shows a certificate to servers', null),
  sslkey: toServer('shows a certificate to servers', null),
  sslcainfo: toServer('trusts other certificates', null),
  sslcapath: toServer('trusts other certificates', null),
  sslbackend: toServer('checks certificates another way', null),
  sslversion: toServer('how connections are encrypted', web('sslversion', '')),
  sslcipherlist: toServer('how connections are encrypted', web('sslcipherlist', '')),
  schannelcheckrevoke: toServer(
    'does not check whether certificates were revoked',
    web('schannelcheckrevoke', 'true'),
    mayBeFalse,
  ),
  extraheader: toServer('adds lines to every request', web('extraheader', '')),
  cookiefile: toServer('sends cookies from a file', web('cookiefile', '')),
  savecookies: toServer(
    'writes cookies into a file',
    web('savecookies', 'false'),
    (value) => !isFalse(value),
  ),
  curloptresolve: toServer('takes other addresses for names of servers', web('curloptresolve', '')),
  followredirects: toServer(
    'follows servers that send it elsewhere',
    web('followredirects', 'initial'),
    (value) => !isFalse(value) && value?.toLowerCase() !== 'initial',
  ),
  delegation: toServer('hands your Kerberos sign-in on to servers', web('delegation', 'none')),
};

/** How git reaches servers. */
export const connectionRules: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(
    Object.entries(http).flatMap(([key, rule]) => [
      [`http.${key}`, rule],
      [`http.*.${key}`, rule],
    ]),
  ),
  'credential.protectprotocol': toServer(
    'lets a server put lines into what programs for passwords are told',
    [['credential.protectprotocol', 'true']],
    mayBeFalse,
  ),
  // A transfer goes by a name of its own that none of these can know: system/named-remote.ts.
  'remote.*.proxy': toServer('sends everything through a proxy of its choice', []),
  'remote.*.proxyauthmethod': toServer('how it signs in at a proxy', []),
  'remote.*.vcs': { kind: 'connection', does: 'Runs a program to reach this remote.' },
  'url.*.insteadof': toServer('takes another address for the one that is shown', []),
  'url.*.pushinsteadof': toServer('takes another address for the one that is shown', []),
  'protocol.allow': toServer('allows other kinds of addresses', [], (value) => value !== 'never'),
  'protocol.*.allow': toServer('allows other kinds of addresses', [], (value) => value !== 'never'),
  'fetch.bundleuri': toServer('fetches from another address first', [['fetch.bundleuri', '']]),
};
